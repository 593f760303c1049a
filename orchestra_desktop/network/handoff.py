"""Hands deciding verbs of the command line to the instance that runs the data folder, over a socket of this machine.

JSON lines: the client sends one object with the `token` and the `request`, the server answers each with one object,
`{"answer": {...}}` or `{"error": {"kind", "key", "args"}}`. A connection may carry several. POSIX systems use a Unix
socket that only this user may open, Windows loopback TCP; the token is asked for on both, since a loopback port is open
to every user of the machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from orchestra_desktop.domain.errors import DataFolderHeld, InvalidInput, OrchestraError
from orchestra_desktop.domain.texts import text

MAX_LINE_BYTES = 1_000_000
_LONGEST_PATH_BYTES = 100  # the kernel takes 104 (macOS) to 108 (Linux), the closing zero included
_REQUEST_WAIT_S = 30.0  # a client that connects and says nothing

_log = logging.getLogger(__name__)

Json = dict[str, Any]
Handler = Callable[[Json], Awaitable[Json]]
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class HandoffServer:
    """Listens for verbs until it is closed. `address` says where, for those who want to hand something over."""

    def __init__(self, address: str, token: str, handler: Handler) -> None:
        self.address = address
        self._token = token
        self._handler = handler
        self._server: asyncio.Server | None = None
        self._folder: Path | None = None
        self._clients: set[asyncio.Task[Any]] = set()

    @classmethod
    async def start(cls, address: str, token: str, handler: Handler) -> HandoffServer:
        """Listens on `unix:PATH` or `tcp:HOST:PORT` (port 0: any free one). Raises OSError, InvalidInput.

        A socket file left there by a killed instance is replaced: only the holder of the data folder may call this. A
        path too long for a socket is replaced by one in a new private folder.
        """
        server = cls(address, token, handler)
        kind, place = _parts(address)
        if kind == "unix":
            await server._listen_on_path(place)
        else:
            await server._listen_on_port(place)
        return server

    async def _listen_on_path(self, place: str) -> None:
        if len(os.fsencode(place)) > _LONGEST_PATH_BYTES:
            self._folder = Path(tempfile.mkdtemp(prefix="orchestra-"))  # 0700
            place = str(self._folder / "handoff.sock")
            self.address = f"unix:{place}"
        self._server = await _unix_server(self._serve, Path(place))

    async def _listen_on_port(self, place: str) -> None:
        host, _, port = place.rpartition(":")
        self._server = await asyncio.start_server(self._serve, host, int(port), limit=MAX_LINE_BYTES)
        taken = self._server.sockets[0].getsockname()
        self.address = f"tcp:{taken[0]}:{taken[1]}"

    async def close(self) -> None:
        """Stops listening and drops whoever is connected. Doing it twice does no harm."""
        if self._server is None:
            return
        self._server.close()
        for client in tuple(self._clients):
            client.cancel()
        await asyncio.gather(*self._clients, return_exceptions=True)
        self._server = None
        self._tidy()

    def _tidy(self) -> None:
        kind, place = _parts(self.address)
        if kind == "unix":
            Path(place).unlink(missing_ok=True)
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)

    # -- one client -------------------------------------------------------------------------------------------------

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # the server runs this as a task
        self._clients.add(task)
        try:
            while (line := await _line(reader, _REQUEST_WAIT_S)) is not None:
                reply, welcome = await self._answer(line)
                writer.write(_encoded(reply))
                await writer.drain()
                if not welcome:
                    break
        except (OSError, TimeoutError):
            _log.debug("a client of the handoff socket went away or was not understood")
        except asyncio.CancelledError:
            _log.debug("the handoff socket closes")  # the task ends here: asyncio would report it as an error of ours
        finally:
            self._clients.discard(task)
            writer.close()

    async def _answer(self, line: bytes) -> tuple[Json, bool]:
        """The reply, and whether the client may go on: one without the token may not guess again."""
        try:
            said = _object(line)
        except ValueError:
            return _refusal("handoff.unreadable"), False
        token, request = said.get("token"), said.get("request")
        if not isinstance(token, str) or not hmac.compare_digest(token.encode(), self._token.encode()):
            return _refusal("handoff.token"), False
        if not isinstance(request, dict):
            return _refusal("handoff.unreadable"), False
        return await self._carried_out(request), True

    async def _carried_out(self, request: Json) -> Json:
        try:
            return {"answer": await self._handler(request)}
        except OrchestraError as error:
            return error_json(error)
        except Exception:  # noqa: BLE001  # the client must hear something; what it was stands in our log
            _log.exception("a verb that was handed over failed")
            return _refusal("handoff.failed")


# -- asking ---------------------------------------------------------------------------------------------------------


async def hand_over(address: str, token: str, request: Json, timeout_s: float) -> Json:
    """What the running instance answered: the handler's dictionary, or `{"error": {"kind", "key", "args"}}`.

    Raises DataFolderHeld if it does not answer within `timeout_s` seconds, InvalidInput for a request above 1 MB.
    """
    line = _encoded({"token": token, "request": request})
    if len(line) > MAX_LINE_BYTES:
        raise InvalidInput(text("handoff.too_large", limit=MAX_LINE_BYTES))
    try:
        async with asyncio.timeout(timeout_s):
            reply = await _asked(address, line)
    except (OSError, TimeoutError, ValueError):
        raise DataFolderHeld(text("handoff.no_answer", address=address, seconds=timeout_s)) from None
    return {"error": reply["error"]} if "error" in reply else _plain(reply.get("answer"))


async def _asked(address: str, line: bytes) -> Json:
    reader, writer = await _connect(address)
    try:
        writer.write(line)
        await writer.drain()
        reply = await _line(reader, None)
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
    if reply is None:
        raise ConnectionResetError("the instance closed the connection")
    return _object(reply)


async def _connect(address: str) -> Streams:
    kind, place = _parts(address)
    if kind == "unix":
        return await _unix_connection(place)
    host, _, port = place.rpartition(":")
    return await asyncio.open_connection(host, int(port), limit=MAX_LINE_BYTES)


# -- lines ----------------------------------------------------------------------------------------------------------


async def _line(reader: asyncio.StreamReader, wait_s: float | None) -> bytes | None:
    """One line, or None at the end. Raises TimeoutError, and ConnectionError for a line above 1 MB or a torn one."""
    try:
        async with asyncio.timeout(wait_s):
            return await reader.readuntil(b"\n")
    except asyncio.IncompleteReadError as torn:
        if torn.partial:
            raise ConnectionResetError("a line was torn") from None
        return None
    except asyncio.LimitOverrunError:
        raise ConnectionAbortedError("a line was too long") from None


def _encoded(said: Json) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _object(line: bytes) -> Json:
    """Raises ValueError for anything but a JSON object."""
    try:
        return _plain(json.loads(line))
    except RecursionError:
        raise ValueError("nested too deep") from None


def _plain(said: object) -> Json:
    if not isinstance(said, dict):
        raise ValueError("not an object")  # noqa: TRY004  # to the caller one more way of being unreadable
    return said


def error_json(error: OrchestraError) -> Json:
    """An error as it travels: its class, so that exit codes agree, and its text."""
    return {"error": {"kind": type(error).__name__, "key": error.text.key, "args": error.text.args}}


def _refusal(key: str) -> Json:
    return error_json(InvalidInput(text(key)))


# -- addresses ------------------------------------------------------------------------------------------------------


def _parts(address: str) -> tuple[str, str]:
    kind, _, place = address.partition(":")
    if kind not in {"unix", "tcp"} or not place:
        raise InvalidInput(text("handoff.address", address=address))
    return kind, place


if sys.platform == "win32":

    async def _unix_server(_serve: Any, path: Path) -> asyncio.Server:
        raise InvalidInput(text("handoff.address", address=str(path)))

    async def _unix_connection(place: str) -> Streams:
        raise InvalidInput(text("handoff.address", address=place))

else:

    async def _unix_server(serve: Any, path: Path) -> asyncio.Server:
        return await asyncio.start_unix_server(serve, sock=_private_socket(path), limit=MAX_LINE_BYTES)

    def _private_socket(path: Path) -> socket.socket:
        """Nobody else may open it at any moment: the mode is there from the start, not set afterwards."""
        path.unlink(missing_ok=True)
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o077)  # of the whole process, but for one system call; folders made meanwhile stay usable
        try:
            made.bind(str(path))
        except OSError:
            made.close()
            raise
        finally:
            os.umask(before)
        path.chmod(0o600)
        return made

    async def _unix_connection(place: str) -> Streams:
        return await asyncio.open_unix_connection(place, limit=MAX_LINE_BYTES)

"""A hand-written HTTP/1.1 server on 127.0.0.1, in a thread of its own, that can also misbehave on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
import threading
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import parse_qs, unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from types import TracebackType

HOST = "127.0.0.1"
LARGEST_HEAD = 1 << 16
JSON = "application/json"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request as it came in; header names are lower case, `query` holds every value of a name."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; raises ValueError when it is none."""
        return json.loads(self.body)


@dataclass(slots=True)
class Exchange:
    """The answering side of one request: whole answers, chunked streams, and the ways in which a wire breaks."""

    writer: asyncio.StreamWriter
    began: bool = False
    broken: bool = False
    _common: dict[str, str] = field(default_factory=dict)

    def add_header(self, name: str, value: str) -> None:
        self._common[name] = value

    async def send_json(self, status: int, value: object, headers: Mapping[str, str] | None = None) -> None:
        await self.send(status, json.dumps(value).encode(), JSON, headers)

    async def send(self, status: int, body: bytes, kind: str, headers: Mapping[str, str] | None = None) -> None:
        """Answer in one piece, with a Content-Length."""
        self._head(status, {"content-type": kind, "content-length": str(len(body)), **(headers or {})})
        self.writer.write(body)
        await self.writer.drain()

    async def begin(self, status: int, kind: str) -> None:
        """Start a chunked answer."""
        self._head(status, {"content-type": kind, "transfer-encoding": "chunked", "cache-control": "no-cache"})
        await self.writer.drain()

    async def write(self, data: bytes) -> None:
        """Send one chunk."""
        self.writer.write(b"%x\r\n%b\r\n" % (len(data), data))
        await self.writer.drain()

    def end(self) -> None:
        """Finish a chunked answer properly. Not a coroutine: what is complete cannot be cut short any more."""
        self.writer.write(b"0\r\n\r\n")

    def cut(self) -> None:
        """Close the connection (FIN) wherever it stands."""
        self.broken = True
        self.writer.close()

    def reset(self) -> None:
        """Close with RST: SO_LINGER 0 makes the kernel throw away what is unsent."""
        self.broken = True
        sock: socket.socket = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.began = True
        lines = [f"HTTP/1.1 {status} {_reason(status)}"]
        lines += [f"{name}: {value}" for name, value in {**self._common, **headers}.items()]
        self.writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Overloaded"


@dataclass(slots=True, eq=False)
class _Connection:
    """What is known of one open connection; `gone` says that nobody will read what is sent."""

    inbox: asyncio.Queue[HttpRequest | None] = field(default_factory=asyncio.Queue)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)

    def end(self) -> None:
        self.gone.set()
        self.inbox.put_nowait(None)


class LoopbackServer:
    """A server thread behind a context manager; subclasses answer in `handle`.

    An exception of `handle` is a fault of the test's own making: it is answered with a 500, kept in `errors` and raised
    again when the context is left, so that no test passes over a broken brain.
    """

    def __init__(self, *, port: int = 0) -> None:
        self.errors: list[Exception] = []
        self._wanted_port = port
        self._port = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop = asyncio.Event()
        self._ready = threading.Event()
        self._thread: threading.Thread | None = None
        self._startup_error: OSError | None = None
        self._connections: set[_Connection] = set()

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self._port}"

    def start(self) -> Self:
        """Listen; returns once the port is open. Raises OSError when it cannot be."""
        self._thread = threading.Thread(target=self._run, name=f"{type(self).__name__}", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._startup_error is not None:
            self._thread.join()
            raise self._startup_error
        return self

    def stop(self) -> None:
        """Close every connection and wait until the thread is gone."""
        if self._thread is None or self._loop is None:
            return
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()
        self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        if self.errors and error is None:
            raise ExceptionGroup("the loopback server itself failed", self.errors)

    async def handle(self, request: HttpRequest, exchange: Exchange) -> None:
        """Answer one request; cancelled when the client goes away first."""
        raise NotImplementedError

    def _run(self) -> None:
        with asyncio.Runner() as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        try:
            server = await asyncio.start_server(self._connection, HOST, self._wanted_port, limit=LARGEST_HEAD)
        except OSError as error:
            self._startup_error = error
            self._ready.set()
            return
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        await self._drop_connections()
        await server.wait_closed()

    async def _drop_connections(self) -> None:
        # Told to end, not cancelled: before Python 3.12 asyncio reports a cancelled connection as an error.
        open_ones = list(self._connections)
        for connection in open_ones:
            connection.end()
        await asyncio.gather(*(connection.ended.wait() for connection in open_ones))

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection()
        self._connections.add(connection)
        try:
            await self._converse(connection, reader, writer)
        finally:
            await _close(writer, at_once=connection.gone.is_set())
            self._connections.discard(connection)
            connection.ended.set()

    async def _converse(
        self, connection: _Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        async with asyncio.TaskGroup() as group:
            # Requests are read all the time, because only a pending read notices that a client has left.
            listener = group.create_task(_listen(reader, connection))
            while (request := await connection.inbox.get()) is not None:
                exchange = Exchange(writer)
                await _until_gone(self._guarded(request, exchange), connection.gone)
                if exchange.broken or request.headers.get("connection", "").lower() == "close":
                    break
            listener.cancel()

    async def _guarded(self, request: HttpRequest, exchange: Exchange) -> None:
        try:
            await self.handle(request, exchange)
        except OSError:
            exchange.broken = True
        except Exception as error:
            self.errors.append(error)
            exchange.broken = True
            if not exchange.began:
                await exchange.send_json(500, {"error": f"the loopback server failed: {error!r}"})


async def _until_gone(work: Coroutine[Any, Any, None], gone: asyncio.Event) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work)
        watch = group.create_task(gone.wait())
        await asyncio.wait({task, watch}, return_when=asyncio.FIRST_COMPLETED)
        task.cancel()
        watch.cancel()


async def _close(writer: asyncio.StreamWriter, *, at_once: bool) -> None:
    if at_once:
        writer.transport.abort()
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _listen(reader: asyncio.StreamReader, connection: _Connection) -> None:
    try:
        while True:
            connection.inbox.put_nowait(await _read_request(reader))
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
        connection.end()


async def _read_request(reader: asyncio.StreamReader) -> HttpRequest:
    """Parse one request; raises EOFError at the end of the connection, ValueError for what is no HTTP."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, version = head[0].split(" ")
    if not version.startswith("HTTP/1."):
        raise ValueError(version)
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
    parts = urlsplit(target)
    body = await _read_body(reader, headers)
    return HttpRequest(method, unquote(parts.path), parse_qs(parts.query), headers, body)


async def _read_body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if headers.get("transfer-encoding", "").lower() != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readline()
    await reader.readline()
    return body


def dead_url() -> str:
    """The address of a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return f"http://{HOST}:{probe.getsockname()[1]}"

"""A loopback server that answers each request with the very bytes a test gives it; with TLS where asked."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path

CERTIFICATES = Path(__file__).parent / "certificates"
AUTHORITY = CERTIFICATES / "authority.pem"
Respond = Callable[[bytes], bytes]


@dataclass(slots=True)
class RawServer:
    """`requests` are the heads with their bodies, as they came; `connections` counts those that were opened."""

    host: str
    port: int
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"{self.scheme}://{self.host}:{self.port}"


def response(status: int, body: bytes = b"", **headers: str) -> bytes:
    """One whole HTTP answer; `_` in the name of a header stands for `-`."""
    lines = [f"HTTP/1.1 {status} Planted", f"content-length: {len(body)}", "connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


@contextlib.asynccontextmanager
async def raw_server(
    respond: Respond | bytes, *, host: str = "127.0.0.1", tls: bool = False
) -> AsyncIterator[RawServer]:
    """Answers on `host` until the block is left."""
    server = RawServer(host, 0, "https" if tls else "http")
    answer = respond if callable(respond) else lambda _: respond

    serving: set[asyncio.Task[None] | None] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.current_task())
        server.connections += 1
        with contextlib.suppress(OSError, EOFError):
            request = await _read(reader)
            server.requests.append(request)
            writer.write(answer(request))
            await writer.drain()
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    listening = await asyncio.start_server(serve, host, 0, ssl=_server_context() if tls else None)
    server.port = listening.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        listening.close()
        await listening.wait_closed()
        await asyncio.gather(*(task for task in serving if task is not None))


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "server.pem")
    return context


async def _read(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)

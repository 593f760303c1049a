"""Keeps Ollama's lines whole: characters that only look like line ends arrive as escapes."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx

# WORKAROUND: httpx's `aiter_lines`, which the client library reads JSON lines with, also splits at U+0085, U+2028 and
# U+2029. A text with one of them would end in the middle of a JSON string. Inside a string an escape means the same.
_ESCAPES = {mark.encode(): f"\\u{ord(mark):04x}".encode() for mark in "\x85\u2028\u2029"}
_BEGINNINGS = (b"\xe2\x80", b"\xe2", b"\xc2")


class LineKeepingTransport(httpx.AsyncBaseTransport):
    """Hands requests on as they are, and answers with such characters escaped."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._transport.handle_async_request(request)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = _EscapingStream(response.stream)
        return response

    async def aclose(self) -> None:
        await self._transport.aclose()


class _EscapingStream(httpx.AsyncByteStream):
    def __init__(self, stream: httpx.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        begun = b""
        async for part in self._stream:
            whole, begun = _split_begun(begun + part)
            yield escaped(whole)
        yield begun

    async def aclose(self) -> None:
        await self._stream.aclose()


def escaped(data: bytes) -> bytes:
    for mark, escape in _ESCAPES.items():
        data = data.replace(mark, escape)
    return data


def _split_begun(data: bytes) -> tuple[bytes, bytes]:
    """The data, and apart from it an end that may be the beginning of such a character."""
    for beginning in _BEGINNINGS:
        if data.endswith(beginning):
            return data[: -len(beginning)], beginning
    return data, b""

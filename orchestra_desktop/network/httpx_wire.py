"""The guard under httpx: each request asks it again, whatever base URL, redirect or library brought it here."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable

import httpx

from orchestra_desktop.network.routes import Route, Timeouts

# A twin of httpx2_wire.py on purpose: one generic version would need dynamic base classes, which no type checker can
# follow, and the two libraries are free to part ways.

Router = Callable[[str, str, int | None], Route]


class GuardedTransport(httpx.AsyncBaseTransport):
    """Asks the guard about each request's URL, then sends it to the very address that was judged."""

    def __init__(self, route: Router, tls: ssl.SSLContext, proxy_url: str | None, max_response_bytes: int) -> None:
        self._route = route
        self._max_response_bytes = max_response_bytes
        self._direct = httpx.AsyncHTTPTransport(verify=tls, trust_env=False)
        self._proxied = self._direct
        if proxy_url is not None:
            proxy = httpx.Proxy(proxy_url, ssl_context=tls if proxy_url.lower().startswith("https:") else None)
            self._proxied = httpx.AsyncHTTPTransport(verify=tls, trust_env=False, proxy=proxy)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        route = self._route(request.url.scheme, request.url.raw_host.decode("ascii"), request.url.port)
        response = await self._first_that_connects(request, route)
        assert isinstance(response.stream, httpx.AsyncByteStream)
        response.stream = BoundedStream(response.stream, self._max_response_bytes)
        return response

    async def aclose(self) -> None:
        await self._direct.aclose()
        if self._proxied is not self._direct:
            await self._proxied.aclose()

    async def _first_that_connects(self, request: httpx.Request, route: Route) -> httpx.Response:
        transport = self._proxied if route.proxied else self._direct
        for host in route.hosts[:-1]:
            try:
                return await transport.handle_async_request(_addressed(request, host))
            except httpx.ConnectError:
                continue  # nothing was sent: `localhost` may listen on ::1 alone
        return await transport.handle_async_request(_addressed(request, route.hosts[-1]))


class BoundedStream(httpx.AsyncByteStream):
    """A response body that ends with an error instead of filling the memory."""

    def __init__(self, stream: httpx.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._limit
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise httpx.ReadError(f"the response is longer than {self._limit} bytes")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def client(transport: httpx.AsyncBaseTransport, timeouts: Timeouts) -> httpx.AsyncClient:
    """A client that takes nothing from the environment and follows no redirect, which would send the prompt again."""
    return httpx.AsyncClient(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},  # a compressed answer could unpack to any size
        timeout=httpx.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool),
    )


def _addressed(request: httpx.Request, host: str) -> httpx.Request:
    """The request with its connection pinned to `host`; the Host header and the certificate's name stay."""
    named = request.url.raw_host.decode("ascii")
    if host == named:
        return request
    return httpx.Request(
        request.method,
        request.url.copy_with(host=host),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": named},
    )

"""The guard under httpx2: each request asks it again, whatever base URL, redirect or library brought it here."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Callable

import httpx2

from orchestra_desktop.network.routes import Route, Timeouts

# A twin of httpx_wire.py on purpose: one generic version would need dynamic base classes, which no type checker can
# follow, and the two libraries are free to part ways.

Router = Callable[[str, str, int | None], Route]


class GuardedTransport(httpx2.AsyncBaseTransport):
    """Asks the guard about each request's URL, then sends it to the very address that was judged."""

    def __init__(self, route: Router, tls: ssl.SSLContext, proxy_url: str | None, max_response_bytes: int) -> None:
        self._route = route
        self._max_response_bytes = max_response_bytes
        self._direct = httpx2.AsyncHTTPTransport(verify=tls, trust_env=False)
        self._proxied = self._direct
        if proxy_url is not None:
            proxy = httpx2.Proxy(proxy_url, ssl_context=tls if proxy_url.lower().startswith("https:") else None)
            self._proxied = httpx2.AsyncHTTPTransport(verify=tls, trust_env=False, proxy=proxy)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        route = self._route(request.url.scheme, request.url.raw_host.decode("ascii"), request.url.port)
        response = await self._first_that_connects(request, route)
        assert isinstance(response.stream, httpx2.AsyncByteStream)
        response.stream = BoundedStream(response.stream, self._max_response_bytes)
        return response

    async def aclose(self) -> None:
        await self._direct.aclose()
        if self._proxied is not self._direct:
            await self._proxied.aclose()

    async def _first_that_connects(self, request: httpx2.Request, route: Route) -> httpx2.Response:
        transport = self._proxied if route.proxied else self._direct
        for host in route.hosts[:-1]:
            try:
                return await transport.handle_async_request(_addressed(request, host))
            except httpx2.ConnectError:
                continue  # nothing was sent: `localhost` may listen on ::1 alone
        return await transport.handle_async_request(_addressed(request, route.hosts[-1]))


class BoundedStream(httpx2.AsyncByteStream):
    """A response body that ends with an error instead of filling the memory."""

    def __init__(self, stream: httpx2.AsyncByteStream, limit: int) -> None:
        self._stream = stream
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = self._limit
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise httpx2.ReadError(f"the response is longer than {self._limit} bytes")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


def client(transport: httpx2.AsyncBaseTransport, timeouts: Timeouts) -> httpx2.AsyncClient:
    """A client that takes nothing from the environment and follows no redirect, which would send the prompt again."""
    return httpx2.AsyncClient(
        transport=transport,
        trust_env=False,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},  # a compressed answer could unpack to any size
        timeout=httpx2.Timeout(connect=timeouts.connect, read=timeouts.read, write=timeouts.write, pool=timeouts.pool),
    )


def _addressed(request: httpx2.Request, host: str) -> httpx2.Request:
    """The request with its connection pinned to `host`; the Host header and the certificate's name stay."""
    named = request.url.raw_host.decode("ascii")
    if host == named:
        return request
    return httpx2.Request(
        request.method,
        request.url.copy_with(host=host),
        headers=request.headers,
        stream=request.stream,
        extensions={**request.extensions, "sni_hostname": named},
    )

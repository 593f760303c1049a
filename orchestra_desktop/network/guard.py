"""The network guard: decides for every request where it may go, and makes the clients that ask it each time."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestra_desktop.domain.errors import NetworkRefused
from orchestra_desktop.domain.ports import Clock, NetworkLog, RefusedCall
from orchestra_desktop.network.addresses import Address, AllowedHost, address, address_of, allowed_host
from orchestra_desktop.network.routes import Route, Timeouts

if TYPE_CHECKING:
    import httpx
    import httpx2

OFFLINE = "offline"
BAD_ADDRESS = "bad_address"
BAD_PROXY = "bad_proxy"
LONGEST_LOG = 1_000
PROXY_SCHEMES = ("http://", "https://")
MAX_RESPONSE_BYTES = 64 * 1024 * 1024  # far above the longest answer of any model


@dataclass(frozen=True, slots=True)
class NetworkSettings:
    """What the person allows. Proxy and CA file come from here alone, never from the environment."""

    offline: bool = False
    allowed_hosts: tuple[str, ...] = ()
    proxy_url: str | None = field(default=None, repr=False)  # may hold a password
    ca_file: str | None = None


class NetworkGuard:
    """The `Network` port. Loopback is always open; anything else only online, or if the person listed it."""

    def __init__(self, settings: NetworkSettings, clock: Clock) -> None:
        self._clock = clock
        self._log = NetworkLog()
        self._settings = settings
        self._allowed = _allowed(settings.allowed_hosts)

    @property
    def settings(self) -> NetworkSettings:
        return self._settings

    @property
    def offline(self) -> bool:
        return self._settings.offline

    @property
    def log(self) -> NetworkLog:
        return self._log

    def apply(self, settings: NetworkSettings) -> None:
        """New settings rule at once, also over clients made before; only their proxy and CA file stay as they were."""
        self._settings = settings
        self._allowed = _allowed(settings.allowed_hosts)

    def check(self, url: str) -> None:
        """Raises NetworkRefused if nothing may be sent there; asks no name server."""
        try:
            wanted = address_of(url)
        except ValueError:
            raise self._refusal(Address("?", 0), BAD_ADDRESS) from None
        self._admit(wanted)

    def route(self, scheme: str, host: str, port: int | None) -> Route:
        """How a request travels that a client is about to send. Raises NetworkRefused.

        The transports hand over the parts of the URL as their own library split it: were it split a second time here,
        two readings of one odd URL could differ.
        """
        try:
            wanted = address(scheme, host, port)
        except ValueError:
            raise self._refusal(Address("?", port or 0), BAD_ADDRESS) from None
        self._admit(wanted)
        proxied = self._settings.proxy_url is not None and not wanted.is_loopback
        if proxied:
            self._admit_proxy(self._settings.proxy_url or "")
        return Route((wanted.host,) if proxied else wanted.connect_to, proxied)

    # -- clients ----------------------------------------------------------------------------------------------------

    def httpx2_client(
        self, timeouts: Timeouts | None = None, max_response_bytes: int = MAX_RESPONSE_BYTES
    ) -> httpx2.AsyncClient:
        """A client of httpx2, which anthropic is built on. Raises OSError if the CA file cannot be read."""
        from orchestra_desktop.network import httpx2_wire

        wire = httpx2_wire.GuardedTransport(self.route, self._tls(), self._proxy_url(), max_response_bytes)
        return httpx2_wire.client(wire, timeouts or Timeouts())

    def httpx_client(
        self, timeouts: Timeouts | None = None, max_response_bytes: int = MAX_RESPONSE_BYTES
    ) -> httpx.AsyncClient:
        """A client of httpx, for everything else that speaks HTTP. Raises OSError if the CA file cannot be read."""
        from orchestra_desktop.network import httpx_wire

        return httpx_wire.client(self.httpx_transport(max_response_bytes), timeouts or Timeouts())

    def httpx_transport(self, max_response_bytes: int = MAX_RESPONSE_BYTES) -> httpx.AsyncBaseTransport:
        """The transport alone, for a library that insists on making its own client (ollama)."""
        from orchestra_desktop.network import httpx_wire

        return httpx_wire.GuardedTransport(self.route, self._tls(), self._proxy_url(), max_response_bytes)

    # -- how it decides ---------------------------------------------------------------------------------------------

    def _admit(self, wanted: Address) -> None:
        if wanted.is_loopback or not self._settings.offline:
            return
        if not any(listed.covers(wanted) for listed in self._allowed):
            raise self._refusal(wanted, OFFLINE)

    def _admit_proxy(self, url: str) -> None:
        """The proxy is the host that the socket goes to, so it is asked for like any other."""
        try:
            proxy = address_of(url)
        except ValueError:
            raise self._refusal(Address("?", 0), BAD_PROXY) from None
        if not url.lower().startswith(PROXY_SCHEMES):
            raise self._refusal(proxy, BAD_PROXY)
        self._admit(proxy)

    def _refusal(self, wanted: Address, why: str) -> NetworkRefused:
        refused = self._log.refused
        refused.append(RefusedCall(self._clock.now(), wanted.host, wanted.port, why))
        del refused[:-LONGEST_LOG]
        return NetworkRefused(wanted.host, why)

    def _proxy_url(self) -> str | None:
        """The proxy for new clients; one that `route` will refuse anyway is not handed to a library to choke on."""
        url = self._settings.proxy_url
        return url if url is not None and url.lower().startswith(PROXY_SCHEMES) else None

    def _tls(self) -> ssl.SSLContext:
        from orchestra_desktop.network.certificates import tls_context

        return tls_context(self._settings.ca_file)


def _allowed(listed: tuple[str, ...]) -> tuple[AllowedHost, ...]:
    """The listed hosts; one that cannot be read allows nothing, and the settings floor reports it."""
    hosts: list[AllowedHost] = []
    for entry in listed:
        try:
            hosts.append(allowed_host(entry))
        except ValueError:
            continue
    return tuple(hosts)

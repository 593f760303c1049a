"""Hosts and ports as the guard compares them: without asking a name server, and without being fooled by spelling."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
LOOPBACK_ADDRESSES = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Address:
    """Where a connection would go. `host` is normalised: lower case, ASCII, no brackets, no trailing dot."""

    host: str
    port: int

    @property
    def is_loopback(self) -> bool:
        """True for 127.0.0.0/8, ::1 and the name `localhost`, which is never looked up (`connect_to`)."""
        return self.host == "localhost" or _is_loopback_ip(self.host)

    @property
    def connect_to(self) -> tuple[str, ...]:
        """What to open a socket to, in order; no hosts file or resolver is asked where `localhost` is."""
        return LOOPBACK_ADDRESSES if self.host == "localhost" else (self.host,)


@dataclass(frozen=True, slots=True)
class AllowedHost:
    """One host the person listed; without a port every port of it."""

    host: str
    port: int | None

    def covers(self, address: Address) -> bool:
        return self.host == address.host and self.port in (None, address.port)


def normal_host(host: str) -> str:
    """The host in its one spelling. Raises ValueError where it is none.

    Numeric spellings that only a C library understands (`127.1`, `0x7f.1`, `2130706433`) stay names, so they count as
    foreign: what cannot be judged here is not let through.
    """
    bare = host.strip("[]").rstrip(".").lower()
    if not bare or any(mark in bare for mark in "%/\\@?# \t\r\n"):
        raise ValueError("not a host")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare.encode("idna").decode("ascii")


def address_of(url: str) -> Address:
    """Where a request to this URL would go. Raises ValueError if that cannot be said for sure."""
    if "\\" in url or any(ord(character) <= 32 for character in url):
        raise ValueError("not a plain URL")
    parts = urlsplit(url)
    return address(parts.scheme.lower(), parts.hostname or "", parts.port)


def address(scheme: str, host: str, port: int | None) -> Address:
    """An address from parts that are already told apart. Raises ValueError for a scheme that is not of the web."""
    if scheme not in DEFAULT_PORTS:
        raise ValueError("unknown scheme")
    return Address(normal_host(host), DEFAULT_PORTS[scheme] if port is None else port)


def allowed_host(listed: str) -> AllowedHost:
    """`host`, `host:port`, `[::1]:port` or a bare IPv6 address, as the settings list it. Raises ValueError."""
    text = listed.strip()
    if text.count(":") > 1 and not text.startswith("["):
        return AllowedHost(normal_host(text), None)
    parts = urlsplit(f"//{text}")
    if parts.path or parts.query or parts.username is not None:
        raise ValueError("not a host")
    return AllowedHost(normal_host(parts.hostname or ""), parts.port)


def _is_loopback_ip(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False

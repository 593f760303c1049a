"""What the guard and the transports under it agree on: the way of a request, and how long each step may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds: to open a connection; to the first byte, between two bytes and for each write; for a free connection."""

    connect: float = 10.0
    read: float = 120.0
    write: float = 60.0
    pool: float = 30.0


@dataclass(frozen=True, slots=True)
class Route:
    """How an admitted request travels: the hosts to try in order, and whether through the proxy."""

    hosts: tuple[str, ...]
    proxied: bool

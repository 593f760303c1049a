"""Clocks that a test holds in its hand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

NOON = 1_763_899_200_000_000  # 2025-11-23 12:00 UTC, in microseconds


@dataclass(slots=True)
class InstantClock:
    """Nobody waits on it: a sleep only moves its time on, and gives the loop one turn."""

    at: int = NOON
    seconds: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> int:
        return self.at

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        self.at += round(seconds * 1_000_000)
        await asyncio.sleep(0)


class StoppedClock(InstantClock):
    """Every sleep lasts until it is cancelled."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.Event().wait()

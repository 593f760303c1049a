"""The machine's own time and chance, behind the ports `Clock` and `Ids`."""

from __future__ import annotations

import asyncio
import random
import time


class SystemClock:
    """`Clock` on the operating system's clocks."""

    def now(self) -> int:
        return time.time_ns() // 1_000

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Waits at least so long: Qt's timers may fire up to 5 % early, so the clock is asked again."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:  # noqa: ASYNC110 - only the clock can end this
            await asyncio.sleep(min(left, 3_600.0))


class SystemIds:
    """`Ids` from a generator seeded by the operating system: 64 bits in hexadecimal, short enough to type a prefix of.

    Asking the system for each id was rejected: they are no secrets, and each question lets go of the interpreter, which
    the writer thread then holds for longer than a whole decision takes.
    """

    def __init__(self) -> None:
        self._random = random.Random()

    def new(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def uniform(self) -> float:
        return self._random.random()

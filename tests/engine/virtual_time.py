"""A loop whose time passes only when nothing else is left to do, so that an hour of retries takes milliseconds."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from random import Random
from typing import Any, TypeVar

T = TypeVar("T")
EPOCH = 1_763_856_000_000_000  # 2025-11-23T00:00:00Z, in microseconds


class _JumpingSelector(selectors.SelectSelector):
    """Instead of waiting for a timer, moves the loop's time to it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise RuntimeError("deadlock: nothing is scheduled and nothing is ready")
        ready = super().select(0)
        if not ready:
            self.now += timeout
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """For code without threads or sockets of its own."""

    def __init__(self) -> None:
        self._jumping = _JumpingSelector()
        super().__init__(self._jumping)

    def time(self) -> float:
        return self._jumping.now


class LoopClock:
    """`Clock` on the running loop's time; `jump` moves the wall clock alone, as a person or a time server does."""

    def __init__(self) -> None:
        self.jump = 0

    def now(self) -> int:
        return EPOCH + self.jump + round(self.monotonic() * 1_000_000)

    def monotonic(self) -> float:
        return asyncio.get_running_loop().time()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class SeededIds:
    """`Ids` that a seed repeats."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def new(self) -> str:
        return f"{self._random.getrandbits(64):016x}"

    def uniform(self) -> float:
        return self._random.random()


def run_virtually(work: Coroutine[Any, Any, T]) -> T:
    """Runs to the end on a loop of virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(work)

"""The time limits of many calls and attempts over one timer of the loop."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType

LONGEST_TIMER_S = 3_600.0

Within = Callable[[float], AbstractAsyncContextManager[object]]
"""`asyncio.timeout`, or what behaves like it."""


class Deadlines:
    """`within(seconds)` behaves like `asyncio.timeout(seconds)`; limits last longer than a moment, and most never pass.

    A timer for each was rejected: on the window's loop every timer is one of Qt's, and a cancelled one stays with Qt
    until it would have fired, which for an attempt is half an hour later.
    """

    def __init__(self) -> None:
        self._open: dict[_Deadline, float] = {}
        self._timer: asyncio.Handle | None = None
        self._due = math.inf

    def within(self, seconds: float) -> AbstractAsyncContextManager[object]:
        """Raises TimeoutError where the block takes longer. `close` must not come before its end."""
        return _Deadline(self, seconds)

    def close(self) -> None:
        """Leaves no timer behind."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._due = None, math.inf

    def entered(self, deadline: _Deadline, at: float) -> None:
        self._open[deadline] = at
        if at < self._due:
            self._look_at(at)

    def left(self, deadline: _Deadline) -> None:
        # The timer stays: whoever comes next would only need it again, and finding nothing due costs nothing.
        del self._open[deadline]

    def _look_at(self, at: float) -> None:
        self.close()
        loop = asyncio.get_running_loop()
        self._due = min(at, loop.time() + LONGEST_TIMER_S)
        self._timer = loop.call_at(self._due, self._look)

    def _look(self) -> None:
        """Ends what is over time. Qt's timers may fire early, hence the look at the clock."""
        self.close()
        now = asyncio.get_running_loop().time()
        for deadline, at in self._open.items():
            if at <= now:
                self._open[deadline] = math.inf  # a block may take its time to end; it is told once
                deadline.pass_now()
        soonest = min(self._open.values(), default=math.inf)
        if soonest < math.inf:
            self._look_at(soonest)


class _Deadline:
    """One block under a limit, told apart from other cancellations as `asyncio.Task.uncancel` describes."""

    __slots__ = ("_cancelling", "_owner", "_passed", "_seconds", "_task")

    def __init__(self, owner: Deadlines, seconds: float) -> None:
        self._owner = owner
        self._seconds = seconds
        self._passed = False

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        assert task is not None  # only a task can be cancelled
        self._task = task
        self._cancelling = task.cancelling()
        self._owner.entered(self, asyncio.get_running_loop().time() + self._seconds)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._owner.left(self)
        if self._passed and self._task.uncancel() <= self._cancelling and kind is asyncio.CancelledError:
            raise TimeoutError from error

    def pass_now(self) -> None:
        self._passed = True
        self._task.cancel()

"""The loop of the window: qasync's, with one Qt timer for each turn instead of one for each callback."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QTimerEvent, Signal, Slot
from qasync import QEventLoop

TURN_S = 0.008  # then Qt has its turn: half of what a screen gives a picture


class _Turns(QObject):
    """Calls `turn` once from Qt's loop for every `ask`, however often it was asked before that."""

    rung = Signal()  # from other threads: queued, since the receiver lives on the loop's

    def __init__(self, turn: Callable[[], None]) -> None:
        super().__init__()
        self._turn = turn
        self.asked = False
        self.rung.connect(self.ask)

    @Slot()
    def ask(self) -> None:
        # A timer and no posted event: those that are posted meanwhile are handled before the window's input is.
        if not self.asked:
            self.asked = True
            self.startTimer(0)

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802 - Qt's name
        self.killTimer(event.timerId())
        self.asked = False
        self._turn()


class WindowLoop(QEventLoop):  # type: ignore[misc]  # qasync has no types
    """Runs what is ready in order, and what that asks for, until nothing is or Qt is due.

    qasync makes a Qt timer for each callback, which costs as much as the rules of a whole decision; with 64 tasks at
    once that was a sixth of all time. A turn of Qt between an answer and each step that follows from it, as asyncio's
    own loops look at their sockets, was another tenth. Delays stay with qasync.
    """

    def __init__(self, application: QCoreApplication) -> None:
        self._ready: deque[asyncio.Handle] = deque()
        self._turns = _Turns(self._turn)
        super().__init__(application)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        self._turns.ask()
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Raises RuntimeError once the loop is closed."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        if not self._turns.asked:  # read after the handle is there: a turn that begins in between takes it along
            self._turns.rung.emit()
        return handle

    def _turn(self) -> None:
        due = time.monotonic() + TURN_S
        try:
            while self._ready and time.monotonic() < due:
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()
        finally:
            if self._ready:
                self._turns.ask()

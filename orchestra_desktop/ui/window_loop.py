"""The loop of the window: qasync's, with one Qt timer for all that is ready instead of one for each callback."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimerEvent, Signal, Slot
from qasync import QEventLoop

TURN_S = 0.008  # then Qt has its turn: half of what a screen gives a picture


class _Ready(QObject):
    """The callbacks that are ready, in order. A timer of Qt's stands while there are any.

    A timer and no posted event: those that are posted meanwhile are handled before the window's input is. It stands
    while callbacks run, too, so that a loop of Qt's that one of them opens runs the others.
    """

    rung = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._handles: deque[asyncio.Handle] = deque()
        self._timer = 0  # Qt's number of it, never 0
        self.rung.connect(self._answer, Qt.ConnectionType.QueuedConnection)

    def add(self, handle: asyncio.Handle) -> None:
        self._handles.append(handle)
        self._stand()

    def add_from_any_thread(self, handle: asyncio.Handle) -> None:
        self._handles.append(handle)
        if not self._timer:  # read after the handle is there: while a timer stands it is taken along
            self.rung.emit()

    def _stand(self) -> None:
        if not self._timer:
            self._timer = self.startTimer(0)

    @Slot()
    def _answer(self) -> None:
        """Runs what another thread brought at once: a turn of Qt's between its ring and its callback was waste."""
        if not self._timer:
            self._turn()

    def timerEvent(self, event: QTimerEvent) -> None:  # noqa: N802 - Qt's name
        self.killTimer(event.timerId())  # one that is being served does not fire in a loop opened meanwhile
        self._timer = 0
        self._turn()

    def _turn(self) -> None:
        self._stand()
        due = time.monotonic() + TURN_S
        try:
            while self._handles and time.monotonic() < due:
                handle = self._handles.popleft()
                if not handle.cancelled():
                    handle._run()
        finally:
            if not self._handles:
                self._rest()

    def _rest(self) -> None:
        if self._timer:  # a loop that a callback opened may have come to rest before
            self.killTimer(self._timer)
            self._timer = 0
        if self._handles:  # brought by a thread that still saw the timer
            self._stand()


class WindowLoop(QEventLoop):  # type: ignore[misc]  # qasync has no types
    """Runs what is ready in order, and what that asks for, until nothing is or Qt is due.

    qasync makes a Qt timer for each callback, which costs as much as the rules of a whole decision; with 64 tasks at
    once that was a sixth of all time. A turn of Qt between an answer and each step that follows from it, as asyncio's
    own loops look at their sockets, was another tenth. Delays stay with qasync.
    """

    def __init__(self, application: QCoreApplication) -> None:
        self._callbacks = _Ready()
        super().__init__(application)

    def call_soon(self, callback: Callable[..., object], *args: Any, context: Context | None = None) -> asyncio.Handle:
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._callbacks.add(handle)
        return handle

    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        """Raises RuntimeError once the loop is closed."""
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._callbacks.add_from_any_thread(handle)
        return handle

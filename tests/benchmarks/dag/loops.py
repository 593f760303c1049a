"""The loops a run is measured on: asyncio's own, and the window's, which is qasync's."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager

LOOPS = ("asyncio", "qasync")
_TICK_S = 0.005


@contextmanager
def runner(loop: str) -> Iterator[asyncio.Runner]:
    """Runs coroutines on the loop of that name. Qt is loaded for qasync alone."""
    if loop == "asyncio":
        with asyncio.Runner() as made:
            yield made
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication

    from orchestra_desktop.ui.bridge import make_loop

    app = QCoreApplication.instance() or QCoreApplication([])
    with asyncio.Runner(loop_factory=lambda: make_loop(app)) as made:
        yield made
    gc.collect()  # Qt's timers must not be left to a collection on another thread


class LongestTurn:
    """How long the loop was away at most, in seconds, between `start` and `stop`: what a window would have stood still.

    A short timer is asked again and again how late it fires.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._due = loop.time() + _TICK_S
        self._timer = loop.call_later(_TICK_S, self._tick)

    def _tick(self) -> None:
        self._note()
        self.start()

    def _note(self) -> None:
        self.seconds = max(self.seconds, asyncio.get_running_loop().time() - self._due)

    def stop(self) -> None:
        self._note()
        if self._timer is not None:
            self._timer.cancel()

"""From a button to a coroutine: every task of the window is started here, kept, named, and heard when it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, Signal

from orchestra_desktop.ui.window_loop import WindowLoop

OnFault = Callable[[BaseException], None]


def make_loop(application: QCoreApplication) -> asyncio.AbstractEventLoop:
    """The loop of the window, which turns inside Qt's.

    Its threads are Python's own: qasync's default makes ten QThreads at the first use and names none of them.
    """
    loop: asyncio.AbstractEventLoop = WindowLoop(application)
    loop.set_default_executor(ThreadPoolExecutor(thread_name_prefix="window"))
    return loop


class Bridge(QObject):
    """Starts coroutines in the window's TaskGroup. Their errors go to `on_fault` and end nothing else.

    A second start of a name that is still running is refused: a button pressed twice does its work once.
    """

    busy_changed = Signal(str, bool)  # name, whether it runs

    def __init__(self, group: asyncio.TaskGroup, on_fault: OnFault) -> None:
        super().__init__()
        self._group = group
        self._on_fault = on_fault
        self._running: dict[str, asyncio.Task[None]] = {}
        self._is_over = False

    def spawn(self, coroutine: Coroutine[Any, Any, object], *, name: str) -> bool:
        """Starts it unless one of that name is running or the window is ending; whether it was started."""
        if name in self._running or self._is_over:
            coroutine.close()
            return False
        task = self._running[name] = self._group.create_task(self._carried_out(coroutine, name), name=name)
        task.add_done_callback(lambda done: self._forget(name, done, coroutine))
        self.busy_changed.emit(name, True)
        return True

    async def _carried_out(self, coroutine: Coroutine[Any, Any, object], name: str) -> None:
        """Never raises but for cancellation: one raising child would cancel all its siblings."""
        try:
            await coroutine
        except Exception as error:  # noqa: BLE001 - a verb's failure is shown to the person
            self._on_fault(error)
        finally:
            del self._running[name]
            self.busy_changed.emit(name, False)

    def _forget(self, name: str, task: asyncio.Task[None], coroutine: Coroutine[Any, Any, object]) -> None:
        """One cancelled before its first step: not a line of it is ever run, not even what stands under `finally`."""
        if self._running.get(name) is task:
            coroutine.close()
            del self._running[name]
            self.busy_changed.emit(name, False)

    def is_running(self, name: str) -> bool:
        return name in self._running

    def cancel(self, name: str) -> None:
        """Asks the task of that name to stop; nothing if there is none."""
        if name in self._running:
            self._running[name].cancel()

    def refuse(self) -> None:
        """Starts nothing more: what is committed last on the way out still tells its listeners."""
        self._is_over = True

    async def wind_down(self, *, but: str = "") -> None:
        """Cancels all that runs, except the one called `but`, and waits until it has ended."""
        tasks = [task for name, task in self._running.items() if name != but]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

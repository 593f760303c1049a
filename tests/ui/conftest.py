"""Runs tests of the window offscreen; coroutine tests on the loop inside Qt's, with nothing left behind after any."""

from __future__ import annotations

import asyncio
import gc
import inspect
import os
from collections.abc import Coroutine, Iterator
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # before anything makes the application

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication

from orchestra_desktop.ui.bridge import make_loop

_TURNS = 5  # of the loop, in which a cancelled task may finish
_LIMIT_S = 90.0  # three quarters of what pytest-timeout gives, as for the other coroutine tests


async def _bounded(test: Coroutine[Any, Any, object]) -> None:
    try:
        async with asyncio.timeout(_LIMIT_S) as bound:
            await test
    except TimeoutError:
        if not bound.expired():
            raise
        pytest.fail(f"the coroutine was still waiting after {_LIMIT_S} s")
    others: set[asyncio.Task[Any]] = set()
    for _ in range(_TURNS):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if not others:
            return
        await asyncio.sleep(0)
    pytest.fail(f"tasks left behind: {', '.join(sorted(task.get_name() for task in others))}")


def _run(application: QApplication, test: Coroutine[Any, Any, object]) -> None:
    """One coroutine on a loop of its own; what reaches the loop's exception handler fails it."""
    faults: list[str] = []

    def note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        faults.append(f"{context['message']}: {context.get('exception')!r}")

    with asyncio.Runner(loop_factory=lambda: make_loop(application)) as runner:
        runner.get_loop().set_exception_handler(note)
        runner.run(_bounded(test))
    gc.collect()  # an error of a task that nobody awaited is told only when the task is collected
    if faults:
        pytest.fail("reached the loop's exception handler:\n" + "\n".join(faults))


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Runs `async def` tests of this folder in place of the hook for all tests, whose loop does not turn Qt."""
    test = pyfuncitem.obj
    if not inspect.iscoroutinefunction(test):
        return None
    names = inspect.signature(test).parameters
    fixtures = {name: pyfuncitem.funcargs[name] for name in names if name in pyfuncitem.funcargs}
    application = pyfuncitem.funcargs["qapp"]
    assert isinstance(application, QApplication)
    _run(application, test(**fixtures))
    return True


@pytest.fixture(autouse=True)
def _nothing_left(qapp: QApplication) -> Iterator[None]:
    """No window and no running timer outlives its test."""
    qapp.setQuitOnLastWindowClosed(False)
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    windows = [widget for widget in qapp.topLevelWidgets() if widget.isVisible()]
    names = sorted(f"{type(widget).__name__} {widget.windowTitle()!r}" for widget in windows)
    for widget in windows:
        widget.hide()
        widget.deleteLater()
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if names:
        pytest.fail(f"windows left open: {', '.join(names)}")
    gc.collect()
    timers = [one for one in gc.get_objects() if isinstance(one, QTimer) and shiboken6.isValid(one) and one.isActive()]
    for timer in timers:
        timer.stop()
    if timers:
        pytest.fail(f"timers left running: {len(timers)}, of {[type(timer.parent()).__name__ for timer in timers]}")

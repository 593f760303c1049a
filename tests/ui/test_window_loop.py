"""The window's loop: order, other threads, Qt's turn between long ones, and the end."""

from __future__ import annotations

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from orchestra_desktop.ui import window_loop
from orchestra_desktop.ui.window_loop import TURN_S, WindowLoop


async def _turns(count: int = 1) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_callbacks_run_in_the_order_in_which_they_were_asked_for(qapp: QApplication) -> None:
    ran: list[int] = []
    loop = asyncio.get_running_loop()
    for number in range(100):
        loop.call_soon(ran.append, number)
    await _turns(2)
    assert ran == list(range(100))


async def test_what_a_callback_asks_for_comes_after_what_is_ready(qapp: QApplication) -> None:
    ran: list[str] = []
    loop = asyncio.get_running_loop()

    def first() -> None:
        ran.append("first")
        loop.call_soon(ran.append, "asked by it")

    loop.call_soon(first)
    loop.call_soon(ran.append, "second")
    await _turns(3)
    assert ran == ["first", "second", "asked by it"]


async def test_a_callback_that_was_cancelled_does_not_run(qapp: QApplication) -> None:
    ran: list[int] = []
    loop = asyncio.get_running_loop()
    loop.call_soon(ran.append, 1).cancel()
    loop.call_soon(ran.append, 2)
    await _turns(2)
    assert ran == [2]


async def test_a_callback_runs_in_the_context_it_is_given(qapp: QApplication) -> None:
    name: contextvars.ContextVar[str] = contextvars.ContextVar("name", default="nobody")
    context = contextvars.copy_context()
    context.run(name.set, "somebody")
    heard: list[str] = []
    asyncio.get_running_loop().call_soon(lambda: heard.append(name.get()), context=context)
    await _turns(2)
    assert heard == ["somebody"]


async def test_what_other_threads_ask_for_is_run_on_the_loop_and_none_is_lost(qapp: QApplication) -> None:
    ran: list[tuple[int, int, bool]] = []
    loop, mine = asyncio.get_running_loop(), threading.get_ident()
    everything = asyncio.Event()

    def note(thread: int, number: int) -> None:
        ran.append((thread, number, threading.get_ident() == mine))
        if len(ran) == 4_000:
            everything.set()

    def ask(thread: int) -> None:
        for number in range(1_000):
            loop.call_soon_threadsafe(note, thread, number)

    threads = [threading.Thread(target=ask, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    await everything.wait()
    for thread in threads:
        thread.join()
    assert all(on_the_loop for _, _, on_the_loop in ran)
    for asking in range(4):
        assert [number for asked, number, _ in ran if asked == asking] == list(range(1_000))


async def test_a_call_from_another_thread_wakes_a_loop_that_sleeps(qapp: QApplication) -> None:
    loop, heard = asyncio.get_running_loop(), asyncio.Event()
    thread = threading.Timer(0.1, loop.call_soon_threadsafe, [heard.set])  # by then nothing is ready any more
    thread.start()
    async with asyncio.timeout(10):
        await heard.wait()
    thread.join()


async def test_qt_has_its_turn_between_long_callbacks(qapp: QApplication) -> None:
    """A window that repaints must not wait for all that is ready."""
    ran: list[str] = []
    loop = asyncio.get_running_loop()
    done = asyncio.Event()

    def work() -> None:
        if not ran:  # asked for when all the rest is ready already
            QTimer.singleShot(0, lambda: ran.append("paint"))
        time.sleep(2 * TURN_S)
        ran.append("work")
        if ran.count("work") == 5:
            done.set()

    for _ in range(5):
        loop.call_soon(work)
    await done.wait()
    assert ran.index("paint") < 4


async def test_steps_that_follow_from_each_other_do_not_wait_for_qt(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(window_loop, "TURN_S", 60.0)  # however slow the machine is
    ran: list[str] = []
    loop = asyncio.get_running_loop()

    def step(left: int) -> None:
        if left == 5:
            QTimer.singleShot(0, lambda: ran.append("paint"))
        ran.append("step")
        if left:
            loop.call_soon(step, left - 1)

    loop.call_soon(step, 5)
    while "paint" not in ran:  # noqa: ASYNC110 - Qt sets no event
        await asyncio.sleep(0.001)
    assert ran == ["step"] * 6 + ["paint"]


async def test_a_callback_that_asks_for_itself_again_and_again_leaves_qt_its_turn(qapp: QApplication) -> None:
    painted: list[int] = []
    over = asyncio.Event()
    loop = asyncio.get_running_loop()

    def again(left: int) -> None:
        if painted or not left:
            over.set()
        else:
            loop.call_soon(again, left - 1)

    QTimer.singleShot(0, lambda: painted.append(1))
    loop.call_soon(again, 1_000_000)
    await over.wait()
    assert painted


async def test_an_error_in_a_callback_reaches_the_handler_and_stops_no_other(qapp: QApplication) -> None:
    heard: list[str] = []
    ran: list[int] = []
    loop = asyncio.get_running_loop()
    before = loop.get_exception_handler()
    loop.set_exception_handler(lambda _, context: heard.append(str(context["exception"])))
    loop.call_soon(lambda: 1 // 0)
    loop.call_soon(ran.append, 1)
    await _turns(2)
    loop.set_exception_handler(before)
    assert len(heard) == 1
    assert "zero" in heard[0]
    assert ran == [1]


@pytest.mark.parametrize("by_a_thread", [False, True])
async def test_a_menu_that_turns_qt_by_itself_lets_the_others_run(qapp: QApplication, by_a_thread: bool) -> None:
    ran: list[int] = []
    loop, closed = asyncio.get_running_loop(), asyncio.Event()

    def menu() -> None:
        nested = QEventLoop()
        QTimer.singleShot(20, nested.quit)
        nested.exec()
        ran.append(0)
        closed.set()

    def ask(soon: Callable[..., object]) -> None:
        soon(menu)
        for number in range(1, 4):
            soon(ran.append, number)

    if by_a_thread:
        thread = threading.Thread(target=ask, args=(loop.call_soon_threadsafe,))
        thread.start()
        thread.join()
    else:
        ask(loop.call_soon)
    async with asyncio.timeout(10):
        await closed.wait()
    assert ran == [1, 2, 3, 0]


async def test_what_a_thread_brings_while_the_loop_comes_to_rest_is_not_lost(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, brought = asyncio.get_running_loop(), asyncio.Event()
    kill = QObject.killTimer

    def kill_late(ready: QObject, timer: int) -> None:
        """A thread comes in between the look at what is ready and the end of the timer."""
        if not asked:
            asked.append(loop.call_soon_threadsafe(brought.set))
        kill(ready, timer)

    asked: list[asyncio.Handle] = []
    monkeypatch.setattr(type(loop._callbacks), "killTimer", kill_late, raising=False)  # type: ignore[attr-defined]
    async with asyncio.timeout(10):
        await brought.wait()


async def test_the_loops_own_thread_may_ring_and_is_not_interrupted(qapp: QApplication) -> None:
    ran: list[str] = []
    loop, rung = asyncio.get_running_loop(), asyncio.Event()

    def answer() -> None:
        ran.append("rung")
        rung.set()

    def ring() -> None:
        loop.call_soon_threadsafe(answer)
        ran.append("on")

    QTimer.singleShot(0, ring)  # not while callbacks run, which would take it along
    async with asyncio.timeout(10):
        await rung.wait()
    assert ran == ["on", "rung"]


def test_a_closed_loop_says_so(qapp: QApplication) -> None:
    loop = WindowLoop(qapp)
    loop.close()
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon_threadsafe(print)
    with pytest.raises(RuntimeError, match="closed"):
        loop.call_soon(print)

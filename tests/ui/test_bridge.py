"""From a button to a coroutine: tasks are kept, named, and heard when they fail."""

from __future__ import annotations

import asyncio
import inspect

from PySide6.QtWidgets import QApplication

from orchestra_desktop.ui.bridge import Bridge


async def test_an_error_is_handed_on_and_ends_nothing_else(qapp: QApplication) -> None:
    faults: list[BaseException] = []
    went_on = asyncio.Event()

    async def fails() -> None:
        raise ValueError("planted")

    async def goes_on() -> None:
        await asyncio.sleep(0)
        went_on.set()

    async with asyncio.TaskGroup() as group:
        bridge = Bridge(group, faults.append)
        bridge.spawn(goes_on(), name="other")
        bridge.spawn(fails(), name="one")
        await went_on.wait()
    assert [str(fault) for fault in faults] == ["planted"]


async def test_who_is_busy_is_told_when_it_changes(qapp: QApplication) -> None:
    told: list[tuple[str, bool]] = []

    async def quick() -> None:
        await asyncio.sleep(0)

    async with asyncio.TaskGroup() as group:
        bridge = Bridge(group, lambda _: None)
        bridge.busy_changed.connect(lambda name, busy: told.append((name, busy)))
        bridge.spawn(quick(), name="one")
        assert bridge.is_running("one")
    assert told == [("one", True), ("one", False)]


async def test_one_that_is_cancelled_before_its_first_step_is_over_too(qapp: QApplication) -> None:
    told: list[tuple[str, bool]] = []
    never = asyncio.sleep(3_600)
    async with asyncio.TaskGroup() as group:
        bridge = Bridge(group, lambda _: None)
        bridge.busy_changed.connect(lambda name, busy: told.append((name, busy)))
        bridge.spawn(never, name="one")
        bridge.cancel("one")
        await bridge.wind_down()
    assert not bridge.is_running("one")
    assert told == [("one", True), ("one", False)]
    assert inspect.getcoroutinestate(never) == inspect.CORO_CLOSED


async def test_winding_down_cancels_all_but_the_one_that_is_named(qapp: QApplication) -> None:
    ended: list[str] = []

    async def waits(name: str) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(name)

    async with asyncio.TaskGroup() as group:
        bridge = Bridge(group, lambda _: None)
        for name in ("one", "two", "me"):
            bridge.spawn(waits(name), name=name)
        await asyncio.sleep(0)
        await bridge.wind_down(but="me")
        assert sorted(ended) == ["one", "two"]
        bridge.cancel("me")


async def test_a_cancelled_verb_is_no_fault(qapp: QApplication) -> None:
    faults: list[BaseException] = []
    async with asyncio.TaskGroup() as group:
        bridge = Bridge(group, faults.append)
        bridge.spawn(asyncio.Event().wait(), name="one")
        await asyncio.sleep(0)
        bridge.cancel("one")
    assert faults == []

"""What is shown has room and an order, in every place and tab: no button cuts its words in windows of several widths,
no table scrolls sideways in one of the usual width, and one button at most is the thing to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.ui.inbox.inbox import Inbox
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.widgets.table import TableView
from tests.fakes import ClaudeServer
from tests.ui.driving import carried_out, opened, sample_planned, until
from tests.ui.inbox.test_inbox import asking
from tests.ui.stage import StageBrain, staged

_USUAL_WIDTH = 1_440
_Look = Callable[[QWidget], list[str]]


def _buttons(window: QWidget) -> list[QPushButton]:
    return [button for button in window.findChildren(QPushButton) if button.isVisible() and button.text()]


def _cut(window: QWidget) -> list[str]:
    return [button.text() for button in _buttons(window) if button.width() < button.sizeHint().width()]


def _scrolled(window: QWidget) -> list[str]:
    shown = [table for table in window.findChildren(TableView) if table.isVisible()]
    return [table.accessibleName() for table in shown if table.horizontalScrollBar().maximum() > 0]


def _rivals(window: QWidget) -> list[str]:
    """The primary buttons, where there are several."""
    primary = [button.text() for button in _buttons(window) if button.property("kind") == "primary"]
    return primary if len(primary) > 1 else []


async def _laid_out() -> None:
    """Qt lays out what has changed in its own turns, a level of the window in each."""
    for _ in range(5):
        turned = asyncio.Event()
        QTimer.singleShot(0, turned.set)
        await turned.wait()


async def _everywhere(program: WindowProgram, look: _Look) -> dict[str, list[str]]:
    """What is found in a place or tab, where something is."""
    found: dict[str, list[str]] = {}
    for place in PLACES:
        for tab in [tab.id for tab in place.tabs] or [""]:
            program.window.show_place(place.id, tab)
            await _laid_out()
            found[f"{place.id} {tab}"] = look(program.window)
    return {where: things for where, things in found.items() if things}


async def _asked(program: WindowProgram) -> Inbox:
    live = inbox_live(program.context)
    await until(program, lambda: live.read and len(live.cards) == 3)
    program.window.show_place("inbox")
    inbox = program.window.findChild(Inbox)
    assert inbox is not None
    await until(program, lambda: inbox.current is not None and inbox.current.isVisible())
    return inbox


@pytest.mark.parametrize("width", [900, 1_120, _USUAL_WIDTH])
async def test_no_button_cuts_its_words_and_no_table_scrolls_sideways(
    qapp: QApplication, tmp_path: Path, width: int
) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await asking(program, brain)
            program.window.resize(width, 800)
            cut = await _everywhere(program, _cut)
            inbox = await _asked(program)
            for _ in range(3):
                await _laid_out()
                if words := _cut(program.window):
                    cut[f"inbox {inbox.current.card.task if inbox.current else ''}"] = words
                program.context.do("inbox.next")
            assert cut == {}
            if width == _USUAL_WIDTH:
                assert await _everywhere(program, _scrolled) == {}


async def test_one_button_at_most_is_the_thing_to_do(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        rivals = {"at first": await _everywhere(program, _rivals)}
        await sample_planned(program)
        rivals["planned"] = await _everywhere(program, _rivals)
        await carried_out(program)
        rivals["finished"] = await _everywhere(program, _rivals)
        assert {moment: found for moment, found in rivals.items() if found} == {}

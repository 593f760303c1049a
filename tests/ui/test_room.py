"""No button cuts its words: in every place and tab of a run that asks, in windows of several widths."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.ui.inbox.inbox import Inbox
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.places import PLACES
from tests.fakes import ClaudeServer
from tests.ui.driving import until
from tests.ui.inbox.test_inbox import asking
from tests.ui.stage import StageBrain, staged


def _cut(window: QWidget) -> list[str]:
    shown = [button for button in window.findChildren(QPushButton) if button.isVisible() and button.text()]
    return [button.text() for button in shown if button.width() < button.sizeHint().width()]


async def _laid_out() -> None:
    """Qt lays out what has changed between two turns of the loop."""
    for _ in range(5):
        await asyncio.sleep(0)


async def _asked(program: WindowProgram) -> Inbox:
    live = inbox_live(program.context)
    await until(program, lambda: live.read and len(live.cards) == 3)
    program.window.show_place("inbox")
    inbox = program.window.findChild(Inbox)
    assert inbox is not None
    await until(program, lambda: inbox.current is not None and inbox.current.isVisible())
    return inbox


@pytest.mark.parametrize("width", [900, 1_120, 1_440])
async def test_no_button_cuts_its_words(qapp: QApplication, tmp_path: Path, width: int) -> None:
    brain = StageBrain()
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await asking(program, brain)
            window = program.window
            window.resize(width, 800)
            cut: dict[str, list[str]] = {}
            for place in PLACES:
                for tab in [tab.id for tab in place.tabs] or [""]:
                    window.show_place(place.id, tab)
                    await _laid_out()
                    cut[f"{place.id} {tab}"] = _cut(window)
            inbox = await _asked(program)
            for _ in range(3):
                await _laid_out()
                cut[f"inbox {inbox.current.card.task if inbox.current else ''}"] = _cut(window)
                program.context.do("inbox.next")
            assert {where: words for where, words in cut.items() if words} == {}

"""The key is taken away in the middle of a run: it pauses, asks for a key once, and goes on with a good one."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.settings.key_dialog import KeyDialog
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.ui.driving import until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of
from tests.ui.stories.bands import press, see_band, see_no_band, words_of
from tests.ui.stories.hands import Eyes

ANOTHER = "sk-ant-another-0123456789abcdef"
REFUSED, MISSING = "Claude refuses the key", "There is no key for Claude"


def _header(program: WindowProgram) -> RunHeader:
    program.window.show_place("run", "table")
    header = program.window.findChild(RunHeader)
    assert header is not None
    return header


async def _give(program: WindowProgram, key: str) -> None:
    """Through the dialog that stands in front now."""

    def in_front() -> KeyDialog | None:
        front = QApplication.activeModalWidget()
        return front if isinstance(front, KeyDialog) else None

    dialog = await Eyes(program).until(in_front, "the key dialog")
    QTest.keyClicks(dialog.field, key)
    QTest.mouseClick(dialog.keep, Qt.MouseButton.LeftButton)
    await until(program, lambda: not program.bridge.is_running("key.keep"))


async def test_a_key_refused_in_mid_run_pauses_it_and_is_asked_for_once(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with ClaudeServer(brain, api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            header = _header(program)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            server.api_key = ANOTHER
            brain.gate.open()
            band = await see_band(program, REFUSED)
            await until(program, lambda: program.context.workspace.live_runs == 0)
            assert "word counter" in words_of(band)
            assert "Nothing more is sent" in words_of(band)
            await until(program, lambda: header.state.accessibleName() == "needs you")
            assert len(inbox_live(program.context).cards) == 1
            asked = len(server.requests)
            press(band, "Give a key…")
            await _give(program, ANOTHER)
            await see_no_band(program, REFUSED)
            await until(program, lambda: header.state.accessibleName() == "finished")
            assert len(server.requests) > asked
            report = await program.context.session.money.usage()
            assert report.total.charged == server.billed
            assert report.total.unconfirmed == 0


async def test_a_bad_key_is_asked_for_again_and_nothing_is_lost(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            header = _header(program)
            server.api_key = ANOTHER
            program.context.do("run.start")
            press(await see_band(program, REFUSED), "Give a key…")
            asked = len(server.requests)
            await _give(program, "sk-ant-wrong-0123456789abcdef")
            await until(program, lambda: len(server.requests) > asked and program.context.workspace.live_runs == 0)
            await until(program, lambda: not program.bridge.is_running("key.give"))
            press(await see_band(program, REFUSED), "Give a key…")
            await _give(program, ANOTHER)
            await until(program, lambda: header.state.accessibleName() == "finished")
            assert (await program.context.session.money.usage()).total.charged == server.billed


async def test_a_deleted_key_is_asked_for_and_one_from_the_settings_is_as_good(
    qapp: QApplication, tmp_path: Path
) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server, key_from_environment=False) as program:
            await program.context.session.keys.set("anthropic", KEY)
            await approved(program)
            header = _header(program)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            await program.context.session.keys.delete("anthropic")
            brain.gate.open()
            await see_band(program, MISSING)
            await until(program, lambda: program.context.workspace.live_runs == 0)
            program.window.show_place("settings", "key")
            QTest.mouseClick(await Eyes(program).see("Give a key…"), Qt.MouseButton.LeftButton)
            await _give(program, KEY)
            await until(program, lambda: header.state.accessibleName() == "finished")
            await see_no_band(program, MISSING)

"""The tray over the real program, with a surface that writes down what it is given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QMenu

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.services.preferences import set_notified, set_quiet_hours
from orchestra_desktop.services.quiet_hours import local_time
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.tray.system_tray import system_tray
from orchestra_desktop.ui.tray.tray import Tray
from orchestra_desktop.viewmodels.tray_state import Mood
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.ui.driving import opened, sample_finished, until
from tests.ui.stage import StageBrain, approved, staged


class PaperTray:
    """The `Surface` of the tray, kept as what was said."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.told: list[tuple[str, str]] = []
        self.is_closed = False
        self.message: Callable[[], None] = lambda: None

    def set_menu(self, menu: QMenu) -> None:
        self.menu = menu

    def show_face(self, icon: QIcon, words: str) -> None:
        assert not icon.isNull()
        self.words.append(words)

    def notify(self, title: str, words: str) -> None:
        self.told.append((title, words))

    def on_open(self, do: Callable[[], None]) -> None:
        self.open = do

    def on_message(self, do: Callable[[], None]) -> None:
        self.message = do

    def close(self) -> None:
        self.is_closed = True


async def _followed(program: WindowProgram) -> tuple[Tray, PaperTray]:
    paper = PaperTray()
    tray = Tray(program.context, paper)
    tray.follow(program.context.session)
    await until(program, lambda: not program.bridge.is_running("tray.seed"))
    return tray, paper


def test_where_there_is_no_tray_there_is_none(qapp: QApplication) -> None:
    assert system_tray() is None  # offscreen has none


async def test_a_finished_run_is_told_by_its_projects_name(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        tray, paper = await _followed(program)
        assert paper.words[-1] == "Nothing runs"
        program.window.hide()  # the tray hears what a hidden window does not
        program.window.show()
        await sample_finished(program)
        assert paper.told[-1] == ("hello-world", "The run has finished.")
        assert tray.face.mood is Mood.IDLE
        tray.close()
        assert paper.is_closed


@pytest.mark.parametrize("wanted", [True, False])
async def test_a_question_is_told_by_the_tasks_id_alone_if_that_is_wanted(
    qapp: QApplication, tmp_path: Path, wanted: bool
) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            tray, paper = await _followed(program)
            set_notified(program.context.session.context, "needs_person", wanted)
            await approved(program, T2=True)
            program.context.do("run.start")
            await until(program, lambda: tray.face.mood is Mood.NEEDS_PERSON)
            assert paper.told == ([("word counter", "T2 needs you.")] if wanted else [])
            paper.message()
            assert program.window.places.current == ("inbox" if wanted else "run")
            program.context.do("run.stop")
            await until(program, lambda: program.context.workspace.live_runs == 0)
            tray.close()


async def test_a_near_cap_is_told_by_which_cap_it_is_and_leads_to_the_usage(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            tray, paper = await _followed(program)
            await approved(program, ceiling=25_000_000)
            program.context.do("run.start")
            await until(program, lambda: bool(paper.told))
            assert paper.told[0] == ("word counter", "The run's ceiling is nearly used up.")
            paper.message()
            assert program.window.places.current == "usage"
            said = [notice for notice in program.notices.history if "nearly used up" in notice.words]
            assert [notice.verb for notice in said] == ["Show usage"]  # the window says it too
            await until(program, lambda: program.context.workspace.live_runs == 0)
            tray.close()


async def test_in_quiet_hours_nothing_is_notified_and_the_window_has_it_all_the_same(
    qapp: QApplication, tmp_path: Path
) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            tray, paper = await _followed(program)
            now = local_time(program.context.session.context.clock.now())
            set_quiet_hours(program.context.session.context, *(f"{(now.hour + n) % 24:02d}:00" for n in (-1, 2)))
            await approved(program, ceiling=25_000_000, T2=True)
            program.context.do("run.start")
            await until(program, lambda: tray.face.mood is Mood.NEEDS_PERSON)
            await until(program, lambda: program.context.workspace.live_runs == 0)
            assert paper.told == []
            assert any("nearly used up" in notice.words for notice in program.notices.history)
            assert [card.task for card in inbox_live(program.context).cards] == ["T2"]
            tray.close()


async def test_pause_all_pauses_what_runs(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.held = ("report.py",)
    with ClaudeServer(brain, api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            tray, _ = await _followed(program)
            await approved(program)
            program.context.do("run.start")
            await until(program, lambda: tray.face.total == 12 and tray.pause.isEnabled())
            assert tray.face.mood is Mood.RUNNING
            tray.pause.trigger()
            await until(program, lambda: not program.bridge.is_running("tray.pause"))
            workspace = program.context.workspace
            await until(program, lambda: workspace.run is not None and workspace.run.state == "paused")
            brain.gate.open()
            program.context.do("run.stop")
            await until(program, lambda: workspace.live_runs == 0)
            tray.close()

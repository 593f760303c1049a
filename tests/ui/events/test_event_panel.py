"""The bottom panel: events follow while looked at from the top and wait while read further down, a few in each turn."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.events.cost_panel import CostPanel
from orchestra_desktop.ui.events.event_table import EventModel, EventPanel
from orchestra_desktop.ui.events.problems_panel import ProblemsPanel
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.viewmodels.event_rows import SCANNED_AT_ONCE, EventWish
from orchestra_desktop.viewmodels.event_words import Family
from tests.fakes import ClaudeServer
from tests.ui.driving import until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of
from tests.viewmodels.happenings import PROJECT, Happenings


def panel_of(program: WindowProgram) -> EventPanel:
    program.window.show_place("run", "table")
    program.window.show_panel("events")
    found = program.window.findChild(EventPanel)
    assert found is not None
    return found


def kinds(panel: EventPanel) -> list[str]:
    return [str(panel.model.index(row, 2).data()) for row in range(panel.model.rowCount())]


async def test_it_follows_a_run_and_waits_while_a_person_reads_further_down(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.held = ("CHANGES",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            panel = panel_of(program)
            await running_until(program, lambda: state_of(program, "T3") is TaskState.SUCCEEDED)
            await until(program, lambda: panel.model.rowCount() > 60)
            panel.table.verticalScrollBar().setValue(300)
            top = panel.table.indexAt(panel.table.rect().topLeft()).siblingAtColumn(2).data()
            rows = panel.model.rowCount()
            brain.gate.open()
            await until(program, lambda: not program.context.workspace.is_live)
            await until(program, lambda: not panel.fresh.isHidden())
            assert panel.model.rowCount() == rows
            assert panel.table.indexAt(panel.table.rect().topLeft()).siblingAtColumn(2).data() == top
            panel.fresh.click()
            assert panel.model.rowCount() > rows
            await until(program, lambda: kinds(panel)[0] == "run ended")
            assert panel.fresh.isHidden()


async def test_filters_by_kind_task_and_words_stand_together(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            panel = panel_of(program)
            await running_until(program, lambda: state_of(program, "T3") is TaskState.SUCCEEDED)
            await until(program, lambda: not program.context.workspace.is_live)
            panel._choose(families=frozenset({Family.TOOL}))
            await until(program, lambda: not panel._further.isActive())
            assert set(kinds(panel)) == {"write_file"}
            program.context.selection.pick(TaskId("T1"))
            panel.of_task.setChecked(True)
            assert {panel.model.index(row, 1).data() for row in range(panel.model.rowCount())} == {"T1"}
            panel._choose(words="counter.py ok")
            assert panel.model.rowCount() == 1
            panel._choose(words="no such thing")
            await until(program, lambda: panel._stack.currentWidget() is panel._none)


async def test_events_older_than_what_is_kept_are_read_from_the_archive(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T3") is TaskState.SUCCEEDED)
            work = program.context.workspace
            await until(program, lambda: not work.is_live)
            while len(work.events) > 20:  # as if the deque held no more
                work.events.popleft()
            panel = panel_of(program)
            panel._choose(words="plan asked for")
            await until(program, lambda: kinds(panel) == ["plan asked for"])
            await until(program, lambda: panel.model.rows.at_the_beginning)


async def test_the_ledger_of_the_run_adds_up_to_what_the_run_was_charged(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain()) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            program.window.show_panel("cost")
            panel = program.window.findChild(CostPanel)
            assert panel is not None
            await running_until(program, lambda: state_of(program, "T3") is TaskState.SUCCEEDED)
            work = program.context.workspace
            await until(program, lambda: not work.is_live)
            assert work.money is not None
            assert work.money.run is not None
            charged = work.money.run.charged
            await until(program, lambda: panel._lines.sums() == (charged, 0, 0))
            assert panel.model.rowCount() > 12


async def test_problems_name_the_task_and_what_to_do(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.refused = ("part_5",)
    with ClaudeServer(brain) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            program.window.show_panel("problems")
            panel = program.window.findChild(ProblemsPanel)
            assert panel is not None
            await running_until(program, lambda: state_of(program, "T5") is TaskState.NEEDS_PERSON)
            await until(program, lambda: any((panel.model.row(n)).task == "T5" for n in range(panel.model.rowCount())))  # type: ignore[union-attr]
            first = panel.model.row(0)
            assert first is not None
            assert (first.kind, first.where) == ("needs you", "T5 Write part_5.py")
            assert "refused" in first.words
            at = panel.table.visualRect(panel.model.index(0, 0)).center()
            QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=at)
            assert program.context.selection.task == "T5"
            await until(program, lambda: not program.context.workspace.is_live)


def test_of_a_hundred_thousand_events_each_turn_of_the_loop_looks_at_a_few(qapp: QApplication) -> None:
    happened = Happenings()
    for number in range(100_000):
        happened.moved(number % 50, TaskState.WAITING, TaskState.READY)
    model = EventModel(Theme(qapp, ThemeChoice.DARK))
    model.open(PROJECT, happened.events, EventWish())
    assert 0 < model.rowCount() < 1_000
    model.choose(EventWish(tasks=frozenset({TaskId("T99")})))
    assert model.rowCount() == 0
    happened.begun(99)
    assert model.take(happened.events[-2:]) == model.rowCount() == 2
    turns = 0
    while model.rows.has_unscanned:
        model.fetchMore(model.index(-1, -1))
        turns += 1
    assert 100_000 / SCANNED_AT_ONCE - 1 <= turns <= 100_000 / SCANNED_AT_ONCE
    assert model.rowCount() == 2

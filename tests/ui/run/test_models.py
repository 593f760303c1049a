"""Qt's own checks of the item models of run place, inspector and bottom panel, while their rows change."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QObject, QPersistentModelIndex, Signal
from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.events.event_table import EventModel
from orchestra_desktop.ui.inspector.rows_model import RowColumn, RowsModel
from orchestra_desktop.ui.run.task_table_model import TaskTableModel
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.viewmodels.event_rows import EventWish
from orchestra_desktop.viewmodels.run_rows import Column, Grouping, RunRows, Wish
from tests.viewmodels.happenings import PROJECT, RUN, START, Happenings, a_plan, a_task


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, ThemeChoice.LIGHT)


class LiveRows(QObject):
    """Rows without a session."""

    replaced = Signal()
    changed = Signal(object)

    def __init__(self, rows: RunRows | None) -> None:
        super().__init__()
        self.rows = rows

    def now(self) -> int:
        return START


def test_the_task_model_keeps_its_promises_while_tasks_change(theme: Theme, qtmodeltester: Any) -> None:
    plan = a_plan(a_task(1, phase="P1"), a_task(2, 1, phase="P2"), a_task(3))
    rows = RunRows(PROJECT, plan, 1, RUN)
    model = TaskTableModel(LiveRows(rows))  # type: ignore[arg-type]
    qtmodeltester.check(model, force_py=True)
    happened = Happenings()
    happened.begun(1)
    happened.called(1)
    model.refresh(rows.take(happened.events))
    model.choose(Wish(Grouping.PHASE, column=Column.STATE, descending=True))
    happened.moved(1, TaskState.RUNNING, TaskState.NEEDS_PERSON)
    assert model.refresh(rows.take(happened.events)) is False
    model.choose(Wish(states=frozenset({TaskState.RUNNING})))
    assert model.rowCount() == 0
    model.tick()


def test_a_filter_by_state_lets_a_task_go_as_soon_as_it_moves_on(theme: Theme) -> None:
    rows = RunRows(PROJECT, a_plan(a_task(1), a_task(2)), 1, RUN)
    model = TaskTableModel(LiveRows(rows))  # type: ignore[arg-type]
    model.choose(Wish(states=frozenset({TaskState.WAITING})))
    assert model.rowCount() == 2
    happened = Happenings()
    happened.begun(1)
    assert model.refresh(rows.take(happened.events)) is True
    assert [model.task_at(row) for row in range(model.rowCount())] == [TaskId("T2")]


def test_the_event_model_keeps_its_promises_while_events_come_and_are_fetched(theme: Theme, qtmodeltester: Any) -> None:
    happened = Happenings()
    for number in range(500):
        happened.moved(number % 7, TaskState.WAITING, TaskState.READY)
    model = EventModel(theme)
    model.open(PROJECT, happened.events, EventWish())
    qtmodeltester.check(model, force_py=True)
    happened.begun(3)
    model.take(happened.events[-2:])
    while model.rows.has_unscanned:
        model.fetchMore(model.index(-1, -1))
    assert model.rowCount() == 502
    model.choose(EventWish(tasks=frozenset({TaskId("T3")})))
    assert {model.rows[row].scope.task for row in range(len(model.rows))} == {"T3"}


def test_plain_rows_keep_what_is_picked_when_they_grow(theme: Theme, qtmodeltester: Any) -> None:
    model: RowsModel[list[str]] = RowsModel(theme, (RowColumn("Word", lambda row: row[0]),))
    rows = [["one"], ["two"]]
    model.put(rows)
    qtmodeltester.check(model, force_py=True)
    persistent = QPersistentModelIndex(model.index(1, 0))
    rows[0][0] = "first"
    model.put([*rows, ["three"]])
    assert persistent.data() == "two"
    assert [model.index(row, 0).data() for row in range(3)] == ["first", "two", "three"]
    model.put([])
    assert model.rowCount() == 0

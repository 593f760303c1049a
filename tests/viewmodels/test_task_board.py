"""The board says of every task what the run's own state says, event by event, at the same cost for each event."""

from __future__ import annotations

from typing import NoReturn

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ids import CallId, Digest, PlanHash, ProjectId, RunId, TaskId
from orchestra_desktop.domain.ledger import Purpose
from orchestra_desktop.domain.plan import Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.domain.transitions import RunStateName, TaskState, VerdictName
from orchestra_desktop.viewmodels.task_board import TaskBoard, TaskRow

T = TaskState
WHY = text("route.table", tier="haiku", task_type="code", complexity="simple")


def _plan(tasks: int) -> Plan:
    return Plan("", tuple(PlanTask(TaskId(f"T{n}"), f"Task {n}", "", TaskType.CODE) for n in range(1, tasks + 1)))


class Log:
    """Stored events of one run, numbered as they come."""

    def __init__(self) -> None:
        self.events: list[ev.Stored] = []

    def add(self, event: ev.Event, task: int | None = None, attempt: int | None = None) -> ev.Stored:
        scope = ev.Scope(ProjectId("p"), RunId("r"), TaskId(f"T{task}") if task is not None else None, attempt)
        seq = len(self.events) + 1
        self.events.append(ev.Stored(seq, seq * 1_000_000, scope, event))
        return self.events[-1]

    def worked(self, task: int, cost: int = 7, before: TaskState = T.WAITING) -> None:
        """One attempt from start to success."""
        self.add(ev.TaskStateChanged(before, T.READY), task)
        self.add(ev.TaskStateChanged(T.READY, T.RUNNING), task)
        self.add(ev.AttemptStarted(1, Tier.HAIKU, "anthropic", "claude-haiku", WHY), task, 1)
        self.add(ev.CallReserved(CallId("c"), Purpose.TASK, "anthropic", "claude-haiku", 99, 10), task, 1)
        self.add(ev.CallCharged(CallId("c"), cost, None), task, 1)
        self.add(ev.TaskSucceeded(Digest("d"), 3, VerdictName.PASSED), task, 1)
        self.add(ev.TaskStateChanged(T.RUNNING, T.SUCCEEDED), task)


def test_a_row_says_what_became_of_its_task() -> None:
    log = Log()
    log.add(ev.RunStarted(1, PlanHash("h"), Digest("s"), None))
    log.worked(1)
    board = TaskBoard(_plan(2))
    board.fold(log.events)

    row = board.rows[TaskId("T1")]
    assert (row.state, row.tier, row.model, row.attempts) == (T.SUCCEEDED, "haiku", "claude-haiku", 1)
    assert (row.charged, row.verdict) == (7, VerdictName.PASSED)
    assert (row.started_at, row.finished_at) == (3_000_000, 8_000_000)
    assert board.rows[TaskId("T2")].state is T.WAITING
    assert (board.charged, board.done, board.active) == (7, 1, 0)


def test_a_task_that_is_tried_again_adds_up_and_has_not_ended() -> None:
    log = Log()
    log.worked(1)
    log.add(ev.TaskStateChanged(T.SUCCEEDED, T.READY, text("task.retried")), 1)
    log.add(ev.TierPinned(Tier.OPUS), 1)
    log.add(ev.TaskStateChanged(T.READY, T.RUNNING), 1)
    log.add(ev.AttemptStarted(2, Tier.OPUS, "anthropic", "claude-opus", WHY), 1, 2)
    log.add(ev.CallCharged(CallId("d"), 5, None), 1, 2)
    board = TaskBoard(_plan(1))
    board.fold(log.events)

    row = board.rows[TaskId("T1")]
    assert (row.state, row.attempts, row.tier, row.charged) == (T.RUNNING, 2, "opus", 12)
    assert row.finished_at is None
    assert row.started_at == 10_000_000  # a task that is tried anew begins its time anew
    assert (board.done, board.active) == (0, 1)


def test_a_reason_is_kept_while_it_counts() -> None:
    log = Log()
    log.add(ev.TaskStateChanged(T.WAITING, T.BLOCKED, text("blocked.behind", task="T9")), 1)
    board = TaskBoard(_plan(1))
    board.fold(log.events)
    reason = board.rows[TaskId("T1")].reason
    assert reason is not None
    assert reason.key == "blocked.behind"
    assert board.done == 1

    board.fold([log.add(ev.TaskStateChanged(T.BLOCKED, T.WAITING), 1)])
    assert board.rows[TaskId("T1")].reason is None


def test_the_run_pauses_ends_and_is_opened_again() -> None:
    log, board = Log(), TaskBoard(_plan(1))
    said: list[tuple[Text | None, RunStateName | None]] = []
    for event in (
        ev.RunPaused(text("run.paused_by_person")),
        ev.RunResumed(text("run.resumed")),
        ev.RunFinished(RunStateName.CANCELLED),
        ev.RunReopened(text("run.reopened")),
    ):
        board.fold([log.add(event)])
        said.append((board.paused, board.finished))
    assert said == [
        (text("run.paused_by_person"), None),
        (None, None),
        (None, RunStateName.CANCELLED),
        (None, None),
    ]


def test_the_planners_cost_is_counted_and_belongs_to_no_row() -> None:
    log, board = Log(), TaskBoard(_plan(1))
    board.fold([log.add(ev.CallCharged(CallId("c"), 11, None))])
    assert board.charged == 11
    assert board.rows[TaskId("T1")].charged == 0


def test_events_about_tasks_that_are_not_in_the_plan_change_no_row() -> None:
    log, board = Log(), TaskBoard(_plan(1))
    log.worked(9)
    log.add(ev.CapNear(CapKind.DAILY, "2026-11-23", 10, 9))
    board.fold(log.events)
    assert board.take_changed() == []
    assert board.counts[T.WAITING] == 1


def test_changed_rows_are_gathered_until_they_are_taken() -> None:
    log, board = Log(), TaskBoard(_plan(3))
    log.worked(1)
    log.worked(3)
    board.fold(log.events)
    assert {row.id for row in board.take_changed()} == {"T1", "T3"}
    assert board.take_changed() == []


class UnwalkableRows(dict[TaskId, TaskRow]):
    """Rows that can be looked up one by one and in no other way."""

    def __iter__(self) -> NoReturn:
        raise AssertionError("all rows were walked over")

    def keys(self) -> NoReturn:
        iter(self)

    def values(self) -> NoReturn:
        iter(self)

    def items(self) -> NoReturn:
        iter(self)


def test_an_event_looks_up_its_own_row_and_walks_over_no_others() -> None:
    log, board = Log(), TaskBoard(_plan(50))
    board.rows = UnwalkableRows(board.rows)
    for _ in range(20):
        log.worked(1, before=T.SUCCEEDED)
    board.fold(log.events)
    assert [row.id for row in board.take_changed()] == ["T1"]
    assert (board.done, board.charged) == (1, 140)

"""One row per task of a run, folded from its stored events: what the progress display and the window show of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Plan
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import ACTIVE_STATES, FINAL_STATES, RunStateName, TaskState, VerdictName


@dataclass(slots=True)
class TaskRow:
    """What is shown of a task. `charged` is in nano-dollars, all attempts together; times are microseconds since the
    epoch; `reason` is why it is in its state, where that needs saying."""

    id: TaskId
    title: str
    state: TaskState = TaskState.WAITING
    tier: str = "auto"
    model: str | None = None
    attempts: int = 0
    charged: int = 0
    reason: Text | None = None
    verdict: VerdictName | None = None
    started_at: int | None = None
    finished_at: int | None = None


class TaskBoard:
    """The rows of one run: fed with its events alone, since other runs of the project have the same task ids.

    Each event costs the same however many tasks there are. `changed` gathers the rows to be drawn again until they are
    taken: a screen draws thirty times a second, events come by the thousand.
    """

    def __init__(self, plan: Plan) -> None:
        self.rows: dict[TaskId, TaskRow] = {
            task.id: TaskRow(task.id, task.title, tier=task.model_tier.value) for task in plan.tasks
        }
        self.counts = dict.fromkeys(TaskState, 0)
        self.counts[TaskState.WAITING] = len(self.rows)
        self.charged = 0
        self.paused: Text | None = None
        self.finished: RunStateName | None = None
        self.changed: set[TaskId] = set()

    def fold(self, stored: Iterable[ev.Stored]) -> None:
        """Takes events in, in the order of their numbers."""
        for event in stored:
            handler = _HANDLERS.get(type(event.event))
            if handler is not None:
                handler(self, event.scope.task, event.at, event.event)

    def take_changed(self) -> list[TaskRow]:
        """The rows that changed since this was last asked."""
        taken = [self.rows[task] for task in self.changed]
        self.changed = set()
        return taken

    @property
    def done(self) -> int:
        """Tasks that have ended or are blocked."""
        return sum(self.counts[state] for state in FINAL_STATES) + self.counts[TaskState.BLOCKED]

    @property
    def active(self) -> int:
        return sum(self.counts[state] for state in ACTIVE_STATES)

    def touch(self, task: TaskId | None) -> TaskRow | None:
        """The row of a task that is about to change; None where the event is about no task of this plan."""
        row = self.rows.get(task) if task is not None else None
        if row is not None:
            self.changed.add(row.id)
        return row


# -- what each kind of event changes ----------------------------------------------------------------------------------

Handler = Callable[[TaskBoard, TaskId | None, int, Any], None]


def _state_changed(board: TaskBoard, task: TaskId | None, at: int, event: ev.TaskStateChanged) -> None:
    row = board.touch(task)
    if row is None:
        return
    board.counts[row.state] -= 1
    board.counts[event.to] += 1
    if row.state in FINAL_STATES:
        row.started_at = None  # it begins anew
    row.state = event.to
    row.reason = event.reason
    row.finished_at = at if event.to in FINAL_STATES else None
    if event.to in ACTIVE_STATES and row.started_at is None:
        row.started_at = at


def _attempt_started(board: TaskBoard, task: TaskId | None, _at: int, event: ev.AttemptStarted) -> None:
    row = board.touch(task)
    if row is not None:
        row.attempts = event.number
        row.tier = event.tier.value
        row.model = event.model


def _tier_pinned(board: TaskBoard, task: TaskId | None, _at: int, event: ev.TierPinned) -> None:
    row = board.touch(task)
    if row is not None:
        row.tier = event.tier.value


def _charged(board: TaskBoard, task: TaskId | None, _at: int, event: ev.CallCharged) -> None:
    board.charged += event.amount
    row = board.touch(task)
    if row is not None:
        row.charged += event.amount


def _judged(board: TaskBoard, task: TaskId | None, _at: int, event: ev.VerdictGiven | ev.TaskSucceeded) -> None:
    row = board.touch(task)
    if row is not None:
        row.verdict = event.verdict


def _paused(board: TaskBoard, _task: TaskId | None, _at: int, event: ev.RunPaused) -> None:
    board.paused = event.reason


def _goes_on(board: TaskBoard, _task: TaskId | None, _at: int, _event: object) -> None:
    board.paused = None
    board.finished = None


def _finished(board: TaskBoard, _task: TaskId | None, _at: int, event: ev.RunFinished) -> None:
    board.finished = event.state


_HANDLERS: dict[type[Any], Handler] = {
    ev.TaskStateChanged: _state_changed,
    ev.AttemptStarted: _attempt_started,
    ev.TierPinned: _tier_pinned,
    ev.CallCharged: _charged,
    ev.VerdictGiven: _judged,
    ev.TaskSucceeded: _judged,
    ev.RunPaused: _paused,
    ev.RunStarted: _goes_on,
    ev.RunResumed: _goes_on,
    ev.RunReopened: _goes_on,
    ev.RunFinished: _finished,
}

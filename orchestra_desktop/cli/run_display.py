"""Shows a run while it goes on: as one JSON line for each stored event, or readably, task by task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from orchestra_desktop.cli.output import Output
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
from orchestra_desktop.domain.messages import TextDelta, ThinkingDelta
from orchestra_desktop.domain.money import shown
from orchestra_desktop.domain.plan import Plan
from orchestra_desktop.domain.transitions import ACTIVE_STATES, TaskState
from orchestra_desktop.viewmodels.amounts import plural, span
from orchestra_desktop.viewmodels.english import english
from orchestra_desktop.viewmodels.event_views import event_json, local_time
from orchestra_desktop.viewmodels.task_board import TaskBoard, TaskRow

Piece = TextDelta | ThinkingDelta
_BAR_CELLS = 20


class RunDisplay(Protocol):
    """What hears of a run."""

    def begin(self, plan: Plan, before: Sequence[ev.Stored]) -> None:
        """A run of this plan begins or goes on; `before` are the run's events so far."""

    def hear(self, stored: Sequence[ev.Stored]) -> None: ...

    def piece(self, run: RunId, task: TaskId, attempt: int, piece: Piece) -> None: ...


class Listener:
    """Between the journal and a display: passes on what is of one project, once it is known which.

    Output that nobody reads any more must not reach the journal as an error of its own: `on_lost` is called instead.
    """

    def __init__(self, display: RunDisplay, on_lost: Callable[[OSError], None]) -> None:
        self._display = display
        self._on_lost = on_lost
        self._project: ProjectId | None = None
        self._early: list[ev.Stored] = []

    def watch(self, project: ProjectId) -> None:
        """From now on, and from the first event that was heard of it."""
        self._project = project
        early, self._early = self._early, []
        self(early)

    def __call__(self, stored: Sequence[ev.Stored]) -> None:
        if self._project is None:
            self._early += stored
            return
        mine = [event for event in stored if event.scope.project == self._project]
        if mine:
            self._guarded(lambda: self._display.hear(mine))

    def piece(self, run: RunId, task: TaskId, attempt: int, piece: Piece) -> None:
        self._guarded(lambda: self._display.piece(run, task, attempt, piece))

    def _guarded(self, show: Callable[[], None]) -> None:
        try:
            show()
        except OSError as error:
            self._on_lost(error)


class JsonLines:
    """`--jsonl`: every stored event; with `--deltas` streamed text too, which has no number."""

    def __init__(self, out: Output, project: Callable[[], ProjectId | None], *, deltas: bool) -> None:
        self._out = out
        self._project = project
        self._deltas = deltas

    def begin(self, plan: Plan, before: Sequence[ev.Stored]) -> None:
        """Every line stands for itself."""

    def hear(self, stored: Sequence[ev.Stored]) -> None:
        for event in stored:
            self._out.json_line(event_json(event))

    def piece(self, run: RunId, task: TaskId, attempt: int, piece: Piece) -> None:
        if self._deltas and isinstance(piece, TextDelta):
            place = {"project": self._project(), "run": run, "task": task, "attempt": attempt}
            self._out.json_line({"type": "OutputDelta", **place, "text": piece.text})


class Readable:
    """A line for each thing that a person would want to know, and on a terminal a bar below them."""

    def __init__(self, out: Output, project: str) -> None:
        self._out = out
        self._name = project
        self._board: TaskBoard | None = None

    def begin(self, plan: Plan, before: Sequence[ev.Stored]) -> None:
        self._board = TaskBoard(plan)
        self._board.fold(before)

    def hear(self, stored: Sequence[ev.Stored]) -> None:
        if self._board is None:
            return
        self._out.end_progress()
        for event in stored:
            self._board.fold([event])
            line = self._line(event, self._board)
            if line:
                self._out.line(f"{local_time(event.at)} {line}")
        self._out.sync()
        self._out.progress(self._bar(self._board))

    def piece(self, run: RunId, task: TaskId, attempt: int, piece: Piece) -> None:
        """Streamed text of several tasks at once is nothing to read; their results are."""

    def _bar(self, board: TaskBoard) -> str:
        total = max(len(board.rows), 1)
        filled = _BAR_CELLS * board.done // total
        bar = "#" * filled + "-" * (_BAR_CELLS - filled)
        active = ", ".join(row.id for row in board.rows.values() if row.state in ACTIVE_STATES)
        return f"[{bar}] {board.done}/{len(board.rows)}  {shown(board.charged)}  {active}".rstrip()

    # -- lines ------------------------------------------------------------------------------------------------------

    def _line(self, stored: ev.Stored, board: TaskBoard) -> str | None:
        row = board.rows.get(stored.scope.task) if stored.scope.task is not None else None
        return self._of_run(stored.event) if row is None else self._of_task(stored.event, row)

    def _of_run(self, event: ev.Event) -> str | None:
        match event:
            case ev.RunStarted():
                return f"run of plan {event.plan_number} begins"
            case ev.RunPaused(reason) if reason.key != "run.scope_done":
                self._out.note(f"paused ({english(reason)}); it waits here until `resume {self._name}` or Ctrl-C")
                return f"paused: {english(reason)}"
            case ev.RunResumed() | ev.RunReopened():
                return f"goes on: {english(event.reason)}"
            case ev.CheckpointOpened():
                return f"needs you: {english(event.question)}"
            case ev.HealthChanged(service, healthy):
                return f"{service} is back" if healthy else _down(event)
            case ev.CapNear(kind, _, limit, counted):
                return f"the {kind.value} cap is near: {shown(counted)} of {shown(limit)}"
            case ev.PlanProposed(number, _, tasks):
                return f"plan {number} with {plural(tasks, 'task')}"
            case ev.RunFinished(state):
                return f"run {state.value.replace('_', ' ')}"
            case _:
                return None

    def _of_task(self, event: ev.Event, row: TaskRow) -> str | None:
        match event:
            case ev.AttemptStarted(number, tier):
                again = f", attempt {number}" if number > 1 else ""
                return f"{row.id} running {tier.value}{again}: {row.title}"
            case ev.AttemptResumed(number):
                return f"{row.id} running {row.tier}, attempt {number} goes on: {row.title}"
            case ev.AttemptFailed(number, reason):
                return f"{row.id} attempt {number} came to nothing: {english(reason)}"
            case ev.CheckpointOpened(checkpoint, _, question):
                return f"{row.id} needs you ({checkpoint}): {english(question)}"
            case ev.TaskStateChanged(_, to, reason):
                return self._moved(to, row, english(reason) if reason is not None else "")
            case _:
                return None

    def _moved(self, to: TaskState, row: TaskRow, reason: str) -> str | None:
        match to:
            case TaskState.SUCCEEDED:
                return f"{row.id} succeeded{self._took(row)}{', ' + reason if reason else ''}"
            case TaskState.FAILED | TaskState.SKIPPED | TaskState.CANCELLED | TaskState.BLOCKED:
                return f"{row.id} {to.value}{': ' + reason if reason else ''}"
            case TaskState.WAITING if row.reason is not None and row.reason.key not in _QUIET_WAITS:
                return f"{row.id} {reason}"
            case _:
                return None

    def _took(self, row: TaskRow) -> str:
        if row.started_at is None or row.finished_at is None:
            return ""
        return f" after {span((row.finished_at - row.started_at) / 1e6)}, {shown(row.charged)}"


_QUIET_WAITS = frozenset({"wait.dependencies", "wait.scope"})


def _down(event: ev.HealthChanged) -> str:
    again = f"; asked again in {span(event.next_check_s)}" if event.next_check_s else ""
    return f"{event.service} does not answer: {event.detail}{again}"

"""The rows of a run for table, header and inspector: what was planned, what became of it, and in which groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.graph import remaining_path, waves
from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
from orchestra_desktop.domain.plan import Plan, PlanTask
from orchestra_desktop.domain.transitions import ACTIVE_STATES, DONE_STATES, FINAL_STATES, TaskState
from orchestra_desktop.viewmodels.task_board import TaskBoard, TaskRow

if TYPE_CHECKING:
    from orchestra_desktop.domain.plan import PlanVersion
    from orchestra_desktop.domain.ports import RunRow
    from orchestra_desktop.domain.run import Route, RunSpec
    from orchestra_desktop.domain.texts import Text
    from orchestra_desktop.services.session import Session

SECOND = 1_000_000  # microseconds


class Grouping(StrEnum):
    """What the rows of the table are gathered under."""

    NONE = "none"
    WAVE = "wave"
    PHASE = "phase"


class Column(StrEnum):
    """The columns of the table, in their order."""

    STATE = "state"
    ID = "id"
    TITLE = "title"
    TIER = "tier"
    ATTEMPTS = "attempts"
    TIME = "time"
    COST = "cost"
    PHASE = "phase"
    WAVE = "wave"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What the plan says of a task and no event changes. `place` is its place in the plan, `wave` counts from 1."""

    task: PlanTask
    place: int
    wave: int
    phase: str = ""
    phase_place: int = 0
    expected_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Heading:
    """The line above a group of tasks; `charged` in nano-dollars. A group without a name holds what has no phase."""

    grouping: Grouping
    number: int
    name: str
    tasks: int
    done: int
    charged: int


Line = Heading | TaskId


@dataclass(frozen=True, slots=True)
class Wish:
    """What of the rows a person wants to see, and in which order; no states and no words are all of them."""

    grouping: Grouping = Grouping.NONE
    states: frozenset[TaskState] = frozenset()
    words: str = ""
    column: Column | None = None
    descending: bool = False


@dataclass(slots=True)
class RunRows:
    """The tasks of one run, or of a plan that has not run (`run` is None then).

    `history` keeps each task's own events for its inspector. Feed it the run's events in the order of their numbers;
    one that was taken already is passed over, so that what was read and what was heard may overlap. `rested` says since
    when a task that was at work is not.
    """

    project: ProjectId
    plan: Plan
    plan_number: int
    run: RunId | None = None
    spec: RunSpec | None = None
    board: TaskBoard = field(init=False)
    facts: dict[TaskId, TaskFacts] = field(init=False)
    history: dict[TaskId, list[ev.Stored]] = field(init=False)
    reused: set[TaskId] = field(default_factory=set)
    rested: dict[TaskId, int] = field(default_factory=dict)
    seq: int = 0
    started_at: int | None = None
    finished_at: int | None = None

    def __post_init__(self) -> None:
        self.board = TaskBoard(self.plan)
        self.facts = _facts(self.plan, self.spec)
        self.history = {task: [] for task in self.facts}
        self.show_routes(self.spec.routes if self.spec is not None else {})

    def show_routes(self, routes: Mapping[TaskId, Route]) -> None:
        """Who will do each task: the run's own routes, or those that a plan would get if it ran now."""
        for task, route in routes.items():
            if task in self.board.rows:
                self.board.rows[task].tier = route.tier.value
                self.board.rows[task].model = route.choice.model

    def take(self, stored: Iterable[ev.Stored]) -> set[TaskId]:
        """Folds events in; the tasks that one of them was about."""
        touched: set[TaskId] = set()
        fresh = [one for one in stored if one.seq > self.seq and one.scope.run == self.run]
        if not fresh or self.run is None:
            return touched
        self.seq = fresh[-1].seq
        self.board.fold(fresh)
        for one in fresh:
            if one.scope.task in self.history:
                self.history[one.scope.task].append(one)
                touched.add(one.scope.task)
            self._take_run(one)
        return touched | set(self.board.changed)

    def _take_run(self, stored: ev.Stored) -> None:
        match stored.event:
            case ev.RunStarted():
                self.started_at = stored.at
            case ev.RunFinished():
                self.finished_at = stored.at
            case ev.RunReopened():
                self.finished_at = None
            case ev.TaskStateChanged() if stored.scope.task is not None:
                if stored.event.from_ in ACTIVE_STATES and stored.event.to not in ACTIVE_STATES:
                    self.rested[stored.scope.task] = stored.at
            case ev.TaskSucceeded(reused_from=reused) if stored.scope.task is not None:
                (self.reused.add if reused is not None else self.reused.discard)(stored.scope.task)
            case _:
                return

    # -- asking -----------------------------------------------------------------------------------------------------

    def elapsed(self, now: int) -> float | None:
        """Seconds since the run began, until its end where it has one; None before."""
        if self.started_at is None:
            return None
        return max(0.0, ((self.finished_at or now) - self.started_at) / SECOND)

    def task_seconds(self, task: TaskId, now: int) -> float | None:
        """How long a task has been or was at work, its waits between two attempts counted; None before."""
        row = self.board.rows[task]
        if row.started_at is None:
            return None
        end = now if row.state in ACTIVE_STATES else row.finished_at or self.rested.get(task, now)
        return max(0.0, (end - row.started_at) / SECOND)

    def seconds_left(self, now: int) -> float | None:
        """When the rest should be done: the longer of its critical path and its work over the limit of tasks at once.

        None where nothing is left or nothing is known. Source: the quote's rule, `planning/quote.py`.
        """
        if self.spec is None or self.finished_at is not None:
            return None
        left = {task: self._left(task, now) for task in self.facts}
        if not any(left.values()):
            return None
        graph = {task: fact.task.depends_on for task, fact in self.facts.items()}
        paths = remaining_path(graph, left)  # type: ignore[arg-type]
        return max(*paths.values(), sum(left.values()) / max(1, self.spec.settings.concurrency))

    def _left(self, task: TaskId, now: int) -> float:
        """Seconds that are still expected of a task: a tenth of its time at least while it runs."""
        row, expected = self.board.rows[task], self.facts[task].expected_seconds
        if row.state in FINAL_STATES or row.state is TaskState.BLOCKED:
            return 0.0
        if row.state in ACTIVE_STATES:
            return max(expected - (self.task_seconds(task, now) or 0.0), expected / 10)
        return expected

    def progress(self, task: TaskId, now: int) -> float | None:
        """How far a task at work is by the clock, 0 to 0.95; None for one that is not at work."""
        row, expected = self.board.rows[task], self.facts[task].expected_seconds
        if row.state not in ACTIVE_STATES or expected <= 0:
            return None
        return min(0.95, (self.task_seconds(task, now) or 0.0) / expected)


def _facts(plan: Plan, spec: RunSpec | None) -> dict[TaskId, TaskFacts]:
    names = {phase.id: (phase.name, place) for place, phase in enumerate(plan.phases, start=1)}
    wave_of = waves({task.id: task.depends_on for task in plan.tasks})
    expected = spec.expected_seconds if spec is not None else {}
    facts = {}
    for place, task in enumerate(plan.tasks):
        name, number = names.get(task.phase, ("", 0)) if task.phase is not None else ("", 0)
        facts[task.id] = TaskFacts(task, place, wave_of[task.id], name, number, expected.get(task.id, 0.0))
    return facts


async def read_rows(session: Session, project: ProjectId, version: PlanVersion | None, run: RunRow | None) -> RunRows:
    """The rows of a run as the archive has it, or of a plan before it runs."""
    if run is None:
        assert version is not None, "there is neither a run nor a plan"
        return RunRows(project, version.plan, version.number)
    from orchestra_desktop.domain.ports import EventFilter

    spec = (await session.runs.state(run)).spec
    rows = RunRows(project, spec.plan, run.plan_number, run.run, spec)
    rows.take(await session.context.archive.events(EventFilter(run=run.run)))
    rows.board.take_changed()
    return rows


# -- arranging --------------------------------------------------------------------------------------------------------


def arranged(rows: RunRows, wish: Wish, words: Callable[[Text], str], now: int) -> list[Line]:
    """The lines of the table. `words` puts a reason into the person's language, which the text filter looks into."""
    tasks = [task for task in rows.facts if _fits(rows, task, wish, words)]
    if wish.column is not None:
        key = _SORT_KEYS[wish.column]
        tasks.sort(key=lambda task: key(rows, task, now), reverse=wish.descending)
    if wish.grouping is Grouping.NONE:
        return list(tasks)
    return _grouped(rows, tasks, wish.grouping)


def _fits(rows: RunRows, task: TaskId, wish: Wish, words: Callable[[Text], str]) -> bool:
    row, fact = rows.board.rows[task], rows.facts[task]
    if wish.states and row.state not in wish.states:
        return False
    if not wish.words:
        return True
    reason = words(row.reason) if row.reason is not None else ""
    said = f"{task} {row.title} {fact.phase} {row.tier} {row.model or ''} {reason}".casefold()
    return all(word in said for word in wish.words.casefold().split())


def _grouped(rows: RunRows, tasks: Sequence[TaskId], grouping: Grouping) -> list[Line]:
    """Groups in the plan's order; what has no phase comes last."""
    groups: dict[tuple[int, str], list[TaskId]] = {}
    for task in tasks:
        fact = rows.facts[task]
        key = (fact.wave, "") if grouping is Grouping.WAVE else (fact.phase_place or len(rows.facts) + 1, fact.phase)
        groups.setdefault(key, []).append(task)
    lines: list[Line] = []
    for (number, name), members in sorted(groups.items(), key=lambda item: item[0]):
        found = [rows.board.rows[task] for task in members]
        done = sum(1 for row in found if row.state in DONE_STATES)
        lines.append(Heading(grouping, number, name, len(members), done, sum(row.charged for row in found)))
        lines += members
    return lines


_STATE_ORDER = {
    state: place
    for place, state in enumerate(
        (
            *(TaskState.NEEDS_PERSON, TaskState.FAILED, TaskState.RUNNING, TaskState.VERIFYING, TaskState.READY),
            *(TaskState.WAITING, TaskState.BLOCKED, TaskState.SUCCEEDED, TaskState.SKIPPED, TaskState.CANCELLED),
        )
    )
}
"""What needs a person first, what has ended last."""


def _by_row(value: Callable[[TaskRow], Any]) -> Callable[[RunRows, TaskId, int], Any]:
    return lambda rows, task, _now: value(rows.board.rows[task])


def _by_fact(value: Callable[[TaskFacts], Any]) -> Callable[[RunRows, TaskId, int], Any]:
    return lambda rows, task, _now: value(rows.facts[task])


_SORT_KEYS: dict[Column, Callable[[RunRows, TaskId, int], Any]] = {
    Column.STATE: _by_row(lambda row: _STATE_ORDER[row.state]),
    Column.ID: _by_fact(lambda fact: fact.place),
    Column.TITLE: _by_row(lambda row: row.title.casefold()),
    Column.TIER: _by_row(lambda row: (row.tier, row.model or "")),
    Column.ATTEMPTS: _by_row(lambda row: row.attempts),
    Column.TIME: lambda rows, task, now: rows.task_seconds(task, now) or 0.0,
    Column.COST: _by_row(lambda row: row.charged),
    Column.PHASE: _by_fact(lambda fact: (fact.phase_place or 10_000, fact.phase)),
    Column.WAVE: _by_fact(lambda fact: fact.wave),
    Column.REASON: _by_row(lambda row: row.reason.key if row.reason is not None else "~"),
}

"""The state of a run: the fold of its stored events, without I/O; resume, replay and looking back are one code.

`evolve` is the only writer of a `RunState`; `rules.py` decides and advances the state through it. The state is owned
by whoever folds it and changed in place: copying a thousand tasks for each event was rejected, it made a fan-out
quadratic.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import OUTAGE_FAULTS
from orchestra_desktop.domain.graph import check_graph, dependants_of, remaining_path
from orchestra_desktop.domain.ids import CheckpointId, Digest, TaskId
from orchestra_desktop.domain.plan import PlanTask
from orchestra_desktop.domain.run import Artifact, Route, RunSpec
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.domain.transitions import (
    ACTIVE_STATES,
    DONE_STATES,
    FINAL_STATES,
    RunStateName,
    TaskState,
    VerdictName,
)

UNSET_PRIORITY = 100  # lower goes first; tasks nobody set a priority for are all equal

Rank = tuple[int, float, int]

DEPENDENCIES, RETRY, PROVIDER, HEADROOM, PAUSED, SERVICE, SCOPE = (
    "wait.dependencies",
    "wait.retry",
    "wait.provider",
    "wait.headroom",
    "wait.paused",
    "wait.service",
    "wait.scope",
)
"""What a waiting task waits for: the key of the reason of its last change."""


@dataclass(slots=True)
class TaskRecord:
    """All that is known of one task of a run. Times are microseconds since the epoch.

    `log` holds the stored rounds and tool uses of the attempt under way, from which it goes on; it is dropped when the
    task has ended, so that memory stays flat in the number of finished tasks. `resumable` says that such an attempt
    exists. `tried` counts attempts since a person last decided.
    """

    task: PlanTask
    rank: Rank
    dependants: tuple[TaskId, ...]
    route: Route
    scope: ev.Scope
    missing: int
    state: TaskState = TaskState.WAITING
    hold: str = DEPENDENCIES
    reason: Text | None = None
    attempt: int = 0
    tried: int = 0
    faults: int = 0
    resumable: bool = False
    prompt: Digest | None = None
    log: list[ev.RoundFinished | ev.ToolCalled | ev.ToolReturned] = field(default_factory=list)
    needed: int = 0
    asked: bool = False
    checkpoint: CheckpointId | None = None
    output: Digest | None = None
    result: Digest | None = None
    verdict: VerdictName | None = None
    error: Text | None = None
    feedback: list[str] = field(default_factory=list)
    guidance: list[str] = field(default_factory=list)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    started_at: int | None = None
    finished_at: int | None = None
    attempt_scope: ev.Scope = field(default_factory=ev.Scope)

    @property
    def rounds(self) -> int:
        """Finished rounds of the attempt under way."""
        return sum(1 for entry in self.log if isinstance(entry, ev.RoundFinished))


@dataclass(frozen=True, slots=True)
class OpenCheckpoint:
    id: CheckpointId
    kind: str
    task: TaskId | None
    question: Text
    actions: tuple[str, ...]


class RunState:
    """One run. Read it freely; only `evolve` writes it."""

    def __init__(self, spec: RunSpec) -> None:
        self.spec = spec
        self.tasks = _records(spec)
        self.counts = dict.fromkeys(TaskState, 0)
        self.counts[TaskState.WAITING] = len(self.tasks)
        self.active: set[TaskId] = set()
        self.parked: set[TaskId] = set()  # waiting for room under a cap
        self.checkpoints: dict[CheckpointId, OpenCheckpoint] = {}
        self.checkpoints_opened = 0
        self.begun = False
        self.only: frozenset[TaskId] | None = None
        self.paused: Text | None = None
        self.interrupted = False
        self.finished: RunStateName | None = None
        self.ceiling: int | None = None
        self.down: set[str] = set()
        self.outage: dict[str, int] = {}  # faults of a provider's own in a row, of all tasks together
        self.files_written = 0
        self.bytes_written = 0
        self.started_at: int | None = None
        self.finished_at: int | None = None
        self._ready: dict[str, list[tuple[Rank, TaskId]]] = {}

    @property
    def name(self) -> RunStateName:
        """The run's state as it is listed; derived, so that it cannot disagree with the tasks."""
        if self.finished is not None:
            return self.finished
        if self.interrupted:
            return RunStateName.INTERRUPTED
        if not self.active and self.checkpoints:
            kinds = {checkpoint.kind for checkpoint in self.checkpoints.values()}
            return RunStateName.AT_CAP if "budget" in kinds else RunStateName.NEEDS_PERSON
        return RunStateName.PAUSED if self.paused is not None else RunStateName.RUNNING

    def checkpoint_of(self, kind: str) -> OpenCheckpoint | None:
        """The open checkpoint of this kind that is about the run as a whole."""
        return next((c for c in self.checkpoints.values() if c.kind == kind and c.task is None), None)

    def in_scope(self, task: TaskId) -> bool:
        return self.only is None or task in self.only

    def push_ready(self, record: TaskRecord) -> None:
        heapq.heappush(self._ready.setdefault(record.route.choice.provider, []), (record.rank, record.task.id))

    def best_ready(self, provider: str) -> TaskRecord | None:
        """The ready task of this provider that goes first; entries that have moved on are dropped on the way."""
        heap = self._ready.get(provider, [])
        while heap:
            record = self.tasks[heap[0][1]]
            if record.state is TaskState.READY and record.route.choice.provider == provider:
                return record
            heapq.heappop(heap)
        return None

    def providers_with_ready(self) -> list[str]:
        return [provider for provider, heap in self._ready.items() if heap]

    def next_to_start(self, provider: str) -> TaskRecord | None:
        """The ready task of this provider that may start once a slot is free.

        While a task waits for room under a cap no paid task behind it starts: smaller ones would otherwise overtake it
        for ever.
        """
        record = None if provider in self.down else self.best_ready(provider)
        if record is None or not self.parked or record.route.choice.free:
            return record
        return record if record.rank < min(self.tasks[task].rank for task in self.parked) else None

    def moves_by_itself(self, *, providers: bool = True) -> bool:
        """True if something goes on without a person: a pause passes, a slot or room is freed, a provider comes back.

        `providers` False leaves out what waits for one that is down.
        """
        asked = {checkpoint.kind for checkpoint in self.checkpoints.values() if checkpoint.task is None}
        holds = {record.hold for record in self.tasks.values() if record.state is TaskState.WAITING}
        if RETRY in holds or (self.parked and "budget" not in asked):
            return True
        if providers and "provider_down" not in asked and (PROVIDER in holds or any(map(self.best_ready, self.down))):
            return True
        return any(self.next_to_start(provider) is not None for provider in self.providers_with_ready())

    def snapshot(self) -> dict[str, Any]:
        """Everything the events say, in a comparable form; the ready queues are derived and left out."""
        run = {
            "begun": self.begun,
            "only": sorted(self.only) if self.only is not None else None,
            "paused": self.paused,
            "interrupted": self.interrupted,
            "finished": self.finished,
            "ceiling": self.ceiling,
            "down": sorted(self.down),
            "outage": {provider: self.outage[provider] for provider in sorted(self.outage)},
            "files": (self.files_written, self.bytes_written),
            "times": (self.started_at, self.finished_at),
            "active": sorted(self.active),
            "parked": sorted(self.parked),
            "checkpoints": {key: self.checkpoints[key] for key in sorted(self.checkpoints)},
            "opened": self.checkpoints_opened,
            "counts": {state.value: count for state, count in self.counts.items()},
        }
        return {"run": run, "tasks": {key: replace(record) for key, record in self.tasks.items()}}


def _records(spec: RunSpec) -> dict[TaskId, TaskRecord]:
    graph = check_graph((task.id, task.depends_on) for task in spec.plan.tasks)
    dependants = dependants_of(graph)
    path = remaining_path(graph, spec.expected_seconds)  # type: ignore[arg-type]
    records = {}
    for index, task in enumerate(spec.plan.tasks):
        priority = UNSET_PRIORITY if task.priority is None else task.priority
        records[task.id] = TaskRecord(
            task=task,
            rank=(priority, -path[task.id], index),
            dependants=tuple(TaskId(name) for name in dependants[task.id]),
            route=spec.routes[task.id],
            scope=ev.Scope(spec.project.id, spec.run, task.id),
            missing=len(graph[task.id]),
        )
    return records


def fold(spec: RunSpec, stored: Iterable[ev.Stored]) -> RunState:
    """The state after these events, from empty."""
    state = RunState(spec)
    for event in stored:
        evolve(state, event.at, event.scope, event.event)
    return state


def evolve(state: RunState, at: int, scope: ev.Scope, event: ev.Event) -> None:
    """Takes one fact into the state. Facts that are none of a run's state change nothing."""
    handler = _HANDLERS.get(type(event))
    if handler is not None:
        handler(state, at, scope, event)


# -- the run --------------------------------------------------------------------------------------------------------


def _run_started(state: RunState, at: int, _scope: ev.Scope, event: ev.RunStarted) -> None:
    state.begun = True
    state.started_at = at
    state.ceiling = event.ceiling


def _run_scoped(state: RunState, _at: int, _scope: ev.Scope, event: ev.RunScoped) -> None:
    state.only = None if event.tasks is None else frozenset(event.tasks)


def _run_paused(state: RunState, _at: int, _scope: ev.Scope, event: ev.RunPaused) -> None:
    state.paused = event.reason


def _run_resumed(state: RunState, _at: int, _scope: ev.Scope, _event: ev.RunResumed) -> None:
    state.paused = None
    state.interrupted = False


def _run_interrupted(state: RunState, _at: int, _scope: ev.Scope, _event: ev.RunInterrupted) -> None:
    state.interrupted = True


def _run_reopened(state: RunState, _at: int, _scope: ev.Scope, _event: ev.RunReopened) -> None:
    state.finished = None
    state.finished_at = None
    state.paused = None
    state.interrupted = False


def _run_finished(state: RunState, at: int, _scope: ev.Scope, event: ev.RunFinished) -> None:
    state.finished = event.state
    state.finished_at = at


def _ceiling_changed(state: RunState, _at: int, _scope: ev.Scope, event: ev.CeilingChanged) -> None:
    state.ceiling = event.after


def _health_changed(state: RunState, _at: int, _scope: ev.Scope, event: ev.HealthChanged) -> None:
    state.outage.pop(event.service, None)
    if event.healthy:
        state.down.discard(event.service)
    else:
        state.down.add(event.service)


# -- tasks ----------------------------------------------------------------------------------------------------------


def _record(state: RunState, scope: ev.Scope) -> TaskRecord:
    return state.tasks[scope.task or TaskId("")]


def _task_state_changed(state: RunState, at: int, scope: ev.Scope, event: ev.TaskStateChanged) -> None:
    record = _record(state, scope)
    before, after = record.state, event.to
    record.state = after
    record.reason = event.reason
    state.counts[before] -= 1
    state.counts[after] += 1
    if before in ACTIVE_STATES or after in ACTIVE_STATES:
        _keep_active(state, record, at)
    if (before in DONE_STATES) is not (after in DONE_STATES):
        step = -1 if after in DONE_STATES else 1
        for dependant in record.dependants:
            state.tasks[dependant].missing += step
    if before in FINAL_STATES or before is TaskState.NEEDS_PERSON:
        _start_over(record)
    if after is TaskState.READY:
        state.push_ready(record)
    elif after is TaskState.WAITING:
        _hold(state, record, event)
    if after in FINAL_STATES:
        _end(record, at, event)
    if before is TaskState.WAITING:
        state.parked.discard(record.task.id)


def _keep_active(state: RunState, record: TaskRecord, at: int) -> None:
    if record.state in ACTIVE_STATES:
        state.active.add(record.task.id)
        record.started_at = record.started_at if record.started_at is not None else at
        record.finished_at = None
    else:
        state.active.discard(record.task.id)


def _start_over(record: TaskRecord) -> None:
    """A person let the task go on: it has all its attempts again, and what it had come to no longer counts."""
    record.tried = 0
    record.started_at = None
    record.finished_at = None
    record.error = None
    if record.state not in DONE_STATES:
        record.result = None
        record.verdict = None


def _hold(state: RunState, record: TaskRecord, event: ev.TaskStateChanged) -> None:
    record.hold = event.reason.key if event.reason is not None else DEPENDENCIES
    if record.hold == HEADROOM and event.reason is not None:
        record.needed = int(event.reason.args.get("needed", 0))
        state.parked.add(record.task.id)


def _end(record: TaskRecord, at: int, event: ev.TaskStateChanged) -> None:
    record.finished_at = at
    record.resumable = False
    record.log = []
    record.error = event.reason if event.to in {TaskState.FAILED, TaskState.CANCELLED} else None


def _attempt_started(state: RunState, _at: int, scope: ev.Scope, event: ev.AttemptStarted) -> None:
    record = _record(state, scope)
    record.attempt = event.number
    record.attempt_scope = scope
    record.tried += 1
    record.faults = 0
    record.resumable = True
    record.prompt = None
    record.log = []


def _attempt_resumed(state: RunState, _at: int, scope: ev.Scope, _event: ev.AttemptResumed) -> None:
    _record(state, scope).attempt_scope = scope


def _attempt_failed(state: RunState, _at: int, scope: ev.Scope, event: ev.AttemptFailed) -> None:
    record = _record(state, scope)
    record.resumable = False
    record.log = []
    record.error = event.reason
    record.output = event.output or record.output
    if event.feedback:
        record.feedback = [*record.feedback, event.feedback][-3:]


def _retry_planned(state: RunState, _at: int, scope: ev.Scope, event: ev.RetryPlanned) -> None:
    record = _record(state, scope)
    record.faults = event.tries
    if event.fault in OUTAGE_FAULTS:
        provider = record.route.choice.provider
        state.outage[provider] = state.outage.get(provider, 0) + 1


def _task_succeeded(state: RunState, _at: int, scope: ev.Scope, event: ev.TaskSucceeded) -> None:
    record = _record(state, scope)
    record.result = event.result
    record.output = event.result
    record.verdict = event.verdict


def _guidance_given(state: RunState, _at: int, scope: ev.Scope, event: ev.GuidanceGiven) -> None:
    _record(state, scope).guidance.append(event.guidance)


def _tier_pinned(state: RunState, _at: int, scope: ev.Scope, event: ev.TierPinned) -> None:
    record = _record(state, scope)
    record.route = Route(event.tier, state.spec.models[event.tier], text("route.person", tier=event.tier.value))
    record.resumable = False
    record.tried = 0
    if record.state is TaskState.READY:
        state.push_ready(record)


def _verdict_given(state: RunState, _at: int, scope: ev.Scope, event: ev.VerdictGiven) -> None:
    _record(state, scope).verdict = event.verdict


# -- rounds and checkpoints -----------------------------------------------------------------------------------------


def _is_under_way(record: TaskRecord, scope: ev.Scope) -> bool:
    """False for a late answer of an attempt that was stopped: it is paid for, but it changes nothing."""
    return record.resumable and scope.attempt == record.attempt


def _round_finished(state: RunState, _at: int, scope: ev.Scope, event: ev.RoundFinished) -> None:
    record = _record(state, scope)
    state.outage.pop(record.route.choice.provider, None)
    if _is_under_way(record, scope):
        record.log.append(event)
        record.faults = 0
        record.prompt = event.prompt or record.prompt


def _tool_called(state: RunState, _at: int, scope: ev.Scope, event: ev.ToolCalled) -> None:
    record = _record(state, scope)
    if _is_under_way(record, scope):
        record.log.append(event)


def _tool_returned(state: RunState, _at: int, scope: ev.Scope, event: ev.ToolReturned) -> None:
    record = _record(state, scope)
    if _is_under_way(record, scope):
        record.log.append(event)
    for artifact in event.artifacts:
        record.artifacts[artifact.path] = artifact
        state.files_written += 1
        state.bytes_written += artifact.bytes


def _checkpoint_opened(state: RunState, _at: int, scope: ev.Scope, event: ev.CheckpointOpened) -> None:
    state.checkpoints_opened += 1
    opened = OpenCheckpoint(event.checkpoint, event.kind, scope.task, event.question, event.actions)
    state.checkpoints[event.checkpoint] = opened
    if scope.task is not None:
        record = _record(state, scope)
        record.checkpoint = event.checkpoint
        record.output = event.output or record.output


def _checkpoint_resolved(state: RunState, _at: int, _scope: ev.Scope, event: ev.CheckpointResolved) -> None:
    closed = state.checkpoints.pop(event.checkpoint, None)
    if closed is not None and closed.task is not None:
        record = state.tasks[closed.task]
        record.checkpoint = None
        record.asked = record.asked or closed.kind == "ask_before"


Handler = Callable[[RunState, int, ev.Scope, Any], None]

_HANDLERS: dict[type[Any], Handler] = {
    ev.RunStarted: _run_started,
    ev.RunScoped: _run_scoped,
    ev.RunPaused: _run_paused,
    ev.RunResumed: _run_resumed,
    ev.RunInterrupted: _run_interrupted,
    ev.RunReopened: _run_reopened,
    ev.RunFinished: _run_finished,
    ev.CeilingChanged: _ceiling_changed,
    ev.HealthChanged: _health_changed,
    ev.TaskStateChanged: _task_state_changed,
    ev.AttemptStarted: _attempt_started,
    ev.AttemptResumed: _attempt_resumed,
    ev.AttemptFailed: _attempt_failed,
    ev.RetryPlanned: _retry_planned,
    ev.TaskSucceeded: _task_succeeded,
    ev.GuidanceGiven: _guidance_given,
    ev.TierPinned: _tier_pinned,
    ev.VerdictGiven: _verdict_given,
    ev.RoundFinished: _round_finished,
    ev.ToolCalled: _tool_called,
    ev.ToolReturned: _tool_returned,
    ev.CheckpointOpened: _checkpoint_opened,
    ev.CheckpointResolved: _checkpoint_resolved,
}

"""The allowed moves of tasks, runs and plans, as tables that rules and screens read alike."""

from __future__ import annotations

from enum import StrEnum

from orchestra_desktop.domain.plan import PlanState


class TaskState(StrEnum):
    WAITING = "waiting"  # for dependencies, health, headroom or a moment to try again; the reason says which
    READY = "ready"  # could start; waits for a slot
    RUNNING = "running"
    VERIFYING = "verifying"
    NEEDS_PERSON = "needs_person"
    BLOCKED = "blocked"  # behind a failed or cancelled task
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class RunStateName(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    NEEDS_PERSON = "needs_person"
    AT_CAP = "at_cap"
    FINISHED = "finished"
    FINISHED_WITH_FAILURES = "finished_with_failures"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class VerdictName(StrEnum):
    PASSED = "passed"
    GAPS = "gaps"
    HUMAN = "human"
    UNVERIFIED = "unverified"


_T = TaskState

TASK_MOVES: dict[TaskState, frozenset[TaskState]] = {
    _T.WAITING: frozenset({_T.READY, _T.NEEDS_PERSON, _T.BLOCKED, _T.SKIPPED, _T.CANCELLED}),
    _T.READY: frozenset({_T.RUNNING, _T.WAITING, _T.NEEDS_PERSON, _T.BLOCKED, _T.SKIPPED, _T.CANCELLED}),
    _T.RUNNING: frozenset(
        {_T.VERIFYING, _T.SUCCEEDED, _T.WAITING, _T.READY, _T.NEEDS_PERSON, _T.FAILED, _T.SKIPPED, _T.CANCELLED}
    ),
    _T.VERIFYING: frozenset({_T.SUCCEEDED, _T.WAITING, _T.READY, _T.NEEDS_PERSON, _T.FAILED, _T.SKIPPED, _T.CANCELLED}),
    _T.NEEDS_PERSON: frozenset({_T.WAITING, _T.READY, _T.SUCCEEDED, _T.SKIPPED, _T.FAILED, _T.CANCELLED}),
    _T.BLOCKED: frozenset({_T.WAITING, _T.READY, _T.SKIPPED, _T.CANCELLED}),
    _T.SUCCEEDED: frozenset({_T.WAITING, _T.READY}),  # run again by a person
    _T.FAILED: frozenset({_T.WAITING, _T.READY, _T.SUCCEEDED, _T.SKIPPED}),
    _T.SKIPPED: frozenset({_T.WAITING, _T.READY}),
    _T.CANCELLED: frozenset({_T.WAITING, _T.READY, _T.SKIPPED}),
}

DONE_STATES = frozenset({_T.SUCCEEDED, _T.SKIPPED})  # dependants may start
FINAL_STATES = frozenset({_T.SUCCEEDED, _T.SKIPPED, _T.FAILED, _T.CANCELLED})
STOPPED_STATES = frozenset({_T.FAILED, _T.CANCELLED, _T.BLOCKED})  # what blocks descendants
ACTIVE_STATES = frozenset({_T.RUNNING, _T.VERIFYING})

ENDED_RUN_STATES = frozenset({RunStateName.FINISHED, RunStateName.FINISHED_WITH_FAILURES, RunStateName.CANCELLED})

RUN_MOVES: dict[RunStateName, frozenset[RunStateName]] = {
    state: frozenset(RunStateName) - {state}
    if state not in ENDED_RUN_STATES
    else frozenset({RunStateName.RUNNING})  # reopened
    for state in RunStateName
}

PLAN_MOVES: dict[PlanState, frozenset[PlanState]] = {
    PlanState.DRAFT: frozenset({PlanState.APPROVED, PlanState.REJECTED, PlanState.SUPERSEDED}),
    PlanState.APPROVED: frozenset({PlanState.SUPERSEDED}),
    PlanState.SUPERSEDED: frozenset(),
    PlanState.REJECTED: frozenset(),
}


def can_move(before: TaskState, after: TaskState) -> bool:
    return after in TASK_MOVES[before]


def can_retry(state: TaskState) -> bool:
    """A task that has ended, waits behind a failure or asks may be run again; one under way may not."""
    return state in FINAL_STATES | {TaskState.NEEDS_PERSON, TaskState.BLOCKED}


def can_skip(state: TaskState) -> bool:
    return TaskState.SKIPPED in TASK_MOVES[state]


def can_cancel(state: TaskState) -> bool:
    return TaskState.CANCELLED in TASK_MOVES[state]


def can_accept(state: TaskState) -> bool:
    """Only what waits for a person or has failed can be accepted as it is."""
    return state in {TaskState.NEEDS_PERSON, TaskState.FAILED}

"""The tables of allowed moves: complete, reachable, agreeing with the questions asked of them and with their page."""

from __future__ import annotations

import pytest

from orchestra_desktop.domain.plan import PlanState
from orchestra_desktop.domain.transitions import (
    ACTIVE_STATES,
    DONE_STATES,
    ENDED_RUN_STATES,
    FINAL_STATES,
    PLAN_MOVES,
    RUN_MOVES,
    STOPPED_STATES,
    TASK_MOVES,
    RunStateName,
    TaskState,
    can_accept,
    can_cancel,
    can_move,
    can_retry,
    can_skip,
)
from tests.pages import table_under


def reachable_from(start: TaskState) -> set[TaskState]:
    found, open_states = {start}, [start]
    while open_states:
        new = TASK_MOVES[open_states.pop()] - found
        found |= new
        open_states += new
    return found


def test_every_state_stands_in_its_table() -> None:
    assert set(TASK_MOVES) == set(TaskState)
    assert set(RUN_MOVES) == set(RunStateName)
    assert set(PLAN_MOVES) == set(PlanState)


def test_every_state_of_a_task_is_reached_from_waiting() -> None:
    assert reachable_from(TaskState.WAITING) == set(TaskState)


@pytest.mark.parametrize("state", list(TaskState))
def test_from_every_state_a_task_can_come_to_succeed(state: TaskState) -> None:
    assert TaskState.SUCCEEDED in reachable_from(state)


@pytest.mark.parametrize("state", list(TaskState))
def test_nothing_moves_to_where_it_is(state: TaskState) -> None:
    assert not can_move(state, state)


@pytest.mark.parametrize("state", list(TaskState))
def test_what_can_be_retried_has_a_way_to_start_again(state: TaskState) -> None:
    restarts = {TaskState.WAITING, TaskState.READY} & TASK_MOVES[state]
    if can_retry(state):
        assert restarts
    else:
        assert state in ACTIVE_STATES | {TaskState.WAITING, TaskState.READY}


@pytest.mark.parametrize("state", list(TaskState))
def test_what_can_be_skipped_cancelled_or_accepted_has_that_move(state: TaskState) -> None:
    assert can_skip(state) == can_move(state, TaskState.SKIPPED)
    assert can_cancel(state) == can_move(state, TaskState.CANCELLED)
    if can_accept(state):
        assert can_move(state, TaskState.SUCCEEDED)


@pytest.mark.parametrize("state", sorted(FINAL_STATES))
def test_a_final_state_is_left_by_a_persons_decision_alone(state: TaskState) -> None:
    """Only to be run again, accepted or skipped; a late answer never moves it to running, verifying or blocked."""
    allowed = {TaskState.WAITING, TaskState.READY, TaskState.SUCCEEDED, TaskState.SKIPPED}
    assert TASK_MOVES[state] <= allowed
    assert can_retry(state)


def test_a_task_runs_only_out_of_ready() -> None:
    assert {state for state in TaskState if can_move(state, TaskState.RUNNING)} == {TaskState.READY}
    assert {state for state in TaskState if can_move(state, TaskState.VERIFYING)} == {TaskState.RUNNING}


def test_only_a_task_that_has_not_started_is_blocked_by_another() -> None:
    blocked_from = {state for state in TaskState if can_move(state, TaskState.BLOCKED)}
    assert blocked_from == {TaskState.WAITING, TaskState.READY}


def test_the_groups_of_states_do_not_contradict_one_another() -> None:
    assert DONE_STATES < FINAL_STATES
    assert not DONE_STATES & STOPPED_STATES
    assert not ACTIVE_STATES & (FINAL_STATES | STOPPED_STATES)


def test_a_run_that_has_ended_can_only_be_reopened() -> None:
    for state in RunStateName:
        if state in ENDED_RUN_STATES:
            assert RUN_MOVES[state] == {RunStateName.RUNNING}
        else:
            assert RUN_MOVES[state] == set(RunStateName) - {state}


def test_a_plan_that_was_replaced_or_rejected_never_comes_back() -> None:
    assert PLAN_MOVES[PlanState.SUPERSEDED] == PLAN_MOVES[PlanState.REJECTED] == frozenset()
    assert PlanState.DRAFT not in PLAN_MOVES[PlanState.APPROVED]


@pytest.mark.parametrize(
    ("heading", "moves"),
    [("Tasks", TASK_MOVES), ("Runs", RUN_MOVES), ("Plans", PLAN_MOVES)],
    ids=["task", "run", "plan"],
)
def test_the_page_has_the_same_table(heading: str, moves: dict[str, frozenset[str]]) -> None:
    rows = {row[0].strip("`"): row[-1] for row in table_under("transitions.md", heading)}
    listed = {state: {word.strip("` ") for word in cell.split(",")} - {"", "—"} for state, cell in rows.items()}
    assert listed == {str(state): {str(to) for to in targets} for state, targets in moves.items()}


def test_the_page_says_what_a_person_can_do_when() -> None:
    verbs = {"retry": can_retry, "skip": can_skip, "cancel": can_cancel, "accept": can_accept}
    rows = {row[0].strip("`"): row[1] for row in table_under("transitions.md", "What a person can do")}
    listed = {verb: {word.strip("` ") for word in cell.split(",")} for verb, cell in rows.items()}
    assert listed == {verb: {str(state) for state in TaskState if can(state)} for verb, can in verbs.items()}

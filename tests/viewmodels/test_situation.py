"""What can be done now, asked of every combination that matters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.plan import PlanState
from orchestra_desktop.domain.transitions import ENDED_RUN_STATES, RunStateName, TaskState
from orchestra_desktop.viewmodels import situation as can
from orchestra_desktop.viewmodels.situation import Situation

SITUATIONS = st.builds(
    Situation,
    is_open=st.booleans(),
    reads_only=st.booleans(),
    has_project=st.booleans(),
    planning=st.booleans(),
    plan=st.none() | st.sampled_from(PlanState),
    has_approved=st.booleans(),
    new_approval=st.booleans(),
    run=st.none() | st.sampled_from(RunStateName),
    live=st.booleans(),
    task=st.none() | st.sampled_from(TaskState),
)


@given(SITUATIONS)
def test_a_run_is_started_or_stopped_but_never_both(now: Situation) -> None:
    assert not (can.can_start(now) and can.can_stop(now))
    assert not (can.can_pause(now) and can.can_resume(now))


@given(SITUATIONS)
def test_nothing_is_changed_beside_another_process(now: Situation) -> None:
    if not now.is_open or now.reads_only:
        for ask in (can.can_propose, can.can_approve, can.can_start, can.can_retry_task, can.can_skip_task):
            assert not ask(now)


@given(SITUATIONS)
def test_an_ended_run_starts_again_only_after_a_new_approval(now: Situation) -> None:
    if can.can_start(now) and now.run in ENDED_RUN_STATES:
        assert now.new_approval


def test_an_interrupted_run_can_be_taken_up() -> None:
    assert can.can_start(Situation(is_open=True, has_project=True, has_approved=True, run=RunStateName.INTERRUPTED))


def test_a_draft_is_approved_while_nothing_is_asked_for() -> None:
    draft = Situation(is_open=True, has_project=True, plan=PlanState.DRAFT)
    assert can.can_approve(draft)
    assert not can.can_approve(Situation(is_open=True, has_project=True, plan=PlanState.DRAFT, planning=True))


def test_a_running_task_can_be_cancelled_but_not_retried() -> None:
    running = Situation(is_open=True, task=TaskState.RUNNING)
    assert can.can_cancel_task(running)
    assert not can.can_retry_task(running)

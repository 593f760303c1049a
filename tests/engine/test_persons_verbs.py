"""What a person may say about a task in each of its states, and what follows; all else changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import FaultKind, OrchestraError, UnknownThing, WrongMoment
from orchestra_desktop.domain.ids import CheckpointId, Digest, TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState, VerdictName
from orchestra_desktop.engine.instructions import CancelAttempt, StartAttempt
from orchestra_desktop.engine.stimuli import (
    AcceptTask,
    AttemptParked,
    CancelTask,
    ChangeCeiling,
    Pause,
    PersonsVerb,
    Resolve,
    Resume,
    RetryTask,
    RoomMade,
    SkipTask,
    StopNow,
    WaitOver,
)
from tests.engine.playbook import OUTPUT, Playbook, with_t2
from tests.engine.world import plan_of

T2 = TaskId("T2")
VERBS: dict[str, Callable[[TaskId], PersonsVerb]] = {
    "retry": RetryTask,
    "skip": SkipTask,
    "cancel": CancelTask,
    "accept": AcceptTask,
}

# What T2 becomes, by its state before and the verb; None is a refusal. T2's dependency is done except where it waits
# for it or is blocked behind it.
TABLE: dict[str, dict[str, str | None]] = {
    "waiting": {"retry": None, "skip": "skipped", "cancel": "cancelled", "accept": None},
    "ready": {"retry": None, "skip": "skipped", "cancel": "cancelled", "accept": None},
    "running": {"retry": None, "skip": "skipped", "cancel": "cancelled", "accept": None},
    "verifying": {"retry": None, "skip": "skipped", "cancel": "cancelled", "accept": None},
    "needs_person": {"retry": "running", "skip": "skipped", "cancel": "cancelled", "accept": "succeeded"},
    "blocked": {"retry": "waiting", "skip": "skipped", "cancel": "cancelled", "accept": None},
    "succeeded": {"retry": "running", "skip": None, "cancel": None, "accept": None},
    "failed": {"retry": "running", "skip": "skipped", "cancel": None, "accept": "succeeded"},
    "skipped": {"retry": "waiting", "skip": None, "cancel": None, "accept": None},
    "cancelled": {"retry": "running", "skip": "skipped", "cancel": None, "accept": None},
}


@pytest.mark.parametrize("verb", sorted(VERBS))
@pytest.mark.parametrize("before", list(TaskState), ids=lambda state: state.value)
def test_each_verb_in_each_state_does_what_the_table_says_or_changes_nothing(before: TaskState, verb: str) -> None:
    book = with_t2(before)
    expected = TABLE[before.value][verb]
    if expected is None:
        unchanged = book.snapshot()
        with pytest.raises(WrongMoment):
            book.say(VERBS[verb](T2))
        assert book.snapshot() == unchanged
    else:
        book.say(VERBS[verb](T2))
        assert book.record("T2").state.value == expected
    assert book.folded() == book.state.snapshot()


@pytest.mark.parametrize("verb", sorted(VERBS))
def test_a_verb_about_a_task_that_is_not_there_changes_nothing(verb: str) -> None:
    book = Playbook().begin()
    unchanged = book.snapshot()
    with pytest.raises(UnknownThing):
        book.say(VERBS[verb](TaskId("T9")))
    assert book.snapshot() == unchanged


@pytest.mark.parametrize("verb", ["skip", "cancel"])
def test_a_verb_about_a_running_task_closes_its_request(verb: str) -> None:
    book = with_t2(TaskState.RUNNING)
    book.say(VERBS[verb](T2))
    assert CancelAttempt(T2, 1) in book.instructions()


# -- retry ------------------------------------------------------------------------------------------------------------


def test_a_retry_starts_a_new_attempt_with_all_its_tries_and_the_guidance() -> None:
    book = with_t2(TaskState.NEEDS_PERSON)
    told = book.say(RetryTask(T2, "Be brief.", Tier.LOCAL))
    assert StartAttempt(T2, 2) in book.instructions()
    assert ev.GuidanceGiven("Be brief.") in told
    assert ev.TierPinned(Tier.LOCAL) in told
    record = book.record("T2")
    assert (record.tried, record.guidance, record.route.choice.provider) == (1, ["Be brief."], "ollama")
    assert book.kinds() == []


def test_a_retry_on_a_tier_that_is_not_there_is_refused_before_anything_changes() -> None:
    book = with_t2(TaskState.NEEDS_PERSON)
    unchanged = book.snapshot()
    with pytest.raises(WrongMoment):
        book.say(RetryTask(T2, "Be brief.", Tier.OPUS))
    assert book.snapshot() == unchanged


def test_a_retry_of_a_succeeded_task_makes_what_was_built_on_it_again() -> None:
    book = Playbook().begin()
    book.succeed("T1", "T2", "T3")
    assert book.state.finished is RunStateName.FINISHED
    book.say(RetryTask(TaskId("T1")))
    assert book.states() == {"T1": "running", "T2": "waiting", "T3": "waiting"}
    assert book.record("T2").result is None
    book.succeed("T1", "T2", "T3")
    assert book.state.finished is RunStateName.FINISHED


def test_a_retry_of_a_succeeded_task_is_refused_while_something_built_on_it_is_under_way() -> None:
    book = with_t2(TaskState.RUNNING)
    with pytest.raises(WrongMoment):
        book.say(RetryTask(TaskId("T1")))


@pytest.mark.parametrize("kind", ["ready", "retry", "headroom"])
def test_a_task_that_was_about_to_start_waits_again_when_its_dependency_is_retried(kind: str) -> None:
    book = with_t2(TaskState.READY if kind == "ready" else TaskState.RUNNING)
    if kind == "retry":
        book.say(book.faulted("T2", FaultKind.OVERLOADED))
    elif kind == "headroom":
        book.say(book.refused("T2", may_free=True))
    book.say(RetryTask(TaskId("T1")))
    book.say(WaitOver(T2), RoomMade((T2,)))
    assert book.record("T2").state is TaskState.WAITING
    assert book.record("T2").missing == 1
    assert not book.state.parked


def test_a_retry_of_a_blocked_task_retries_what_it_is_blocked_behind() -> None:
    book = with_t2(TaskState.BLOCKED)
    book.say(RetryTask(T2, "Be brief."))
    assert book.states() == {"T1": "running", "T2": "waiting", "T3": "waiting"}
    assert book.record("T2").guidance == ["Be brief."]
    assert book.record("T1").guidance == []


def test_a_retry_of_a_blocked_task_frees_it_from_several_stopped_ones() -> None:
    book = Playbook({"T1": (), "T2": (), "T3": ("T1",), "T4": ("T2", "T3")}).begin()
    book.say(CancelTask(TaskId("T1")), CancelTask(TaskId("T2")), CancelTask(TaskId("T3")))
    book.say(RetryTask(TaskId("T4")))
    assert book.states() == {"T1": "running", "T2": "running", "T3": "waiting", "T4": "waiting"}


def test_a_cancelled_task_behind_a_failed_one_is_blocked_when_it_is_retried() -> None:
    book = Playbook().begin()
    book.say(book.answered("T1"), CancelTask(T2), RetryTask(TaskId("T1")))
    book.say(book.needs_person("T1"))
    book.say(book.resolve("fail"))
    book.say(RetryTask(T2))
    assert book.states() == {"T1": "failed", "T2": "blocked", "T3": "blocked"}
    book.say(RetryTask(TaskId("T1")))
    assert book.states() == {"T1": "running", "T2": "waiting", "T3": "waiting"}


def test_a_skipped_task_that_is_retried_behind_a_failed_one_blocks_what_was_built_on_it() -> None:
    book = Playbook().begin()
    book.say(CancelTask(TaskId("T1")), SkipTask(T2))
    book.succeed("T3")
    book.say(RetryTask(T2))
    assert book.states() == {"T1": "cancelled", "T2": "blocked", "T3": "blocked"}
    assert book.run() == "finished_with_failures"
    book.say(RetryTask(TaskId("T1")))
    assert book.states() == {"T1": "running", "T2": "waiting", "T3": "waiting"}


# -- blocking and freeing ---------------------------------------------------------------------------------------------


def test_a_stopped_task_blocks_its_own_descendants_and_nothing_else() -> None:
    book = Playbook({"T1": (), "T2": ("T1",), "T3": ("T2",), "T4": (), "T5": ("T4",)}).begin()
    book.say(CancelTask(TaskId("T1")))
    assert book.states() == {"T1": "cancelled", "T2": "blocked", "T3": "blocked", "T4": "running", "T5": "waiting"}
    book.succeed("T4", "T5")
    assert book.state.finished is RunStateName.FINISHED_WITH_FAILURES


def test_a_task_behind_two_stopped_ones_stays_blocked_until_both_are_freed() -> None:
    book = Playbook({"T1": (), "T2": (), "T3": ("T1", "T2"), "T4": ("T3",)}).begin()
    book.say(CancelTask(TaskId("T1")), CancelTask(TaskId("T2")))
    book.say(SkipTask(TaskId("T1")))
    assert book.states()["T3"] == "blocked"
    book.say(SkipTask(TaskId("T2")))
    assert book.states() == {"T1": "skipped", "T2": "skipped", "T3": "running", "T4": "waiting"}


@pytest.mark.parametrize("verb", ["retry", "skip", "accept"])
def test_a_finished_run_is_opened_again_by_a_decision(verb: str) -> None:
    book = with_t2(TaskState.FAILED)
    assert book.run() == "finished_with_failures"
    told = book.say(VERBS[verb](T2))
    assert ev.RunReopened(text("run.reopened")) in told
    assert book.run() == "running"
    assert book.states()["T3"] == ("waiting" if verb == "retry" else "running")


def test_a_skipped_task_counts_as_done_without_a_result() -> None:
    book = with_t2(TaskState.NEEDS_PERSON)
    book.say(SkipTask(T2))
    assert (book.record("T2").result, book.record("T3").state) == (None, TaskState.RUNNING)


def test_what_is_accepted_is_visibly_unverified() -> None:
    book = with_t2(TaskState.NEEDS_PERSON)
    book.say(AcceptTask(T2))
    assert (book.record("T2").result, book.record("T2").verdict) == (OUTPUT, VerdictName.UNVERIFIED)


def test_an_output_that_a_person_put_right_is_the_result() -> None:
    book = with_t2(TaskState.NEEDS_PERSON)
    mine = Digest("mine")
    book.say(Resolve(book.question().id, "accept", output=mine))
    assert (book.record("T2").result, book.record("T2").verdict) == (mine, VerdictName.UNVERIFIED)


def test_nothing_can_be_accepted_where_nothing_was_written() -> None:
    book = with_t2(TaskState.RUNNING)
    book.say(book.needs_person("T2"))
    unchanged = book.snapshot()
    with pytest.raises(WrongMoment):
        book.say(AcceptTask(T2))
    assert book.snapshot() == unchanged


# -- the run ----------------------------------------------------------------------------------------------------------


def test_a_pause_starts_nothing_and_a_resume_does() -> None:
    book = Playbook().begin()
    book.say(Pause(text("run.paused_by_person")), book.answered("T1"))
    assert book.states()["T2"] == "ready"
    assert book.run() == "paused"
    book.say(Resume())
    assert book.states()["T2"] == "running"
    assert book.run() == "running"


def test_an_attempt_that_stopped_between_rounds_goes_on_under_its_number() -> None:
    book = Playbook().begin()
    book.say(Pause(text("run.paused_by_person")), AttemptParked(TaskId("T1"), 1))
    assert book.states()["T1"] == "waiting"
    told = book.say(Resume())
    assert ev.AttemptResumed(1, 0) in told


def test_stop_ends_everything_and_resume_takes_up_what_it_ended() -> None:
    book = Playbook({"T1": (), "T2": ("T1",), "T3": (), "T4": ("T3",)}).begin()
    book.say(book.answered("T3"))
    book.say(StopNow())
    assert book.states() == {"T1": "cancelled", "T2": "cancelled", "T3": "succeeded", "T4": "cancelled"}
    assert set(book.instructions()) == {CancelAttempt(TaskId("T1"), 1), CancelAttempt(TaskId("T4"), 1)}
    assert book.state.finished is RunStateName.CANCELLED
    book.slots.give("anthropic")
    book.slots.give("anthropic")
    book.say(Resume())
    assert book.states() == {"T1": "running", "T2": "waiting", "T3": "succeeded", "T4": "running"}


def test_resume_after_stop_leaves_what_had_failed_or_been_cancelled_before() -> None:
    book = Playbook({"T2": ("T1",), "T1": (), "T4": ("T3",), "T3": (), "T5": (), "T6": ("T5", "T2")}).begin()
    book.say(book.needs_person("T1"))
    book.say(book.resolve("fail"))
    book.say(CancelTask(TaskId("T3")), StopNow(), Resume())
    assert book.states() == {
        "T1": "failed",
        "T2": "blocked",
        "T3": "cancelled",
        "T4": "blocked",
        "T5": "running",
        "T6": "blocked",
    }


@pytest.mark.parametrize("verb", [Pause(text("run.paused_by_person")), Resume(), StopNow()])
def test_a_finished_run_can_be_neither_paused_nor_resumed_nor_stopped(verb: PersonsVerb) -> None:
    book = Playbook({"T1": ()}).begin()
    book.say(book.answered("T1"))
    unchanged = book.snapshot()
    with pytest.raises(WrongMoment):
        book.say(verb)
    assert book.snapshot() == unchanged


def test_a_stop_closes_every_question() -> None:
    book = with_t2(TaskState.NEEDS_PERSON)
    book.say(StopNow())
    assert book.kinds() == []
    assert book.state.name is RunStateName.CANCELLED


def test_a_changed_ceiling_is_recorded() -> None:
    book = Playbook().begin()
    assert book.say(ChangeCeiling(5)) == (ev.CeilingChanged(None, 5),)
    assert book.state.ceiling == 5


@pytest.mark.parametrize(
    "verb", [Resolve(CheckpointId("r1-9"), "retry"), Resolve(CheckpointId("r1-1"), "dance")], ids=["unknown", "action"]
)
def test_an_answer_to_no_question_or_with_no_such_action_changes_nothing(verb: Resolve) -> None:
    book = with_t2(TaskState.NEEDS_PERSON)
    unchanged = book.snapshot()
    with pytest.raises(OrchestraError):
        book.say(verb)
    assert book.snapshot() == unchanged


def test_a_task_that_asks_first_is_asked_about_once() -> None:
    book = Playbook(plan_of({"T1": ()}, ask_before=True), RunSettings()).begin()
    assert book.kinds() == ["ask_before"]
    book.say(book.resolve("go", guidance="Gently."))
    assert book.states() == {"T1": "running"}
    book.say(book.gave_up("T1"))
    assert book.states() == {"T1": "running"}
    assert book.kinds() == []

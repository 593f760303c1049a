"""What follows from each way in which an attempt can end; an end that comes too late changes nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import TRANSIENT_FAULTS, FaultKind
from orchestra_desktop.domain.ids import TaskId, ToolUseId
from orchestra_desktop.domain.messages import StopReason
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import ACTIVE_STATES, RunStateName, TaskState
from orchestra_desktop.engine.instructions import StartAttempt, Wait, WatchProvider
from orchestra_desktop.engine.run_state import evolve
from orchestra_desktop.engine.stimuli import (
    AttemptAnswered,
    AttemptCancelled,
    AttemptEnd,
    AttemptParked,
    ModelUnpriced,
    Pause,
    ProviderBack,
    ProviderStillDown,
    Resolve,
    RetryTask,
    SkipTask,
    WaitOver,
)
from tests.engine.playbook import OUTPUT, Playbook, with_t2

T1, T2 = TaskId("T1"), TaskId("T2")
ENDS: dict[str, Callable[[Playbook], AttemptEnd]] = {
    "answered": lambda book: book.answered("T2"),
    "gave up": lambda book: book.gave_up("T2", OUTPUT),
    "needs person": lambda book: book.needs_person("T2"),
    "passing fault": lambda book: book.faulted("T2", FaultKind.OVERLOADED),
    "lasting fault": lambda book: book.faulted("T2", FaultKind.BAD_REQUEST),
    "unreachable": lambda book: book.faulted("T2", FaultKind.UNREACHABLE),
    "key refused": lambda book: book.faulted("T2", FaultKind.KEY_REFUSED),
    "no room": lambda book: book.refused("T2"),
    "no price": lambda book: ModelUnpriced(T2, book.record("T2").attempt, "claude-test"),
    "parked": lambda book: AttemptParked(T2, book.record("T2").attempt),
    "cancelled": lambda book: AttemptCancelled(T2, book.record("T2").attempt),
}
FOLLOWS = {
    "answered": "succeeded",
    "gave up": "running",  # again
    "needs person": "needs_person",
    "passing fault": "waiting",
    "lasting fault": "needs_person",
    "unreachable": "waiting",
    "key refused": "waiting",
    "no room": "waiting",
    "no price": "needs_person",
    "parked": "waiting",
    "cancelled": "running",  # at once again: nobody stopped it
}


@pytest.mark.parametrize("end", sorted(ENDS))
@pytest.mark.parametrize("before", list(TaskState), ids=lambda state: state.value)
def test_each_end_counts_while_its_attempt_is_under_way_and_changes_nothing_later(before: TaskState, end: str) -> None:
    book = with_t2(before)
    unchanged = book.snapshot()
    stimulus = ENDS[end](book)
    if before not in ACTIVE_STATES:
        book.slots.take("anthropic")  # that of the attempt which ends late
    book.say(stimulus)
    if before in ACTIVE_STATES:
        assert book.record("T2").state.value == FOLLOWS[end]
    else:
        assert book.state.snapshot() == unchanged
    assert book.folded() == book.state.snapshot()


@pytest.mark.parametrize("end", sorted(ENDS))
def test_the_end_of_an_earlier_attempt_changes_nothing_of_the_next_one(end: str) -> None:
    book = with_t2(TaskState.RUNNING)
    late = ENDS[end](book)
    book.say(book.gave_up("T2"))
    assert book.record("T2").attempt == 2
    unchanged = book.snapshot()
    book.slots.take("anthropic")
    book.say(late)
    assert book.state.snapshot() == unchanged


def test_a_task_that_succeeds_releases_its_dependants_in_the_same_decision() -> None:
    book = Playbook({"T1": (), "T2": ("T1",), "T3": ("T1",), "T4": ("T2", "T3")}).begin()
    book.succeed("T1")
    assert set(book.instructions()) == {StartAttempt(T2, 1), StartAttempt(TaskId("T3"), 1)}
    book.succeed("T2")
    assert book.states()["T4"] == "waiting"
    book.succeed("T3")
    assert book.states()["T4"] == "running"


def test_the_result_stands_in_the_same_decision_as_the_success() -> None:
    book = Playbook({"T1": ()}).begin()
    told = book.say(book.answered("T1"))
    assert [type(event) for event in told] == [ev.TaskSucceeded, ev.TaskStateChanged, ev.RunFinished]


# -- trying again -----------------------------------------------------------------------------------------------------


def test_an_attempt_without_result_is_followed_by_as_many_as_the_settings_allow_and_then_a_question() -> None:
    book = Playbook({"T1": ()}, RunSettings(further_attempts=2)).begin()
    for number in (1, 2):
        book.say(book.gave_up("T1"))
        assert book.record("T1").attempt == number + 1
    book.say(book.gave_up("T1"))
    assert book.kinds() == ["retries_exhausted"]
    assert book.question().actions == ("retry", "skip", "fail")
    assert len(book.record("T1").feedback) == 3


def test_the_latest_three_pieces_of_feedback_are_kept() -> None:
    book = Playbook({"T1": ()}, RunSettings(further_attempts=9)).begin()
    for _ in range(5):
        book.say(book.gave_up("T1"))
    assert len(book.record("T1").feedback) == 3


def test_after_a_person_has_decided_a_task_has_all_its_attempts_again() -> None:
    book = Playbook({"T1": ()}, RunSettings(further_attempts=1)).begin()
    for _ in range(2):
        book.say(book.gave_up("T1"))
    book.say(RetryTask(T1))
    book.say(book.gave_up("T1"))
    assert book.states()["T1"] == "running"
    book.say(book.gave_up("T1"))
    assert book.states()["T1"] == "needs_person"


@pytest.mark.parametrize("kind", sorted(TRANSIENT_FAULTS))
def test_a_passing_fault_waits_without_a_slot_and_goes_on_with_the_same_attempt(kind: FaultKind) -> None:
    book = Playbook({"T1": ()}).begin()
    book.say(book.faulted("T1", kind))
    assert book.instructions() == (Wait(T1, 2.5),)
    assert book.slots.used == 0
    told = book.say(WaitOver(T1))
    assert ev.AttemptResumed(1, 0) in told


def test_passing_faults_beyond_the_allowed_ones_end_the_attempt() -> None:
    book = Playbook({"T1": ()}, RunSettings(transient_retries=2)).begin()
    for _ in range(2):
        book.say(book.faulted("T1", FaultKind.OVERLOADED), WaitOver(T1))
        assert book.record("T1").attempt == 1
    book.say(book.faulted("T1", FaultKind.OVERLOADED))
    assert book.record("T1").attempt == 2


def test_a_finished_round_makes_the_count_of_faults_start_anew() -> None:
    book = Playbook({"T1": ()}).begin()
    book.say(book.faulted("T1", FaultKind.OVERLOADED), WaitOver(T1))
    scope = book.record("T1").attempt_scope

    evolve(book.state, book.at, scope, ev.RoundFinished(1, StopReason.TOOL_USE, OUTPUT, OUTPUT))
    assert book.record("T1").faults == 0
    assert book.record("T1").rounds == 1


def test_a_long_pause_that_the_service_asks_for_is_visible_with_its_time() -> None:
    book = Playbook({"T1": ()}).begin()
    book.say(book.faulted("T1", FaultKind.RATE_LIMITED, retry_after_s=300.0))
    assert book.instructions() == (Wait(T1, 300.0),)
    assert book.record("T1").reason == text("wait.retry", seconds=300.0, fault="rate_limited", long="yes")


@pytest.mark.parametrize(
    "kind", [FaultKind.BAD_REQUEST, FaultKind.FORBIDDEN, FaultKind.NOT_FOUND, FaultKind.TOO_LARGE, FaultKind.OFFLINE]
)
def test_a_fault_that_would_come_again_is_never_retried_but_asked_about(kind: FaultKind) -> None:
    book = Playbook({"T1": ()}).begin()
    book.say(book.faulted("T1", kind))
    assert book.kinds() == ["human_needed"]
    assert book.instructions() == ()


def test_a_pause_that_is_over_for_a_task_that_was_dealt_with_meanwhile_changes_nothing() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(book.faulted("T1", FaultKind.OVERLOADED))
    book.say(SkipTask(T1))
    unchanged = book.snapshot()
    assert book.say(WaitOver(T1)) == ()
    assert book.state.snapshot() == unchanged


# -- services ---------------------------------------------------------------------------------------------------------


def test_a_provider_that_is_down_is_watched_once_and_uses_up_no_retry() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(book.faulted("T1", FaultKind.UNREACHABLE))
    assert book.instructions() == (WatchProvider("anthropic"),)
    book.say(book.faulted("T2", FaultKind.UNREACHABLE))
    assert book.instructions() == ()
    assert book.states() == {"T1": "waiting", "T2": "waiting"}
    assert book.record("T1").faults == 0


def test_a_run_that_ended_while_a_provider_was_down_tries_it_anew_when_it_is_opened_again() -> None:
    book = Playbook({"T1": ()}).begin()
    book.say(book.faulted("T1", FaultKind.UNREACHABLE), SkipTask(T1))
    assert book.state.finished is not None
    book.say(RetryTask(T1))
    assert not book.state.down
    assert book.states() == {"T1": "running"}


def _failing_service(tasks: int = 6) -> Playbook:
    """Five tasks have met an overloaded service one after the other, each for the first time."""
    book = Playbook({f"T{number}": () for number in range(1, tasks + 1)}).begin()
    for number in range(1, 6):
        book.say(book.faulted(f"T{number}", FaultKind.OVERLOADED))
    return book


def test_a_service_that_fails_for_one_task_after_the_other_is_let_alone_until_it_is_well() -> None:
    book = _failing_service()
    assert not book.state.down
    book.say(book.faulted("T6", FaultKind.SERVER))
    assert book.instructions() == (WatchProvider("anthropic"),)
    assert book.state.down == {"anthropic"}
    assert book.record("T6").faults == 0
    book.say(WaitOver(T1))
    assert book.states()["T1"] == "ready"
    book.say(ProviderBack("anthropic"))
    assert {book.states()["T1"], book.states()["T6"]} == {"running"}


def test_an_answer_in_between_shows_that_the_service_is_there() -> None:
    book = _failing_service(7)
    evolve(book.state, book.at, book.record("T6").attempt_scope, ev.RoundFinished(1, StopReason.END_TURN, OUTPUT))
    book.say(book.faulted("T7", FaultKind.OVERLOADED))
    assert not book.state.down
    assert book.record("T7").faults == 1


def test_faults_of_one_request_say_nothing_about_the_service() -> None:
    book = Playbook({f"T{number}": () for number in range(1, 8)}).begin()
    for number in range(1, 8):
        book.say(book.faulted(f"T{number}", FaultKind.CUT_OFF))
    assert not book.state.down


def test_a_service_that_says_it_is_well_and_fails_all_the_same_uses_up_retries_again() -> None:
    book = _failing_service()
    book.say(book.faulted("T6", FaultKind.SERVER), ProviderBack("anthropic"))
    book.say(book.faulted("T6", FaultKind.SERVER))
    assert not book.state.down
    assert book.record("T6").faults == 1


def test_a_ready_task_does_not_start_on_a_provider_that_is_down_and_waits_for_it() -> None:
    book = Playbook({"T1": (), "T2": ()}, RunSettings(concurrency=1)).begin()
    book.say(book.faulted("T1", FaultKind.UNREACHABLE))
    assert book.states() == {"T1": "waiting", "T2": "ready"}
    book.say(SkipTask(T1))
    assert book.states() == {"T1": "skipped", "T2": "ready"}
    assert book.state.moves_by_itself()
    book.say(ProviderStillDown("anthropic", 35.0, 20.0, ""))
    assert book.kinds() == ["provider_down"]
    assert not book.state.moves_by_itself()
    book.say(ProviderBack("anthropic"))
    assert book.states()["T2"] == "running"


@pytest.mark.parametrize(
    ("fault", "kind"),
    [(FaultKind.KEY_REFUSED, "key"), (FaultKind.NO_KEY, "key"), (FaultKind.SPEND_LIMIT, "spend_limit")],
)
def test_what_every_call_would_meet_pauses_the_run_and_is_asked_once(fault: FaultKind, kind: str) -> None:
    book = Playbook({"T1": (), "T2": (), "T3": ("T1",)}).begin()
    told = book.say(book.faulted("T1", fault))
    assert [type(event) for event in told].count(ev.RunPaused) == 1
    told = book.say(book.faulted("T2", fault))
    assert ev.RunPaused not in [type(event) for event in told]
    assert book.kinds() == [kind]
    assert book.state.name is RunStateName.NEEDS_PERSON


def test_an_answered_question_about_the_key_does_not_end_a_pause_of_the_persons_own() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(Pause(text("run.paused_by_person")), book.faulted("T1", FaultKind.KEY_REFUSED))
    book.say(Resolve(book.question().id, "retry"))
    assert book.state.paused == text("run.paused_by_person")
    assert book.states()["T1"] == "ready"


# -- a new attempt ----------------------------------------------------------------------------------------------------


def test_an_attempt_whose_opening_was_not_stored_is_begun_anew_under_a_new_number() -> None:

    book = Playbook({"T1": ()}).begin()
    evolve(book.state, book.at, book.record("T1").attempt_scope, ev.RoundFinished(1, StopReason.TOOL_USE, OUTPUT))
    book.slots.give("anthropic")
    book.begin(fresh=False)
    assert book.instructions() == (StartAttempt(T1, 2),)
    assert book.record("T1").log == []


def test_the_log_of_an_attempt_is_dropped_when_its_task_ends() -> None:

    book = Playbook({"T1": ()}).begin()
    evolve(book.state, book.at, book.record("T1").attempt_scope, ev.RoundFinished(1, StopReason.TOOL_USE, OUTPUT))
    book.succeed("T1")
    assert book.record("T1").log == []


def test_a_round_of_an_attempt_that_was_stopped_is_no_part_of_the_next_one() -> None:
    book = Playbook({"T1": ()}).begin()
    scope = book.record("T1").attempt_scope
    book.say(book.gave_up("T1"))
    evolve(book.state, book.at, scope, ev.RoundFinished(1, StopReason.TOOL_USE, OUTPUT, OUTPUT))
    evolve(book.state, book.at, scope, ev.ToolCalled(ToolUseId("u"), "write_file", OUTPUT))
    assert (book.record("T1").log, book.record("T1").prompt) == ([], None)


def test_a_late_answer_is_an_answer_to_nothing() -> None:
    book = with_t2(TaskState.CANCELLED)
    book.slots.take("anthropic")
    assert book.say(AttemptAnswered(T2, 1, OUTPUT, 7)) == ()


def test_a_lowered_tier_gives_a_task_its_attempts_again() -> None:
    book = Playbook({"T1": ()}, RunSettings(further_attempts=1)).begin()
    book.say(book.gave_up("T1"))
    book.say(book.refused("T1"))
    book.say(book.resolve("lower_tier", tier=Tier.LOCAL))
    assert book.record("T1").tried == 1

"""Every kind of question a run can ask, and what follows from every answer to it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import FaultKind, WrongMoment
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.engine.stimuli import CancelTask, ProviderBack, ProviderStillDown, RoomMade, SkipTask
from tests.engine.playbook import OUTPUT, Playbook
from tests.engine.world import plan_of

T1 = TaskId("T1")


def _ask_before() -> Playbook:
    return Playbook(plan_of({"T1": (), "T2": ("T1",)}, ask_before=True)).begin()


def _retries_exhausted() -> Playbook:
    book = Playbook({"T1": (), "T2": ("T1",)}, RunSettings(further_attempts=0)).begin()
    book.say(book.gave_up("T1", OUTPUT))
    return book


def _human_needed() -> Playbook:
    book = Playbook({"T1": (), "T2": ("T1",)}).begin()
    book.say(book.needs_person("T1", OUTPUT))
    return book


def _budget() -> Playbook:
    book = Playbook({"T1": (), "T2": ("T1",)}).begin()
    book.say(book.refused("T1"))
    return book


def _key() -> Playbook:
    book = Playbook({"T1": (), "T2": ("T1",)}).begin()
    book.say(book.faulted("T1", FaultKind.KEY_REFUSED))
    return book


def _spend_limit() -> Playbook:
    book = Playbook({"T1": (), "T2": ("T1",)}).begin()
    book.say(book.faulted("T1", FaultKind.SPEND_LIMIT))
    return book


def _provider_down() -> Playbook:
    book = Playbook({"T1": (), "T2": ("T1",)}).begin()
    book.say(book.faulted("T1", FaultKind.UNREACHABLE), ProviderStillDown("anthropic", 35.0, 20.0, "no route"))
    return book


KINDS: dict[str, Callable[[], Playbook]] = {
    "ask_before": _ask_before,
    "retries_exhausted": _retries_exhausted,
    "human_needed": _human_needed,
    "budget": _budget,
    "key": _key,
    "spend_limit": _spend_limit,
    "provider_down": _provider_down,
}
# What T1 and T2 become by the action; T2 depends on T1.
ANSWERS: dict[str, dict[str, tuple[str, str]]] = {
    "ask_before": {
        "go": ("running", "waiting"),
        "skip": ("skipped", "needs_person"),  # it asks first too
        "fail": ("failed", "blocked"),
    },
    "retries_exhausted": {
        "retry": ("running", "waiting"),
        "accept": ("succeeded", "running"),
        "skip": ("skipped", "running"),
        "fail": ("failed", "blocked"),
    },
    "human_needed": {
        "retry": ("running", "waiting"),
        "accept": ("succeeded", "running"),
        "skip": ("skipped", "running"),
        "fail": ("failed", "blocked"),
    },
    "budget": {
        "raise_cap": ("running", "waiting"),
        "lower_tier": ("running", "waiting"),
        "stop": ("cancelled", "cancelled"),
    },
    "key": {"retry": ("running", "waiting"), "stop": ("cancelled", "cancelled")},
    "spend_limit": {"retry": ("running", "waiting"), "stop": ("cancelled", "cancelled")},
    "provider_down": {"retry": ("running", "waiting"), "stop": ("cancelled", "cancelled")},
}
CASES = [(kind, action) for kind, actions in ANSWERS.items() for action in actions]


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_each_kind_offers_exactly_its_actions_and_says_that_the_run_needs_a_person(kind: str) -> None:
    book = KINDS[kind]()
    assert book.kinds() == [kind]
    assert set(book.question().actions) == set(ANSWERS[kind])
    assert book.state.name is (RunStateName.AT_CAP if kind == "budget" else RunStateName.NEEDS_PERSON)


@pytest.mark.parametrize(("kind", "action"), CASES)
def test_each_answer_is_followed_by_what_it_says_and_closes_the_question(kind: str, action: str) -> None:
    book = KINDS[kind]()
    asked = book.question().id
    told = book.say(book.resolve(action, tier=Tier.LOCAL if action == "lower_tier" else None, fitting=(T1,)))
    assert tuple(book.states().values()) == ANSWERS[kind][action]
    assert asked not in book.state.checkpoints
    assert [event.action for event in told if isinstance(event, ev.CheckpointResolved)] == [action]
    assert book.folded() == book.state.snapshot()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_action_of_another_kind_is_refused_and_changes_nothing(kind: str) -> None:
    book = KINDS[kind]()
    unchanged = book.snapshot()
    for action in {"go", "retry", "accept", "skip", "fail", "raise_cap", "lower_tier", "stop", ""} - set(ANSWERS[kind]):
        with pytest.raises(WrongMoment):
            book.say(book.resolve(action))
    assert book.state.snapshot() == unchanged


@pytest.mark.parametrize("tier", [None, Tier.OPUS])
def test_to_lower_the_tier_takes_a_tier_that_is_there(tier: Tier | None) -> None:
    book = _budget()
    unchanged = book.snapshot()
    with pytest.raises(WrongMoment):
        book.say(book.resolve("lower_tier", tier=tier))
    assert book.state.snapshot() == unchanged


def test_guidance_with_the_answer_is_told_to_the_attempt() -> None:
    book = _human_needed()
    book.say(book.resolve("retry", guidance="Be brief.", tier=Tier.LOCAL))
    assert book.record("T1").guidance == ["Be brief."]
    assert book.record("T1").route.tier is Tier.LOCAL


def test_one_question_about_room_however_many_tasks_lack_it() -> None:
    book = Playbook({"T1": (), "T2": (), "T3": ()}).begin()
    for task in ("T1", "T2", "T3"):
        book.say(book.refused(task))
    assert book.kinds() == ["budget"]
    question = book.question().question
    assert (question.args["cap"], question.args["short_by"]) == ("run", 100_000_000)


def test_no_question_while_an_open_reservation_may_free_room() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(book.refused("T2", may_free=True))
    assert book.kinds() == []
    book.say(RoomMade((TaskId("T2"),)))
    assert book.states()["T2"] == "running"


def test_room_that_was_made_meanwhile_answers_the_question() -> None:
    book = _budget()
    told = book.say(RoomMade((T1,)))
    assert [event.by for event in told if isinstance(event, ev.CheckpointResolved)] == ["room"]
    assert book.states()["T1"] == "running"


@pytest.mark.parametrize("verb", [SkipTask, CancelTask])
def test_a_question_about_room_is_withdrawn_when_nothing_waits_for_room_any_more(verb: type) -> None:
    book = _budget()
    book.say(verb(T1))
    assert book.kinds() == []
    assert book.states()["T2"] == ("running" if verb is SkipTask else "blocked")


@pytest.mark.parametrize("kind", ["key", "spend_limit", "provider_down", "budget"])
def test_a_run_whose_tasks_were_all_dealt_with_ends_whatever_it_had_asked(kind: str) -> None:
    book = KINDS[kind]()
    book.say(SkipTask(TaskId("T2")), SkipTask(T1))
    assert book.kinds() == []
    assert book.state.finished is RunStateName.FINISHED


def test_a_provider_that_is_back_answers_the_question_about_it() -> None:
    book = _provider_down()
    told = book.say(ProviderBack("anthropic"))
    assert [event.by for event in told if isinstance(event, ev.CheckpointResolved)] == ["health"]
    assert book.states()["T1"] == "running"


def test_a_provider_that_is_down_is_asked_about_only_when_nothing_else_moves_and_the_grace_is_over() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(book.faulted("T1", FaultKind.UNREACHABLE), ProviderStillDown("anthropic", 35.0, 20.0, ""))
    assert book.kinds() == []  # T2 runs
    book.succeed("T2")
    book.say(ProviderStillDown("anthropic", 20.0, 20.0, ""))
    assert book.kinds() == []
    book.say(ProviderStillDown("anthropic", 35.0, 20.0, ""), ProviderStillDown("anthropic", 95.0, 60.0, ""))
    assert book.kinds() == ["provider_down"]


def test_late_news_of_a_provider_that_is_taken_for_well_again_changes_nothing() -> None:
    book = _provider_down()
    book.say(book.resolve("retry"))
    unchanged = book.snapshot()
    assert book.say(ProviderBack("anthropic"), ProviderStillDown("anthropic", 99.0, 60.0, "")) == ()
    assert book.state.snapshot() == unchanged


def test_the_run_goes_on_around_a_task_that_needs_a_person() -> None:
    book = Playbook({"T1": (), "T2": ("T1",), "T3": (), "T4": ("T3",)}).begin()
    book.say(book.needs_person("T1"))
    book.succeed("T3", "T4")
    assert book.states() == {"T1": "needs_person", "T2": "waiting", "T3": "succeeded", "T4": "succeeded"}
    assert book.state.name is RunStateName.NEEDS_PERSON
    assert book.state.finished is None

"""Beginning, going on, order, limits and scope of a run, as a playbook of stimuli."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import FaultKind
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Plan
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.engine.instructions import CancelAttempt, StartAttempt
from orchestra_desktop.engine.stimuli import (
    Begin,
    CancelTask,
    Interrupted,
    Pause,
    RetryTask,
    RoomGone,
    RoomMade,
    SkipTask,
    SlotsFreed,
    WaitOver,
)
from tests.engine.playbook import Playbook, refusal
from tests.engine.world import FREE, plan_of, spec_of

T1, T2, T3 = TaskId("T1"), TaskId("T2"), TaskId("T3")


def _started(book: Playbook) -> list[str]:
    return [i.task for i in book.instructions() if isinstance(i, StartAttempt)]


# -- order and limits -------------------------------------------------------------------------------------------------


def test_an_urgent_task_goes_first_and_among_equals_the_longest_remaining_path() -> None:
    edges = {"T1": (), "T2": (), "T3": (), "T4": ("T3",), "T5": ("T4",)}
    tasks = [replace(t, priority=1) if t.id == "T2" else t for t in plan_of(edges).tasks]
    book = Playbook(Plan("A plan.", tuple(tasks)), RunSettings(concurrency=1)).begin()
    order = []
    while not book.state.finished:
        order += _started(book)
        book.succeed(order[-1])
    assert order == ["T2", "T3", "T4", "T1", "T5"]


def test_a_task_does_not_wait_for_its_wave() -> None:
    book = Playbook({"T1": (), "T2": (), "T3": ("T1",), "T4": ("T3",)}).begin()
    book.succeed("T1", "T3", "T4")
    assert book.states() == {"T1": "succeeded", "T2": "running", "T3": "succeeded", "T4": "succeeded"}


def test_the_limits_in_all_and_per_provider_hold_and_a_slot_is_passed_on() -> None:
    settings = RunSettings(concurrency=3, per_provider={"anthropic": 2})
    book = Playbook({f"T{n}": () for n in range(1, 6)}, settings).begin()
    assert _started(book) == ["T1", "T2"]
    book.succeed("T1")
    assert _started(book) == ["T3"]


def test_slots_that_another_run_holds_are_waited_for() -> None:
    book = Playbook({"T1": ()}, RunSettings(per_provider={"anthropic": 1}))
    book.slots.take("anthropic")
    book.begin()
    assert book.states()["T1"] == "ready"
    assert book.state.moves_by_itself()
    book.slots.give("anthropic")
    book.say(SlotsFreed())
    assert book.states()["T1"] == "running"


# -- room -------------------------------------------------------------------------------------------------------------


def test_while_a_task_waits_for_room_no_paid_task_behind_it_starts_but_a_local_one_does() -> None:
    plan = plan_of({"T1": (), "T2": (), "T3": ()})
    spec = spec_of(plan, RunSettings(concurrency=1))
    spec = replace(spec, routes={**spec.routes, T3: replace(spec.routes[T3], choice=FREE)})
    book = Playbook(spec=spec).begin()
    book.say(book.refused("T1", may_free=True))
    assert book.states() == {"T1": "waiting", "T2": "ready", "T3": "running"}


def test_a_task_that_there_is_room_for_starts_though_one_behind_it_still_waits() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(book.refused("T1", may_free=True), book.refused("T2", may_free=True))
    book.say(RoomMade((T1,)))
    assert book.states() == {"T1": "running", "T2": "waiting"}


def test_room_that_is_gone_for_a_task_that_no_longer_waits_for_it_is_no_question() -> None:
    book = Playbook({"T1": ()}).begin()
    assert book.say(RoomGone(T1, refusal())) == ()
    book.say(book.refused("T1", may_free=True))
    book.say(RoomGone(T1, refusal()))
    assert book.kinds() == ["budget"]


# -- going on ---------------------------------------------------------------------------------------------------------


def test_an_interrupted_run_closes_its_calls_and_keeps_its_state() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(Interrupted())
    assert set(book.instructions()) == {CancelAttempt(T1, 1), CancelAttempt(T2, 1)}
    assert book.state.name is RunStateName.INTERRUPTED


@pytest.mark.parametrize("fault", [FaultKind.OVERLOADED, FaultKind.UNREACHABLE, FaultKind.KEY_REFUSED])
def test_going_on_tries_at_once_whatever_was_being_waited_for(fault: FaultKind) -> None:
    book = Playbook({"T1": (), "T2": ("T1",)}).begin()
    book.say(book.faulted("T1", fault), Interrupted())
    book.begin(fresh=False)
    assert book.states()["T1"] == "running"
    assert book.state.name is RunStateName.RUNNING
    assert not book.state.down


def test_going_on_takes_up_the_attempts_that_were_under_way_under_their_numbers() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(book.gave_up("T1"))
    book.slots.give("anthropic")
    book.slots.give("anthropic")
    book.begin(fresh=False)
    assert book.instructions() == (StartAttempt(T1, 2), StartAttempt(T2, 1))


def test_going_on_with_a_finished_run_changes_nothing() -> None:
    book = Playbook({"T1": ()}).begin()
    book.succeed("T1")
    assert book.say(Begin()) == ()


def test_a_question_stays_open_over_a_restart_unless_the_restart_answers_it() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(book.needs_person("T1"), book.refused("T2"))
    book.begin(fresh=False)
    assert book.kinds() == ["human_needed", "budget"]
    book.say(Begin(fitting=(T2,)))
    assert book.kinds() == ["human_needed"]
    assert book.states()["T2"] == "running"


# -- scope ------------------------------------------------------------------------------------------------------------


def test_only_the_chosen_tasks_start_and_then_the_run_pauses() -> None:
    book = Playbook().begin(frozenset({T1, T2}))
    book.succeed("T1")
    assert book.states() == {"T1": "succeeded", "T2": "running", "T3": "waiting"}
    book.succeed("T2")
    assert book.state.paused == text("run.scope_done", tasks=2)
    assert book.states()["T3"] == "waiting"
    book.begin(fresh=False)
    assert book.states()["T3"] == "running"


@pytest.mark.parametrize("wait", ["room", "retry", "provider", "ready"])
def test_what_waited_outside_a_new_scope_stays_out_until_the_scope_ends(wait: str) -> None:
    book = Playbook({"T1": (), "T2": ()}, RunSettings(concurrency=1 if wait == "ready" else 2)).begin()
    if wait == "room":
        book.say(book.refused("T2", may_free=True))
    elif wait != "ready":
        book.say(book.faulted("T2", FaultKind.OVERLOADED if wait == "retry" else FaultKind.UNREACHABLE))
    book.slots.give("anthropic")
    book.begin(frozenset({T1}), fresh=False)
    book.say(RoomMade((T2,)), WaitOver(T2))
    assert book.states() == {"T1": "running", "T2": "waiting"}
    assert not book.state.parked
    book.succeed("T1")
    assert book.state.paused is not None
    book.begin(fresh=False)
    assert book.states()["T2"] == "running"


def test_a_task_outside_the_scope_that_is_retried_waits_for_the_scope_to_end() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.say(CancelTask(T2))
    book.slots.give("anthropic")
    book.slots.give("anthropic")
    book.begin(frozenset({T1}), fresh=False)
    book.say(RetryTask(T2))
    assert book.states() == {"T1": "running", "T2": "waiting"}


# -- the end ----------------------------------------------------------------------------------------------------------


def test_a_run_ends_when_every_task_has_ended_and_says_whether_something_failed() -> None:
    book = Playbook({"T1": (), "T2": ()}).begin()
    book.succeed("T1")
    told = book.say(SkipTask(T2))
    assert told[-1] == ev.RunFinished(RunStateName.FINISHED)
    book = Playbook({"T1": (), "T2": ("T1",)}).begin()
    told = book.say(CancelTask(T1))
    assert told[-1] == ev.RunFinished(RunStateName.FINISHED_WITH_FAILURES)


def test_a_paused_run_whose_last_task_ends_has_ended() -> None:
    book = Playbook({"T1": ()}).begin()
    book.say(Pause(text("run.paused_by_person")))
    book.succeed("T1")
    assert book.state.name is RunStateName.FINISHED

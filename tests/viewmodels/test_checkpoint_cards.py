"""A card's words and numbers come from its checkpoint alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ids import CheckpointId, Digest, TaskId
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.viewmodels.checkpoint_cards import ANSWERS, KINDS, Card, Waiting
from tests.viewmodels.happenings import PROJECT, RUN, Happenings


def card(kind: str, question: Text, *actions: str) -> Card:
    return Card(CheckpointId("c"), PROJECT, "a project", RUN, kind, question, actions)


def test_the_lowest_cap_that_helps_is_the_limit_and_what_is_missing() -> None:
    asked = text("cap.reached", cap="daily", limit=5_000_000_000, counted=4_000, needed=9_000, short_by=8_000)
    budget = card("budget", asked, "raise_cap", "lower_tier", "stop")
    assert (budget.cap, budget.least_cap, budget.default) == (CapKind.DAILY, 5_000_008_000, "raise_cap")


def test_every_kind_has_a_heading_and_an_unknown_one_a_plain_one() -> None:
    assert {card(kind, text("ask.before"), "go").heading for kind in KINDS} == set(KINDS.values())
    assert card("from a newer version", text("x"), "go").heading == "Waits for your decision"


def test_a_card_offers_its_actions_and_what_leads_to_one_of_them() -> None:
    wrote = replace(card("human_needed", text("x"), "retry", "accept"), task=TaskId("T1"), output=Digest("d"))
    assert wrote.answers == {"retry", "accept", "edit", "guide", "show"}
    assert replace(wrote, output=None, actions=("skip",)).answers == {"skip", "show"}
    assert card("budget", text("x"), "raise_cap", "stop").answers == {"raise_cap", "stop"}
    assert wrote.answers <= set(ANSWERS)


@pytest.mark.parametrize("event", [ev.RunReopened(text("run.reopened")), ev.RunInterrupted()])
def test_what_may_bring_questions_back_makes_the_cards_stale(event: ev.Event) -> None:
    waiting = Waiting()
    waiting.stale = False
    happened = Happenings()
    assert waiting.take([happened.add(event)])
    assert waiting.stale


def test_an_answered_question_goes_at_once() -> None:
    waiting = Waiting()
    waiting.stale = False
    waiting.cards[CheckpointId("c")] = card("ask_before", text("ask.before", task="T1"), "go")
    happened = Happenings()
    assert waiting.take([happened.add(ev.CheckpointResolved(CheckpointId("c"), "go"))])
    assert waiting.cards == {}
    assert not waiting.take([happened.add(ev.RunPaused(text("run.paused_by_person")))])

"""Each task gets the tier of the table or of its pin, within what is there, and says why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestra_desktop.domain.errors import PlanError
from orchestra_desktop.domain.plan import Complexity, PlanTask, TaskType, Tier
from orchestra_desktop.domain.run import ModelChoice
from orchestra_desktop.planning.routing import DEFAULT_TABLE, route, routed
from tests.pages import table_under
from tests.prompts.examples import HAIKU, HELLO, LOCAL, REHEARSAL, SONNET, a_plan, a_task

OPUS = ModelChoice("anthropic", "claude-opus-5-5", 128_000, 1_000_000)
ALL = {Tier.LOCAL: LOCAL, Tier.HAIKU: HAIKU, Tier.SONNET: SONNET, Tier.OPUS: OPUS}


def chosen(task: PlanTask, without: set[Tier] = frozenset(), *, offline: bool = False) -> tuple[str, str]:  # type: ignore[assignment]
    available = {tier: choice for tier, choice in ALL.items() if tier not in without}
    found = route(task, DEFAULT_TABLE, available, offline=offline)
    assert found.choice is available[found.tier]
    return found.tier.value, found.why.key.removeprefix("route.")


def a(task_type: str, complexity: str = "simple", **fields: Any) -> PlanTask:
    return a_task("T1", task_type=TaskType(task_type), complexity=Complexity(complexity), **fields)


@pytest.mark.parametrize(
    ("task_type", "tiers"),
    [
        ("code", "haiku sonnet sonnet"),
        ("research", "local haiku sonnet"),
        ("analysis", "local haiku sonnet"),
        ("documentation", "local haiku sonnet"),
        ("asset", "local local local"),
        ("integration", "haiku haiku sonnet"),
    ],
)
def test_the_table_is_the_one_of_the_design(task_type: str, tiers: str) -> None:
    found = [chosen(a(task_type, complexity)) for complexity in ("simple", "medium", "complex")]
    assert found == [(tier, "table") for tier in tiers.split()]


def test_opus_comes_by_pin_alone() -> None:
    assert Tier.OPUS not in DEFAULT_TABLE.values()
    assert chosen(a("code", model_tier=Tier.OPUS)) == ("opus", "pinned")
    assert chosen(a("code", "complex"), {Tier.SONNET}) == ("haiku", "unavailable")
    with pytest.raises(PlanError):
        chosen(a("code"), {Tier.LOCAL, Tier.HAIKU, Tier.SONNET})


def test_without_ollama_local_becomes_haiku_and_says_so() -> None:
    assert chosen(a("research"), {Tier.LOCAL}) == ("haiku", "local_unavailable")


def test_offline_everything_becomes_local_pins_included() -> None:
    assert chosen(a("code", "complex"), offline=True) == ("local", "offline")
    assert chosen(a("code", model_tier=Tier.OPUS), offline=True) == ("local", "offline")
    assert chosen(a("research"), offline=True) == ("local", "table")


def test_a_local_only_task_never_leaves_the_machine() -> None:
    mine = a("code", "complex", local_only=True, model_tier=Tier.SONNET)
    assert chosen(mine) == ("local", "local_only")
    with pytest.raises(PlanError) as refused:
        chosen(mine, {Tier.LOCAL})
    assert refused.value.text.key == "route.no_local_model"


def test_a_row_that_the_persons_table_lacks_is_the_tables_own() -> None:
    table = {(TaskType.CODE, Complexity.SIMPLE): Tier.SONNET}
    assert route(a("code"), table, ALL, offline=False).tier is Tier.SONNET
    assert route(a("research"), table, ALL, offline=False).tier is Tier.LOCAL


def test_a_rehearsal_stands_in_for_every_tier() -> None:
    stand_in = dict.fromkeys(ALL, REHEARSAL)
    routing = routed(HELLO, DEFAULT_TABLE, stand_in, offline=False)
    assert {found.why.key for found in routing.routes.values()} == {"route.rehearsal"}
    assert routing.problems == ()


def test_a_plan_says_once_what_its_routes_put_at_risk() -> None:
    plan = a_plan(a("code"), replace(a("research"), id=HELLO.tasks[1].id))
    risks = {
        "offline": routed(plan, DEFAULT_TABLE, ALL, offline=True),
        "without ollama": routed(plan, DEFAULT_TABLE, {Tier.HAIKU: HAIKU}, offline=False),
        "all there": routed(plan, DEFAULT_TABLE, ALL, offline=False),
    }
    told = {
        name: [(problem.text.key, problem.text.args["tasks"]) for problem in r.problems] for name, r in risks.items()
    }
    assert told == {
        "offline": [("plan.offline_risk", "T1")],
        "without ollama": [("plan.local_unavailable", "T2")],
        "all there": [],
    }


def test_the_page_shows_the_table() -> None:
    shown = {
        TaskType(row[0]): tuple(Tier(tier) for tier in row[1:]) for row in table_under("planning.md", "Who does a task")
    }
    assert shown == {kind: tuple(DEFAULT_TABLE[kind, complexity] for complexity in Complexity) for kind in TaskType}

"""The first quote: repeatable, bounded below by its parts, in the shape of the command line."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest

from orchestra_desktop.domain.errors import InvalidInput, UnpricedModel
from orchestra_desktop.domain.ids import PlanHash
from orchestra_desktop.domain.messages import ToolSpec
from orchestra_desktop.domain.plan import Complexity, Plan, Tier
from orchestra_desktop.domain.pricing import Price, PriceTable, Rates, input_bound
from orchestra_desktop.domain.run import ModelChoice
from orchestra_desktop.planning.priors import load_priors
from orchestra_desktop.planning.prompt_sizes import prompt_tokens
from orchestra_desktop.planning.quote import Quote, quote, quote_json
from orchestra_desktop.resource_files import resource_text
from tests.prompts.examples import HAIKU, HELLO, LOCAL, REHEARSAL, SONNET, a_plan, a_spec, a_task

DAY = dt.date(2026, 11, 23)
PRIORS = load_priors(resource_text("priors.json"))
LONG = Rates(500, 2_500, 625, 1_000, 50)
PRICES = PriceTable(
    [
        Price(
            "claude-haiku-5-5", dt.date(2026, 1, 1), Rates(100, 500, 125, 200, 10), 1_000_000, 128_000, 100_000, LONG
        ),
        Price("claude-sonnet-5-5", dt.date(2026, 1, 1), Rates(2_000, 10_000, 2_500, 4_000, 100), 1_000_000, 128_000),
    ]
)
TOOLS = {name: ToolSpec(name, f"The tool {name}.", {"type": "object"}) for name in ("read_file", "write_file")}


def quoted(plan: Plan, choice: ModelChoice = HAIKU, tier: Tier = Tier.HAIKU, **settings: Any) -> Quote:
    return quote(a_spec(plan, choice, tier, **settings), TOOLS, PRICES, DAY, PRIORS)


FAN = a_plan(*[a_task(f"T{n}") for n in range(1, 41)])
CHAIN = a_plan(a_task("T1"), *[a_task(f"T{n}", f"T{n - 1}") for n in range(2, 41)])


def test_the_same_plan_gets_the_same_quote_and_another_hash_another() -> None:
    spec = a_spec(HELLO)
    assert quoted(HELLO) == quoted(HELLO)
    other = replace(spec, plan_hash=PlanHash("another"))
    assert quote(other, TOOLS, PRICES, DAY, PRIORS).p90 != quoted(HELLO).p90


def test_percentiles_are_in_order_and_within_their_parts() -> None:
    found = quoted(FAN)
    assert 0 < found.p50 < found.p90
    assert 0 < found.minutes.p50 < found.minutes.p90
    assert all(0 < task.p50 < task.p90 and 0 < task.minutes.p50 < task.minutes.p90 for task in found.tasks)
    assert found.p90 < sum(task.p90 for task in found.tasks)


def test_the_ceiling_is_the_larger_of_p90_and_p50_with_room_for_the_open_calls() -> None:
    for found in (quoted(HELLO), quoted(FAN), quoted(FAN, LOCAL, Tier.LOCAL)):
        assert found.ceiling == max(found.p90, found.p50 + found.worst_open)


def test_no_more_calls_are_open_than_the_limits_allow() -> None:
    one = quoted(FAN, concurrency=1).worst_open
    four = quoted(FAN, concurrency=8).worst_open  # Claude alone: 4
    assert one * 3.9 < four < one * 4.1
    assert quoted(a_plan(a_task("T1"))).worst_open == pytest.approx(one, rel=0.1)


def test_an_open_call_is_held_at_its_bound() -> None:
    plan = a_plan(a_task("T1", complexity=Complexity.COMPLEX, max_output_tokens=1_000))
    price = PRICES.price("claude-sonnet-5-5", DAY)
    tokens = prompt_tokens(a_spec(plan), TOOLS, {})
    least = price.bound(input_bound(tokens[plan.tasks[0].id] * 4), 1_000)
    assert least < quoted(plan, SONNET, Tier.SONNET).worst_open < least * 20


def test_local_and_rehearsed_tasks_cost_nothing_but_time() -> None:
    for choice in (LOCAL, REHEARSAL):
        found = quoted(FAN, choice, Tier.LOCAL)
        assert (found.p50, found.p90, found.ceiling) == (0, 0, 0)
        assert found.minutes.p50 > 0
    slow, quick = quoted(FAN, LOCAL, Tier.LOCAL), quoted(FAN, REHEARSAL, Tier.LOCAL)
    assert slow.minutes.p50 > 10 * quick.minutes.p50


def test_a_model_without_a_price_is_refused() -> None:
    with pytest.raises(UnpricedModel):
        quoted(HELLO, replace(HAIKU, model="claude-unheard-of"))


def test_a_chain_takes_the_sum_of_its_tasks_and_a_fan_the_work_by_the_limit() -> None:
    chain, fan = quoted(CHAIN, SONNET, Tier.SONNET), quoted(FAN, SONNET, Tier.SONNET)
    halves, nineties = (sum(getattr(task.minutes, name) for task in chain.tasks) for name in ("p50", "p90"))
    assert halves < chain.minutes.p50 < nineties  # the sum of skewed times has a greater middle than its parts
    assert fan.minutes.p50 == pytest.approx(chain.minutes.p50 / 4, rel=0.1)  # Claude: 4 at once
    assert chain.critical_path == tuple(task.id for task in CHAIN.tasks)
    assert len(fan.critical_path) == 1


def test_a_dearer_model_a_harder_task_and_a_longer_prompt_cost_more() -> None:
    plain = quoted(FAN).p50
    harder = a_plan(*[replace(task, complexity=Complexity.COMPLEX) for task in FAN.tasks])
    longer = a_plan(*[replace(task, description="x" * 200_000) for task in FAN.tasks])
    assert quoted(FAN, SONNET, Tier.SONNET).p50 > 5 * plain
    assert quoted(harder).p50 > 1.5 * plain
    assert quoted(longer).p50 > 3 * plain


def test_a_prompt_beyond_the_edge_pays_the_dearer_band() -> None:
    below = quoted(a_plan(a_task("T1", description="x" * 300_000))).p50
    above = quoted(a_plan(a_task("T1", description="x" * 450_000))).p50
    assert above > 5 * below


def test_results_of_dependencies_count_up_to_their_budget() -> None:
    many = a_plan(*[a_task(f"T{n}") for n in range(1, 40)], a_task("T40", *[f"T{n}" for n in range(1, 40)]))
    last = many.tasks[-1].id
    results = {task.id: 1_000 for task in many.tasks}
    sizes = [prompt_tokens(a_spec(many, dependency_tokens=budget), TOOLS, results)[last] for budget in (0, 500, 99_000)]
    assert sizes[1] - sizes[0] == 500
    assert sizes[2] - sizes[0] == 39_000


def test_expected_seconds_are_there_for_every_task() -> None:
    found = quoted(HELLO)
    assert set(found.expected_seconds) == {task.id for task in HELLO.tasks}
    assert all(seconds > 0 for seconds in found.expected_seconds.values())


def test_the_json_is_that_of_the_command_line() -> None:
    data = quote_json(quoted(HELLO))
    assert set(data) == {"p50", "p90", "ceiling", "minutes", "critical_path", "tasks"}
    assert all(isinstance(data[name], int) for name in ("p50", "p90", "ceiling"))
    assert set(data["tasks"][0]) == {"id", "p50", "p90", "minutes"}
    assert data["critical_path"] == ["T1", "T2"]


def test_an_empty_plan_costs_nothing() -> None:
    assert quoted(a_plan()).ceiling == 0


def test_each_of_200_tasks_is_quoted_and_the_longest_chain_found() -> None:
    found = quoted(a_plan(*[a_task(f"T{n}", *([f"T{n - 20}"] if n > 20 else [])) for n in range(1, 201)]))
    assert [task.id for task in found.tasks] == [f"T{n}" for n in range(1, 201)]
    assert len(found.critical_path) == 10
    assert 0 < found.p50 <= found.p90 <= found.ceiling


def test_numpy_is_loaded_only_by_a_quote() -> None:
    code = "import sys, orchestra_desktop.planning.quote, orchestra_desktop.planning.planner; print(*sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert "orchestra_desktop.planning.forecast" in said.stdout.split()
    assert "numpy" not in said.stdout.split()


def test_without_any_spread_the_quote_is_the_formula() -> None:
    """4 rounds of 1,000 tokens, 500 more from tools each time: 4 P + 1,500 (1 + 2 + 3) in, 4,000 out."""
    raw = json.loads(resource_text("priors.json")) | {"repeat_probability": 0, "shared_spread": 0}
    raw["speed"]["haiku"] = {"tokens_per_second": 100, "latency_seconds": 2}
    for kind in raw["tasks"]:
        kind |= {"rounds": [4, 4], "output_tokens": [1_000, 1_000], "tool_tokens": 500}
    spec = a_spec(a_plan(a_task("T1"), a_task("T2", "T1")))
    prompts = prompt_tokens(spec, TOOLS, dict.fromkeys((task.id for task in spec.plan.tasks), 1_000))
    found = quote(spec, TOOLS, PRICES, DAY, load_priors(json.dumps(raw)))
    dollars = [(4 * prompts[task.id] + 9_000) * 100 + 4_000 * 500 for task in spec.plan.tasks]
    assert [(task.p50, task.p90) for task in found.tasks] == [(amount, amount) for amount in dollars]
    assert (found.p50, found.p90) == (sum(dollars), sum(dollars))
    assert [task.expected_seconds for task in found.tasks] == [48.0, 48.0]
    assert found.minutes.p50 == found.minutes.p90 == pytest.approx(1.6)


@pytest.mark.parametrize("raw", ["", "{}", '{"version": 1}', resource_text("priors.json").replace('"opus"', '"haiku"')])
def test_damaged_priors_are_refused(raw: str) -> None:
    with pytest.raises(InvalidInput):
        load_priors(raw)

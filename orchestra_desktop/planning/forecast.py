"""Draws what the tasks of a run may cost and take, and bounds what may be open at once."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestra_desktop.domain.graph import topological_order
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.messages import ToolSpec
from orchestra_desktop.domain.plan import Complexity, PlanTask
from orchestra_desktop.domain.pricing import Price, PriceTable, Rates, input_bound
from orchestra_desktop.domain.run import OutputLimits, Route, RunSpec
from orchestra_desktop.planning.priors import PriorTable, sigma
from orchestra_desktop.planning.prompt_sizes import prompt_tokens
from orchestra_desktop.prompts.shortening import BYTES_PER_TOKEN

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Draws = NDArray[np.float64]

_DRAWS_IN_ALL = 200_000  # spread over the tasks: 200 of them are quoted in well under 100 ms
_FEWEST_SAMPLES = 1_000
_MOST_SAMPLES = 8_000


@dataclass(frozen=True, slots=True)
class Expected:
    """What is assumed of one task before anything is drawn. Tokens, seconds, nano-dollars per token."""

    task: PlanTask
    route: Route
    rounds: tuple[float, float]
    output: tuple[float, float]
    tool_tokens: float
    prompt: int
    limit: int
    tokens_per_second: float
    latency: float
    price: Price | None


def output_limit(task: PlanTask, limits: OutputLimits, most: int) -> int:
    """The output tokens one call of the task may have, thinking included."""
    match task.complexity:
        case Complexity.SIMPLE:
            usual = limits.simple
        case Complexity.MEDIUM:
            usual = limits.medium
        case Complexity.COMPLEX:
            usual = limits.complex
    return min(task.max_output_tokens or usual, most)


def expectations(
    spec: RunSpec, tools: Mapping[str, ToolSpec], prices: PriceTable, day: dt.date, priors: PriorTable
) -> list[Expected]:
    expected = []
    outputs = {task.id: _prior_output(spec, task, priors) for task in spec.plan.tasks}
    prompts = prompt_tokens(spec, tools, outputs)
    for task in spec.plan.tasks:
        route = spec.routes[task.id]
        prior = priors.task(task.task_type, task.complexity, route.tier)
        speed = priors.speed(route.choice.provider, route.tier)
        expected.append(
            Expected(
                task=task,
                route=route,
                rounds=prior.rounds,
                output=prior.output_tokens,
                tool_tokens=prior.tool_tokens,
                prompt=prompts[task.id],
                limit=output_limit(task, spec.settings.output_limits, route.choice.max_output_tokens),
                tokens_per_second=speed.tokens_per_second,
                latency=speed.latency_seconds,
                price=None if route.choice.free else prices.price(route.choice.model, day),
            )
        )
    return expected


def _prior_output(spec: RunSpec, task: PlanTask, priors: PriorTable) -> int:
    """The tokens of a task's result, which its dependants are sent: about one round's output."""
    return int(priors.task(task.task_type, task.complexity, spec.routes[task.id].tier).output_tokens[0])


def draw(expected: Sequence[Expected], spec: RunSpec, priors: PriorTable) -> tuple[Draws, Draws]:
    """Nano-dollars and seconds, one row per task and one column per sample."""
    import numpy as np

    random = np.random.default_rng(int.from_bytes(hashlib.sha256(spec.plan_hash.encode()).digest()[:8]))
    count = len(expected)
    samples = min(max(_DRAWS_IN_ALL // count, _FEWEST_SAMPLES), _MOST_SAMPLES)
    normal = random.standard_normal((2, count, samples), dtype=np.float32).astype(np.float64)
    shared = priors.shared_spread * random.standard_normal(samples)
    repeated = 1 + (random.random((count, samples), dtype=np.float32) < priors.repeat_probability)

    def column(values: Sequence[float]) -> Draws:
        return np.array(values, dtype=np.float64)[:, None]

    rounds = column([e.rounds[0] for e in expected]) * np.exp(column([sigma(e.rounds) for e in expected]) * normal[0])
    rounds = np.clip(np.rint(rounds), 1, spec.settings.max_rounds)
    output = column([e.output[0] for e in expected])
    output = output * np.exp(column([sigma(e.output) for e in expected]) * normal[1] + shared)
    output = np.clip(output, 1, column([e.limit for e in expected]))
    growth = output + column([e.tool_tokens for e in expected])
    prompt = column([e.prompt for e in expected])
    sent = rounds * prompt + growth * rounds * (rounds - 1) / 2
    longest = prompt + growth * (rounds - 1)
    rate_in, rate_out = _rates(expected, longest)
    dollars = repeated * (sent * rate_in + output * rounds * rate_out)
    speed = column([e.tokens_per_second for e in expected])
    seconds = repeated * rounds * (column([e.latency for e in expected]) + output / speed)
    return dollars, seconds


def _rates(expected: Sequence[Expected], longest: Draws) -> tuple[Draws, Draws]:
    """Input and output rates of each draw; a prompt that grows into the dearer band pays it for all its rounds."""
    import numpy as np

    nothing = Rates(0, 0, 0, 0, 0)
    usual = [e.price.rates if e.price else nothing for e in expected]
    dear = [e.price.long_prompt or e.price.rates if e.price else nothing for e in expected]
    edge = [e.price.long_prompt_above or 0 if e.price and e.price.long_prompt else np.inf for e in expected]
    beyond = longest > np.array(edge)[:, None]

    def chosen(low: list[int], high: list[int]) -> Draws:
        return np.where(beyond, np.array(high, dtype=np.float64)[:, None], np.array(low, dtype=np.float64)[:, None])

    return (
        chosen([rates.input for rates in usual], [rates.input for rates in dear]),
        chosen([rates.output for rates in usual], [rates.output for rates in dear]),
    )


def plan_seconds(
    graph: Mapping[str, Sequence[str]], seconds: Draws, expected: Sequence[Expected], spec: RunSpec
) -> Draws:
    """Per sample the longest path, or the work divided by what may run at once, in all and per provider."""
    import numpy as np

    places = {e.task.id: place for place, e in enumerate(expected)}
    finish = np.zeros_like(seconds)
    for id_ in topological_order(graph):
        place = places[TaskId(id_)]
        for dependency in graph[id_]:
            np.maximum(finish[place], finish[places[TaskId(dependency)]], out=finish[place])
        finish[place] += seconds[place]
    bounds = [finish.max(axis=0), seconds.sum(axis=0) / max(spec.settings.concurrency, 1)]
    for provider, rows in _by_provider(expected).items():
        bounds.append(seconds[rows].sum(axis=0) / _at_once(spec, provider))
    longest: Draws = np.maximum.reduce(bounds)
    return longest


def _by_provider(expected: Sequence[Expected]) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(expected):
        rows[one.route.choice.provider].append(place)
    return rows


def _at_once(spec: RunSpec, provider: str) -> int:
    limit = spec.settings.per_provider.get(provider, spec.settings.concurrency)
    return max(min(limit, spec.settings.concurrency), 1)


def worst_open(expected: Sequence[Expected], spec: RunSpec) -> int:
    """The dearest calls that the limits allow at one moment, each at the bound its reservation will hold."""
    dearest: list[int] = []
    for provider, rows in _by_provider(expected).items():
        bounds = sorted((_bound(expected[row]) for row in rows), reverse=True)
        dearest += bounds[: _at_once(spec, provider)]
    return sum(sorted(dearest, reverse=True)[: max(spec.settings.concurrency, 1)])


def _bound(one: Expected) -> int:
    """The reservation of a late round: the prompt grown by as many usual rounds as nine in ten tasks have.

    Rounds and output both at their 90th percentile were rejected: their product is far rarer than one in ten.
    """
    if one.price is None:
        return 0
    growth = (min(one.output[0], one.limit) + one.tool_tokens) * max(one.rounds[1] - 1, 0)
    prompt_bytes = int((one.prompt + growth) * BYTES_PER_TOKEN)
    return one.price.bound(input_bound(prompt_bytes), one.limit)

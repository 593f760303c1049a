"""What a plan will cost and take, as P50 and P90 before approval: drawn from priors over the prompts it will send.

Each task: rounds R and output O per round are lognormal; a prompt of P tokens that grows by the answer and tool
results T in each round sends R·P + (O + T)·R(R-1)/2 input tokens. The plan's time is max(critical path, work / limit),
which an exact schedule exceeds by at most 1.6 % (performance.md). The draws are seeded by the plan's hash: the same
plan gets the same quote.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from orchestra_desktop.domain.graph import critical_path
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.messages import ToolSpec
from orchestra_desktop.domain.pricing import PriceTable
from orchestra_desktop.domain.run import RunSpec
from orchestra_desktop.planning.forecast import Expected, draw, expectations, plan_seconds, worst_open
from orchestra_desktop.planning.priors import PriorTable

if TYPE_CHECKING:
    from orchestra_desktop.planning.forecast import Draws

_P50, _P90 = 50, 90


@dataclass(frozen=True, slots=True)
class Minutes:
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class TaskQuote:
    """One task: nano-dollars, minutes, and the seconds that scheduling expects of it."""

    id: TaskId
    p50: int
    p90: int
    minutes: Minutes
    expected_seconds: float


@dataclass(frozen=True, slots=True)
class Quote:
    """The whole plan. `worst_open` is the most that the calls held open at one moment can cost, in nano-dollars."""

    p50: int
    p90: int
    worst_open: int
    minutes: Minutes
    critical_path: tuple[TaskId, ...]
    tasks: tuple[TaskQuote, ...]

    @property
    def ceiling(self) -> int:
        """The default to sign: P90, or P50 with room for every call the limits may hold open, whichever is more."""
        return max(self.p90, self.p50 + self.worst_open)

    @property
    def expected_seconds(self) -> dict[TaskId, float]:
        """For `RunSpec.expected_seconds`."""
        return {task.id: task.expected_seconds for task in self.tasks}


def quote_json(quote: Quote) -> dict[str, Any]:
    """What `quote --json` prints (cli.md); amounts are nano-dollars."""
    return {
        "p50": quote.p50,
        "p90": quote.p90,
        "ceiling": quote.ceiling,
        "minutes": _minutes_json(quote.minutes),
        "critical_path": list(quote.critical_path),
        "tasks": [
            {"id": task.id, "p50": task.p50, "p90": task.p90, "minutes": _minutes_json(task.minutes)}
            for task in quote.tasks
        ],
    }


def _minutes_json(minutes: Minutes) -> dict[str, float]:
    return {"p50": round(minutes.p50, 2), "p90": round(minutes.p90, 2)}


def quote(spec: RunSpec, tools: Mapping[str, ToolSpec], prices: PriceTable, day: dt.date, priors: PriorTable) -> Quote:
    """The quote of a run as `spec` describes it; its `expected_seconds` may be empty, they come from here.

    `tools` are the toolbox's: what a task is offered of them is part of its prompt. Raises UnpricedModel for a routed
    model that is neither free nor priced on that day.
    """
    expected = expectations(spec, tools, prices, day, priors)
    if not expected:
        return Quote(0, 0, 0, Minutes(0.0, 0.0), (), ())
    dollars, seconds = draw(expected, spec, priors)
    tasks = _task_quotes(expected, dollars, seconds)
    graph: dict[str, Sequence[str]] = {task.id: task.depends_on for task in spec.plan.tasks}
    p50, p90 = _percentiles(dollars.sum(axis=0))
    time50, time90 = _percentiles(plan_seconds(graph, seconds, expected, spec))
    path = critical_path(graph, {task.id: task.expected_seconds for task in tasks})
    return Quote(
        p50=_whole(p50),
        p90=_whole(p90),
        worst_open=worst_open(expected, spec),
        minutes=Minutes(time50 / 60, time90 / 60),
        critical_path=tuple(TaskId(id_) for id_ in path),
        tasks=tasks,
    )


def _task_quotes(expected: Sequence[Expected], dollars: Draws, seconds: Draws) -> tuple[TaskQuote, ...]:
    import numpy as np

    money = np.percentile(dollars, [_P50, _P90], axis=1)
    time = np.percentile(seconds, [_P50, _P90], axis=1)
    return tuple(
        TaskQuote(
            id=one.task.id,
            p50=_whole(money[0, place]),
            p90=_whole(money[1, place]),
            minutes=Minutes(float(time[0, place]) / 60, float(time[1, place]) / 60),
            expected_seconds=float(time[0, place]),
        )
        for place, one in enumerate(expected)
    )


def _percentiles(draws: Draws) -> tuple[float, float]:
    import numpy as np

    low, high = np.percentile(draws, [_P50, _P90])
    return float(low), float(high)


def _whole(nano_dollars: float) -> int:
    return -int(-nano_dollars // 1)

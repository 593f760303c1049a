"""A plan as it is reviewed: its tasks as rows with tier and price, what was found, what changed, what may be ticked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestra_desktop.domain.graph import downstream, topological_order, upstream
from orchestra_desktop.domain.ids import RequirementId, TaskId
from orchestra_desktop.domain.money import PER_DOLLAR
from orchestra_desktop.domain.plan import Plan, PlanTask, PlanVersion, Tier
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.domain.run import Route
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.plan_changes import task_signs

if TYPE_CHECKING:
    from orchestra_desktop.services.shapes import Quote

# -- tasks ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One task of a version. Costs are nano-dollars, times minutes, both None while there is no quote.

    `route` is None where no model is there for the task. `sign` is `+` or `~` against the version before.
    """

    task: PlanTask
    title: str
    route: Route | None
    p50: int | None
    p90: int | None
    minutes: tuple[float, float] | None
    is_critical: bool
    sign: str

    @property
    def tier(self) -> Tier:
        """The tier that will do it: the route's, else what is asked for."""
        return self.route.tier if self.route is not None else self.task.model_tier


def task_rows(
    version: PlanVersion, before: Plan | None, routes: Mapping[TaskId, Route], quote: Quote | None
) -> tuple[TaskRow, ...]:
    """In the plan's order."""
    quoted = {task.id: task for task in quote.tasks} if quote is not None else {}
    critical = frozenset(quote.critical_path) if quote is not None else frozenset()
    signs = task_signs(before, version.plan)
    return tuple(
        TaskRow(
            task=task,
            title=harmless(task.title),
            route=routes.get(task.id),
            p50=quoted[task.id].p50 if task.id in quoted else None,
            p90=quoted[task.id].p90 if task.id in quoted else None,
            minutes=(quoted[task.id].minutes.p50, quoted[task.id].minutes.p90) if task.id in quoted else None,
            is_critical=task.id in critical,
            sign=signs.get(task.id, ""),
        )
        for task in version.plan.tasks
    )


# -- ticks ------------------------------------------------------------------------------------------------------------


def ticked(plan: Plan, ticks: Collection[TaskId], task: TaskId, *, on: bool) -> frozenset[TaskId]:
    """The ticks after one was set or taken. A ticked task needs those it depends on; an unticked one takes those that
    depend on it along: what is ticked can always run."""
    depends_on: dict[str, Sequence[str]] = {one.id: one.depends_on for one in plan.tasks}
    if not on:
        return frozenset(ticks) - {task, *(TaskId(id_) for id_ in downstream(depends_on, [task]))}
    return frozenset(ticks) | {task, *(TaskId(id_) for id_ in upstream(depends_on, [task]))}


def kept_ticks(plan: Plan, unticked: Collection[TaskId]) -> frozenset[TaskId]:
    """All tasks but those that were unticked before and what depends on them, for a plan that was just changed."""
    ticks = frozenset(task.id for task in plan.tasks)
    for task in unticked:
        if task in ticks:
            ticks = ticked(plan, ticks, task, on=False)
    return ticks


# -- what was found ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that was found about the plan: `error`, `warning` or `repaired`."""

    severity: str
    text: Text
    task: TaskId | None


_SEVERITIES = ("error", "warning", "repaired")


def findings(version: PlanVersion) -> tuple[Finding, ...]:
    """What stands in the way first, what was repaired last."""
    found = [
        Finding(str(row["severity"]), Text(str(row["key"]), dict(row["args"])), row["task"]) for row in version.problems
    ]
    return tuple(sorted(found, key=lambda one: _SEVERITIES.index(one.severity) if one.severity in _SEVERITIES else 0))


def claims(plan: Plan, requirements: Sequence[Requirement]) -> Mapping[RequirementId, tuple[TaskId, ...]]:
    """For each requirement the tasks of this version that claim it."""
    return {wish.id: tuple(task.id for task in plan.tasks if wish.id in task.requirement_ids) for wish in requirements}


_HALF_A_CENT = 5_000_000  # nano-dollars

# -- amounts ----------------------------------------------------------------------------------------------------------


def money_range(p50: int, p90: int, shown: Callable[[int], str]) -> str:
    """`$0.14–0.27`, `$0.00–0.01`, `<$0.01`, or one sum where both read alike; amounts are nano-dollars, the exact ones
    belong into a tool tip. `shown` gives one sum its words."""
    if p90 in {0, p50}:
        return shown(p90)
    if p90 < _HALF_A_CENT:
        return "<$0.01"
    low, high = f"{p50 / PER_DOLLAR:,.2f}", f"{p90 / PER_DOLLAR:,.2f}"
    return f"${high}" if low == high else f"${low}–{high}"


def minutes_range(p50: float, p90: float) -> str:
    """`20–95 s`, `4–7 min`, `1.5–2.3 h`, in the unit of the longer one."""
    if p90 < 2:
        return _span_of(p50 * 60, p90 * 60, "s", 0)
    if p90 < 90:
        return _span_of(p50, p90, "min", 0)
    return _span_of(p50 / 60, p90 / 60, "h", 1)


def _span_of(low: float, high: float, unit: str, decimals: int) -> str:
    first, last = f"{low:.{decimals}f}", f"{high:.{decimals}f}"
    return f"{last} {unit}" if first == last else f"{first}–{last} {unit}"


# -- when it will be done ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bar:
    """A task in the forecast: begins and ends at these minutes, at the latest at `late`."""

    task: TaskId
    start: float
    end: float
    late: float
    is_critical: bool


def forecast(rows: Sequence[TaskRow]) -> tuple[Bar, ...]:
    """Every task as soon as what it depends on is expected to be done; limits on how many run at once are not in it."""
    ends: dict[TaskId, float] = {}
    bars: dict[TaskId, Bar] = {}
    by_id = {row.task.id: row for row in rows}
    for id_ in _in_order(by_id):
        row = by_id[id_]
        low, high = row.minutes or (0.0, 0.0)
        start = max((ends.get(dependency, 0.0) for dependency in row.task.depends_on), default=0.0)
        ends[id_] = start + low
        bars[id_] = Bar(id_, start, start + low, start + high, row.is_critical)
    return tuple(bars[row.task.id] for row in rows)


def _in_order(rows: Mapping[TaskId, TaskRow]) -> list[TaskId]:
    graph: dict[str, Sequence[str]] = {id_: row.task.depends_on for id_, row in rows.items()}
    return [TaskId(id_) for id_ in topological_order(graph)]


# -- what leaves this machine -----------------------------------------------------------------------------------------


def leaves_for(routes: Collection[Route]) -> frozenset[str]:
    """The providers that tasks are sent to; a rehearsal asks nobody."""
    return frozenset(route.choice.provider for route in routes) - {"rehearsal"}

"""Chooses the tier and model of each task, and says why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestra_desktop.domain.errors import PlanError
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Complexity, Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.run import ModelChoice, Route
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.planning.problems import Problem, warning

TierTable = Mapping[tuple[TaskType, Complexity], Tier]

REHEARSAL = "rehearsal"  # the provider that stands in for every tier
_ROWS: dict[TaskType, tuple[Tier, Tier, Tier]] = {
    TaskType.CODE: (Tier.HAIKU, Tier.SONNET, Tier.SONNET),
    TaskType.RESEARCH: (Tier.LOCAL, Tier.HAIKU, Tier.SONNET),
    TaskType.ANALYSIS: (Tier.LOCAL, Tier.HAIKU, Tier.SONNET),
    TaskType.DOCUMENTATION: (Tier.LOCAL, Tier.HAIKU, Tier.SONNET),
    TaskType.ASSET: (Tier.LOCAL, Tier.LOCAL, Tier.LOCAL),
    TaskType.INTEGRATION: (Tier.HAIKU, Tier.HAIKU, Tier.SONNET),
}
DEFAULT_TABLE: TierTable = {
    (task_type, complexity): tier
    for task_type, tiers in _ROWS.items()
    for complexity, tier in zip(Complexity, tiers, strict=True)
}

_STAND_INS: dict[Tier, tuple[Tier, ...]] = {
    # Cheaper before dearer, so that no bill grows unseen; opus never: it is used by pin alone.
    Tier.LOCAL: (Tier.HAIKU, Tier.SONNET),
    Tier.HAIKU: (Tier.LOCAL, Tier.SONNET),
    Tier.SONNET: (Tier.HAIKU, Tier.LOCAL),
    Tier.OPUS: (Tier.SONNET, Tier.HAIKU, Tier.LOCAL),
}


@dataclass(frozen=True, slots=True)
class Routing:
    """The routes of a whole plan, and what they put at risk."""

    routes: dict[TaskId, Route]
    problems: tuple[Problem, ...]


def route(task: PlanTask, table: TierTable, available: Mapping[Tier, ModelChoice], *, offline: bool) -> Route:
    """Who does the task: the person's pin, else the table, within what is there.

    Raises PlanError if no model is there for it; a task marked "local only" never leaves this machine instead.
    """
    wanted, why = _wanted(task, table)
    if (offline or task.local_only) and Tier.LOCAL in available:
        choice = available[Tier.LOCAL]
        return Route(Tier.LOCAL, choice, _why_local(wanted, why, task, choice, offline=offline))
    if offline or task.local_only:
        raise PlanError(text("route.no_local_model", task=task.id))
    for tier in (wanted, *_STAND_INS[wanted]):
        choice_there = available.get(tier)
        if choice_there is not None:
            return Route(tier, choice_there, _why(wanted, tier, why, choice_there))
    raise PlanError(text("route.no_model", task=task.id, tier=wanted.value))


def _wanted(task: PlanTask, table: TierTable) -> tuple[Tier, Text]:
    if task.model_tier is not Tier.AUTO:
        return task.model_tier, text("route.pinned", tier=task.model_tier.value)
    tier = table.get((task.task_type, task.complexity), DEFAULT_TABLE[task.task_type, task.complexity])
    tier = DEFAULT_TABLE[task.task_type, task.complexity] if tier is Tier.AUTO else tier
    return tier, text("route.table", tier=tier.value, task_type=task.task_type.value, complexity=task.complexity.value)


def _why_local(wanted: Tier, why: Text, task: PlanTask, choice: ModelChoice, *, offline: bool) -> Text:
    if choice.provider == REHEARSAL:
        return text("route.rehearsal", tier=Tier.LOCAL.value)
    if wanted is Tier.LOCAL:
        return why
    return text("route.offline" if offline and not task.local_only else "route.local_only", wanted=wanted.value)


def _why(wanted: Tier, tier: Tier, why: Text, choice: ModelChoice) -> Text:
    if choice.provider == REHEARSAL:
        return text("route.rehearsal", tier=tier.value)
    if tier is wanted:
        return why
    return text(
        "route.local_unavailable" if wanted is Tier.LOCAL else "route.unavailable", wanted=wanted.value, tier=tier.value
    )


def routed(plan: Plan, table: TierTable, available: Mapping[Tier, ModelChoice], *, offline: bool) -> Routing:
    """A route for every task, and one warning for each way in which they differ from what was wanted."""
    routes = {task.id: route(task, table, available, offline=offline) for task in plan.tasks}
    problems = []
    for key, problem in _RISKS.items():
        tasks = [id_ for id_, chosen in routes.items() if chosen.why.key == key]
        if tasks:
            problems.append(warning(problem, tasks=", ".join(tasks[:20]), count=len(tasks)))
    return Routing(routes, tuple(problems))


_RISKS = {
    "route.offline": "plan.offline_risk",
    "route.local_unavailable": "plan.local_unavailable",
    "route.unavailable": "plan.tier_unavailable",
}

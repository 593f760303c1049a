"""Which tasks of a plan claim which requirement."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestra_desktop.domain.ids import RequirementId, TaskId
from orchestra_desktop.domain.plan import Plan, PlanTask
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.planning.problems import Problem, repaired, warning

_NUMBER = re.compile(r"[\[(]?\s*(?:r|req|requirement)?[\s#._-]*0*([1-9][0-9]{0,8})\s*[\])]?", re.IGNORECASE)


def coverage(plan: Plan, requirements: Sequence[Requirement]) -> Mapping[RequirementId, tuple[TaskId, ...]]:
    """For each requirement the tasks that claim it, in the plan's order; an empty tuple where none does."""
    claimed: dict[RequirementId, list[TaskId]] = {requirement.id: [] for requirement in requirements}
    for task in plan.tasks:
        for id_ in task.requirement_ids:
            if id_ in claimed:
                claimed[id_].append(task.id)
    return {id_: tuple(tasks) for id_, tasks in claimed.items()}


def with_known_requirements(
    task: PlanTask, requirements: Mapping[RequirementId, Requirement], found: list[Problem]
) -> PlanTask:
    """The task with ids of requirements that exist; `r1`, `[R1]` and `1` are read as `R1`."""
    ids: dict[RequirementId, None] = {}
    for given in task.requirement_ids:
        match = _NUMBER.fullmatch(given)
        id_ = given if given in requirements else RequirementId(f"R{match.group(1)}") if match else given
        if id_ in requirements:
            ids[id_] = None
        else:
            found.append(repaired("plan.unknown_requirement", task.id, given=given[:60]))
    return replace(task, requirement_ids=tuple(ids))


def uncovered(plan: Plan, requirements: Sequence[Requirement]) -> list[Problem]:
    """A warning for each requirement that no task claims."""
    claimed = coverage(plan, requirements)
    return [warning("plan.uncovered", requirement=id_) for id_, tasks in claimed.items() if not tasks]

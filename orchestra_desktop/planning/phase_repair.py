"""Puts phases in order: each task in a phase that exists, and no task before what it depends on."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import replace

from orchestra_desktop.domain.graph import topological_order
from orchestra_desktop.domain.ids import PhaseId, TaskId
from orchestra_desktop.domain.plan import Phase, PlanTask
from orchestra_desktop.planning.problems import Problem, repaired

Phases = tuple[Phase, ...]
Tasks = tuple[PlanTask, ...]


def phased(phases: Sequence[Phase], tasks: Tasks, found: list[Problem]) -> tuple[Phases, Tasks]:
    """Phases with ids of their own, tasks that name one of them, in an order in which nothing runs backwards.

    Dependencies must be known and acyclic. A plan without phases keeps none.
    """
    named = _with_unique_ids(phases, found) or _from_tasks(tasks)
    if not named:
        return (), tasks
    order = [TaskId(id_) for id_ in topological_order({task.id: task.depends_on for task in tasks})]
    placed = _placed(named, tasks, order, found)
    ordered = _reordered(named, placed, found)
    return ordered, _moved_later(ordered, placed, order, found)


def _with_unique_ids(phases: Sequence[Phase], found: list[Problem]) -> Phases:
    taken: set[str] = set()
    unique = []
    for place, phase in enumerate(phases, start=1):
        id_ = phase.id
        if not id_ or id_ in taken:
            id_ = next(PhaseId(f"P{n}") for n in range(place, place + len(phases) + 1) if f"P{n}" not in taken)
            found.append(repaired("plan.duplicate_phase", given=phase.id, used=id_))
        taken.add(id_)
        unique.append(replace(phase, id=id_, name=phase.name or id_))
    return tuple(unique)


def _from_tasks(tasks: Tasks) -> Phases:
    """Phases that only the tasks know of."""
    return tuple(Phase(name, name) for name in dict.fromkeys(task.phase for task in tasks) if name)


def _placed(phases: Phases, tasks: Tasks, order: Sequence[TaskId], found: list[Problem]) -> Tasks:
    """Every task in a phase that exists: by id, by name, else beside the latest task it depends on, else the first."""
    by_name = {phase.name.casefold(): phase.id for phase in reversed(phases)} | {phase.id: phase.id for phase in phases}
    places = {phase.id: place for place, phase in enumerate(phases)}
    by_id = {task.id: task for task in tasks}
    chosen: dict[TaskId, PhaseId] = {}
    for id_ in order:
        given = by_id[id_].phase or ""
        known = by_name.get(given) or by_name.get(given.casefold())
        if known is None:
            known = max((chosen[d] for d in by_id[id_].depends_on), key=places.__getitem__, default=phases[0].id)
            found.append(repaired("plan.phase_missing", id_, used=known))
        chosen[id_] = known
    return tuple(replace(task, phase=chosen[task.id]) for task in tasks)


def _reordered(phases: Phases, tasks: Tasks, found: list[Problem]) -> Phases:
    """The phases in an order that follows the dependencies; as they were where there is none."""
    phase_of = {task.id: task.phase for task in tasks}
    places = {phase.id: place for place, phase in enumerate(phases)}
    edges = {
        (places[before], places[task.phase])
        for task in tasks
        for dependency in task.depends_on
        if (before := phase_of[dependency]) and task.phase and before != task.phase
    }
    order = _earliest_first(len(phases), edges)
    if len(order) < len(phases) or order == sorted(order):
        return phases
    found.append(repaired("plan.phases_reordered", order=", ".join(phases[place].name for place in order)))
    return tuple(phases[place] for place in order)


def _earliest_first(count: int, edges: set[tuple[int, int]]) -> list[int]:
    """Topological order that changes the given one least: of all that are free the earliest comes next."""
    waiting = [0] * count
    after: list[list[int]] = [[] for _ in range(count)]
    for before, later in edges:
        waiting[later] += 1
        after[before].append(later)
    free = [place for place in range(count) if waiting[place] == 0]
    order = []
    while free:
        place = heapq.heappop(free)
        order.append(place)
        for later in after[place]:
            waiting[later] -= 1
            if waiting[later] == 0:
                heapq.heappush(free, later)
    return order


def _moved_later(phases: Phases, tasks: Tasks, order: Sequence[TaskId], found: list[Problem]) -> Tasks:
    """Two phases that need each other: tasks move to the phase of the latest task they depend on."""
    places = {phase.id: place for place, phase in enumerate(phases)}
    by_id = {task.id: task for task in tasks}
    place_of: dict[TaskId, int] = {}
    for id_ in order:
        task = by_id[id_]
        own = places[task.phase] if task.phase else 0
        place_of[id_] = max([own, *(place_of[dependency] for dependency in task.depends_on)])
        if place_of[id_] != own:
            found.append(repaired("plan.phase_moved", id_, used=phases[place_of[id_]].name))
    return tuple(replace(task, phase=phases[place_of[task.id]].id) for task in tasks)

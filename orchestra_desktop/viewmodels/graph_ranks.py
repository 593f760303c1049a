"""Which column each task of the graph's picture stands in, and which band its phase: longest paths, phase by phase."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Graph = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Ranking:
    """`rank` is a task's column from 0, `lane` the band it lies in; `framed` are the phases that may have a frame.

    Phases of one lane share no column and lanes share no height, so no two frames can overlap.
    """

    rank: dict[str, int]
    lane: dict[str, int]
    framed: tuple[str, ...]


def ranked(graph: Graph, phase_of: Mapping[str, str | None]) -> Ranking:
    """Columns by longest path (a task's wave), each phase beginning after the last column of those it needs.

    Where phases need each other in a circle, columns are by dependencies alone and nothing is framed. A circle of
    tasks, which validation would have repaired, is cut at its first task in the plan's order.
    """
    order = _order(graph)
    needed = _phases_needed(graph, order, phase_of)
    if needed is None:
        return Ranking(_columns(graph, order, {}, {}), dict.fromkeys(graph, 0), ())
    rank = _longest_paths(graph, order, phase_of, needed)
    lane_of = _lanes(graph, rank, phase_of, tuple(needed))
    return Ranking(rank, {task: lane_of[phase_of.get(task) or None] for task in graph}, tuple(needed))


def _order(graph: Graph) -> list[str]:
    """Dependencies first; among those that are free at once, the plan's order."""
    missing = {task: sum(needed in graph for needed in set(needs) - {task}) for task, needs in graph.items()}
    dependants: dict[str, list[str]] = {task: [] for task in graph}
    for task, needs in graph.items():
        for needed in dict.fromkeys(needs):
            if needed in graph and needed != task:
                dependants[needed].append(task)
    free = deque(task for task, count in missing.items() if not count)
    order: list[str] = []
    waiting = dict.fromkeys(graph)
    while waiting:
        task = free.popleft() if free else next(iter(waiting))  # the second only on a circle
        if task not in waiting:
            continue
        del waiting[task]
        order.append(task)
        for dependant in dependants[task]:
            missing[dependant] -= 1
            if not missing[dependant]:
                free.append(dependant)
    return order


def _phases_needed(
    graph: Graph, order: Sequence[str], phase_of: Mapping[str, str | None]
) -> dict[str, set[str]] | None:
    """The phases, needed ones first, each with those it needs, also by way of tasks of no phase.

    None if phases, or a phase and such tasks, need each other in a circle: a frame would have to begin after its end.
    """
    group = {task: phase_of.get(task) or f"\0{task}" for task in graph}
    needs: dict[str, set[str]] = {group[task]: set() for task in graph}
    for task in graph:
        needs[group[task]] |= {group[need] for need in graph[task] if need in graph and group[need] != group[task]}
    groups = _order({name: tuple(sorted(others)) for name, others in needs.items()})
    place = {name: at for at, name in enumerate(groups)}
    if any(place[other] > place[name] for name, others in needs.items() for other in others):
        return None
    phases = {phase_of.get(task) for task in order} - {None, ""}
    for name in groups:
        passed = [other for other in needs[name] if other not in phases]
        needs[name] = {other for other in needs[name] if other in phases}.union(*(needs[other] for other in passed))
    return {name: needs[name] for name in groups if name in phases}


def _longest_paths(
    graph: Graph, order: Sequence[str], phase_of: Mapping[str, str | None], needed: Mapping[str, set[str]]
) -> dict[str, int]:
    """Columns in two steps: where each phase can begin at the earliest, then the tasks, repeated until nothing moves.

    Phases push tasks and tasks push phases; each round settles at least the next phase in order, so there are at most
    as many rounds as phases.
    """
    begin = dict.fromkeys(needed, 0)
    while True:
        rank = _columns(graph, order, phase_of, begin)
        last = dict.fromkeys(needed, -1)
        for task, column in rank.items():
            phase = phase_of.get(task)
            if phase:
                last[phase] = max(last[phase], column)
        moved = {phase: max([begin[phase], *(last[other] + 1 for other in others)]) for phase, others in needed.items()}
        if moved == begin:
            return rank
        begin = moved


def _columns(
    graph: Graph, order: Sequence[str], phase_of: Mapping[str, str | None], begin: Mapping[str, int]
) -> dict[str, int]:
    rank: dict[str, int] = {}
    for task in order:
        earliest = begin.get(phase_of.get(task) or "", 0)
        for need in graph[task]:
            if need in rank and rank[need] >= earliest:
                earliest = rank[need] + 1
        rank[task] = earliest
    return rank


def _lanes(
    graph: Graph, rank: Mapping[str, int], phase_of: Mapping[str, str | None], phases: Sequence[str]
) -> dict[str | None, int]:
    """A band for each phase: the first whose phases share no column with it. Tasks of no phase get the last one."""
    spans: dict[str, tuple[int, int]] = {}
    for task in graph:
        phase = phase_of.get(task)
        if phase:
            first, last = spans.get(phase, (rank[task], rank[task]))
            spans[phase] = (min(first, rank[task]), max(last, rank[task]))
    lanes: list[list[tuple[int, int]]] = []
    lane_of: dict[str | None, int] = {}
    for phase in phases:
        first, last = spans[phase]
        free = (at for at, taken in enumerate(lanes) if all(last < begin or end < first for begin, end in taken))
        lane_of[phase] = next(free, len(lanes))
        if lane_of[phase] == len(lanes):
            lanes.append([])
        lanes[lane_of[phase]].append((first, last))
    lane_of[None] = len(lanes)
    return lane_of

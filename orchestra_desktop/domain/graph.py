"""The task graph: dependencies checked by name, waves, the order of the longest remaining path."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence

from orchestra_desktop.domain.errors import DependencyCycle, DuplicateTask, SelfDependency, UnknownDependency

Dependencies = Mapping[str, Sequence[str]]


def check_graph(tasks: Iterable[tuple[str, Sequence[str]]]) -> dict[str, tuple[str, ...]]:
    """The tasks' dependencies by id. Raises the named GraphError of the first fault found."""
    graph: dict[str, tuple[str, ...]] = {}
    for task, depends_on in tasks:
        if task in graph:
            raise DuplicateTask(task)
        graph[task] = tuple(dict.fromkeys(depends_on))
    for task, depends_on in graph.items():
        _check_edges(graph, task, depends_on)
    order = topological_order(graph)
    if len(order) < len(graph):
        raise DependencyCycle(find_cycle(graph, set(graph) - set(order)))
    return graph


def _check_edges(graph: Dependencies, task: str, depends_on: Sequence[str]) -> None:
    for dependency in depends_on:
        if dependency == task:
            raise SelfDependency(task)
        if dependency not in graph:
            raise UnknownDependency(task, dependency)


def dependants_of(graph: Dependencies) -> dict[str, list[str]]:
    """For each task those that depend on it, in the plan's order."""
    dependants: dict[str, list[str]] = {task: [] for task in graph}
    for task, depends_on in graph.items():
        for dependency in depends_on:
            dependants[dependency].append(task)
    return dependants


def topological_order(graph: Dependencies) -> list[str]:
    """Dependencies first (Kahn 1962); tasks on or behind a cycle are missing from the list."""
    missing = {task: len(depends_on) for task, depends_on in graph.items()}
    dependants = dependants_of(graph)
    free = deque(task for task, count in missing.items() if count == 0)
    order: list[str] = []
    while free:
        task = free.popleft()
        order.append(task)
        for dependant in dependants[task]:
            missing[dependant] -= 1
            if missing[dependant] == 0:
                free.append(dependant)
    return order


def find_cycle(graph: Dependencies, among: set[str]) -> tuple[str, ...]:
    """One cycle, in the direction "needs", the first task repeated at its end.

    networkx is imported here and nowhere else: it costs 136 ms and most plans have no cycle.
    """
    import networkx as nx

    digraph = nx.DiGraph()
    digraph.add_edges_from(
        (task, dependency) for task in graph for dependency in graph[task] if {task, dependency} <= among
    )
    edges = nx.find_cycle(digraph)
    return (*(edge[0] for edge in edges), edges[0][0])


def waves(graph: Dependencies) -> dict[str, int]:
    """The depth of each task, counted from 1: a task's wave is one more than the deepest of its dependencies."""
    depth: dict[str, int] = {}
    for task in topological_order(graph):
        depth[task] = 1 + max((depth[dependency] for dependency in graph[task]), default=0)
    return depth


def remaining_path(graph: Dependencies, seconds: Mapping[str, float]) -> dict[str, float]:
    """Seconds from the start of each task to the end of the plan along the dearest way, itself included."""
    dependants = dependants_of(graph)
    remaining: dict[str, float] = {}
    for task in reversed(topological_order(graph)):
        remaining[task] = seconds.get(task, 0.0) + max((remaining[d] for d in dependants[task]), default=0.0)
    return remaining


def critical_path(graph: Dependencies, seconds: Mapping[str, float]) -> tuple[str, ...]:
    """The chain of tasks that decides the finish; the first in the plan's order among equals."""
    remaining = remaining_path(graph, seconds)
    dependants = dependants_of(graph)
    candidates = [task for task, depends_on in graph.items() if not depends_on]
    path: list[str] = []
    while candidates:
        longest = max(candidates, key=lambda task: remaining[task])
        path.append(longest)
        candidates = dependants[longest]
    return tuple(path)


def downstream(graph: Dependencies, of: Iterable[str]) -> set[str]:
    """Everything that depends, directly or not, on the given tasks; themselves left out."""
    dependants = dependants_of(graph)
    return _reach(dependants, of)


def upstream(graph: Dependencies, of: Iterable[str]) -> set[str]:
    """Everything the given tasks depend on, directly or not; themselves left out."""
    return _reach(graph, of)


def _reach(neighbours: Dependencies, of: Iterable[str]) -> set[str]:
    start = list(of)
    found: set[str] = set()
    queue = deque(start)
    while queue:
        for neighbour in neighbours[queue.popleft()]:
            if neighbour not in found:
                found.add(neighbour)
                queue.append(neighbour)
    return found - set(start)

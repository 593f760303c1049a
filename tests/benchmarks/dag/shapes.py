"""The task graphs that are measured, as edges `{task: dependencies}`, and how long their tasks take."""

from __future__ import annotations

import math
from collections.abc import Mapping
from random import Random

Edges = Mapping[str, tuple[str, ...]]
Seconds = Mapping[str, float]

MEAN_S = 0.049
_SIGMA = 0.8  # of the logarithm: one task in twenty takes more than twice the mean
_LAYER = 100
_PARENTS = 3


def fan_out(tasks: int) -> Edges:
    """Nothing depends on anything."""
    return {f"T{n}": () for n in range(tasks)}


def chain(tasks: int) -> Edges:
    """Each depends on the one before."""
    return {f"T{n}": (f"T{n - 1}",) if n else () for n in range(tasks)}


def layered(tasks: int) -> Edges:
    """Layers of 100; each task depends on three of the layer before."""
    return {f"T{n}": _above(n) for n in range(tasks)}


def _above(number: int) -> tuple[str, ...]:
    layer, place = divmod(number, _LAYER)
    if layer == 0:
        return ()
    start = (layer - 1) * _LAYER
    return tuple(f"T{start + (place * 7 + parent * 13) % _LAYER}" for parent in range(_PARENTS))


def random_graph(tasks: int, seed: int) -> Edges:
    """Each depends on up to three of the 200 before it."""
    chance = Random(seed)
    edges: dict[str, tuple[str, ...]] = {}
    for n in range(tasks):
        near = range(max(0, n - 2 * _LAYER), n)
        parents = chance.sample(near, min(len(near), chance.randrange(_PARENTS + 1)))
        edges[f"T{n}"] = tuple(f"T{parent}" for parent in sorted(parents))
    return edges


def mixed_seconds(edges: Edges, seed: int) -> Seconds:
    """A lognormal time for each task, 49 ms in the mean."""
    chance = Random(seed)
    middle = math.log(MEAN_S) - _SIGMA**2 / 2
    return {task: chance.lognormvariate(middle, _SIGMA) for task in edges}


def dependants_of(edges: Edges) -> dict[str, list[str]]:
    dependants: dict[str, list[str]] = {task: [] for task in edges}
    for task, parents in edges.items():
        for parent in parents:
            dependants[parent].append(task)
    return dependants


def remaining_path(edges: Edges, seconds: Seconds) -> dict[str, float]:
    """The seconds of the longest path from each task to an end, the task included."""
    dependants = dependants_of(edges)
    path: dict[str, float] = {}
    for task in reversed(list(edges)):  # parents come first in every shape
        path[task] = seconds[task] + max((path[dependant] for dependant in dependants[task]), default=0.0)
    return path


def least_seconds(edges: Edges, seconds: Seconds, limit: int) -> float:
    """What no schedule can beat: the longest path, or all work spread evenly over the limit."""
    return max(*remaining_path(edges, seconds).values(), sum(seconds.values()) / limit)

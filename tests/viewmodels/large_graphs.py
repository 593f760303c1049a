"""Large made-up task graphs, the same ones whenever they are asked for: each task with what it needs."""

from __future__ import annotations

import random

Graph = dict[str, list[str]]


def random_graph(tasks: int, seed: int, most_needs: int = 3) -> Graph:
    draw = random.Random(seed)
    ids = [f"T{number}" for number in range(1, tasks + 1)]
    return {
        task: [ids[draw.randrange(at)] for _ in range(min(at, draw.randint(0, most_needs)))]
        for at, task in enumerate(ids)
    }


def layered_graph(tasks: int, width: int, seed: int = 1) -> Graph:
    """Each task needs one or two of the layer before, and one in ten a task of any layer before that."""
    draw = random.Random(seed)
    ids = [f"T{number}" for number in range(1, tasks + 1)]
    graph: Graph = {}
    for at, task in enumerate(ids):
        before = at // width * width
        near = [ids[before - width + draw.randrange(width)] for _ in range(draw.randint(1, 2))] if before else []
        far = [ids[draw.randrange(before)]] if before and draw.random() < 0.1 else []
        graph[task] = near + far
    return graph


def two_hubs(tasks: int) -> Graph:
    """Two tasks that all others need, and two that need everything."""
    graph: Graph = {"A": [], "B": []} | {f"T{number}": ["A", "B"] for number in range(tasks)}
    return graph | {"E": list(graph), "F": list(graph)}

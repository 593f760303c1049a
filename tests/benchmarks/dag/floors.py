"""The controls: the same graph as bare asyncio tasks, with nothing else and with the same writes."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from orchestra_desktop.domain.ports import Journal
from tests.benchmarks.dag.recording import Recording
from tests.benchmarks.dag.shapes import Edges

Node = Callable[[str], Awaitable[object]]


async def bare_tasks(edges: Edges, limit: int) -> None:
    """An asyncio task for each task of the graph that does nothing."""
    await _carried_out(edges, limit, _nothing)


async def durable_tasks(edges: Edges, limit: int, journal: Journal, recording: Recording) -> None:
    """Writes what a run wrote, in the same batches through the same journal, and waits for the same commits.

    There are no rules, prompts, budget, provider or view in it.
    """
    commits = [journal.append(batch) for batch in recording.first]

    async def node(task: str) -> None:
        await journal.append(recording.reserved[task])
        commits[-1] = journal.append(recording.ended[task])

    await _carried_out(edges, limit, node)
    await commits[-1]


async def _nothing(_task: str) -> None:
    return


async def _carried_out(edges: Edges, limit: int, node: Node) -> None:
    """Per-edge readiness: whoever ends releases those who waited for nothing else, in the same turn."""
    missing = {task: len(parents) for task, parents in edges.items()}
    dependants: dict[str, list[str]] = {task: [] for task in edges}
    for task, parents in edges.items():
        for parent in parents:
            dependants[parent].append(task)
    ready = deque(task for task, count in missing.items() if not count)
    free = limit

    async with asyncio.TaskGroup() as group:

        def start_ready() -> None:
            nonlocal free
            while ready and free:
                free -= 1
                group.create_task(run(ready.popleft()))

        async def run(task: str) -> None:
            nonlocal free
            await node(task)
            free += 1
            for dependant in dependants[task]:
                missing[dependant] -= 1
                if not missing[dependant]:
                    ready.append(dependant)
            start_ready()

        start_ready()

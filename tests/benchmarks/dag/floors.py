"""The controls: the same graph as bare asyncio tasks, with nothing else and with the same writes."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable

from orchestra_desktop.domain.ports import Journal
from tests.benchmarks.dag.recording import Recording
from tests.benchmarks.dag.shapes import Edges, Seconds, dependants_of, remaining_path

Node = Callable[[str], Awaitable[object]]


async def bare_tasks(edges: Edges, limit: int) -> None:
    """An asyncio task for each task of the graph that does nothing."""
    await _carried_out(edges, limit, _nothing, dict.fromkeys(edges, 1.0))


async def durable_tasks(
    edges: Edges,
    limit: int,
    journal: Journal,
    recording: Recording,
    *,
    call: Node | None = None,
    seconds: Seconds | None = None,
) -> None:
    """Writes what a run wrote, in the same batches through the same journal, and waits for the same commits.

    There are no rules, prompts, budget or view in it. `call` is awaited where a run would wait for the model; `seconds`
    are what it is expected to take.
    """
    commits = [journal.append(batch) for batch in recording.first]

    async def node(task: str) -> None:
        await journal.append(recording.reserved[task])
        if call is not None:
            await call(task)
        commits[-1] = journal.append(recording.ended[task])

    await _carried_out(edges, limit, node, dict.fromkeys(edges, 1.0) if seconds is None else seconds)
    await commits[-1]


async def _nothing(_task: str) -> None:
    return


async def _carried_out(edges: Edges, limit: int, node: Node, seconds: Seconds) -> None:
    """Per-edge readiness: whoever ends releases those who waited for nothing else, in the same turn; longest remaining
    path first."""
    missing = {task: len(parents) for task, parents in edges.items()}
    dependants = dependants_of(edges)
    path = remaining_path(edges, seconds)
    ready = [(-path[task], task) for task, count in missing.items() if not count]
    heapq.heapify(ready)
    free = limit

    async with asyncio.TaskGroup() as group:

        def start_ready() -> None:
            nonlocal free
            while ready and free:
                free -= 1
                group.create_task(run(heapq.heappop(ready)[1]))

        async def run(task: str) -> None:
            nonlocal free
            await node(task)
            free += 1
            for dependant in dependants[task]:
                missing[dependant] -= 1
                if not missing[dependant]:
                    heapq.heappush(ready, (-path[dependant], dependant))
            start_ready()

        start_ready()

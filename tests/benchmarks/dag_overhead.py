"""What the engine adds to a run of tasks that do nothing, over the bare cost of making the same facts durable.

    python -m tests.benchmarks.dag_overhead [--loop asyncio|qasync|both] [--quick] [--folder DIR]

Microseconds per task, medians. For each shape: the floor is an asyncio task per node; the durable floor is the control,
bare tasks that write what a recorded run wrote, in the same batches and waiting for the same commits; the engine is
everything, for a paid and a free service. Engine and control take turns in the same process, ratios are medians over
pairs. Makespan: tasks of mixed durations on a service of its own thread, as bound / actual, and what that leaves and
what it takes for each step from a task to the next on the longest path. The chain, where nothing else goes on at the
same time, shows the least a step takes on this machine.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestra_desktop.domain.graph import critical_path
from orchestra_desktop.domain.ports import Batch, ModelProvider
from orchestra_desktop.engine.bodies import body
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_store
from tests.benchmarks.dag.floors import bare_tasks, durable_tasks
from tests.benchmarks.dag.loops import LOOPS, runner
from tests.benchmarks.dag.recording import Recording
from tests.benchmarks.dag.services import InstantService, ServiceThread, SlowService
from tests.benchmarks.dag.shapes import (
    Edges,
    Seconds,
    chain,
    fan_out,
    layered,
    least_seconds,
    mixed_seconds,
    random_graph,
)
from tests.benchmarks.dag.whole_engine import Took, spec_for, whole_engine

LIMIT = 64
HIGHEST_RATIO = {"fan_out_1000": 3.0, "layered_1000": 3.0, "chain_200": 1.5}
LEAST_OF_BOUND = 0.97
LONGEST_TURN_MS = 50.0

SHAPES = {"fan_out_1000": fan_out(1_000), "chain_200": chain(200), "layered_1000": layered(1_000)}
MIXED = {"layered_1000": layered(1_000), "random_1000": random_graph(1_000, seed=1)}
ALONE = {"chain_50": chain(50)}


@dataclass(frozen=True, slots=True)
class Bench:
    """Where and how often is measured."""

    folder: Path
    pairs: int
    makespans: int

    @asynccontextmanager
    async def store(self) -> AsyncIterator[Store]:
        """A data folder of its own, its database open; what earlier measurements left in memory is cleared up first."""
        with tempfile.TemporaryDirectory(dir=self.folder) as path:
            store = open_store(DataFolder(Path(path)))
            gc.collect()
            try:
                await _use(store)
                yield store
            finally:
                await store.close()


async def _use(store: Store) -> None:
    """Lets the write-ahead log grow to the size it keeps: until then a commit takes twice as long, once per session."""
    await store.journal.append(Batch(bodies=tuple(body(os.urandom(50_000)) for _ in range(100))))


def service_for(free: bool) -> ModelProvider:
    return InstantService("ollama" if free else "anthropic", free)


# -- overhead -------------------------------------------------------------------------------------------------------


async def floor(edges: Edges, times: int) -> float:
    """Seconds for the whole graph."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await bare_tasks(edges, LIMIT)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


async def control_once(bench: Bench, edges: Edges, recording: Recording) -> Took:
    async with bench.store() as store:
        began, computed = time.perf_counter(), time.process_time()
        await durable_tasks(edges, LIMIT, store.journal, recording)
        return Took(time.perf_counter() - began, time.process_time() - computed)


async def engine_once(bench: Bench, edges: Edges, free: bool, recording: Recording | None = None) -> Took:
    async with bench.store() as store:
        return await whole_engine(spec_for(edges, LIMIT, free=free), service_for(free), store, recording)


async def overhead(bench: Bench, edges: Edges, free: bool) -> dict[str, Any]:
    """Engine and control in turns; the first run of each only warms up."""
    recording = Recording()
    await engine_once(bench, edges, free, recording)
    await control_once(bench, edges, recording)
    engine, control = [], []
    for _ in range(bench.pairs):
        engine.append(await engine_once(bench, edges, free))
        control.append(await control_once(bench, edges, recording))
    tasks = len(edges)
    ratios = [mine.wall / theirs.wall for mine, theirs in zip(engine, control, strict=True)]
    return {
        "engine_us": _per_task((took.wall for took in engine), tasks),
        "engine_cpu_us": _per_task((took.cpu for took in engine), tasks),
        "durable_floor_us": _per_task((took.wall for took in control), tasks),
        "durable_floor_cpu_us": _per_task((took.cpu for took in control), tasks),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_from_to": [round(min(ratios), 2), round(max(ratios), 2)],
        "longest_turn_ms": round(max(took.longest_turn for took in engine) * 1e3, 1),
        "events_per_task": round(recording.events / tasks, 2),
    }


def _per_task(seconds: Iterable[float], tasks: int) -> float:
    return round(statistics.median(seconds) / tasks * 1e6, 1)


# -- makespan -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Makespan:
    """What one graph took and what no schedule can beat, in seconds, with the tasks on its longest path."""

    bound: float
    actual: float
    steps: int

    @property
    def of_bound(self) -> float:
        return self.bound / self.actual

    @property
    def late(self) -> float:
        """Per step."""
        return (self.actual - self.bound) / self.steps

    @property
    def may_be_late(self) -> float:
        """Per step, for the share of the bound that is asked for."""
        return (self.bound / LEAST_OF_BOUND - self.bound) / self.steps


async def makespan(bench: Bench, edges: Edges) -> dict[str, Any]:
    """Bound / actual of engine and control in turns, with other durations in each pair."""
    recording = Recording()
    await engine_once(bench, edges, False, recording)
    engine, control = [], []
    for seed in range(bench.makespans):
        seconds = mixed_seconds(edges, seed)
        bound, steps = least_seconds(edges, seconds, LIMIT), len(critical_path(edges, seconds))
        with ServiceThread() as thread:
            engine.append(Makespan(bound, await _engine_makespan(bench, edges, seconds, thread), steps))
            control.append(Makespan(bound, await _control_makespan(bench, edges, seconds, thread, recording), steps))
    shares = [run.of_bound for run in engine]
    return {
        "of_bound": round(statistics.median(shares), 4),
        "of_bound_from_to": [round(min(shares), 4), round(max(shares), 4)],
        "durable_floor_of_bound": round(statistics.median(run.of_bound for run in control), 4),
        "step_ms": _median_ms(run.late for run in engine),
        "step_ms_durable_floor": _median_ms(run.late for run in control),
        "step_ms_allowed": _median_ms(run.may_be_late for run in engine),
    }


def _median_ms(seconds: Iterable[float]) -> float:
    return round(statistics.median(seconds) * 1e3, 2)


async def _engine_makespan(bench: Bench, edges: Edges, seconds: Seconds, thread: ServiceThread) -> float:
    service = SlowService("anthropic", False, seconds, thread)
    async with bench.store() as store:
        spec = spec_for(edges, LIMIT, free=False, expected=seconds)
        return (await whole_engine(spec, service, store, turns=False)).run


async def _control_makespan(
    bench: Bench, edges: Edges, seconds: Seconds, thread: ServiceThread, recording: Recording
) -> float:
    async def call(task: str) -> None:
        await thread.pass_time(seconds[task])

    async with bench.store() as store:
        began = time.perf_counter()
        await durable_tasks(edges, LIMIT, store.journal, recording, call=call, seconds=seconds)
        return time.perf_counter() - began


# -- all of it ------------------------------------------------------------------------------------------------------


async def measure(bench: Bench) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, edges in SHAPES.items():
        found[name] = {
            "floor_us": round(await floor(edges, bench.pairs) / len(edges) * 1e6, 1),
            "paid": await overhead(bench, edges, free=False),
            "free": await overhead(bench, edges, free=True),
        }
    found["makespan"] = {name: await makespan(bench, edges) for name, edges in MIXED.items()}
    found["makespan_alone"] = {name: await makespan(bench, edges) for name, edges in ALONE.items()}
    return found


def missed(found: dict[str, Any]) -> list[str]:
    """What one loop's figures fall short of."""
    short = []
    for name, highest in HIGHEST_RATIO.items():
        for kind in ("paid", "free"):
            figures = found[name][kind]
            if figures["ratio"] > highest:
                short.append(f"{name} {kind}: {figures['ratio']} times its durable floor, at most {highest}")
            if figures["longest_turn_ms"] > LONGEST_TURN_MS:
                short.append(f"{name} {kind}: a turn of {figures['longest_turn_ms']} ms, at most {LONGEST_TURN_MS}")
    for name, figures in found["makespan"].items():
        if figures["of_bound"] < LEAST_OF_BOUND:
            short.append(f"makespan {name}: {figures['of_bound']} of the bound, at least {LEAST_OF_BOUND}")
    return short


def on_loop(loop: str, bench: Bench) -> dict[str, Any]:
    with runner(loop) as made:
        return made.run(measure(bench))


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--loop", choices=(*LOOPS, "both"), default="both")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--folder", type=Path, help="where the databases are made (default: the temporary folder)")
    asked = parser.parse_args(words)
    loops = LOOPS if asked.loop == "both" else (asked.loop,)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        bench = Bench(Path(folder), *((3, 2) if asked.quick else (9, 5)))
        found = {loop: on_loop(loop, bench) for loop in loops}
    report = {
        "benchmark": "dag_overhead",
        "sqlite": sqlite3.sqlite_version,
        "limit": LIMIT,
        "missed": {loop: missed(figures) for loop, figures in found.items()},
        **found,
    }
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])

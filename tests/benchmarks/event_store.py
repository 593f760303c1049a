"""How fast events become durable: through the journal, and as a control through bare sqlite3 in the same run.

    python -m tests.benchmarks.event_store [--seconds 2] [--folder DIR]

Events carry about 300 bytes, every commit is synchronous=FULL. Ratios are journal / control of the same shape. The
folder should lie on the disk one wants to know about: a temporary folder may lie in memory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

from orchestra_desktop.domain.events import Draft, Scope, TaskStateChanged
from orchestra_desktop.domain.ids import CallId, ProjectId, RunId, TaskId
from orchestra_desktop.domain.ledger import LineOpened, LineSettled, LineState, Purpose
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.ports import Batch
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_store

GROUP = 100
WORKERS = 64
_NOW = 1_795_435_200_000_000
_REASON = text("run.slot_free", tier="sonnet", model="claude-sonnet-5-5", provider="anthropic")
_SCOPE = Scope(ProjectId("a" * 32), RunId("b" * 32), TaskId("T17"), 1)
_COLUMNS = "seq INTEGER PRIMARY KEY, at, type, project, run, task, attempt, payload"

Figures = dict[str, float]


def draft() -> Draft:
    return Draft(_SCOPE, TaskStateChanged(TaskState.READY, TaskState.RUNNING, _REASON), _NOW)


def event_batch(count: int = 1) -> Batch:
    return Batch(events=tuple(draft() for _ in range(count)))


# -- the control ----------------------------------------------------------------------------------------------------


@contextmanager
def bare(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = wal")
        connection.execute("PRAGMA synchronous = full")
        connection.execute(f"CREATE TABLE events ({_COLUMNS})")
        connection.execute("CREATE INDEX by_run ON events (run, seq)")
        connection.execute("CREATE INDEX by_project ON events (project, seq)")
        yield connection


def control(connection: sqlite3.Connection, group: int, seconds: float) -> Figures:
    """Commits groups of ready-made rows until the time is up."""
    payload = json.dumps({"from": "ready", "to": "running", "reason": {"key": _REASON.key, "args": _REASON.args}})
    row = (_NOW, "TaskStateChanged", _SCOPE.project, _SCOPE.run, _SCOPE.task, 1, payload)
    seq = connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0]

    def commit() -> None:
        nonlocal seq
        connection.execute("BEGIN IMMEDIATE")
        rows = [(seq + n, *row) for n in range(1, group + 1)]
        connection.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        connection.execute("COMMIT")
        seq += group

    return figures(commits(commit, seconds), group)


def commits(commit: Callable[[], None], seconds: float) -> list[float]:
    times = [time.perf_counter()]
    until = times[0] + seconds
    while times[-1] < until:
        commit()
        times.append(time.perf_counter())
    return times


# -- the journal ----------------------------------------------------------------------------------------------------


async def round_trips(store: Store, batch: Batch, seconds: float) -> Figures:
    """One after another, each awaited: what a step of a run waits for."""
    times = [time.perf_counter()]
    until = times[0] + seconds
    while times[-1] < until:
        await store.journal.append(batch)
        times.append(time.perf_counter())
    return figures(times, len(batch.events))


async def side_by_side(store: Store, seconds: float) -> Figures:
    """Many who await each batch of their own, as tasks of a run do: the writer groups them."""
    stored = 0
    began = time.perf_counter()

    async def worker() -> None:
        nonlocal stored
        while time.perf_counter() < began + seconds:
            await store.journal.append(event_batch())
            stored += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(WORKERS):
            group.create_task(worker())
    return {"events_per_s": round(stored / (time.perf_counter() - began))}


async def dropped(store: Store, seconds: float) -> Figures:
    """Nobody awaits but the last: how fast the loop can hand events over and the disk can take them."""
    count = 0
    began = time.perf_counter()
    last = store.journal.append(event_batch())
    while time.perf_counter() < began + seconds:
        for _ in range(GROUP):
            last = store.journal.append(event_batch())
        count += GROUP
        await asyncio.sleep(0)
    handed_over = time.perf_counter()
    await last
    return {
        "append_us": round((handed_over - began) / count * 1e6, 1),
        "events_per_s": round(count / (time.perf_counter() - began)),
    }


async def paid_calls(store: Store, seconds: float) -> Figures:
    """A reservation and its settlement, each awaited as a call does."""
    times = [time.perf_counter()]
    until = times[0] + seconds
    number = 0
    while times[-1] < until:
        number += 1
        call = CallId(f"call-{number}")
        await store.journal.append(Batch((draft(),), ledger=(_opened(call),)))
        settled = LineSettled(call, _NOW, LineState.CHARGED, 123_456, request_id="req_1")
        await store.journal.append(Batch((draft(),), ledger=(settled,)))
        times.append(time.perf_counter())
    return figures(times, 2)


def _opened(call: CallId) -> LineOpened:
    scope = (_SCOPE.project, _SCOPE.run, _SCOPE.task, 1)
    model = ("anthropic", "claude-sonnet-5-5", "sonnet")
    return LineOpened(call, _NOW, Period("2026-11-23"), *scope, Purpose.TASK, *model, 1_000_000)


# -- figures --------------------------------------------------------------------------------------------------------


def figures(times: list[float], events_each: int) -> Figures:
    steps = sorted(later - earlier for earlier, later in pairwise(times))
    return {
        "median_us": round(statistics.median(steps) * 1e6, 1),
        "p99_us": round(steps[int(len(steps) * 0.99)] * 1e6, 1),
        "events_per_s": round(len(steps) * events_each / (times[-1] - times[0])),
    }


async def measure(folder: Path, seconds: float) -> dict[str, Figures]:
    found: dict[str, Figures] = {}
    store = open_store(DataFolder(folder / "journal"))
    try:
        with bare(folder / "control.db") as connection:
            control(connection, 1, 0.2)
            await round_trips(store, event_batch(), 0.2)
            found["control_single"] = control(connection, 1, seconds)
            found["journal_single"] = await round_trips(store, event_batch(), seconds)
            found["control_groups_of_100"] = control(connection, GROUP, seconds)
            found["journal_groups_of_100"] = await round_trips(store, event_batch(GROUP), seconds)
        found["journal_64_workers"] = await side_by_side(store, seconds)
        found["journal_dropped_awaitables"] = await dropped(store, seconds)
        found["journal_paid_calls"] = await paid_calls(store, seconds)
        wrong = await store.archive.check()
    finally:
        await store.close()
    if wrong:
        raise SystemExit(f"the database is wrong after the benchmark: {wrong}")
    return found


def ratios(found: dict[str, Figures]) -> Figures:
    """Times above 1 are slower than the control, throughputs below 1 are."""
    single, group = found["control_single"], found["control_groups_of_100"]
    return {
        "single_time": round(found["journal_single"]["median_us"] / single["median_us"], 2),
        "groups_throughput": round(found["journal_groups_of_100"]["events_per_s"] / group["events_per_s"], 2),
        "64_workers_over_control_single": round(
            found["journal_64_workers"]["events_per_s"] / single["events_per_s"], 2
        ),
    }


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=2.0, help="for each shape")
    parser.add_argument("--folder", type=Path, help="where the databases are made (default: the temporary folder)")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        found = asyncio.run(measure(Path(folder), asked.seconds))
    report = {"benchmark": "event_store", "sqlite": sqlite3.sqlite_version, "ratios": ratios(found), **found}
    print(json.dumps(report, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])

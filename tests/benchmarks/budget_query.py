"""How long a budget question takes over a ledger of 1,000,000 lines; a control sums the table instead.

    python -m tests.benchmarks.budget_query [--lines 1000000] [--folder DIR]

Two questions: the stored sums of the four accounts of a call (`Archive.balances`, asked at start and when a run is
first looked at), and a reservation against them in memory (`Balances.reserve`, asked before every call). The limit is
20 ms (reliability.md M8).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from orchestra_desktop.domain.budget import Account, Balances, CapKind, Hold
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.ports import LineFilter
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_store

LIMIT_MS = 20.0
_NOW = 1_795_435_200_000_000
_RUNS = 2_000
_PROJECTS = 100
_DAYS = [f"2026-{month:02}-{day:02}" for month in range(1, 12) for day in range(1, 29)]
_USAGE = '{"input_tokens":1200,"output_tokens":800}'
_INSERT = f"INSERT INTO ledger VALUES ({', '.join('?' * 19)})"
_SUM = """SELECT sum(CASE state WHEN 'charged' THEN charged WHEN 'voided' THEN 0 ELSE reserved END)
          FROM ledger WHERE {column} = ?"""
_SUMS = """INSERT INTO balances
           SELECT kind, id, sum(charged), sum(open), sum(unconfirmed) FROM (
               SELECT column1 AS kind, column2 AS id,
                      CASE state WHEN 'charged' THEN charged ELSE 0 END AS charged,
                      CASE state WHEN 'open' THEN reserved ELSE 0 END AS open,
                      CASE state WHEN 'unconfirmed' THEN reserved ELSE 0 END AS unconfirmed
               FROM (SELECT 'run' AS column1, run AS column2, * FROM ledger
                     UNION ALL SELECT 'project', project, * FROM ledger
                     UNION ALL SELECT 'daily', day, * FROM ledger
                     UNION ALL SELECT 'monthly', substr(day, 1, 7), * FROM ledger))
           GROUP BY kind, id"""


def line(number: int, count: int) -> tuple[object, ...]:
    """A settled line; each hundredth is unconfirmed. Days rise, runs and projects take turns."""
    run = number * _RUNS // count
    state = LineState.UNCONFIRMED if number % 100 == 0 else LineState.CHARGED
    charged = 0 if state is LineState.UNCONFIRMED else 40_000 + number % 1_000
    opened = (f"call-{number:08}", _NOW, _DAYS[number * len(_DAYS) // count], f"project-{run % _PROJECTS}")
    what = (f"run-{run}", "T1", 1, "task", "anthropic", "claude-sonnet-5-5", "sonnet", 90_000)
    return (number, *opened, *what, state.value, _NOW, charged, _USAGE, f"req_{number}", "[]")


def fill(path: Path, count: int) -> float:
    """Writes lines past the journal, as nobody else may, and their sums. Returns the seconds it took."""
    began = time.perf_counter()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = off")
        connection.execute("BEGIN")
        connection.executemany(_INSERT, (line(number, count) for number in range(count)))
        connection.execute(_SUMS)
        connection.execute("COMMIT")
    return time.perf_counter() - began


def question(number: int) -> tuple[Account, ...]:
    """The accounts that one call counts for."""
    run = number % _RUNS
    day = _DAYS[number % len(_DAYS)]
    return (
        Account(CapKind.RUN, f"run-{run}"),
        Account(CapKind.PROJECT, f"project-{run % _PROJECTS}"),
        Account(CapKind.DAILY, day),
        Account(CapKind.MONTHLY, day[:7]),
    )


async def stored_sums(store: Store, count: int) -> list[float]:
    times = []
    for number in range(count):
        began = time.perf_counter()
        await store.archive.balances(question(number))
        times.append(time.perf_counter() - began)
    return times


async def reservations(store: Store, count: int) -> list[float]:
    """Against sums that were loaded, with open reservations adding up."""
    balances = Balances()
    for number in range(count):
        for account, balance in (await store.archive.balances(question(number))).items():
            if not balances.knows(account):
                balances.load(account, balance)
    times = []
    for number in range(count):
        caps = dict.fromkeys(question(number), 10**15)
        began = time.perf_counter()
        hold = balances.reserve(CallId(str(number)), 90_000, caps)
        times.append(time.perf_counter() - began)
        if not isinstance(hold, Hold):
            raise SystemExit(f"not granted: {hold}")
    return times


def summed(path: Path, count: int) -> list[float]:
    """The control: the same question answered from the lines."""
    times = []
    with closing(sqlite3.connect(path)) as connection:
        for number in range(count):
            run, project, day, month = question(number)
            began = time.perf_counter()
            for column, account in (("run", run), ("project", project), ("day", day)):
                connection.execute(_SUM.format(column=column), (account.id,)).fetchone()
            between = _SUM.format(column="day").replace("day = ?", "day BETWEEN ? AND ?")
            connection.execute(between, (f"{month.id}-01", f"{month.id}-31")).fetchone()
            times.append(time.perf_counter() - began)
    return times


def spread(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "p50_ms": round(ordered[len(ordered) // 2] * 1e3, 4),
        "p99_ms": round(ordered[int(len(ordered) * 0.99)] * 1e3, 4),
        "worst_ms": round(ordered[-1] * 1e3, 4),
    }


async def timed(store: Store) -> Iterator[tuple[str, float]]:
    """What else stands on the ledger, once each: what start-up and `doctor` ask."""
    found = []
    for name, asked in (
        ("open_lines_ms", store.archive.lines(LineFilter(state="open"))),
        ("latest_period_ms", store.archive.latest_period()),
        ("check_ms", store.archive.check()),
    ):
        began = time.perf_counter()
        answer = await asked
        found.append((name, round((time.perf_counter() - began) * 1e3, 3)))
        if name == "check_ms" and answer:
            raise SystemExit(f"the database is wrong: {answer}")
    return iter(found)


async def measure(folder: Path, count: int) -> dict[str, object]:
    data = DataFolder(folder / "data")
    await open_store(data).close()
    filled_s = fill(data.database, count)
    began = time.perf_counter()
    store = open_store(data)
    opened_ms = (time.perf_counter() - began) * 1e3
    try:
        answers = {"stored_sums": spread(await stored_sums(store, 2_000))}
        answers["reserve_in_memory"] = spread(await reservations(store, 2_000))
        others = dict(await timed(store))
    finally:
        await store.close()
    answers["control_sum_over_lines"] = spread(summed(data.database, 20))
    ratio = answers["control_sum_over_lines"]["p50_ms"] / answers["stored_sums"]["p50_ms"]
    return {
        "lines": count,
        "limit_ms": LIMIT_MS,
        "within_limit": max(answers[name]["worst_ms"] for name in ("stored_sums", "reserve_in_memory")) < LIMIT_MS,
        **answers,
        "control_over_stored_sums": round(ratio, 1),
        "fill_s": round(filled_s, 1),
        "open_store_ms": round(opened_ms, 1),
        **others,
    }


def main(words: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where the database is made (default: the temporary folder)")
    asked = parser.parse_args(words)
    with tempfile.TemporaryDirectory(dir=asked.folder) as folder:
        found = asyncio.run(measure(Path(folder), asked.lines))
    print(json.dumps({"benchmark": "budget_query", **found}, indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])

"""What a commit writes, whatever its size: everything in order, in one transaction, the sums in step with the lines."""

from __future__ import annotations

import asyncio
import itertools
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.budget import Account, Balance, CapKind
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.ports import Batch, EventFilter, LineFilter
from orchestra_desktop.storage.connection import raw, writer_database
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.group import Entry, write_group
from orchestra_desktop.storage.intake import MOST_ROWS, prepare
from orchestra_desktop.storage.migrations import migrate
from orchestra_desktop.storage.store import open_store
from tests.storage.samples import body, event, events, opened, run_row, settled, words

DAY = Account(CapKind.DAILY, "2026-11-23")


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    path = tmp_path / "orchestra.db"
    database = writer_database(path)
    migrate(database, path)
    prepare(raw(database))
    yield raw(database)
    database.close()


def entries(*batches: Batch) -> list[Entry]:
    numbers = itertools.count(1)
    return [
        (batch, [Stored(next(numbers), draft.at, draft.scope, draft.event) for draft in batch.events])
        for batch in batches
    ]


def count(connection: sqlite3.Connection, table: str) -> int:
    found: tuple[int] = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return found[0]


@pytest.mark.parametrize("size", [1, 8, 9, 100])
async def test_a_batch_of_any_size_is_stored_whole_and_in_order(tmp_path: Path, size: int) -> None:
    store = open_store(DataFolder(tmp_path))
    said = [f"word {n}" for n in range(size)]
    contents = [body(word.encode()) for word in said[: size // 2]]
    lines = [opened(f"c{n}") for n in range(size // 3)]
    await store.journal.append(Batch(tuple(map(event, said)), tuple(contents), tuple(lines)))

    assert words(await store.archive.events(EventFilter())) == said
    found = await store.archive.bodies([content.digest for content in contents])
    assert [found[content.digest] for content in contents] == [content.content for content in contents]
    assert [line.opened for line in await store.archive.lines(LineFilter())] == lines
    await store.close()


async def test_lines_that_are_opened_and_settled_in_one_batch_are_settled(tmp_path: Path) -> None:
    store = open_store(DataFolder(tmp_path))
    calls = [f"c{n}" for n in range(5)]
    await store.journal.append(Batch(ledger=(*map(opened, calls), *map(settled, calls))))

    assert (await store.archive.balances([DAY]))[DAY] == Balance(charged=300)
    assert {line.state for line in await store.archive.lines(LineFilter())} == {LineState.CHARGED}
    await store.close()


async def test_a_group_of_many_batches_is_stored_in_order_and_its_sums_are_right(tmp_path: Path) -> None:
    store = open_store(DataFolder(tmp_path))
    size = MOST_ROWS * 3 + 1
    opens = [store.journal.append(events(str(n)) + Batch(ledger=(opened(f"c{n}"),))) for n in range(size)]
    settles = [store.journal.append(Batch(ledger=(settled(f"c{n}"),))) for n in range(size - 1)]
    await asyncio.gather(*opens, *settles)

    assert words(await store.archive.events(EventFilter())) == [str(n) for n in range(size)]
    assert (await store.archive.balances([DAY]))[DAY] == Balance(charged=60 * (size - 1), open=100)
    await store.close()


@pytest.mark.parametrize("size", [2, MOST_ROWS * 2])
def test_a_group_with_one_batch_that_cannot_be_stored_leaves_nothing(connection: sqlite3.Connection, size: int) -> None:
    fine = [events(str(n)) + Batch(bodies=(body(b"%d" % n),), ledger=(opened(f"c{n}"),)) for n in range(size)]
    twice = Batch(ledger=(opened("c0"),))
    with pytest.raises(sqlite3.IntegrityError):
        write_group(connection, entries(*fine, twice))

    assert not connection.in_transaction
    assert [count(connection, table) for table in ("events", "bodies", "ledger", "balances")] == [0, 0, 0, 0]


class Counting(sqlite3.Connection):
    """Keeps the statements it was given: each is a wait for the interpreter before the disk is asked."""

    asked: list[str]

    def execute(self, *statement: Any) -> sqlite3.Cursor:
        self.asked.append(statement[0].split()[0])
        return super().execute(*statement)


@pytest.mark.usefixtures("connection")
def test_what_a_run_writes_all_the_time_is_one_statement(tmp_path: Path) -> None:
    counting = sqlite3.connect(tmp_path / "orchestra.db", isolation_level=None, factory=Counting)
    counting.asked = []
    prepare(counting)
    counting.asked.clear()
    write_group(counting, entries(events("a", "b") + Batch(bodies=(body(b"x"),), ledger=(opened("c"),))))
    assert counting.asked == ["INSERT"]

    counting.asked.clear()
    write_group(counting, entries(Batch(rows=(run_row(),), ledger=(settled("c"),))))
    assert counting.asked == ["BEGIN", "INSERT", "INSERT", "COMMIT"]
    counting.close()

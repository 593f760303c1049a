"""Reading beside a running writer and without one, and what cannot be read."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from orchestra_desktop.domain.budget import Account, Balance, CapKind
from orchestra_desktop.domain.errors import NewerSchema, StorageDamaged, StorageUnavailable
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ports import Archive, Batch, EventFilter, LineFilter, ProjectRow
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_reader, open_store
from tests.storage.samples import body, events, opened, project, settled, words

EVERYTHING = EventFilter()


@contextlib.asynccontextmanager
async def writing(path: Path) -> AsyncIterator[Store]:
    store = open_store(DataFolder(path))
    try:
        yield store
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def reading(path: Path) -> AsyncIterator[Archive]:
    reader = open_reader(DataFolder(path))
    try:
        yield reader.archive
    finally:
        await reader.close()


def change(path: Path, statement: str, *values: object) -> None:
    """What only damage, or another version, would do to a database that nobody runs."""
    with contextlib.closing(sqlite3.connect(path / "orchestra.db", isolation_level=None)) as connection:
        connection.execute(statement, values)


def listing(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.iterdir() if each.is_file()}


# -- beside a writer and without one --------------------------------------------------------------------------------


async def test_a_folder_without_a_database_reads_as_empty_and_stays_empty(tmp_path: Path) -> None:
    account = Account(CapKind.RUN, "r1")
    async with reading(tmp_path / "nowhere") as archive:
        assert await archive.projects() == []
        assert await archive.events(EVERYTHING) == []
        assert await archive.balances([account]) == {account: Balance()}
        assert await archive.check() == ()

    assert not (tmp_path / "nowhere").exists()


async def test_a_reader_that_was_there_first_sees_the_database_when_it_comes(tmp_path: Path) -> None:
    async with reading(tmp_path) as archive:
        assert await archive.events(EVERYTHING) == []
        async with writing(tmp_path) as store:
            await store.journal.append(events("new"))

            assert words(await archive.events(EVERYTHING)) == ["new"]


async def test_a_reader_beside_a_writer_sees_each_commit(tmp_path: Path) -> None:
    async with writing(tmp_path) as store, reading(tmp_path) as archive:
        for n in range(3):
            await store.journal.append(events(str(n)))

            assert words(await archive.events(EVERYTHING)) == [str(k) for k in range(n + 1)]


async def test_a_reader_of_a_database_at_rest_notices_a_writer_that_comes_and_goes(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(events("first"))
    async with reading(tmp_path) as archive:
        assert words(await archive.events(EVERYTHING)) == ["first"]
        async with writing(tmp_path) as store:
            await store.journal.append(events("second"))
            assert words(await archive.events(EVERYTHING)) == ["first", "second"]
        assert words(await archive.events(EVERYTHING)) == ["first", "second"]
        async with writing(tmp_path) as store:
            await store.journal.append(events("third"))

        assert words(await archive.events(EVERYTHING)) == ["first", "second", "third"]


async def test_reading_a_database_at_rest_changes_and_creates_no_file(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(events("a"))
    before = listing(tmp_path)
    async with reading(tmp_path) as archive:
        assert words(await archive.events(EVERYTHING)) == ["a"]
        assert listing(tmp_path) == before

    assert listing(tmp_path) == before


async def test_a_reader_cannot_write(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(events("a"))
        reader = open_reader(DataFolder(tmp_path))
        with pytest.raises(StorageUnavailable) as error:
            await reader._reading.ask(lambda database: database.execute_sql("DELETE FROM events"), None)
        await reader.close()

        assert error.value.text.key == "storage.read_only"


async def test_only_the_writer_checkpoints(tmp_path: Path) -> None:
    async with writing(tmp_path) as store, reading(tmp_path) as archive:
        await store.journal.append(Batch(bodies=tuple(body(bytes([n, 1] * 5_000)) for n in range(100))))
        at_rest = (tmp_path / "orchestra.db").read_bytes()
        await archive.check()
        assert await archive.events(EVERYTHING) == []

        assert (tmp_path / "orchestra.db").read_bytes() == at_rest
        pragma = await store._reading.ask(lambda base: base.execute_sql("PRAGMA wal_autocheckpoint").fetchone(), None)
        assert pragma == (0,)


async def test_open_lines_are_found_through_their_own_index(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(Batch(ledger=(opened("a"), opened("b"), settled("b"))))
        found = await store.archive.lines(LineFilter(state="open"))
        plan = await store._reading.ask(
            lambda base: base.execute_sql("EXPLAIN QUERY PLAN SELECT * FROM ledger WHERE state = 'open'").fetchone(),
            None,
        )

    assert [line.opened.call for line in found] == [CallId("a")]
    assert plan is not None
    assert "ledger_open" in plan[3]


# -- what cannot be read --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("harm", ["{", '{"guidance": 7', "", '{"other": "shape"}'])
async def test_a_torn_last_event_is_left_out(tmp_path: Path, harm: str) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(events("whole", "torn"))
    change(tmp_path, "UPDATE events SET payload = ? WHERE seq = 2", harm)

    async with reading(tmp_path) as archive:
        assert words(await archive.events(EVERYTHING)) == ["whole"]


async def test_a_torn_last_event_is_gone_once_the_folder_is_run_again(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(events("whole", "torn"))
    change(tmp_path, "UPDATE events SET payload = '{' WHERE seq = 2")
    async with writing(tmp_path) as store:
        (after,) = await store.journal.append(events("after"))

        assert after.seq == 3, "the torn event's number is not given again"
        assert words(await store.archive.events(EVERYTHING)) == ["whole", "after"]


async def test_any_other_damaged_event_is_reported_with_its_number(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(events("a", "b", "c"))
    change(tmp_path, "UPDATE events SET type = 'NoSuchThing' WHERE seq = 2")

    async with reading(tmp_path) as archive:
        with pytest.raises(StorageDamaged) as error:
            await archive.events(EventFilter(until=2))  # the last one that is asked for is not the last one there is
        assert (error.value.text.key, error.value.text.args["seq"]) == ("storage.event_damaged", 2)
        assert words(await archive.events(EventFilter(after=2))) == ["c"]


async def test_a_damaged_row_is_reported_with_its_table_and_key(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(Batch(rows=(ProjectRow(project()),)))
    change(tmp_path, "UPDATE projects SET rigor = 'L9'")

    async with reading(tmp_path) as archive:
        with pytest.raises(StorageDamaged) as error:
            await archive.projects()
        assert error.value.text.args["table"] == "projects"
        assert error.value.text.args["key"] == "p1"


async def test_a_damaged_body_is_reported_with_its_digest(tmp_path: Path) -> None:
    long = body(b"so long that it is packed " * 100)
    async with writing(tmp_path) as store:
        await store.journal.append(Batch(bodies=(long,)))
    change(tmp_path, "UPDATE bodies SET content = x'00ff00ff'")

    async with reading(tmp_path) as archive:
        with pytest.raises(StorageDamaged) as error:
            await archive.bodies([long.digest])
        assert error.value.text.args == {"digest": long.digest}


async def test_a_body_that_is_not_what_its_digest_says_is_damage(tmp_path: Path) -> None:
    short = body(b"short")
    async with writing(tmp_path) as store:
        await store.journal.append(Batch(bodies=(short,)))
    change(tmp_path, "UPDATE bodies SET content = x'00'")

    async with reading(tmp_path) as archive:
        with pytest.raises(StorageDamaged) as error:
            await archive.bodies([short.digest])
        assert error.value.text.key == "storage.body_damaged"


async def test_a_database_with_overwritten_pages_is_damage_and_not_an_empty_answer(tmp_path: Path) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(events(*(str(n) * 50 for n in range(500))))
    with (tmp_path / "orchestra.db").open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xaa" * 100_000)

    async with reading(tmp_path) as archive:
        with pytest.raises(StorageDamaged):
            await archive.events(EVERYTHING)


@pytest.mark.parametrize(
    ("harm", "account"),
    [
        ("UPDATE balances SET charged = charged + 1 WHERE kind = 'run'", "run r1"),
        ("DELETE FROM balances WHERE kind = 'monthly'", "monthly 2026-11"),
        ("UPDATE ledger SET charged = 59 WHERE project = 'p1'", "project p1"),
        ("INSERT INTO balances VALUES ('daily', '1999-12-31', 1, 0, 0)", "daily 1999-12-31"),
    ],
)
async def test_the_check_finds_sums_that_are_not_those_of_the_lines(tmp_path: Path, harm: str, account: str) -> None:
    async with writing(tmp_path) as store:
        await store.journal.append(Batch(ledger=(opened("a"), settled("a"), opened("b"))))
        assert await store.archive.check() == ()
    change(tmp_path, harm)

    async with reading(tmp_path) as archive:
        assert any(account in problem for problem in await archive.check())


async def test_a_newer_database_is_not_read(tmp_path: Path) -> None:
    async with writing(tmp_path):
        assert (tmp_path / "orchestra.db").exists()
    change(tmp_path, "PRAGMA user_version = 99")
    async with reading(tmp_path) as archive:
        with pytest.raises(NewerSchema) as error:
            await archive.projects()

    assert error.value.text.args["found"] == 99

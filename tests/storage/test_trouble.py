"""A disk that is full, locked or read-only is waited for; a damaged file is not."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import StorageDamaged, StorageUnavailable
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ports import Batch, EventFilter
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.storage.connection import raw
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_store
from orchestra_desktop.storage.writer import Pauses
from tests.storage.full_disk import fill, limited_files, small_disk
from tests.storage.samples import body, event, events, words

SHORT = Pauses(first_s=0.001, longest_s=0.01)


@contextlib.asynccontextmanager
async def a_store(path: Path, *, pauses: Pauses = SHORT) -> AsyncIterator[Store]:
    store = open_store(DataFolder(path), pauses=pauses)
    try:
        yield store
    finally:
        await store.close()


def writers_connection(store: Store) -> sqlite3.Connection:
    """Only for harm that cannot be done from outside; used while the writer thread waits for work."""
    return raw(store.journal._writer._database)


async def trouble(store: Store) -> Text:
    """Waits until commits fail, and says why."""
    told: asyncio.Future[Text] = asyncio.get_running_loop().create_future()

    def watch(why: Text | None) -> None:
        if why is not None and not told.done():
            told.set_result(why)

    end = store.journal.watch(watch)
    try:
        return store.journal.trouble or await told
    finally:
        end()


async def survives(store: Store, break_it: Callable[[], object], mend_it: Callable[[], object]) -> Text:
    """Breaks the disk, appends, mends it: everything must be there in the end, reported when it was and not before."""
    heard: list[Stored] = []
    store.journal.subscribe(heard.extend)
    await store.journal.append(events("before"))
    break_it()
    waiting = [store.journal.append(events(f"meanwhile {n}")) for n in range(3)]
    why = await trouble(store)

    assert not store.journal.writable
    assert not any(each.done() for each in waiting)
    assert words(heard) == ["before"]

    mend_it()
    await store.journal.wait_writable()
    await asyncio.gather(*waiting)
    await store.journal.append(events("after"))

    everything = ["before", "meanwhile 0", "meanwhile 1", "meanwhile 2", "after"]
    assert (store.journal.writable, store.journal.trouble) == (True, None)
    assert words(heard) == everything
    assert words(await store.archive.events(EventFilter())) == everything
    assert await store.archive.check() == ()
    return why


async def test_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        other = sqlite3.connect(tmp_path / "orchestra.db", isolation_level=None)

        why = await survives(store, lambda: other.execute("BEGIN EXCLUSIVE"), other.rollback)

        other.close()
    assert why.key == "storage.locked"


async def test_a_read_only_database_is_waited_for(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        connection = writers_connection(store)

        why = await survives(
            store,
            lambda: connection.execute("PRAGMA query_only = on"),
            lambda: connection.execute("PRAGMA query_only = off"),
        )
    assert why.key == "storage.read_only"


async def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    with small_disk(tmp_path) as mounted, limited_files() as (limit, unlimit):
        filler = tmp_path / "filler"
        async with a_store(tmp_path) as store:
            if mounted:
                why = await survives(store, lambda: fill(filler), filler.unlink)
                assert why.key == "storage.full"
            else:
                why = await survives(store, limit, unlimit)
                assert why.key in {"storage.io", "storage.full"}


async def test_watchers_hear_once_that_commits_fail_and_once_that_they_go_again(tmp_path: Path) -> None:
    heard: list[str | None] = []
    async with a_store(tmp_path) as store:
        store.journal.watch(lambda why: heard.append(why.key if why else None))
        connection = writers_connection(store)
        await survives(
            store,
            lambda: connection.execute("PRAGMA query_only = on"),
            lambda: connection.execute("PRAGMA query_only = off"),
        )

    assert heard == ["storage.read_only", None]


@pytest.mark.logs_errors("takes nothing more")
async def test_closing_while_the_disk_takes_nothing_ends_and_says_what_was_not_stored(tmp_path: Path) -> None:
    patient = Pauses(first_s=600.0, longest_s=600.0)
    async with a_store(tmp_path, pauses=patient) as store:
        writers_connection(store).execute("PRAGMA query_only = on")
        lost = store.journal.append(events("lost"))
        await trouble(store)
        await store.close()

        with pytest.raises(StorageUnavailable) as error:
            await lost
        assert error.value.text.key == "storage.read_only"
        with pytest.raises(StorageUnavailable):
            await store.journal.append(events("too late"))


@pytest.mark.logs_errors("takes nothing more")
async def test_a_database_damaged_under_the_writer_is_reported_and_never_written_again(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await store.journal.append(Batch(bodies=tuple(body(bytes([n]) * 900) for n in range(200))))
        connection = writers_connection(store)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA shrink_memory")
        overwrite_from_second_page(tmp_path / "orchestra.db")

        for _ in range(2):
            with pytest.raises(StorageDamaged):
                await store.journal.append(Batch(events=(event("on sand"),), bodies=(body(b"new"),)))
        assert not store.journal.writable
        with pytest.raises(StorageDamaged):
            await store.journal.wait_writable()


def overwrite_from_second_page(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4_096)
        file.write(b"\xaa" * (path.stat().st_size - 4_096))
        file.flush()
        os.fsync(file.fileno())


async def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "orchestra.db").write_bytes(b"not a database at all" * 500)
    with pytest.raises(StorageDamaged) as error:
        open_store(DataFolder(tmp_path))

    assert error.value.text.key == "storage.damaged"
    assert (tmp_path / "orchestra.db").read_bytes() == b"not a database at all" * 500


async def test_a_database_of_another_program_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "orchestra.db"
    with contextlib.closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = path.read_bytes()
    with pytest.raises(StorageDamaged) as error:
        open_store(DataFolder(tmp_path))

    assert error.value.text.key == "storage.foreign"
    assert path.read_bytes() == before


async def test_a_folder_that_cannot_be_made_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageUnavailable):
        open_store(DataFolder(tmp_path / "file" / "data"))


@pytest.mark.logs_errors("refused a batch")
async def test_a_batch_that_cannot_be_encoded_is_refused_alone(tmp_path: Path) -> None:
    from orchestra_desktop.domain.errors import StorageError

    async with a_store(tmp_path) as store:
        good = store.journal.append(events("good"))
        bad = store.journal.append(events("half a character: \ud800"))
        await good
        with pytest.raises(StorageError):
            await bad

        assert words(await store.archive.events(EventFilter())) == ["good"]


@pytest.mark.logs_errors("a subscriber of the journal failed")
async def test_a_subscriber_that_fails_keeps_nobody_else_from_hearing(tmp_path: Path) -> None:
    def fails(_: object) -> None:
        raise RuntimeError("a mistake in a listener")

    async with a_store(tmp_path) as store:
        heard: list[Stored] = []
        store.journal.subscribe(fails)
        store.journal.subscribe(heard.extend)
        await store.journal.append(events("told"))

        assert words(heard) == ["told"]

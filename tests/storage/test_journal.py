"""How batches are grouped into transactions, and what that costs the loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.errors import StorageUnavailable
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ports import EventFilter
from orchestra_desktop.storage.connection import raw
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_reader, open_store
from tests.storage.samples import events, words


@contextlib.asynccontextmanager
async def a_store(path: Path) -> AsyncIterator[Store]:
    store = open_store(DataFolder(path))
    try:
        yield store
    finally:
        await store.close()


async def test_batches_of_one_turn_of_the_loop_share_few_transactions(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        groups: list[Sequence[Stored]] = []
        store.journal.subscribe(groups.append)
        await asyncio.gather(*(store.journal.append(events(str(n))) for n in range(500)))

        assert sum(len(group) for group in groups) == 500
        assert len(groups) <= 50, "a transaction for (nearly) each batch is no group commit"


class CountingLoop(asyncio.SelectorEventLoop):
    """Counts what other threads ask of it, and what it asks of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.from_threads = 0
        self.from_itself = 0

    def call_soon_threadsafe(self, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        self.from_threads += 1
        return super().call_soon_threadsafe(*args, **kwargs)

    def call_soon(self, *args: Any, **kwargs: Any) -> asyncio.Handle:  # type: ignore[override]
        self.from_itself += 1
        return super().call_soon(*args, **kwargs)


def test_a_dropped_awaitable_costs_the_loop_no_callback_and_a_group_costs_one(tmp_path: Path) -> None:
    async def story(loop: CountingLoop) -> None:
        async with a_store(tmp_path) as store:
            groups: list[Sequence[Stored]] = []
            store.journal.subscribe(groups.append)
            await store.journal.append(events("warm"))
            groups.clear()
            loop.from_threads = loop.from_itself = 0
            for n in range(300):
                _ = store.journal.append(events(str(n)))
            await store.journal.append(events("last"))

            assert loop.from_threads == len(groups)
            assert loop.from_itself <= 2, "only the one that is awaited may wake anybody"

    with asyncio.Runner(loop_factory=CountingLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, CountingLoop)
        runner.run(story(loop))


async def test_closing_commits_what_waits(tmp_path: Path) -> None:
    store = open_store(DataFolder(tmp_path))
    waiting = [store.journal.append(events(str(n))) for n in range(100)]
    await store.close()

    assert all(each.done() for each in waiting)
    reader = open_reader(DataFolder(tmp_path))
    assert len(words(await reader.archive.events(EventFilter()))) == 100
    await reader.close()


async def test_closing_twice_does_no_harm_and_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    store = open_store(DataFolder(tmp_path))
    await store.close()
    await store.close()

    with pytest.raises(StorageUnavailable) as error:
        await store.journal.append(events("late"))
    assert error.value.text.key == "storage.closed"


async def test_two_who_close_at_once_both_come_back(tmp_path: Path) -> None:
    store = open_store(DataFolder(tmp_path))

    await asyncio.gather(store.close(), store.close())


async def test_a_closed_store_leaves_one_database_file_and_no_log(tmp_path: Path) -> None:
    async with a_store(tmp_path) as store:
        await store.journal.append(events("a"))
        await store.archive.check()

    names = {path.name for path in tmp_path.iterdir() if path.name.startswith("orchestra.db")}
    assert names == {"orchestra.db"}


async def test_the_writer_waits_for_the_disk_at_every_commit(tmp_path: Path) -> None:
    """A kill cannot show it, only a power cut can: the setting itself is what can be checked."""
    async with a_store(tmp_path) as store:
        connection = raw(store.journal._writer._database)

        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)

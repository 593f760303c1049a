"""The store on SQLite and the one in memory, held to the same suites."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import pytest
from hypothesis import given, settings

from orchestra_desktop.domain.ledger import LedgerWrite
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.store import Store, open_store
from tests.conformance.archive import LEDGER_WRITES, ArchiveConformance, balances_are_the_sums_of_the_lines
from tests.conformance.journal import JournalConformance
from tests.conformance.storage import OpenStore, Place
from tests.fakes.journal import MemoryStore


def opens_sqlite(path: Path) -> OpenStore:
    @asynccontextmanager
    async def opened() -> AsyncIterator[Store]:
        store = open_store(DataFolder(path))
        try:
            yield store
        finally:
            await store.close()

    return opened


@contextmanager
def sqlite_place() -> Iterator[OpenStore]:
    with tempfile.TemporaryDirectory() as folder:
        yield opens_sqlite(Path(folder))


@contextmanager
def memory_place() -> Iterator[OpenStore]:
    store = MemoryStore()

    @asynccontextmanager
    async def opened() -> AsyncIterator[MemoryStore]:
        nonlocal store
        store = store.after_kill()
        yield store

    yield opened


class TestSqliteJournal(JournalConformance):
    def place(self) -> Place:
        return sqlite_place()


class TestMemoryJournal(JournalConformance):
    def place(self) -> Place:
        return memory_place()


class TestSqliteArchive(ArchiveConformance):
    def place(self) -> Place:
        return sqlite_place()


class TestMemoryArchive(ArchiveConformance):
    def place(self) -> Place:
        return memory_place()


@pytest.mark.parametrize("place", [sqlite_place, memory_place])
@settings(max_examples=30)
@given(writes=LEDGER_WRITES)
async def test_balances_are_always_the_sums_of_the_lines(place: Callable[[], Place], writes: list[LedgerWrite]) -> None:
    with place() as store:
        async with store() as one:
            await balances_are_the_sums_of_the_lines(one, writes)

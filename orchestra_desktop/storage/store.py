"""Opens a data folder's database: to write it, which only one process may, or to read it beside that process."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from peewee import PeeweeException

from orchestra_desktop.domain.errors import DataFolderHeld, StorageUnavailable
from orchestra_desktop.domain.texts import text
from orchestra_desktop.storage.archive import SqliteArchive
from orchestra_desktop.storage.connection import raw, writer_database
from orchestra_desktop.storage.faults import storage_error
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.intake import prepare
from orchestra_desktop.storage.journal import SqliteJournal
from orchestra_desktop.storage.migrations import MIGRATIONS, Migration, migrate, refuse_unknown
from orchestra_desktop.storage.reading import ReadingThread
from orchestra_desktop.storage.rows import event_of
from orchestra_desktop.storage.writer import Pauses

_log = logging.getLogger(__name__)


class Store:
    """What the one process that runs a data folder has of it."""

    def __init__(self, folder: DataFolder, journal: SqliteJournal, reading: ReadingThread) -> None:
        self.folder = folder
        self.journal = journal
        self.archive = SqliteArchive(reading)
        self._reading = reading

    async def close(self) -> None:
        """Commits what waits, closes the database and lets the folder go. Doing it twice does no harm."""
        await self._reading.close()  # first, so that the writer is the last to close and tidies its log away
        await self.journal.close()
        self.folder.release()


class Reader:
    """What a process that only looks has of a data folder."""

    def __init__(self, folder: DataFolder) -> None:
        self.folder = folder
        self._reading = ReadingThread(folder.database)
        self.archive = SqliteArchive(self._reading)

    async def close(self) -> None:
        await self._reading.close()


def open_reader(folder: DataFolder) -> Reader:
    """Reads a folder whether or not somebody runs it. Creates nothing: without a database every answer is empty."""
    return Reader(folder)


def open_store(
    folder: DataFolder, *, pauses: Pauses | None = None, migrations: Sequence[Migration] = MIGRATIONS
) -> Store:
    """Holds the folder, brings its database to this program's schema and starts the writer. Blocks for some 20 ms.

    Raises DataFolderHeld, NewerSchema, StorageDamaged, StorageUnavailable; the folder is then let go.
    """
    _hold(folder)
    try:
        return _opened(folder, pauses or Pauses(), migrations)
    except BaseException:
        folder.release()
        raise


def _hold(folder: DataFolder) -> None:
    try:
        folder.create()
        held = folder.try_hold()
    except OSError as error:
        raise unavailable(folder.path, error) from error
    if not held:
        raise DataFolderHeld(text("storage.held", path=str(folder.path)))


def unavailable(path: Path, error: OSError) -> StorageUnavailable:
    return StorageUnavailable(text("storage.io", path=str(path), detail=error.strerror or str(error)))


def _opened(folder: DataFolder, pauses: Pauses, migrations: Sequence[Migration]) -> Store:
    path = folder.database
    database = None
    try:
        refuse_unknown(path, migrations)
        database = writer_database(path)
        migrate(database, path, migrations)
        prepare(raw(database))
        last_seq = _last_readable_seq(database)
    except (PeeweeException, sqlite3.Error) as error:
        _close(database)
        raise storage_error(error, str(path)) from error
    except OSError as error:
        _close(database)
        raise unavailable(path, error) from error
    except BaseException:
        _close(database)
        raise
    return Store(folder, SqliteJournal(database, str(path), last_seq, pauses), ReadingThread(path))


def _close(database: Any) -> None:
    if database is not None:
        database.close()


def _last_readable_seq(database: Any) -> int:
    """The number to count on from. A torn last event is removed: with events behind it, it would be damage."""
    row = database.execute_sql("SELECT * FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    if row is None:
        return 0
    try:
        event_of(row)
    except (ValueError, KeyError, TypeError) as error:
        _log.warning("event %s, the last one, cannot be read and is dropped: %r", row[0], error)
        database.execute_sql("DELETE FROM events WHERE seq = ?", (row[0],))
    return int(row[0])

"""One thread that reads the database, beside a running writer or without one."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from peewee import PeeweeException

from orchestra_desktop.domain.errors import StorageUnavailable
from orchestra_desktop.domain.texts import text
from orchestra_desktop.storage.connection import reader_database, schema_version, wal_exists
from orchestra_desktop.storage.faults import storage_error
from orchestra_desktop.storage.migrations import newer_schema, newest

T = TypeVar("T")

_Stamp = tuple[bool, int, int, int]


class ReadingThread:
    """Runs queries one after another on a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._database: Any = None
        self._at_rest: _Stamp | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="orchestra-reader")

    async def ask(self, query: Callable[[Any], T], nothing: T) -> T:
        """Raises NewerSchema, StorageUnavailable or StorageDamaged."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answer, query, nothing)

    async def close(self) -> None:
        """Ends the thread. Doing it twice does no harm."""
        with contextlib.suppress(RuntimeError):  # closed before
            await asyncio.get_running_loop().run_in_executor(self._thread, self._disconnect)
        self._thread.shutdown()

    # -- on the thread ----------------------------------------------------------------------------------------------

    def _answer(self, query: Callable[[Any], T], nothing: T) -> T:
        while True:
            try:
                answer = self._asked(query, nothing)
            except (PeeweeException, sqlite3.Error) as error:
                if self._still():
                    self._disconnect()
                    raise storage_error(error, str(self._path)) from error
            else:
                if self._still():
                    return answer
            self._disconnect()

    def _asked(self, query: Callable[[Any], T], nothing: T) -> T:
        return query(self._database) if self._connect() else nothing

    def _still(self) -> bool:
        """False if a file read as one at rest was not: a writer came, and the answer may mix two states of it."""
        return self._at_rest is None or self._at_rest == _stamp(self._path)

    def _connect(self) -> bool:
        """False where there is nothing to read yet."""
        if self._database is None or not self._still():
            self._disconnect()
            if not self._path.exists() or self._path.stat().st_size == 0:
                return False
            stamp = _stamp(self._path)
            self._at_rest = None if stamp[0] else stamp
            self._database = reader_database(self._path)
        return self._is_known(schema_version(self._database))

    def _is_known(self, found: int) -> bool:
        known = newest()
        if found > known:
            raise newer_schema(self._path, found, known)
        if 0 < found < known:
            raise StorageUnavailable(text("storage.older_schema", path=str(self._path), found=found, known=known))
        return found == known

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
        self._at_rest = None


def _stamp(path: Path) -> _Stamp:
    """Equal stamps without a write-ahead log mean that nothing was written between them."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return False, 0, 0, 0
    return wal_exists(path), found.st_mtime_ns, found.st_size, found.st_ino

"""Opens the database: the one connection that writes, and connections that only read and leave no trace."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

from peewee import SqliteDatabase

BUSY_TIMEOUT_S = 0.5  # how long another program may lock the file before the journal says so; it goes on trying anyway
READ_TIMEOUT_S = 5.0
_WAL_LIMIT_BYTES = 64_000_000  # what is left of the write-ahead log's file after a checkpoint

WRITER_PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": "full",  # a commit is on the disk, not in a cache of the system: money depends on it
    "journal_size_limit": _WAL_LIMIT_BYTES,
    "temp_store": "memory",  # what the intake holds for a moment needs no disk, which may be full
    "trusted_schema": "off",
}
READER_PRAGMAS = {
    "query_only": "on",
    "wal_autocheckpoint": 0,  # only the writer checkpoints: two at once can corrupt a WAL before SQLite 3.51.3
    "trusted_schema": "off",
}


def writer_database(path: Path) -> Any:
    """peewee's database with the one writing connection, open. Raises sqlite3.Error and peewee's errors.

    It belongs to one thread at a time: opened and migrated by the caller, then handed to the writer thread.
    """
    _make_private(path)
    return _connected(
        SqliteDatabase(
            str(path),
            pragmas=WRITER_PRAGMAS,
            timeout=BUSY_TIMEOUT_S,
            thread_safe=False,
            autoconnect=False,
            check_same_thread=False,
        )
    )


def _make_private(path: Path) -> None:
    """SQLite gives its log and index files the mode of the database file, so that one is made first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.close(descriptor)


def reader_database(path: Path) -> Any:
    """peewee's database with a connection that only reads, open. Raises peewee.OperationalError.

    Without a write-ahead log beside it the file is at rest, and `immutable` keeps SQLite from creating one: opened
    merely read-only it would leave `-wal` and `-shm` files behind.
    """
    mode = "mode=ro" if wal_exists(path) else "immutable=1"
    return _connected(
        SqliteDatabase(
            f"{path.absolute().as_uri()}?{mode}",
            pragmas=READER_PRAGMAS,
            timeout=READ_TIMEOUT_S,
            thread_safe=False,
            autoconnect=False,
            check_same_thread=False,
            uri=True,
        )
    )


def wal_exists(path: Path) -> bool:
    return path.with_name(path.name + "-wal").exists()


def _connected(database: Any) -> Any:
    database.connect()
    return database


def raw(database: Any) -> sqlite3.Connection:
    """The sqlite3 connection under a peewee database."""
    connection: sqlite3.Connection = database.connection()
    return connection


def schema_version(database: Any) -> int:
    """The number of the last migration; 0 for a new file."""
    return int(database.execute_sql("PRAGMA user_version").fetchone()[0])

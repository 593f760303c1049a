"""Brings a database to the schema this program knows: numbered steps, each one transaction after a verified backup.

`playhouse.migrations` was tried on paper and left: it reads script files from a folder, which a frozen program does not
have, keeps its history outside the step's transaction, and knows no backup and no refusal of newer files. What remains
to be done by us is the loop below; the steps themselves are written with peewee. The number of the last step is
SQLite's own `user_version`, which is part of the transaction.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import PeeweeException

from orchestra_desktop.domain.errors import NewerSchema, StorageDamaged, StorageError
from orchestra_desktop.domain.texts import text
from orchestra_desktop.storage.connection import raw, reader_database, schema_version
from orchestra_desktop.storage.first_schema import create_everything


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its number, what it does in three words, and the doing, given peewee's open database."""

    number: int
    name: str
    up: Callable[[Any], None]


MIGRATIONS: tuple[Migration, ...] = (Migration(1, "create everything", create_everything),)


def newest(migrations: Sequence[Migration] = MIGRATIONS) -> int:
    return migrations[-1].number


def refuse_unknown(path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Raises NewerSchema, or StorageDamaged for a database of something else, and leaves the file untouched.

    Asked before anything opens the file for writing, which alone would change its header or move its log into it.
    """
    if not path.exists() or path.stat().st_size == 0:
        return
    database = reader_database(path)
    try:
        found, has_tables = schema_version(database), _has_tables(database)
    finally:
        database.close()
    if found > newest(migrations):
        raise newer_schema(path, found, newest(migrations))
    if found == 0 and has_tables:
        raise StorageDamaged(text("storage.foreign", path=str(path)))


def newer_schema(path: Path, found: int, known: int) -> NewerSchema:
    return NewerSchema(text("storage.newer_schema", path=str(path), found=found, known=known))


def migrate(database: Any, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> None:
    """Applies what is missing. Raises StorageError for a step that failed: the database is as it was before that step,
    and the backup lies beside it.
    """
    found = schema_version(database)
    for migration in migrations:
        if migration.number > found:
            if found:
                back_up(raw(database), backup_path(path, found))
            _apply(database, migration)
            found = migration.number


def _has_tables(database: Any) -> bool:
    return bool(database.execute_sql("SELECT count(*) FROM sqlite_schema").fetchone()[0])


def _apply(database: Any, migration: Migration) -> None:
    try:
        with database.atomic("IMMEDIATE"):
            migration.up(database)
            database.execute_sql(f"PRAGMA user_version = {migration.number:d}")
    except (PeeweeException, sqlite3.Error) as error:
        place = text("storage.migration_failed", number=migration.number, name=migration.name, detail=str(error))
        raise StorageError(place) from error


def backup_path(path: Path, version: int) -> Path:
    return path.with_name(f"{path.name}.backup-{version}")


def back_up(source: sqlite3.Connection, target: Path) -> None:
    """Copies the whole database, checks the copy, and only then gives it its name. Raises StorageDamaged, OSError."""
    draft = target.with_name(target.name + ".new")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with contextlib.closing(sqlite3.connect(draft, isolation_level=None)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = delete")  # one file, complete in itself
        problem = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise StorageDamaged(text("storage.backup_damaged", path=str(target), detail=problem))
    _sync(draft)
    draft.replace(target)


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())

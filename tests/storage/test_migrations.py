"""Schema versions: what is made, backed up, refused and taken back."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from peewee import TextField
from playhouse.migrate import SqliteMigrator, migrate

from orchestra_desktop.domain.errors import NewerSchema, StorageDamaged, StorageError
from orchestra_desktop.domain.ports import EventFilter
from orchestra_desktop.storage.folder import DataFolder
from orchestra_desktop.storage.migrations import MIGRATIONS, Migration, back_up
from orchestra_desktop.storage.schema import TABLES
from orchestra_desktop.storage.store import Store, open_store
from tests.storage.samples import events, words


def add_note(database: Any) -> None:
    migrate(SqliteMigrator(database).add_column("projects", "note", TextField(default="")))


def fail_half_way(database: Any) -> None:
    add_note(database)
    database.execute_sql("DELETE FROM events")
    database.execute_sql("INSERT INTO no_such_table VALUES (1)")


WITH_NOTE = (*MIGRATIONS, Migration(2, "a note on projects", add_note))
WITH_A_FAULT = (*WITH_NOTE, Migration(3, "a faulty step", fail_half_way))


async def filled(path: Path) -> None:
    store = open_store(DataFolder(path))
    await store.journal.append(events("kept"))
    await store.close()


async def stored_words(store: Store) -> list[str]:
    return words(await store.archive.events(EventFilter()))


def ask(path: Path, question: str) -> list[tuple[Any, ...]]:
    with contextlib.closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        return connection.execute(question).fetchall()


def version(path: Path) -> int:
    return int(ask(path, "PRAGMA user_version")[0][0])


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


async def test_the_tables_that_queries_name_are_the_tables_that_migrations_make(tmp_path: Path) -> None:
    await filled(tmp_path)
    path = tmp_path / "orchestra.db"
    made = {name for (name,) in ask(path, "SELECT name FROM sqlite_schema WHERE type = 'table'")}

    assert made == {table.__name__ for table in TABLES}
    for table in TABLES:
        columns = {row[1] for row in ask(path, f"PRAGMA table_info({table.__name__})")}
        assert columns == set(table._columns)
    assert version(path) == MIGRATIONS[-1].number


async def test_columns_are_read_in_the_order_in_which_rows_are_taken_apart(tmp_path: Path) -> None:
    """`SELECT *` of an event at start-up relies on it."""
    await filled(tmp_path)
    columns = [row[1] for row in ask(tmp_path / "orchestra.db", "PRAGMA table_info(events)")]

    assert columns == ["seq", "at", "type", "project", "run", "task", "attempt", "payload"]


async def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    await filled(tmp_path)

    assert list(tmp_path.glob("*.backup*")) == []


async def test_a_step_is_applied_once_after_a_whole_and_private_backup(tmp_path: Path) -> None:
    await filled(tmp_path)
    path, backup = tmp_path / "orchestra.db", tmp_path / "orchestra.db.backup-1"
    for _ in range(2):
        store = open_store(DataFolder(tmp_path), migrations=WITH_NOTE)
        await store.close()

    assert sorted(each.name for each in tmp_path.glob("orchestra.db*")) == ["orchestra.db", "orchestra.db.backup-1"]
    assert version(path) == 2
    assert "note" in {row[1] for row in ask(path, "PRAGMA table_info(projects)")}
    assert version(backup) == 1
    assert ask(backup, "PRAGMA integrity_check") == [("ok",)]
    assert ask(backup, "SELECT count(*) FROM events") == [(1,)]
    assert backup.stat().st_mode & 0o777 == 0o600


async def test_a_step_that_fails_leaves_the_database_as_it_was_before_that_step(tmp_path: Path) -> None:
    await filled(tmp_path)
    with pytest.raises(StorageError) as error:
        open_store(DataFolder(tmp_path), migrations=WITH_A_FAULT)

    assert error.value.text.key == "storage.migration_failed"
    assert error.value.text.args["number"] == 3
    path = tmp_path / "orchestra.db"
    assert version(path) == 2, "the step before it stays"
    assert ask(path, "SELECT count(*) FROM events") == [(1,)]
    assert ask(path, "SELECT count(*) FROM pragma_table_info('projects') WHERE name = 'note'") == [(1,)]


async def test_the_program_goes_on_with_the_old_database_after_a_step_that_failed(tmp_path: Path) -> None:
    await filled(tmp_path)
    faulty = (*MIGRATIONS, Migration(2, "a faulty step", fail_half_way))
    before = ask(tmp_path / "orchestra.db", "SELECT sql FROM sqlite_schema")
    with pytest.raises(StorageError):
        open_store(DataFolder(tmp_path), migrations=faulty)

    assert ask(tmp_path / "orchestra.db", "SELECT sql FROM sqlite_schema") == before
    store = open_store(DataFolder(tmp_path))
    assert await stored_words(store) == ["kept"]
    await store.close()


async def test_a_newer_database_is_refused_untouched(tmp_path: Path) -> None:
    store = open_store(DataFolder(tmp_path), migrations=WITH_NOTE)
    await store.journal.append(events("from the future"))
    await store.close()
    path = tmp_path / "orchestra.db"
    before, names = digest(path), {each.name for each in tmp_path.iterdir()}
    with pytest.raises(NewerSchema) as error:
        open_store(DataFolder(tmp_path))

    assert (error.value.text.args["found"], error.value.text.args["known"]) == (2, 1)
    assert digest(path) == before
    assert {each.name for each in tmp_path.iterdir()} == names
    assert DataFolder(tmp_path).try_hold(), "the folder was let go"


async def test_a_newer_database_whose_writer_was_killed_is_refused_untouched_with_its_log(tmp_path: Path) -> None:
    """Its newest commits still lie in the log: opening it for writing would move them into the file."""
    original, copy = tmp_path / "original", tmp_path / "copy"
    store = open_store(DataFolder(original), migrations=WITH_NOTE)
    await store.journal.append(events("in the log"))
    copy.mkdir()
    for name in ("orchestra.db", "orchestra.db-wal", "orchestra.db-shm"):
        (copy / name).write_bytes((original / name).read_bytes())
    await store.close()
    before = [digest(copy / name) for name in ("orchestra.db", "orchestra.db-wal")]
    with pytest.raises(NewerSchema):
        open_store(DataFolder(copy))

    assert [digest(copy / name) for name in ("orchestra.db", "orchestra.db-wal")] == before


async def test_a_backup_that_is_not_sound_gets_no_name_and_stops_the_migration(tmp_path: Path) -> None:
    await filled(tmp_path)
    path = tmp_path / "orchestra.db"
    damage_an_index(path)
    with contextlib.closing(sqlite3.connect(path)) as source, pytest.raises(StorageDamaged):
        back_up(source, tmp_path / "backup")

    assert not (tmp_path / "backup").exists()


def damage_an_index(path: Path) -> None:
    """Takes an entry out of an index and leaves its row: found by nothing but a check of the whole."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA writable_schema = on")
        connection.execute("UPDATE sqlite_schema SET sql = sql || ' WHERE 0' WHERE name = 'events_run_seq'")
        connection.execute("PRAGMA writable_schema = reset")
        connection.execute("REINDEX events_run_seq")
        connection.execute("PRAGMA writable_schema = on")
        connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ' WHERE 0', '') WHERE name = 'events_run_seq'")

"""Writes a group of batches as one transaction on the writer's connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain

from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ports import Batch, PlanRow, ProjectRow, Row, RunRow
from orchestra_desktop.storage.ledger_sums import write_lines
from orchestra_desktop.storage.many_rows import write_rows
from orchestra_desktop.storage.rows import body_row, event_row, plan_row, project_row, run_row
from orchestra_desktop.storage.schema import BODY_COLUMNS, EVENT_COLUMNS, PLAN_COLUMNS, PROJECT_COLUMNS, RUN_COLUMNS


def _insert(table: str, columns: Sequence[str], verb: str = "INSERT") -> str:
    return f"{verb} INTO {table} ({', '.join(columns)})"


# SQL of our own on peewee's connection: its own insert_many takes three times as long here.
_EVENT = _insert("events", EVENT_COLUMNS)
_BODY = _insert("bodies", BODY_COLUMNS, "INSERT OR IGNORE")  # the same digest is the same content
_PROJECT = _insert("projects", PROJECT_COLUMNS, "INSERT OR REPLACE")
_PLAN = _insert("plans", PLAN_COLUMNS, "INSERT OR REPLACE")
_RUN = _insert("runs", RUN_COLUMNS, "INSERT OR REPLACE")

Entry = tuple[Batch, Sequence[Stored]]


def write_group(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """All of the batches or, if anything is raised, none."""
    cursor = connection.cursor()
    try:
        cursor.execute("BEGIN IMMEDIATE")
        _write(cursor, entries)
        cursor.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # after some errors SQLite has rolled back already
            connection.rollback()
        raise
    finally:
        cursor.close()


def _write(cursor: sqlite3.Cursor, entries: Sequence[Entry]) -> None:
    write_rows(cursor, _EVENT, [event_row(event) for _, stored in entries for event in stored])
    write_rows(cursor, _BODY, [body_row(body) for batch, _ in entries for body in batch.bodies])
    write_lines(cursor, [line for batch, _ in entries for line in batch.ledger])
    _write_latest(cursor, chain.from_iterable(batch.rows for batch, _ in entries))


def _write_latest(cursor: sqlite3.Cursor, rows: Iterable[Row]) -> None:
    """What replaces an earlier state of the same thing; few of them ever come together."""
    for row in rows:
        match row:
            case ProjectRow(project):
                write_rows(cursor, _PROJECT, [project_row(project)])
            case PlanRow():
                write_rows(cursor, _PLAN, [plan_row(row)])
            case RunRow():
                write_rows(cursor, _RUN, [run_row(row)])

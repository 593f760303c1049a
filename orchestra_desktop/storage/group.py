"""Writes a group of batches as one transaction on the writer's connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from itertools import chain

from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ports import Batch, PlanRow, ProjectRow, Row, RunRow
from orchestra_desktop.storage.ledger_sums import Sums, write_lines, write_sums
from orchestra_desktop.storage.rows import body_row, event_row, plan_row, project_row, run_row
from orchestra_desktop.storage.schema import BODY_COLUMNS, EVENT_COLUMNS, PLAN_COLUMNS, PROJECT_COLUMNS, RUN_COLUMNS


def _insert(table: str, columns: Sequence[str], verb: str = "INSERT") -> str:
    return f"{verb} INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


# SQL of our own and `executemany` on peewee's connection: its own insert_many takes three times as long here.
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
    if events := [event_row(event) for _, stored in entries for event in stored]:
        cursor.executemany(_EVENT, events)
    if bodies := [body_row(body) for batch, _ in entries for body in batch.bodies]:
        cursor.executemany(_BODY, bodies)
    if lines := [line for batch, _ in entries for line in batch.ledger]:
        sums = Sums()
        write_lines(cursor, lines, sums)
        write_sums(cursor, sums)
    _write_rows(cursor, chain.from_iterable(batch.rows for batch, _ in entries))


def _write_rows(cursor: sqlite3.Cursor, rows: Iterable[Row]) -> None:
    for row in rows:
        match row:
            case ProjectRow(project):
                cursor.execute(_PROJECT, project_row(project))
            case PlanRow():
                cursor.execute(_PLAN, plan_row(row))
            case RunRow():
                cursor.execute(_RUN, run_row(row))

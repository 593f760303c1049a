"""Writes a group of batches as one transaction on the writer's connection."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import chain

from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ports import Batch, PlanRow, ProjectRow, Row, RunRow
from orchestra_desktop.storage import intake
from orchestra_desktop.storage.rows import SqlRow, plan_row, project_row, run_row
from orchestra_desktop.storage.schema import PLAN_COLUMNS, PROJECT_COLUMNS, RUN_COLUMNS

Entry = tuple[Batch, Sequence[Stored]]
Statement = tuple[str, Sequence[object]]


def _replace(table: str, columns: Sequence[str]) -> str:
    return f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"


# SQL of our own on peewee's connection: its own insert_many takes three times as long here.
_PROJECT = _replace("projects", PROJECT_COLUMNS)
_PLAN = _replace("plans", PLAN_COLUMNS)
_RUN = _replace("runs", RUN_COLUMNS)


def write_group(connection: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """All of the batches or, if anything is raised, none."""
    statements = list(chain(intake.statements(entries), _latest(entries)))
    if len(statements) == 1:  # nearly always: a statement that stands alone is a transaction
        connection.execute(*statements[0])
    else:
        _together(connection, statements)


def _together(connection: sqlite3.Connection, statements: Sequence[Statement]) -> None:
    try:
        connection.execute("BEGIN IMMEDIATE")
        for statement in statements:
            connection.execute(*statement)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # after some errors SQLite has rolled back already
            connection.rollback()
        raise


def _latest(entries: Sequence[Entry]) -> Iterator[Statement]:
    """What replaces an earlier state of the same thing."""
    for batch, _ in entries:
        for row in batch.rows:
            yield _replacing(row)


def _replacing(row: Row) -> tuple[str, SqlRow]:
    match row:
        case ProjectRow(project):
            return _PROJECT, project_row(project)
        case PlanRow():
            return _PLAN, plan_row(row)
        case RunRow():
            return _RUN, run_row(row)

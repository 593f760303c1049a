"""Writes many rows with one statement.

`executemany` takes a step of SQLite for each row, and each step lets go of the interpreter and waits to get it back,
behind a busy loop for milliseconds: a group of forty rows then took as long to write as to bring to the disk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from functools import lru_cache

from orchestra_desktop.storage.rows import SqlRow

MOST_ROWS = 500  # in one statement; SQLite takes 32,766 variables in all


def write_rows(cursor: sqlite3.Cursor, before: str, rows: Sequence[SqlRow], after: str = "") -> None:
    """Carries out `before VALUES (…), (…) after` for all rows, which are of one length; nothing if there are none."""
    for part in _parts(rows):
        cursor.execute(_statement(before, len(part[0]), len(part), after), [value for row in part for value in row])


def _parts(rows: Sequence[SqlRow]) -> Iterator[Sequence[SqlRow]]:
    for start in range(0, len(rows), MOST_ROWS):
        yield rows[start : start + MOST_ROWS]


@lru_cache(maxsize=1_000)
def _statement(before: str, columns: int, rows: int, after: str) -> str:
    row = f"({', '.join('?' * columns)})"
    return f"{before} VALUES {', '.join([row] * rows)} {after}"

"""Writes ledger lines and keeps the running sum of each account in step, in the same transaction.

Sums by query were rejected: over 1,000,000 lines one takes 0.1-0.5 s, and a budget question has 20 ms. Triggers were
rejected too: they fire for each line, while here a group of commits touches each account once.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ledger import LedgerWrite, LineOpened, LineSettled, LineState
from orchestra_desktop.storage.rows import opened_row, settled_row
from orchestra_desktop.storage.schema import OPENED_COLUMNS

Key = tuple[str, str]  # kind and id of an account
Change = list[int]  # charged, open, unconfirmed

_OPEN = (
    f"INSERT INTO ledger ({', '.join(OPENED_COLUMNS)}, state, charged, flags) "  # noqa: S608  # names of our own
    f"VALUES ({', '.join('?' * (len(OPENED_COLUMNS) + 3))})"
)
_FIND = "SELECT state, reserved, day, project, run FROM ledger WHERE call = ?"
_SETTLE = """UPDATE ledger SET state = ?, settled_at = ?, charged = ?, usage = ?, request_id = ?, flags = ?
             WHERE call = ?"""
_ADD = """INSERT INTO balances (kind, id, charged, open, unconfirmed) VALUES (?, ?, ?, ?, ?)
          ON CONFLICT (kind, id) DO UPDATE SET charged = charged + excluded.charged, open = open + excluded.open,
          unconfirmed = unconfirmed + excluded.unconfirmed"""

_COLUMN = {LineState.CHARGED: 0, LineState.OPEN: 1, LineState.UNCONFIRMED: 2}


class Sums:
    """What one transaction changes of the running sums."""

    def __init__(self) -> None:
        self._changes: dict[Key, Change] = {}

    def add(self, accounts: Iterable[Key], state: LineState, amount: int) -> None:
        column = _COLUMN.get(state)
        if column is None:  # a voided line counts nowhere
            return
        for account in accounts:
            self._changes.setdefault(account, [0, 0, 0])[column] += amount

    def rows(self) -> Iterator[tuple[str, str, int, int, int]]:
        for (kind, key), (charged, held, unconfirmed) in self._changes.items():
            yield kind, key, charged, held, unconfirmed


def write_lines(cursor: sqlite3.Cursor, writes: Iterable[LedgerWrite], sums: Sums) -> None:
    """Opens and settles lines in their order. Raises sqlite3.IntegrityError for a call that is opened twice."""
    for write in writes:
        match write:
            case LineOpened():
                cursor.execute(_OPEN, opened_row(write))
                sums.add(accounts_of(write.period.day, write.project, write.run), LineState.OPEN, write.reserved)
            case LineSettled():
                _settle(cursor, write, sums)


def _settle(cursor: sqlite3.Cursor, write: LineSettled, sums: Sums) -> None:
    """Of several settlements of one line the first counts; only a person's release may follow an unconfirmed one."""
    found = cursor.execute(_FIND, (write.call,)).fetchone()
    if found is None:
        return
    state, reserved, day, project, run = found
    before = LineState(state)
    if not may_settle(before, write.state):
        return
    cursor.execute(_SETTLE, (*settled_row(write), write.call))
    accounts = tuple(accounts_of(day, project, run))
    sums.add(accounts, before, -reserved)
    sums.add(accounts, write.state, write.charged if write.state is LineState.CHARGED else reserved)


def may_settle(before: LineState, after: LineState) -> bool:
    if before is LineState.OPEN:
        return after is not LineState.OPEN
    return before is LineState.UNCONFIRMED and after is LineState.VOIDED


def write_sums(cursor: sqlite3.Cursor, sums: Sums) -> None:
    cursor.executemany(_ADD, sums.rows())


def accounts_of(day: str, project: str | None, run: str | None) -> Iterator[Key]:
    """The accounts that a line counts for."""
    yield CapKind.DAILY.value, day
    yield CapKind.MONTHLY.value, day[:7]
    if project is not None:
        yield CapKind.PROJECT.value, project
    if run is not None:
        yield CapKind.RUN.value, run

"""Writes ledger lines and keeps the running sum of each account in step, in the same transaction.

Sums by query were rejected: over 1,000,000 lines one takes 0.1-0.5 s, and a budget question has 20 ms. Triggers were
rejected too: they fire for each line, while here a group of commits touches each account once.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ledger import LedgerWrite, LineOpened, LineSettled, LineState
from orchestra_desktop.storage.many_rows import write_rows
from orchestra_desktop.storage.rows import SqlRow, opened_row, settled_row
from orchestra_desktop.storage.schema import OPENED_COLUMNS

Key = tuple[str, str]  # kind and id of an account
Change = list[int]  # charged, open, unconfirmed

_OPEN = f"INSERT INTO ledger ({', '.join(OPENED_COLUMNS)}, state, charged, flags)"
_FIND = """SELECT json_group_array(json_array(call, state, reserved, day, project, run)) FROM ledger
           WHERE call IN (SELECT value FROM json_each(?))"""
_SETTLED = "WITH settled(call, state, settled_at, charged, usage, request_id, flags) AS ("
_SETTLE = """) UPDATE ledger SET state = settled.state, settled_at = settled.settled_at, charged = settled.charged,
             usage = settled.usage, request_id = settled.request_id, flags = settled.flags
             FROM settled WHERE ledger.call = settled.call"""
_ADD = "INSERT INTO balances (kind, id, charged, open, unconfirmed)"
_ADDED = """ON CONFLICT (kind, id) DO UPDATE SET charged = charged + excluded.charged, open = open + excluded.open,
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

    def rows(self) -> list[SqlRow]:
        return [(*account, *change) for account, change in self._changes.items()]


@dataclass(slots=True)
class Found:
    """A line as it stands, and the accounts it counts for."""

    state: LineState
    reserved: int
    accounts: tuple[Key, ...]


def write_lines(cursor: sqlite3.Cursor, writes: Sequence[LedgerWrite]) -> None:
    """Opens and settles lines, and brings the sums up to date.

    A line is settled by a later write than the one that opens it, hence all are opened first. Raises
    sqlite3.IntegrityError for a call that is opened twice.
    """
    sums = Sums()
    opened = [write for write in writes if isinstance(write, LineOpened)]
    write_rows(cursor, _OPEN, [opened_row(line) for line in opened])
    for line in opened:
        sums.add(accounts_of(line.period.day, line.project, line.run), LineState.OPEN, line.reserved)
    settled = [write for write in writes if isinstance(write, LineSettled)]
    if settled:
        _settle(cursor, settled, sums)
    write_rows(cursor, _ADD, sums.rows(), _ADDED)


def _settle(cursor: sqlite3.Cursor, writes: Sequence[LineSettled], sums: Sums) -> None:
    """Of several settlements of one line the first counts; only a person's release may follow an unconfirmed one."""
    found = _found(cursor, [write.call for write in writes])
    rows: dict[str, SqlRow] = {}  # of a line that is settled and released at once the release stays
    for write in writes:
        line = found.get(write.call)
        if line is not None and may_settle(line.state, write.state):
            rows[write.call] = (write.call, *settled_row(write))
            sums.add(line.accounts, line.state, -line.reserved)
            line.state = write.state
            sums.add(line.accounts, write.state, write.charged if write.state is LineState.CHARGED else line.reserved)
    write_rows(cursor, _SETTLED, list(rows.values()), _SETTLE)


def _found(cursor: sqlite3.Cursor, calls: Sequence[str]) -> dict[str, Found]:
    """The lines of these calls, in one row as JSON: each row fetched would be a step of its own."""
    (lines,) = cursor.execute(_FIND, (json.dumps(calls),)).fetchone()
    return {
        call: Found(LineState(state), reserved, tuple(accounts_of(day, project, run)))
        for call, state, reserved, day, project, run in json.loads(lines)
    }


def may_settle(before: LineState, after: LineState) -> bool:
    if before is LineState.OPEN:
        return after is not LineState.OPEN
    return before is LineState.UNCONFIRMED and after is LineState.VOIDED


def accounts_of(day: str, project: str | None, run: str | None) -> Iterator[Key]:
    """The accounts that a line counts for."""
    yield CapKind.DAILY.value, day
    yield CapKind.MONTHLY.value, day[:7]
    if project is not None:
        yield CapKind.PROJECT.value, project
    if run is not None:
        yield CapKind.RUN.value, run

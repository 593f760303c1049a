"""The way into the database: a view that takes what a group of batches writes in one statement, and files it.

Every statement lets go of the interpreter several times and waits to get it back, behind a busy loop for milliseconds;
with one for each table, a commit waited longer for that than for the disk. Here the statement is the transaction. What
SQLite does with a row of the view stands in a trigger: it fills the tables, and keeps the running sum of each account
in step with the ledger. Sums by query were rejected: over 1,000,000 lines one takes 0.1-0.5 s, and a budget question
has 20 ms. Rows as JSON were rejected too: taking them apart costs three times what storing them does.

View and trigger are temporary: they belong to the writer's connection, and the file has its tables alone.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain, islice, zip_longest

from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ledger import LedgerWrite, LineOpened
from orchestra_desktop.domain.ports import Batch
from orchestra_desktop.storage.rows import SqlRow, body_row, event_row, opened_row, settled_row
from orchestra_desktop.storage.schema import BODY_COLUMNS, EVENT_COLUMNS, OPENED_COLUMNS, SETTLED_COLUMNS

# What a row has room for besides a line that is opened and one that is settled: about what one task writes.
_EVENTS = 8
_BODIES = 4

MOST_ROWS = 16  # in one statement: SQLite takes 2 ms to make one ready for so many rows, and 9 for four times as many


def _places(name: str, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(f"{name}_{column}" for column in columns)


_EVENT_PLACES = [_places(f"event{number}", EVENT_COLUMNS) for number in range(_EVENTS)]
_BODY_PLACES = [_places(f"body{number}", BODY_COLUMNS) for number in range(_BODIES)]
_OPENED_PLACES = _places("opened", OPENED_COLUMNS)
_SETTLED_PLACES = _places("settled", ("call", *SETTLED_COLUMNS))
_ALL_PLACES = tuple(chain(*_EVENT_PLACES, *_BODY_PLACES, _OPENED_PLACES, _SETTLED_PLACES))

# No None: the sqlite3 module looks for an adapter for each of those, which takes longer than to store a row.
_NO_EVENT: SqlRow = (0,) * len(EVENT_COLUMNS)
_NO_BODY: SqlRow = (0,) * len(BODY_COLUMNS)
_NOT_OPENED: SqlRow = (0,) * len(_OPENED_PLACES)
_NOT_SETTLED: SqlRow = (0,) * len(_SETTLED_PLACES)
_NO_LINES = _NOT_OPENED + _NOT_SETTLED

# -- what SQLite does with a row ------------------------------------------------------------------------------------


def _filled(into: str, columns: Sequence[str], places: Iterable[Sequence[str]]) -> str:
    """SQL that stores those of the places that are filled."""
    rows = " UNION ALL ".join(f"SELECT {_news(row)} WHERE NEW.{row[0]} <> 0" for row in places)
    return f"{into} ({', '.join(columns)}) {rows};"


def _news(places: Iterable[str]) -> str:
    return ", ".join(f"NEW.{place}" for place in places)


def _accounts(call: str) -> str:
    """The accounts that a line of the ledger counts for, each with the line."""
    return f"""(
        SELECT 'daily' AS kind, day AS id, * FROM ledger WHERE call = {call}
        UNION ALL SELECT 'monthly', substr(day, 1, 7), * FROM ledger WHERE call = {call}
        UNION ALL SELECT 'project', project, * FROM ledger WHERE call = {call} AND project IS NOT NULL
        UNION ALL SELECT 'run', run, * FROM ledger WHERE call = {call} AND run IS NOT NULL
    )"""


_SUMS = "INSERT INTO balances (kind, id, charged, open, unconfirmed)"
_ADDED = """ON CONFLICT (kind, id) DO UPDATE SET charged = charged + excluded.charged, open = open + excluded.open,
    unconfirmed = unconfirmed + excluded.unconfirmed"""
_OPENED = f"""
    INSERT INTO ledger ({", ".join(OPENED_COLUMNS)}, state, charged, flags)
        SELECT {_news(_OPENED_PLACES)}, 'open', 0, '[]' WHERE NEW.opened_call <> 0;
    {_SUMS} SELECT kind, id, 0, reserved, 0 FROM {_accounts("NEW.opened_call")} WHERE true {_ADDED};
"""
# Of several settlements of one line the first counts; only a person's release may follow an unconfirmed one.
_MAY_SETTLE = """(state = 'open' AND NEW.settled_state <> 'open'
    OR state = 'unconfirmed' AND NEW.settled_state = 'voided')"""
_SETTLED = f"""
    {_SUMS} SELECT kind, id,
        iif(NEW.settled_state = 'charged', NEW.settled_charged, 0),
        iif(state = 'open', -reserved, 0),
        iif(NEW.settled_state = 'unconfirmed', reserved, 0) - iif(state = 'unconfirmed', reserved, 0)
        FROM {_accounts("NEW.settled_call")} WHERE {_MAY_SETTLE} {_ADDED};
    UPDATE ledger SET {", ".join(f"{column} = NEW.settled_{column}" for column in SETTLED_COLUMNS)}
        WHERE call = NEW.settled_call AND {_MAY_SETTLE};
"""
_FILE = f"""CREATE TEMP TRIGGER file INSTEAD OF INSERT ON intake BEGIN
    {_filled("INSERT INTO events", EVENT_COLUMNS, _EVENT_PLACES)}
    {_filled("INSERT OR IGNORE INTO bodies", BODY_COLUMNS, _BODY_PLACES)} -- the same digest is the same content
    {_OPENED}
    {_SETTLED}
END"""


def prepare(connection: sqlite3.Connection) -> None:
    """Makes the view and its trigger, once for a connection."""
    connection.execute(f"CREATE TEMP VIEW intake AS SELECT {', '.join(f'NULL AS {place}' for place in _ALL_PLACES)}")
    connection.execute(_FILE)


# -- rows -----------------------------------------------------------------------------------------------------------


def statements(entries: Sequence[tuple[Batch, Sequence[Stored]]]) -> Iterator[tuple[str, list[object]]]:
    """SQL and its values that store events, bodies and ledger lines of all batches, in order; mostly a single one."""
    rows = _rows(entries)
    while some := list(islice(rows, MOST_ROWS)):
        yield _statement(len(some)), list(chain.from_iterable(some))


def _rows(entries: Sequence[tuple[Batch, Sequence[Stored]]]) -> Iterator[SqlRow]:
    """As few as there are places for; about one for each task that has gone on."""
    events = (event_row(event) for _, stored in entries for event in stored)
    bodies = (body_row(body) for batch, _ in entries for body in batch.bodies)
    lines = (line for batch, _ in entries for line in batch.ledger)
    filled = zip_longest(_in_places(events, _EVENTS, _NO_EVENT), _in_places(bodies, _BODIES, _NO_BODY), _lines(lines))
    for its_events, its_bodies, its_lines in filled:
        yield (its_events or _NO_EVENT * _EVENTS) + (its_bodies or _NO_BODY * _BODIES) + (its_lines or _NO_LINES)


def _in_places(rows: Iterator[SqlRow], places: int, empty: SqlRow) -> Iterator[SqlRow]:
    while some := list(islice(rows, places)):
        yield tuple(chain.from_iterable(some)) + empty * (places - len(some))


def _lines(writes: Iterable[LedgerWrite]) -> Iterator[SqlRow]:
    """A line that is opened and one that is settled share a row, which opens first: no line is settled any sooner."""
    opened = settled = None
    for write in writes:
        if isinstance(write, LineOpened):
            if opened is not None:
                yield opened + (settled or _NOT_SETTLED)
                settled = None
            opened = opened_row(write)
        else:
            if settled is not None:
                yield (opened or _NOT_OPENED) + settled
                opened = None
            settled = settled_row(write)
    if opened is not None or settled is not None:
        yield (opened or _NOT_OPENED) + (settled or _NOT_SETTLED)


@cache
def _statement(rows: int) -> str:
    row = f"({', '.join('?' * len(_ALL_PLACES))})"
    return f"INSERT INTO intake VALUES {', '.join([row] * rows)}"

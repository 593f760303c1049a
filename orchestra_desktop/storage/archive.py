"""Reads what was stored: the port `Archive` over a connection that only reads, on a thread of its own."""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Protocol, TypeVar

from orchestra_desktop.domain.budget import Account, Balance, CapKind
from orchestra_desktop.domain.errors import StorageDamaged
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ids import Digest, ProjectId
from orchestra_desktop.domain.ledger import LedgerLine
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.ports import EventFilter, LineFilter, RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import text
from orchestra_desktop.storage.check import problems
from orchestra_desktop.storage.rows import (
    SqlRow,
    body_content,
    event_of,
    line_of,
    plan_of,
    project_of,
    run_of,
)
from orchestra_desktop.storage.schema import (
    OPENED_COLUMNS,
    SETTLED_COLUMNS,
    balances,
    bodies,
    events,
    ledger,
    plans,
    projects,
    runs,
)

_log = logging.getLogger(__name__)

T = TypeVar("T")
_CHUNK = 500  # values in one IN (...): SQLite takes at least 999 in one statement


class Queries(Protocol):
    """Runs a query against an open database where blocking does no harm."""

    async def ask(self, query: Callable[[Any], T], nothing: T) -> T:
        """The query's answer, given peewee's database; `nothing` where there is no database yet."""


class SqliteArchive:
    """The port `Archive`. Without a database every answer is empty. Raises StorageError for what cannot be read."""

    def __init__(self, queries: Queries) -> None:
        self._queries = queries

    async def projects(self) -> Sequence[Project]:
        query = projects.select().order_by(projects.created_at, projects.id)
        return await self._all(query, project_of, "projects")

    async def project(self, project: ProjectId) -> Project | None:
        found = await self._all(projects.select().where(projects.id == project), project_of, "projects")
        return found[0] if found else None

    async def plans(self, project: ProjectId) -> Sequence[PlanVersion]:
        query = plans.select().where(plans.project == project).order_by(plans.number)
        return await self._all(query, plan_of, "plans")

    async def runs(self, project: ProjectId | None = None) -> Sequence[RunRow]:
        query = runs.select().order_by(runs.started_at, runs.run)
        return await self._all(query if project is None else query.where(runs.project == project), run_of, "runs")

    async def events(self, which: EventFilter) -> Sequence[Stored]:
        return await self._queries.ask(lambda database: _events(database, which), [])

    async def bodies(self, digests: Iterable[Digest]) -> Mapping[Digest, bytes]:
        wanted = tuple(dict.fromkeys(digests))
        nothing: dict[Digest, bytes] = {}
        found = await self._queries.ask(lambda database: _bodies(database, wanted), nothing)
        for digest in wanted:
            if digest not in found:
                raise StorageDamaged(text("storage.body_missing", digest=digest))
        return found

    async def lines(self, which: LineFilter) -> Sequence[LedgerLine]:
        return await self._all(_line_query(which), line_of, "ledger")

    async def balances(self, accounts: Iterable[Account]) -> Mapping[Account, Balance]:
        wanted = tuple(dict.fromkeys(accounts))
        nothing = {account: Balance() for account in wanted}
        return await self._queries.ask(lambda database: _balances(database, wanted), nothing)

    async def latest_period(self) -> Period | None:
        """From the sums, which hold a row for each day that has a line: an index of a million days is spared."""
        days = balances.select(balances.id).where(balances.kind == CapKind.DAILY.value)
        query = days.order_by(balances.id.desc()).limit(1)
        found = await self._all(query, lambda row: Period(row[0]), "balances")
        return found[0] if found else None

    async def check(self) -> tuple[str, ...]:
        return await self._queries.ask(problems, ())

    async def _all(self, query: Any, make: Callable[[SqlRow], T], table: str) -> list[T]:
        return await self._queries.ask(lambda database: _made(database.execute(query), make, table), [])


def _made(rows: Iterable[SqlRow], make: Callable[[SqlRow], T], table: str) -> list[T]:
    made: list[T] = []
    for row in rows:
        try:
            made.append(make(row))
        except (ValueError, KeyError, TypeError) as error:
            raise StorageDamaged(
                text("storage.row_damaged", table=table, key=str(row[0]), detail=type(error).__name__)
            ) from error
    return made


# -- events ---------------------------------------------------------------------------------------------------------


def _events(database: Any, which: EventFilter) -> list[Stored]:
    found: list[Stored] = []
    for row in database.execute(_event_query(which)):
        try:
            found.append(event_of(row))
        except (ValueError, KeyError, TypeError) as error:
            if row[0] != _last_seq(database):
                raise _damaged(row[0], error) from error
            # The last record of the folder was torn: what it announced had not begun (reliability.md R3).
            _log.warning("event %s, the last one, cannot be read and is left out: %r", row[0], error)
    return found


def _event_query(which: EventFilter) -> Any:
    query = events.select().where(events.seq > which.after).order_by(events.seq)
    if which.until is not None:
        query = query.where(events.seq <= which.until)
    if which.project is not None:
        query = query.where(events.project == which.project)
    if which.run is not None:
        query = query.where(events.run == which.run)
    if which.types:
        query = query.where(events.type.in_(sorted(which.types)))
    return query if which.limit is None else query.limit(which.limit)


def _last_seq(database: Any) -> int:
    return int(database.execute_sql("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def _damaged(seq: int, error: Exception) -> StorageDamaged:
    return StorageDamaged(text("storage.event_damaged", seq=seq, detail=type(error).__name__))


# -- bodies, ledger, balances ---------------------------------------------------------------------------------------


def _chunks(values: Sequence[T]) -> Iterator[list[T]]:
    left = iter(values)
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _bodies(database: Any, wanted: Sequence[Digest]) -> dict[Digest, bytes]:
    found: dict[Digest, bytes] = {}
    for chunk in _chunks(wanted):
        for digest, packed, content in database.execute(bodies.select().where(bodies.digest.in_(chunk))):
            found[digest] = _body(digest, packed, content)
    return found


def _body(digest: Digest, packed: int, content: bytes) -> bytes:
    """Checked against its digest, which costs a thousandth of what sending it to a model does."""
    try:
        body = body_content(packed, content)
    except zlib.error as error:
        raise StorageDamaged(text("storage.body_damaged", digest=digest)) from error
    if hashlib.sha256(body).hexdigest() != digest:
        raise StorageDamaged(text("storage.body_damaged", digest=digest))
    return body


def _line_query(which: LineFilter) -> Any:
    query = ledger.select(*(getattr(ledger, name) for name in (*OPENED_COLUMNS, *SETTLED_COLUMNS)))
    wishes = ((ledger.project, which.project), (ledger.run, which.run), (ledger.call, which.call))
    for column, value in (*wishes, (ledger.state, which.state)):
        if value is not None:
            query = query.where(column == value)
    return query.order_by(ledger.line)


def _balances(database: Any, wanted: Sequence[Account]) -> dict[Account, Balance]:
    """Looked up one by one: each is a single step into a small tree, and there are four of them."""
    found: dict[Account, Balance] = {}
    for account in wanted:
        key = (balances.kind == account.kind.value) & (balances.id == account.id)
        query = balances.select(balances.charged, balances.open, balances.unconfirmed).where(key)
        row = database.execute(query).fetchone()
        found[account] = Balance() if row is None else Balance(*row)
    return found

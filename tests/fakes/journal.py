"""A journal and archive in memory, held to the same conformance suites as the real ones.

Commits may be held back (`hold`, `release`) so that a test sees what has been decided but is not yet durable, made
to fail (`fail`, `recover`), and cut short (`after_kill`), which leaves what had been committed and nothing else.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from orchestra_desktop.domain.budget import Account, Balance, CapKind
from orchestra_desktop.domain.errors import StorageDamaged, StorageError
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ids import CallId, Digest, ProjectId, RunId
from orchestra_desktop.domain.ledger import LedgerLine, LedgerWrite, LineOpened, LineSettled, LineState
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.ports import Batch, EventFilter, LineFilter, PlanRow, ProjectRow, Row, RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import Text, text

_log = logging.getLogger(__name__)

Listener = Callable[[Sequence[Stored]], None]


@dataclass(slots=True)
class _Waiting:
    batch: Batch
    stored: tuple[Stored, ...]
    future: asyncio.Future[tuple[Stored, ...]]


class MemoryStore:
    """Both ports in one object. `commits` counts transactions, `batches` keeps each committed batch in order."""

    def __init__(self) -> None:
        self.stored: list[Stored] = []
        self.batches: list[Batch] = []
        self.commits = 0
        self._bodies: dict[Digest, bytes] = {}
        self._lines: dict[CallId, LedgerLine] = {}
        self._projects: dict[ProjectId, Project] = {}
        self._plans: dict[tuple[ProjectId, int], PlanVersion] = {}
        self._runs: dict[RunId, RunRow] = {}
        self._seq = 0
        self._waiting: list[_Waiting] = []
        self._listeners: list[Listener] = []
        self._watchers: list[Callable[[Text | None], None]] = []
        self._held = False
        self._failing = False
        self._drain_due = False
        self._writable_again: list[asyncio.Future[None]] = []

    @property
    def journal(self) -> MemoryStore:
        return self

    @property
    def archive(self) -> MemoryStore:
        return self

    # -- what a test may do to it -----------------------------------------------------------------------------------

    @property
    def uncommitted(self) -> tuple[Batch, ...]:
        """What was appended and is not durable yet, oldest first."""
        return tuple(waiting.batch for waiting in self._waiting)

    def hold(self) -> None:
        """Commits nothing until `release`."""
        self._held = True

    def release(self, count: int | None = None) -> None:
        """Commits the oldest `count` held batches in one group and goes on holding; all of them ends the holding."""
        if count is None:
            self._held = False
        self._commit(len(self._waiting) if count is None else count)

    def fail(self) -> None:
        """From now on commits fail as on a full disk: batches are kept and `writable` is False."""
        self._failing = True
        self._tell(text("storage.full", path="memory", detail="a test said so"))

    def recover(self) -> None:
        """The disk takes commits again: everything that was kept is committed."""
        self._failing = False
        self._tell(None)
        for waiter in self._writable_again:
            if not waiter.done():
                waiter.set_result(None)
        self._writable_again.clear()
        if not self._held:
            self._commit(len(self._waiting))

    def after_kill(self) -> MemoryStore:
        """What the next start finds: a new store with what this one had committed."""
        found = MemoryStore()
        for batch in self.batches:
            found._store(batch)
        found.stored = list(self.stored)
        found._seq = max((event.seq for event in self.stored), default=0)
        found.batches = list(self.batches)
        return found

    # -- Journal ----------------------------------------------------------------------------------------------------

    def append(self, batch: Batch) -> asyncio.Future[tuple[Stored, ...]]:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(batch, self._numbered(batch), loop.create_future())
        self._waiting.append(waiting)
        if not self._drain_due:
            self._drain_due = True
            loop.call_soon(self._drain)
        return waiting.future

    @property
    def writable(self) -> bool:
        return not self._failing

    def watch(self, watcher: Callable[[Text | None], None]) -> Callable[[], None]:
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def _tell(self, why: Text | None) -> None:
        for watcher in tuple(self._watchers):
            watcher(why)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    async def wait_writable(self) -> None:
        if self._failing:
            waiter = asyncio.get_running_loop().create_future()
            self._writable_again.append(waiter)
            await waiter

    def _numbered(self, batch: Batch) -> tuple[Stored, ...]:
        first = self._seq + 1
        self._seq += len(batch.events)
        return tuple(Stored(first + n, draft.at, draft.scope, draft.event) for n, draft in enumerate(batch.events))

    def _drain(self) -> None:
        self._drain_due = False
        if not self._held:
            self._commit(len(self._waiting))

    def _commit(self, count: int) -> None:
        if self._failing or not count:
            return
        group, self._waiting = self._waiting[:count], self._waiting[count:]
        self.commits += 1
        published: list[Stored] = []
        for waiting in group:
            refused = self._refused(waiting.batch)
            if refused is None:
                self._store(waiting.batch)
                self.batches.append(waiting.batch)
                published += waiting.stored
            else:
                _log.error("refused a batch: %s", refused)
            _resolve(waiting, refused)
        self._publish(published)

    def _publish(self, published: list[Stored]) -> None:
        self.stored += published
        if published:
            for listener in tuple(self._listeners):
                listener(tuple(published))

    def _refused(self, batch: Batch) -> StorageError | None:
        """A call that is opened twice is a mistake of the program; the database refuses it by its key."""
        opened = [write.call for write in batch.ledger if isinstance(write, LineOpened)]
        if len(set(opened)) < len(opened) or any(call in self._lines for call in opened):
            return StorageError(text("storage.refused", detail="a ledger line was opened twice"))
        return None

    def _store(self, batch: Batch) -> None:
        for body in batch.bodies:
            self._bodies.setdefault(body.digest, body.content)
        for write in batch.ledger:
            self._write_line(write)
        for row in batch.rows:
            self._write_row(row)

    def _write_line(self, write: LedgerWrite) -> None:
        match write:
            case LineOpened():
                self._lines[write.call] = LedgerLine(write, None)
            case LineSettled():
                line = self._lines.get(write.call)
                if line is not None and _may_settle(line.state, write.state):
                    self._lines[write.call] = LedgerLine(line.opened, write)

    def _write_row(self, row: Row) -> None:
        match row:
            case ProjectRow(project):
                self._projects[project.id] = project
            case PlanRow(project_id, version):
                self._plans[project_id, version.number] = version
            case RunRow():
                self._runs[row.run] = row

    # -- Archive ----------------------------------------------------------------------------------------------------

    async def projects(self) -> Sequence[Project]:
        return sorted(self._projects.values(), key=lambda project: (project.created_at, project.id))

    async def project(self, project: ProjectId) -> Project | None:
        return self._projects.get(project)

    async def plans(self, project: ProjectId) -> Sequence[PlanVersion]:
        return [version for (owner, _), version in sorted(self._plans.items()) if owner == project]

    async def runs(self, project: ProjectId | None = None) -> Sequence[RunRow]:
        rows = [row for row in self._runs.values() if project is None or row.project == project]
        return sorted(rows, key=lambda row: (row.started_at, row.run))

    async def events(self, which: EventFilter) -> Sequence[Stored]:
        return [event for event in self.stored if _wanted(event, which)][: which.limit]

    async def bodies(self, digests: Iterable[Digest]) -> Mapping[Digest, bytes]:
        found = {}
        for digest in digests:
            if digest not in self._bodies:
                raise StorageDamaged(text("storage.body_missing", digest=digest))
            found[digest] = self._bodies[digest]
        return found

    async def lines(self, which: LineFilter) -> Sequence[LedgerLine]:
        lines = [line for line in self._lines.values() if _line_wanted(line, which)]
        return sorted(lines, key=lambda line: line.opened.at)

    async def balances(self, accounts: Iterable[Account]) -> Mapping[Account, Balance]:
        sums = {account: Balance() for account in accounts}
        for line in self._lines.values():
            for account in _accounts(line.opened):
                if account in sums:
                    _count(sums[account], line)
        return sums

    async def latest_period(self) -> Period | None:
        return max((line.opened.period for line in self._lines.values()), key=lambda period: period.day, default=None)

    async def check(self) -> tuple[str, ...]:
        return ()


def _resolve(waiting: _Waiting, refused: StorageError | None) -> None:
    if waiting.future.done():
        return
    if refused is None:
        waiting.future.set_result(waiting.stored)
    else:
        waiting.future.set_exception(refused)
        waiting.future.exception()  # the awaitable may be dropped; that is no error of its own


def _may_settle(before: LineState, after: LineState) -> bool:
    """Once; but what is unconfirmed a person may release."""
    return before is LineState.OPEN or (before is LineState.UNCONFIRMED and after is LineState.VOIDED)


def _accounts(opened: LineOpened) -> list[Account]:
    accounts = [Account(CapKind.DAILY, opened.period.day), Account(CapKind.MONTHLY, opened.period.month)]
    if opened.run is not None:
        accounts.append(Account(CapKind.RUN, opened.run))
    if opened.project is not None:
        accounts.append(Account(CapKind.PROJECT, opened.project))
    return accounts


def _count(balance: Balance, line: LedgerLine) -> None:
    match line.state:
        case LineState.OPEN:
            balance.open += line.counts
        case LineState.CHARGED:
            balance.charged += line.counts
        case LineState.UNCONFIRMED:
            balance.unconfirmed += line.counts
        case LineState.VOIDED:
            return


def _wanted(event: Stored, which: EventFilter) -> bool:
    return (
        event.seq > which.after
        and (which.until is None or event.seq <= which.until)
        and (which.project is None or event.scope.project == which.project)
        and (which.run is None or event.scope.run == which.run)
        and (not which.types or event.type in which.types)
    )


def _line_wanted(line: LedgerLine, which: LineFilter) -> bool:
    return (
        (which.project is None or line.opened.project == which.project)
        and (which.run is None or line.opened.run == which.run)
        and (which.call is None or line.opened.call == which.call)
        and (which.state is None or line.state == which.state)
    )

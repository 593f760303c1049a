"""The journal on the loop's side: numbers events, hands batches to the writer thread, tells what has been stored."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, TypeVar

from orchestra_desktop.domain.errors import StorageError, StorageUnavailable
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ports import Batch
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.storage.writer import (
    Committed,
    Ended,
    Failed,
    Group,
    Pauses,
    Pending,
    Report,
    Waiting,
    WriterThread,
)

_log = logging.getLogger(__name__)

Listener = Callable[[Sequence[Stored]], None]
Watcher = Callable[[Text | None], None]
T = TypeVar("T")


class SqliteJournal:
    """The port `Journal` over one writer thread. Everything but `_report` runs on the loop.

    Batches cross over to the writer once per turn of the loop, and its reports come back with one
    `call_soon_threadsafe` for each group of them: on the window's loop a callback costs 15 us, so a batch must not have
    one of its own unless somebody awaits it.
    """

    def __init__(self, database: Any, path: str, last_seq: int, pauses: Pauses) -> None:
        self._seq = last_seq
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: list[Listener] = []
        self._watchers: list[Watcher] = []
        self._trouble: Text | None = None
        self._dead: StorageError | None = None
        self._closed = False
        self._ended: asyncio.Future[None] | None = None
        self._writable_again: list[asyncio.Future[None]] = []
        self._waiting: list[Pending] = []
        self._writer = WriterThread(database, path, self._report, pauses)
        self._writer.start()

    # -- Journal ----------------------------------------------------------------------------------------------------

    def append(self, batch: Batch) -> asyncio.Future[tuple[Stored, ...]]:
        self._loop = loop = asyncio.get_running_loop()
        future: asyncio.Future[tuple[Stored, ...]] = loop.create_future()
        if self._closed:
            _fail(future, StorageUnavailable(text("storage.closed")))
        elif self._dead is not None:
            _fail(future, self._dead)
        else:
            # Not handed over at once: the writer would start a commit of its own for nearly each batch, and the two
            # threads would wait for each other's hold on the interpreter all the time.
            if not self._waiting:
                loop.call_soon(self._hand_over)
            self._waiting.append(Pending(batch, self._numbered(batch), future))
        return future

    def _hand_over(self) -> None:
        if self._waiting:
            self._writer.put(self._waiting)
            self._waiting = []

    def _numbered(self, batch: Batch) -> tuple[Stored, ...]:
        drafts = batch.events
        first = self._seq + 1
        self._seq += len(drafts)
        return tuple([Stored(first + n, draft.at, draft.scope, draft.event) for n, draft in enumerate(drafts)])

    @property
    def writable(self) -> bool:
        return self._trouble is None

    @property
    def trouble(self) -> Text | None:
        """Why the last attempt to commit failed; None while the database takes commits."""
        return self._trouble

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        return _listed(self._listeners, listener)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Calls `watcher` on the loop with why commits began to fail, and with None once they succeed again."""
        return _listed(self._watchers, watcher)

    async def wait_writable(self) -> None:
        """Raises StorageDamaged where it will never be."""
        if self._dead is not None:
            raise self._dead
        if self._trouble is not None:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._writable_again.append(waiter)
            await waiter

    async def close(self) -> None:
        """Commits what waits, then ends the thread and closes the database. Doing it twice does no harm.

        A disk that takes no commit is tried once more; what it does not take then fails with StorageUnavailable.
        """
        self._loop = asyncio.get_running_loop()
        if not self._closed:
            self._closed = True
            self._hand_over()
            self._ended = self._loop.create_future()
            self._writer.stop()
        if self._ended is not None:
            await asyncio.shield(self._ended)
        self._writer.join()

    # -- what the writer says ---------------------------------------------------------------------------------------

    def _report(self, report: Report) -> None:
        """On the writer's thread. A loop that is closed takes no reports and has nobody left who waits for them."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._hear, report)

    def _hear(self, report: Report) -> None:
        match report:
            case Committed(group):
                self._committed(group)
            case Failed(group, error, for_good):
                self._failed(group, error, for_good=for_good)
            case Waiting(why):
                self._note(why)
            case Ended():
                if self._ended is not None and not self._ended.done():
                    self._ended.set_result(None)

    def _committed(self, group: Group) -> None:
        for pending in group:
            if not pending.future.done():  # whoever awaited it may have been cancelled
                pending.future.set_result(pending.stored)
        if self._trouble is not None:
            self._note(None)
            self._wake(None)
        self._publish(tuple(chain.from_iterable(pending.stored for pending in group)))

    def _failed(self, group: Group, error: StorageError, *, for_good: bool) -> None:
        if for_good and self._dead is None:
            _log.error("the database takes nothing more: %s %s", error.text.key, error.text.args)
            self._dead = error
            self._note(error.text)
            self._wake(error)
        for pending in group:
            _fail(pending.future, error)

    def _publish(self, events: tuple[Stored, ...]) -> None:
        if not events:
            return
        _tell(self._listeners, events)

    def _note(self, why: Text | None) -> None:
        if why is None:
            _log.warning("the database takes commits again")
        elif self._trouble is None:
            _log.warning("the database takes no commits: %s %s", why.key, why.args)
        changed, self._trouble = why != self._trouble, why
        if changed:
            _tell(self._watchers, why)

    def _wake(self, error: StorageError | None) -> None:
        for waiter in self._writable_again:
            if not waiter.done():
                if error is None:
                    waiter.set_result(None)
                else:
                    waiter.set_exception(error)
        self._writable_again.clear()


def _listed(listeners: list[T], listener: T) -> Callable[[], None]:
    listeners.append(listener)

    def end() -> None:
        with contextlib.suppress(ValueError):
            listeners.remove(listener)

    return end


def _tell(listeners: Sequence[Callable[[T], None]], news: T) -> None:
    for listener in tuple(listeners):
        try:
            listener(news)
        except Exception:  # noqa: BLE001  # its mistake must not keep the others from hearing
            _log.exception("a subscriber of the journal failed")


def _fail(future: asyncio.Future[tuple[Stored, ...]], error: StorageError) -> None:
    if not future.done():
        future.set_exception(error)
        future.exception()  # the awaitable may be dropped: the failure is logged where it is found

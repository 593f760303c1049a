"""The writer thread: takes what waits, commits it as one transaction, and tries again while the disk refuses."""

from __future__ import annotations

import logging
import sqlite3
import sys
import threading
from asyncio import Future
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any

from orchestra_desktop.domain.errors import StorageError
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ports import Batch
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.storage.connection import raw
from orchestra_desktop.storage.faults import Trouble, storage_error, trouble_of, trouble_text
from orchestra_desktop.storage.group import write_group

_log = logging.getLogger(__name__)

SWITCH_S = 0.001  # how long a busy loop keeps the interpreter from the writer, twice a commit; Python's own is 5 ms


@dataclass(slots=True)
class Pending:
    """A batch on its way to the disk, with the events it becomes and the awaitable that its owner has."""

    batch: Batch
    stored: tuple[Stored, ...]
    future: Future[tuple[Stored, ...]]


Group = Sequence[Pending]


@dataclass(frozen=True, slots=True)
class Committed:
    group: Group


@dataclass(frozen=True, slots=True)
class Failed:
    """These batches will never be stored. `for_good` says that nothing else will be either."""

    group: Group
    error: StorageError
    for_good: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """The last attempt to commit failed; it is tried again."""

    why: Text


@dataclass(frozen=True, slots=True)
class Ended:
    """The thread is done and the connection closed."""


Report = Committed | Failed | Waiting | Ended


@dataclass(frozen=True, slots=True)
class Pauses:
    """Seconds between attempts to commit: each pause is twice the one before."""

    first_s: float = 0.2
    longest_s: float = 5.0

    def __iter__(self) -> Iterator[float]:
        pause = self.first_s
        while True:
            yield pause
            pause = min(pause * 2, self.longest_s)


class WriterThread:
    """Owns the writer's connection from `start` on. Reports come on its own thread, in the order of the batches."""

    def __init__(self, database: Any, path: str, report: Callable[[Report], None], pauses: Pauses) -> None:
        self._database = database
        self._path = path
        self._report = report
        self._pauses = pauses
        self._queue: SimpleQueue[Group | None] = SimpleQueue()
        self._stopping = threading.Event()
        self._dead: StorageError | None = None
        # A daemon: while the disk is full it must not keep a program alive that was told to end.
        self._thread = threading.Thread(target=self._run, name="orchestra-writer", daemon=True)
        self.put = self._queue.put

    def start(self) -> None:
        sys.setswitchinterval(SWITCH_S)
        self._thread.start()

    def stop(self) -> None:
        """Commits what waits, once more if that failed before, and ends. Reports `Ended` last."""
        self._stopping.set()
        self._queue.put(None)

    def join(self) -> None:
        self._thread.join()

    # -- on the thread ----------------------------------------------------------------------------------------------

    def _run(self) -> None:
        connection = raw(self._database)
        ended = False
        while not ended:
            group, ended = self._next_group()
            if group:
                self._settle(connection, group)
        self._database.close()
        self._report(Ended())

    def _next_group(self) -> tuple[list[Pending], bool]:
        """Everything that waits, and whether the end was asked for behind it. Blocks while nothing waits."""
        group: list[Pending] = []
        item = self._queue.get()
        try:
            while item is not None:
                group.extend(item)
                item = self._queue.get_nowait()
        except Empty:
            return group, False
        return group, True

    def _settle(self, connection: sqlite3.Connection, group: Group) -> None:
        """Commits the group, however long it takes, or reports why it never will be."""
        if self._dead is not None:
            self._report(Failed(group, self._dead, for_good=True))
            return
        for pause in self._pauses:
            last_try = self._stopping.is_set()
            error = _attempt(connection, group)
            if error is None:
                self._report(Committed(group))
                return
            trouble = trouble_of(error)
            if trouble is Trouble.REFUSED:
                self._settle_singly(connection, group, error)
                return
            if trouble is Trouble.DAMAGE or last_try:
                self._dead = storage_error(error, self._path)
                self._report(Failed(group, self._dead, for_good=True))
                return
            self._report(Waiting(trouble_text(error, self._path)))
            self._stopping.wait(pause)

    def _settle_singly(self, connection: sqlite3.Connection, group: Group, error: Exception) -> None:
        """One batch cannot be stored: the others of its group must not be lost with it."""
        if len(group) > 1:
            for pending in group:
                self._settle(connection, [pending])
            return
        _log.error("the database refused a batch: %s", error)  # its awaitable may have been dropped
        self._report(Failed(group, storage_error(error, self._path)))


def _attempt(connection: sqlite3.Connection, group: Group) -> Exception | None:
    try:
        write_group(connection, [(pending.batch, pending.stored) for pending in group])
    except Exception as error:  # noqa: BLE001  # whatever it is, it is an outcome for whoever waits
        return error
    return None

"""What a run hands to the journal, kept batch by batch, so that the control can write the very same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LineOpened
from orchestra_desktop.domain.ports import Batch, Journal
from orchestra_desktop.domain.texts import Text


@dataclass(slots=True)
class Recording:
    """The batches of a run of one call for each task.

    `reserved` are awaited before anything is sent; `ended` are not, since what they release waits for a later batch.
    """

    first: list[Batch] = field(default_factory=list)
    reserved: dict[str, Batch] = field(default_factory=dict)
    ended: dict[str, Batch] = field(default_factory=dict)
    _tasks: dict[CallId, str] = field(default_factory=dict)

    def note(self, batch: Batch) -> None:
        if batch.events and not batch.ledger:
            self.first.append(batch)
        for line in batch.ledger:
            if isinstance(line, LineOpened):
                self._tasks[line.call] = str(line.task)
                self.reserved[str(line.task)] = batch
            else:
                self.ended[self._tasks[line.call]] = batch

    @property
    def events(self) -> int:
        batches = (*self.first, *self.reserved.values(), *self.ended.values())
        return sum(len(batch.events) for batch in batches)


class RecordingJournal:
    """`Journal` that notes what passes through to the real one."""

    def __init__(self, journal: Journal, recording: Recording) -> None:
        self._journal = journal
        self._recording = recording

    def append(self, batch: Batch) -> Awaitable[tuple[Stored, ...]]:
        self._recording.note(batch)
        return self._journal.append(batch)

    @property
    def writable(self) -> bool:
        return self._journal.writable

    def subscribe(self, listener: Callable[[Sequence[Stored]], None]) -> Callable[[], None]:
        return self._journal.subscribe(listener)

    def watch(self, watcher: Callable[[Text | None], None]) -> Callable[[], None]:
        return self._journal.watch(watcher)

    async def wait_writable(self) -> None:
        await self._journal.wait_writable()

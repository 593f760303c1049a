"""The picked project's run as rows, kept current: one for the window, shared by table, graph, header and inspector."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from orchestra_desktop.domain.events import CallUnconfirmed, CallVoided, RetryPlanned, RoundFinished
from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
from orchestra_desktop.viewmodels.run_rows import RunRows, read_rows
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.events import Event, Stored
    from orchestra_desktop.domain.transitions import RunStateName
    from orchestra_desktop.services.session import Session
    from orchestra_desktop.services.shapes import Quote
    from orchestra_desktop.ui.context import UiContext

_Key = tuple[ProjectId, RunId | None, int]
_ENDS_A_STREAM = (RoundFinished, CallUnconfirmed, CallVoided, RetryPlanned)


class RunLive(QObject):
    """Reads the rows when another run comes into view, then folds committed events into them.

    `changed` comes with the window's flush timer and carries the tasks that events were about; nobody is told per
    event. `replaced` says that there are other rows, or none.
    """

    replaced = Signal()
    changed = Signal(object)  # frozenset[TaskId]
    quoted = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.flush)
        self._c = context
        self._session: Session | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._touched: set[TaskId] = set()
        self._meanwhile: list[Stored] | None = None  # what is heard while the archive is read
        self._key: _Key | None = None
        self._stream_places: dict[TaskId, tuple[int, dict[int, int]]] = {}
        self.rows: RunRows | None = None
        self.quote: Quote | None = None
        context.flush.changed.connect(self._flushed)
        self._look(frozenset(Topic))

    @property
    def loading(self) -> bool:
        """Whether other rows are being read: the place then shows a skeleton."""
        return self._meanwhile is not None

    def now(self) -> int:
        """Microseconds since the epoch, by the session's clock; 0 while there is none."""
        session = self._c.workspace.session
        return session.context.clock.now() if session is not None else 0

    @property
    def state(self) -> RunStateName | None:
        """The run's as it was stored last, so that header and rows tell of the same moment."""
        run = self._c.workspace.run
        return run.state if run is not None and self.rows is not None and self.rows.run is not None else None

    # -- which run --------------------------------------------------------------------------------------------------

    def _flushed(self, topics: frozenset[Topic]) -> None:
        self._look(topics)
        if self._touched:
            touched, self._touched = frozenset(self._touched), set()
            self.changed.emit(touched)

    def _look(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.SESSION}:
            self._listen()
        if topics & {Topic.SESSION, Topic.PROJECTS, Topic.PLANS, Topic.RUN} and self._wanted() != self._key:
            if self._wanted() is None:
                self.put(None, None)
            else:
                self._c.spawn(self._read(), "run rows")

    def _listen(self) -> None:
        """Follows the journal of the session that is open now."""
        session = self._c.workspace.session
        if session is self._session:
            return
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._session = session
        if session is not None and not session.reads_only:
            self._unsubscribe = session.context.journal.subscribe(self._heard)

    def _wanted(self) -> _Key | None:
        """The newest run, unless a newer plan than its own has come; then that plan, before it runs."""
        work = self._c.workspace
        if work.project is None or self._session is None:
            return None
        newest = work.versions[-1].number if work.versions else 0
        if work.run is not None and (work.run.plan_number >= newest or self._c.workspace.is_live):
            return work.project.id, work.run.run, work.run.plan_number
        return (work.project.id, None, newest) if newest else None

    async def _read(self) -> None:
        """Reads until what is read is what is wanted: the person may have picked another project meanwhile."""
        while (wanted := self._wanted()) is not None and wanted != self._key and self._session is not None:
            self._meanwhile = []
            project, run, number = wanted
            version = next((v for v in self._c.workspace.versions if v.number == number), None)
            row = self._c.workspace.run if run is not None else None
            try:
                rows = await read_rows(self._session, project, version, row)
                rows.take(self._meanwhile)
            finally:
                self._meanwhile = None
            self.put(rows, wanted)
        if self._key is not None and self._wanted() is None:
            self.put(None, None)
        if self.rows is not None and self.rows.spec is not None and self.quote is None:
            self._c.spawn(self._read_quote(), f"run quote {self.rows.run}")

    def put(self, rows: RunRows | None, key: _Key | None) -> None:
        """Shows other rows, or none; what a project, a run and a plan's number were read for is their key."""
        self.rows, self._key, self.quote = rows, key, None
        self._touched.clear()
        self._stream_places.clear()
        self.replaced.emit()

    async def _read_quote(self) -> None:
        """What the plan was expected to cost, off the loop's thread: it draws ten thousand samples."""
        rows, session = self.rows, self._session
        if rows is None or rows.spec is None or session is None or self.quote is not None:
            return
        import asyncio

        from orchestra_desktop.domain.errors import OrchestraError

        try:
            quote = await asyncio.to_thread(session.plans.quote_of, rows.spec)
        except OrchestraError:
            return  # an unpriced model has no quote; the task says so itself
        if rows is self.rows:
            self.quote = quote
            self.quoted.emit()

    # -- what happens -----------------------------------------------------------------------------------------------

    def _heard(self, events: Sequence[Stored]) -> None:
        """Each committed group; cheap, as it comes by the thousand."""
        if self._meanwhile is not None:
            self._meanwhile.extend(events)
        rows = self.rows
        if rows is None or rows.run is None:
            return
        self._touched |= rows.take(events)
        for stored in events:
            if isinstance(stored.event, _ENDS_A_STREAM) and stored.scope.task is not None:
                self._mark_stream(rows.run, stored.scope.task, stored.event)
        if self._touched:
            self._c.flush.mark(Topic.TASKS)

    def _mark_stream(self, run: RunId, task: TaskId, event: Event) -> None:
        """Keeps where the stream stood after a round was stored; what broke off moves that place on."""
        attempt, text = self._c.progress.text(run, task)
        known, places = self._stream_places.get(task, (attempt, {}))
        if known != attempt:
            places = {}
        number = event.round if isinstance(event, RoundFinished) else max(places, default=0)
        places[number] = len(text)
        self._stream_places[task] = (attempt, places)

    def streaming(self, task: TaskId, attempt: int, after_round: int) -> str:
        """What has streamed in behind a stored round, 0 for all of it; what broke off is not of it."""
        if self.rows is None or self.rows.run is None:
            return ""
        number, text = self._c.progress.text(self.rows.run, task)
        if number != attempt:
            return ""
        known, places = self._stream_places.get(task, (number, {}))
        start = places.get(after_round, places.get(0, 0)) if known == number else 0
        return text[start:] if start <= len(text) else text[-20_000:]  # the beginning of a very long one was dropped


def run_live(context: UiContext) -> RunLive:
    """The window's one. It lives as long as the flush timer that feeds it."""
    found = context.flush.findChild(RunLive)
    return found if found is not None else RunLive(context)

"""Everything that waits for a person, kept current for the window: the count on the rail and the inbox's cards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from orchestra_desktop.viewmodels.checkpoint_cards import KEY_WANTED, Card, Waiting
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.events import Stored
    from orchestra_desktop.services.session import Session
    from orchestra_desktop.ui.context import UiContext


class InboxLive(QObject):
    """Hears of checkpoints of all projects; `changed` comes with the flush timer."""

    changed = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.flush)
        self._c = context
        self._session: Session | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._waiting = Waiting()
        self._news = False
        self.read = False  # whether the archive has been asked once
        context.flush.changed.connect(self._flushed)
        self._listen()

    @property
    def cards(self) -> list[Card]:
        return list(self._waiting.cards.values())

    @property
    def key_questions(self) -> list[Card]:
        """One for each run that is paused because the key is missing or was refused."""
        return [card for card in self.cards if card.kind == KEY_WANTED]

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.SESSION in topics:
            self._listen()
        if Topic.SITUATION in topics and self._session is not None and self._waiting.look_again(self._session):
            self._news = True
        if self._news:
            self._news = False
            if self._waiting.stale:
                self._c.spawn(self._read(), "inbox")
            self._tell()

    def _listen(self) -> None:
        session = self._c.workspace.session
        if session is self._session:
            return
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._session = session
        if session is not None:
            if not session.reads_only:
                self._unsubscribe = session.context.journal.subscribe(self._heard)
            self._c.spawn(self._read(), "inbox")

    def _heard(self, events: Sequence[Stored]) -> None:
        if self._waiting.take(events):
            self._news = True
            self._c.flush.mark(Topic.RUN)

    async def _read(self) -> None:
        """Reads until nothing that happened meanwhile has made it stale again."""
        self._waiting.stale = True
        while self._waiting.stale and self._session is not None:
            await self._waiting.read(self._session)
        self.read = True
        self._tell()

    def _tell(self) -> None:
        self._c.shell.set_badge("inbox", len(self._waiting.cards))
        self.changed.emit()


def inbox_live(context: UiContext) -> InboxLive:
    """The window's one. Made at the start, so that the rail counts before the inbox is first opened."""
    found = context.flush.findChild(InboxLive)
    return found if found is not None else InboxLive(context)

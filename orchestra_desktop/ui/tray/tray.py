"""Follows all runs for the tray: its picture, its tool tip, its menu, and what is told by notification."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu

from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.services.preferences import is_told
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.viewmodels.checkpoint_cards import Waiting
from orchestra_desktop.viewmodels.tray_state import Mood, News, NewsKind, TrayFace, TrayState

if TYPE_CHECKING:
    from orchestra_desktop.domain.events import Stored
    from orchestra_desktop.services.session import Session
    from orchestra_desktop.ui.context import UiContext

_SHOW_MS = 250  # between two changes of the picture: a run's events come in bursts
_LOOKS = {
    Mood.IDLE: ("mark", Token.SECONDARY),
    Mood.RUNNING: ("play", Token.RUNNING),
    Mood.NEEDS_PERSON: ("warning", Token.NEEDS_PERSON),
    Mood.FAILED: ("cross", Token.FAILED),
}
_ICON_SIZE = 32
_GOES_TO = {NewsKind.NEEDS_PERSON: "inbox", NewsKind.CAP_NEAR: "usage"}


class Surface(Protocol):
    """What the system's tray takes; `system_tray.py` has the real one."""

    def set_menu(self, menu: QMenu) -> None: ...

    def show_face(self, icon: QIcon, words: str) -> None: ...

    def notify(self, title: str, words: str) -> None: ...

    def on_open(self, do: Callable[[], None]) -> None:
        """Calls `do` when the icon is clicked."""

    def on_message(self, do: Callable[[], None]) -> None:
        """Calls `do` when a notification is clicked."""

    def close(self) -> None: ...


class Tray(QObject):
    """Hears of committed events itself: while the window is hidden, its flush timer tells nothing."""

    def __init__(self, context: UiContext, surface: Surface) -> None:
        super().__init__()
        self._c = context
        self._surface = surface
        self._state = TrayState()
        self._session: Session | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._goes_to = "run"
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_SHOW_MS)
        self._timer.timeout.connect(self._show)
        self.menu = self._make_menu()
        surface.set_menu(self.menu)
        surface.on_open(self.open_window)
        surface.on_message(self._open_message)
        context.theme.changed.connect(self._show)
        self._show()

    def _make_menu(self) -> QMenu:
        menu = QMenu()
        self.line = menu.addAction("")
        self.line.setEnabled(False)
        menu.addSeparator()
        menu.addAction(translate("Tray", "Open Orchestra"), self.open_window)
        self.pause = menu.addAction(translate("Tray", "Pause all"), self._pause_all)
        menu.addSeparator()
        menu.addAction(translate("Tray", "Quit"), self._quit)
        return menu

    # -- hearing ----------------------------------------------------------------------------------------------------

    def follow(self, session: Session) -> None:
        """Listens to a session, after looking at what already waits in it."""
        self._session = session
        if not session.reads_only:
            self._unsubscribe = session.context.journal.subscribe(self._heard)
        self._c.spawn(self._seed(session), "tray.seed")

    async def _seed(self, session: Session) -> None:
        waiting = Waiting()
        await waiting.read(session)
        self._state.seed((card.checkpoint, card.run) for card in waiting.cards.values())
        self._show()

    def _heard(self, events: Sequence[Stored]) -> None:
        for news in self._state.take(events):
            self._tell(news)
        if self._state.unknown:
            self._c.spawn(self._read_unknown(), "tray.read")
        if not self._timer.isActive():
            self._timer.start()

    async def _read_unknown(self) -> None:
        """How many tasks the runs have that go on."""
        while self._session is not None and (unknown := self._state.unknown):
            rows = {row.run: row for row in await self._session.context.archive.runs()}
            for run in unknown:
                state = await self._session.runs.state(rows[run])
                self._state.know(run, {id_: record.state for id_, record in state.tasks.items()})
        self._show()

    # -- telling ----------------------------------------------------------------------------------------------------

    @property
    def face(self) -> TrayFace:
        return self._state.face()

    def _show(self) -> None:
        self._timer.stop()
        face = self.face
        name, token = _LOOKS[face.mood]
        words = face_words(face)
        self._surface.show_face(self._c.theme.icon(name, token, _ICON_SIZE), words)
        self.line.setText(words)
        self.pause.setEnabled(face.total > 0)

    def _tell(self, news: News) -> None:
        if self._session is None or not is_told(self._session.context, news.kind):
            return
        self._goes_to = _GOES_TO.get(news.kind, "run")
        project = next((one.name for one in self._c.workspace.projects if one.id == news.project), "")
        self._surface.notify(*news_words(news, project or translate("Tray", "Orchestra")))

    # -- verbs ------------------------------------------------------------------------------------------------------

    def open_window(self) -> None:
        self._state.forget_failures()
        self._c.shell.raise_window()
        self._show()

    def _open_message(self) -> None:
        self.open_window()
        self._c.shell.show_place(self._goes_to)

    def _pause_all(self) -> None:
        self._c.spawn(self._pause(), "tray.pause")

    async def _pause(self) -> None:
        """Every run that this process carries out comes to rest after the tasks that are under way."""
        from orchestra_desktop.services.decisions import decide

        session = self._c.session
        for row in await session.context.archive.runs():
            if row.run in session.runs.live and row.state is RunStateName.RUNNING:
                await decide(session, {"verb": "pause", "project": row.project})
        await self._c.workspace.refresh()

    def _quit(self) -> None:
        self._c.shell.raise_window()  # where a run goes on, leaving asks, and a hidden window would ask nobody
        self._c.shell.leave()

    def close(self) -> None:
        """Lets the session go and takes the icon away."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self._session = None
        self._timer.stop()
        self._surface.close()
        self.menu.deleteLater()


def face_words(face: TrayFace) -> str:
    """The tool tip and the first line of the menu."""
    progress = translate("Tray", "{done} of {total} tasks done", done=face.done, total=face.total)
    match face.mood:
        case Mood.NEEDS_PERSON:
            waits = counted("Tray", "{n} question needs you", "{n} questions need you", face.waiting)
            return f"{waits} · {progress}" if face.total else waits
        case Mood.RUNNING:
            return translate("Tray", "Running, {progress}", progress=progress)
        case Mood.FAILED:
            return translate("Tray", "The last run has failures")
        case Mood.IDLE:
            return translate("Tray", "Nothing runs")


def news_words(news: News, project: str) -> tuple[str, str]:
    """Title and text of a notification: the project by name and the task by its id, nothing that either says."""
    match news.kind:
        case NewsKind.FINISHED:
            return project, translate("Tray", "The run has finished.")
        case NewsKind.FAILED:
            return project, translate("Tray", "The run has finished with failures.")
        case NewsKind.NEEDS_PERSON if news.task is not None:
            return project, translate("Tray", "{task} needs you.", task=news.task)
        case NewsKind.NEEDS_PERSON:
            return project, translate("Tray", "The run needs you.")
        case NewsKind.CAP_NEAR:
            return project, tr(text("cap.nearly_used", cap=str(news.cap)))

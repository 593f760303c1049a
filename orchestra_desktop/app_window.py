"""Adds the Qt loop and the window to the program: start, one instance, errors in one place, and a clean end."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain.errors import DataFolderHeld, OrchestraError, WrongMoment
from orchestra_desktop.domain.texts import text
from orchestra_desktop.services.start_options import StartOptions, data_dir
from orchestra_desktop.ui import catalogue
from orchestra_desktop.ui.action_registry import ActionRegistry
from orchestra_desktop.ui.actions import ACTIONS
from orchestra_desktop.ui.bridge import Bridge, make_loop
from orchestra_desktop.ui.context import UiContext
from orchestra_desktop.ui.flush import Flush
from orchestra_desktop.ui.notices import Notice, Notices, Remedy, Standing, Tone
from orchestra_desktop.ui.progress import Progress
from orchestra_desktop.ui.selection import Selection
from orchestra_desktop.ui.shell.layout_store import LayoutStore
from orchestra_desktop.ui.shell.main_window import MainWindow
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.viewmodels.workspace import Topic, Workspace

if TYPE_CHECKING:
    from orchestra_desktop.services.session import Session, SessionFactory
    from orchestra_desktop.settings.person_sections import AppearanceSettings
    from orchestra_desktop.ui.tray.tray import Tray
    from orchestra_desktop.ui.troubles import Troubles

Make = Callable[[StartOptions], "SessionFactory"]
Alongside = Callable[["WindowProgram"], Coroutine[Any, Any, object]]
_HEARTBEAT_MS = 200  # on Windows, Ctrl-C is seen only when Python gets a turn
_RAISE_PATIENCE_S = 5.0
_NOT_OPEN = "session"
_log = logging.getLogger(__name__)


def run_window(make: Make, options: StartOptions, alongside: Alongside | None = None) -> int:
    """Shows the window and turns the loop until it is closed; the exit code.

    `alongside` is carried out beside the window once it is painted, for those who drive it: tests and screenshots.
    """
    application = _application()
    with asyncio.Runner(loop_factory=lambda: make_loop(application)) as runner:
        return runner.run(WindowProgram(application, make, options, alongside).live())


def _application() -> QApplication:
    found = QApplication.instance()
    application = found if isinstance(found, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("orchestra-desktop")
    application.setApplicationDisplayName("")  # the window's title says it already
    application.setQuitOnLastWindowClosed(False)
    return application


class WindowProgram:
    """One life of the window. Painted first; the data folder is opened after that, in a task of its own."""

    def __init__(
        self, application: QApplication, make: Make, options: StartOptions, alongside: Alongside | None = None
    ) -> None:
        self._application = application
        self._make = make
        self._options = options
        self._alongside = alongside
        self._session: Session | None = None
        self._tray: Tray | None = None
        self._words: QTranslator | None = None
        self._troubles: Troubles | None = None
        self.code = 0
        self._store = LayoutStore(data_dir(options))
        self.ended = asyncio.Event()
        self.shown = asyncio.Event()
        self.notices = Notices()
        self.flush = Flush()

    async def live(self) -> int:
        """From the first paint to the last commit."""
        with self._faults_shown(), self._interruptible():
            try:
                await self._shown()
            finally:
                await self._close()
        return self.code

    async def _shown(self) -> None:
        async with asyncio.TaskGroup() as group:
            self.bridge = Bridge(group, self.notices.fault)
            self._words = catalogue.installed(self._application, self._store.word("language", "en"))
            self.window = self._window()
            self.window.show()
            await self._painted()
            self.shown.set()
            if self._alongside is not None:
                self.bridge.spawn(self._alongside(self), name="alongside")
            self._start_opening()
            try:
                await self.ended.wait()
            finally:
                self.bridge.refuse()
            await self.bridge.wind_down()

    # -- the window -------------------------------------------------------------------------------------------------

    def _window(self) -> MainWindow:
        theme = Theme(self._application, ThemeChoice(self._store.word("theme", ThemeChoice.SYSTEM)))
        self.context = UiContext(
            theme=theme,
            bridge=self.bridge,
            notices=self.notices,
            selection=Selection(),
            workspace=Workspace(self.flush.mark, self._refresh),
            flush=self.flush,
            progress=Progress(self.flush),
            registry=ActionRegistry(theme, ACTIONS, self._store),
            session_getter=self._opened,
        )
        self.flush.before = self.context.workspace.settle
        window = MainWindow(self.context, self._store)
        window.close_asked.connect(self._on_close_asked)
        return window

    async def _painted(self) -> None:
        painted = asyncio.Event()
        self.window.painted.connect(painted.set)
        await painted.wait()

    def _refresh(self) -> None:
        self.bridge.spawn(self.context.workspace.refresh(), name="workspace.refresh")

    # -- the session ------------------------------------------------------------------------------------------------

    def _opened(self) -> Session:
        if self._session is None:
            raise WrongMoment(text("session.not_open"))
        return self._session

    async def _open(self) -> None:
        """Opens the data folder; where that cannot be, says why until it is tried again."""
        self.notices.lift(_NOT_OPEN)
        try:
            await self._open_folder()
        except OrchestraError as error:
            again = Remedy(translate("Shell", "Try again"), self._start_opening)
            title = translate("Shell", "The data folder could not be opened")
            self.notices.stand(_NOT_OPEN, Standing(title, tr(error.text), (again,), Tone.ERROR))

    def _start_opening(self) -> None:
        self.bridge.spawn(self._open(), name="session.open")

    async def _open_folder(self) -> None:
        """Somebody else who has the folder shows their window instead of this one."""
        factory = await asyncio.to_thread(self._make, self._options)  # loads every floor below: half a second
        self.window.begin()
        try:
            self._session = await factory.writing()
        except DataFolderHeld:
            await self._hand_over(factory)
            return
        self._session.on_raise = self.window.raise_window
        for notice in self._session.notices:
            self.notices.say(notice, Tone.ATTENTION)
        self._take_appearance(self._session.context.settings.appearance)
        await self.context.workspace.open(self._session)
        self._watch(self._session)
        self._show_tray(self._session)
        await self._choose_last()

    def _watch(self, session: Session) -> None:
        """From here on the rail counts what waits, and what stands in the way is told, whatever place is shown."""
        from orchestra_desktop.ui.troubles import Troubles

        self._troubles = Troubles(self.context)
        self._troubles.follow(session)

    def _show_tray(self, session: Session) -> None:
        from orchestra_desktop.ui.tray.system_tray import system_tray
        from orchestra_desktop.ui.tray.tray import Tray

        surface = system_tray()
        if surface is not None:
            self._tray = Tray(self.context, surface)
            self._tray.follow(session)

    def _take_appearance(self, wanted: AppearanceSettings) -> None:
        """The settings rule; the window's own file only remembers theme and language for the next first paint."""
        theme = self.context.theme
        theme.reduced_motion = wanted.reduced_motion
        if wanted.font_size != theme.font_size:
            theme.set_font_size(wanted.font_size)
        if ThemeChoice(wanted.theme) is not theme.choice:
            theme.choose(ThemeChoice(wanted.theme))
        self._store.keep_word("theme", theme.choice.value)
        self._store.keep_word("language", wanted.language)

    async def _choose_last(self) -> None:
        """Goes on where the person was: the project last picked, else the newest."""
        projects = self.context.workspace.projects
        last = self._store.word("project")
        chosen = next((project.id for project in projects if project.id == last), projects[-1].id if projects else None)
        if chosen is not None:
            await self.context.workspace.choose(chosen)
            self.context.selection.pick_project(chosen)

    async def _hand_over(self, factory: SessionFactory) -> None:
        await factory.decide({"verb": "raise_window"}, _RAISE_PATIENCE_S)
        self.window.close_for_good()
        self.ended.set()

    async def _close(self) -> None:
        """Lets the data folder go; what waits is committed first."""
        self.context.workspace.close()
        for listener in (self._tray, self._troubles):
            if listener is not None:
                listener.close()
        if self._session is not None:
            await self._session.close()
            self._session = None
        self.window.deleteLater()
        if self._words is not None:
            self._application.removeTranslator(self._words)

    # -- closing ----------------------------------------------------------------------------------------------------

    def _on_close_asked(self, leave: bool) -> None:
        self.bridge.spawn(self._closing(leave=leave), name="window.closing")

    async def _closing(self, *, leave: bool) -> None:
        """Ends, unless a run goes on: then the window steps back, which is asked about the first time, as leaving is
        every time.
        """
        if not self.context.workspace.live_runs:
            self.end()
        elif not leave and self._opened().context.settings.appearance.close_to_tray:
            self._step_back()
        else:
            await self._asked_about_runs(leave=leave)

    async def _asked_about_runs(self, *, leave: bool) -> None:
        from orchestra_desktop.ui.closing import ask_about_runs

        answer = await ask_about_runs(self.context, leave=leave)
        if answer == "stop":
            await self._wind_down()
        elif answer == "keep":
            self._step_back()
            if not leave:
                self._remember_to_step_back()

    async def _wind_down(self) -> None:
        """Requests that are being answered may finish first: cut off, they would be counted at the most they can cost.

        Whoever does not want to wait closes at once, which ends this too.
        """
        from orchestra_desktop.ui.closing import winding_down

        self.notices.stand("closing", winding_down(self.context, self.end))
        await self._opened().wind_down()
        self.end()

    def _step_back(self) -> None:
        """Into the tray; where there is none to come back from, the window is only made small."""
        if self._tray is not None:
            self.window.hide()
        else:
            self.window.showMinimized()

    def _remember_to_step_back(self) -> None:
        from orchestra_desktop.services.preferences import set_close_to_tray

        set_close_to_tray(self._opened().context, wanted=True)
        self.context.flush.mark(Topic.SESSION)
        words = translate("Shell", "Closing the window keeps runs going from now on; the settings can change that.")
        self.notices.show(Notice(words, verb=translate("Shell", "Settings"), on_verb=self._show_closing))

    def _show_closing(self) -> None:
        self.window.show_place("settings", "runs")

    # -- faults and signals -----------------------------------------------------------------------------------------

    @contextmanager
    def _faults_shown(self) -> Iterator[None]:
        """What nobody caught reaches the one place for notices, from Qt's slots and from the loop alike."""
        loop = asyncio.get_running_loop()
        before = sys.excepthook

        def of_slot(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
            if isinstance(error, KeyboardInterrupt):
                self._interrupted()
            else:
                self.notices.fault(error)

        def of_loop(_loop: asyncio.AbstractEventLoop, details: dict[str, Any]) -> None:
            error = details.get("exception")
            if error is not None:
                self.notices.fault(error)
            else:
                _log.error("loop: %s", details.get("message"))

        sys.excepthook = of_slot
        loop.set_exception_handler(of_loop)
        try:
            yield
        finally:
            sys.excepthook = before
            loop.set_exception_handler(None)

    @contextmanager
    def _interruptible(self) -> Iterator[None]:
        """Ctrl-C in the terminal ends the window like its close button would, without asking."""
        if sys.platform == "win32":
            heartbeat = QTimer()
            heartbeat.timeout.connect(lambda: None)  # lets Python look for signals; an idle Qt never would
            heartbeat.start(_HEARTBEAT_MS)
            yield
            heartbeat.stop()
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._interrupted)
        yield
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    def _interrupted(self) -> None:
        self.end(130)

    def end(self, code: int = 0) -> None:
        """Closes the window for good, whatever runs: it can be taken up again."""
        self.code = code
        self._store.keep_word("project", self.context.selection.project or "")
        self.window.close_for_good()
        self.ended.set()

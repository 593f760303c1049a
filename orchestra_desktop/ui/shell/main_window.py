"""The main window: the frame of bars, rail, centre, inspector and bottom panel, and how they share the room."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QHideEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.ui.action_row import Action
from orchestra_desktop.ui.context import UiContext
from orchestra_desktop.ui.pane_sides import Pane, Side
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.shell.bottom_panel import BottomPanel
from orchestra_desktop.ui.shell.inspector import InspectorPane
from orchestra_desktop.ui.shell.layout_store import Layout, LayoutStore
from orchestra_desktop.ui.shell.menus import fill_bar
from orchestra_desktop.ui.shell.notice_stack import NoticeStack
from orchestra_desktop.ui.shell.panes import Panes
from orchestra_desktop.ui.shell.place_stack import PlaceStack
from orchestra_desktop.ui.shell.rail import Rail
from orchestra_desktop.ui.shell.standing_band import StandingBand
from orchestra_desktop.ui.shell.status_bar import StatusBar
from orchestra_desktop.ui.shell.top_bar import TopBar
from orchestra_desktop.ui.theme.theme import ThemeChoice
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import hairline
from orchestra_desktop.viewmodels.situation import Situation
from orchestra_desktop.viewmodels.workspace import Topic

_KEEP_AFTER_MS = 400  # a splitter moves often; its file is written once
_TITLE_BAR = 40  # pixels the window manager needs above the window; it does not say before the window is shown


class MainWindow(QMainWindow):
    """The `Shell` of the context. Closing is asked about elsewhere: `close_asked`, answered by `close_for_good`."""

    painted = Signal()  # once
    close_asked = Signal(bool)  # whether the program is to end with it

    def __init__(self, context: UiContext, store: LayoutStore) -> None:
        super().__init__()
        self._c = context
        self._store = store
        self._layout = store.layout(None)
        self._was_painted = False
        self._closing = False
        self._begun = False
        self._insists = False  # on the inspector, though nothing is picked
        context.shell = self
        self.setWindowTitle(translate("Shell", "Orchestra"))
        self.setWindowIcon(context.theme.icon("mark", size=32))
        self.setMinimumSize(760, 520)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # at first the keys belong to no control
        context.flush.changed.connect(self._refresh)  # before the bars hear of it: they ask what can be done
        self._build()
        self._keep_timer = QTimer(self)
        self._keep_timer.setSingleShot(True)
        self._keep_timer.setInterval(_KEEP_AFTER_MS)
        self._keep_timer.timeout.connect(self._keep_layout)
        self.panes.resized.connect(self._keep_timer.start)
        context.registry.attach(self._perform, self._situation, self)
        fill_bar(self.menuBar, context.registry)
        context.selection.project_changed.connect(self._project_changed)
        context.selection.tasks_changed.connect(lambda _: self._look_again())
        if not self.restoreGeometry(store.geometry):
            self._fit_to_screen()
        known = {place.id for place in PLACES}
        place = store.word("place", PLACES[0].id)
        self._announce(place if place in known else PLACES[0].id)

    # -- building ---------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self.top_bar = TopBar(self._c)
        self.rail = Rail(self._c.theme, PLACES)
        self.rail.picked.connect(self.show_place)
        self.places = PlaceStack(self._c)
        self.bottom = BottomPanel(self._c)
        self.inspector = InspectorPane(self._c)
        self.status = StatusBar(self._c)
        self.panes = Panes(self._c, self.places, self.bottom, self.inspector)
        self.panes.dropped.connect(self.place_pane)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        for widget in (self.rail, hairline(upright=True)):
            body.addWidget(widget)
        body.addWidget(self.panes, 1)
        frame = QWidget()
        column = QVBoxLayout(frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.standing = StandingBand(self._c.notices, self._c.theme)
        for widget in (self.top_bar, hairline(), self.standing):
            column.addWidget(widget)
        column.addLayout(body, 1)
        for widget in (hairline(), self.status):
            column.addWidget(widget)
        self.setCentralWidget(frame)
        self.notices = NoticeStack(self, self.places, self._c.notices, self._c.theme)

    def _fit_to_screen(self) -> None:
        room = QApplication.primaryScreen().availableSize()
        self.resize(min(1_440, room.width()), min(900, room.height() - _TITLE_BAR))

    # -- places -----------------------------------------------------------------------------------------------------

    def _announce(self, place: str) -> None:
        """Lays the frame out for the place to come, without making anything of it."""
        self.places.announce(place)
        self.rail.show_picked(place)
        self._arrange()

    def begin(self) -> None:
        """Makes the first place. Called once the window is painted and what places are built on is loaded."""
        if not self._begun:
            self.show_place(self.places.current)

    def show_place(self, place: str, tab: str = "") -> None:
        self._begun = True
        self.places.show_place(place, tab)
        self.rail.show_picked(place)
        self._store.keep_word("place", place)
        self._arrange()

    def show_panel(self, panel: str) -> None:
        if panel in self.places.place(self.places.current).panels:
            self._layout.open[Pane.BOTTOM] = True
            self._arrange()
            self.bottom.tabs.row.pick(panel)

    def set_badge(self, place: str, count: int) -> None:
        self.rail.set_count(place, count)

    # -- room -------------------------------------------------------------------------------------------------------

    @property
    def _inspects(self) -> bool:
        """Over the centre the pane is shown only for what it has to say: there it hides what is worked with."""
        place = self.places.place(self.places.current)
        asked = place.has_inspector and self._layout.open[Pane.INSPECTOR]
        is_in_the_way = self.panes.overlays and self._begun and self.inspector.is_idle
        return asked and (self._insists or not is_in_the_way)

    def _arrange(self) -> None:
        """Shows the panes that the place in front has and the person left open, at their sides and sizes."""
        place = self.places.place(self.places.current)
        inspects = self._inspects
        shows_bottom = bool(place.panels) and self._layout.open[Pane.BOTTOM]
        self.panes.show_layout(self._layout, inspector=inspects, bottom=shows_bottom)
        if inspects and self._begun:
            self.inspector.choose()
        if self._begun:
            self.bottom.offer(place.panels)
        self._c.registry["view.inspector"].setChecked(inspects)
        self._c.registry["view.bottom"].setChecked(shows_bottom)

    def place_pane(self, pane: Pane, side: Side) -> None:
        """Moves a pane to another side of the centre, and opens it there."""
        self._layout.sides[pane] = side
        self._layout.open[pane] = True
        self._arrange()
        self._keep_timer.start()

    def toggle_inspector(self) -> None:
        self._layout.open[Pane.INSPECTOR] = self._insists = not self._inspects
        self._arrange()
        self._keep_timer.start()

    def toggle_bottom(self) -> None:
        self._toggle(Pane.BOTTOM)

    def _toggle(self, pane: Pane) -> None:
        self._layout.open[pane] = not self._layout.open[pane]
        self._arrange()
        self._keep_timer.start()

    def reset_layout(self) -> None:
        self._store.forget()
        self._layout = Layout()
        self._arrange()

    def _keep_layout(self) -> None:
        self._store.keep(self._c.selection.project, self._layout)

    def _project_changed(self, project: ProjectId | None) -> None:
        self._layout = self._store.layout(project)
        self._arrange()

    def keep_theme(self, choice: ThemeChoice) -> None:
        """In the settings, which rule; and in the window's own file, for the first paint of the next start."""
        self._store.keep_word("theme", choice.value)
        session = self._c.workspace.session
        if session is not None:
            context = session.context
            context.save_settings({"appearance.theme": choice.value})
            appearance = context.settings.appearance.model_copy(update={"theme": choice.value})
            context.settings = context.settings.model_copy(update={"appearance": appearance})

    # -- following --------------------------------------------------------------------------------------------------

    def _refresh(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.SITUATION, Topic.SESSION, Topic.PLANS, Topic.RUN, Topic.TASKS}:
            self._look_again()
        if topics & {Topic.PROJECTS, Topic.SESSION}:
            self._name()

    def _situation(self) -> Situation:
        return self._c.workspace.situation(self._c.selection.task)

    def _look_again(self) -> None:
        self._c.registry.look_again()
        self._mind_inspector()

    def _mind_inspector(self) -> None:
        """It comes and goes with what it has to say, and with the window's width."""
        if self._begun and self._inspects is self.inspector.isHidden():
            self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._mind_inspector()

    def _perform(self, row: Action) -> None:
        outcome = row.verb(self._c)
        if outcome is not None:
            self._c.spawn(outcome, row.id)

    def _name(self) -> None:
        project = self._c.workspace.project
        name = translate("Shell", "Orchestra")
        self.setWindowTitle(f"{project.name} – {name}" if project is not None else name)

    # -- panes by keyboard ------------------------------------------------------------------------------------------

    def _panes(self) -> list[QWidget]:
        panes: list[QWidget] = [self.top_bar, self.standing, self.rail, self.places, self.bottom, self.inspector]
        return [pane for pane in panes if pane.isVisible()]

    def move_pane(self, step: int) -> None:
        panes = self._panes()
        focus = QApplication.focusWidget()
        here = next((n for n, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)), 0)
        for offset in range(1, len(panes) + 1):
            target = _first_focusable(panes[(here + step * offset) % len(panes)])
            if target is not None:
                target.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def find_here(self) -> None:
        """To the search field of the pane with the keys, else of the centre; the palette where there is none."""
        from orchestra_desktop.ui.widgets.fields import SearchField

        focus = QApplication.focusWidget()
        panes = sorted(self._panes(), key=lambda pane: not (focus is not None and pane.isAncestorOf(focus)))
        for pane in (*panes[:1], self.places):
            field = next((one for one in pane.findChildren(SearchField) if one.isVisible() and one.isEnabled()), None)
            if field is not None:
                field.setFocus(Qt.FocusReason.ShortcutFocusReason)
                field.selectAll()
                return
        self.open_palette()

    # -- palette and sheets -----------------------------------------------------------------------------------------

    def open_palette(self, words: str = "") -> None:
        from orchestra_desktop.ui.shell.command_palette import CommandPalette

        found = self.findChild(CommandPalette)
        palette = found if found is not None else CommandPalette(self, self._c)
        palette.open_at(words)

    def open_menu(self) -> None:
        self.top_bar.open_menu()

    def open_key_sheet(self) -> None:
        from orchestra_desktop.ui.shell.key_sheet import KeySheet

        sheet = KeySheet(self, self._c)
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        sheet.open()

    # -- life -------------------------------------------------------------------------------------------------------

    @property
    def widget(self) -> QWidget:
        return self

    def raise_window(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized | Qt.WindowState.WindowActive)
        self.show()
        self.raise_()
        self.activateWindow()

    def close_window(self) -> None:
        self.close()

    def leave(self) -> None:
        self.close_asked.emit(True)

    def close_for_good(self) -> None:
        """Closes without asking again."""
        self._closing = True
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Ignored once: what runs is asked about first, and a coroutine cannot be awaited in here."""
        self._keep_layout()
        self._store.keep_geometry(self.saveGeometry())
        self._store.sync()
        if self._closing:
            event.accept()
        else:
            event.ignore()
            self.close_asked.emit(False)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._c.flush.set_visible(True)
        if self.focusWidget() is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._c.flush.set_visible(False)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)


def _first_focusable(pane: QWidget) -> QWidget | None:
    """The first control of a pane that Tab would reach."""
    for widget in pane.findChildren(QWidget):
        if widget.isVisible() and widget.isEnabled() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return widget
    return None

"""The list of events: newest at the top, older ones looked at only as they are scrolled to, a filter above it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ids import ProjectId, TaskId
from orchestra_desktop.ui.empty_places import no_events
from orchestra_desktop.ui.run.words import said
from orchestra_desktop.ui.theme.state_looks import STATE_LOOKS
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import Button, PillButton
from orchestra_desktop.ui.widgets.fields import FilterBar
from orchestra_desktop.ui.widgets.labels import as_tool_tip, plain_label
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.event_rows import EventRows, EventWish, older_page
from orchestra_desktop.viewmodels.event_words import EventView, Family, view_of
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

Index = QModelIndex | QPersistentModelIndex
_PAGE = 100  # lines that one look further shows
_TITLES = ("Time", "Task", "What", "Words", "")
_TIME, _TASK, _KIND, _WORDS, _FIGURE = range(5)
_WIDTHS = (84, 56, 120, 400, 140)
_FAMILIES = {
    Family.STATE: "States",
    Family.CALL: "Calls",
    Family.TOOL: "Tools",
    Family.ASK: "Questions",
    Family.PLAN: "Plans",
    Family.HEALTH: "Services",
}
_TONES: dict[str, Token] = {
    **{state.value: look.token for state, look in STATE_LOOKS.items()},
    "accent": Token.ACCENT,
    "reused": Token.REUSED,
}


class EventModel(QAbstractTableModel):
    """Thin over `EventRows`; `fetchMore` is called by the view as its end comes near."""

    older_wanted = Signal()  # the archive should be asked

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._views: dict[int, EventView] = {}
        self.rows = EventRows(None, said)

    # -- changes ----------------------------------------------------------------------------------------------------

    def open(self, project: ProjectId | None, events: Sequence[Stored], wish: EventWish) -> None:
        """Another project, or the same from its newest on."""
        self.beginResetModel()
        self._views.clear()
        self.rows = EventRows(project, said)
        self.rows.at_the_beginning = project is None
        self.rows.add_newer(events, ())
        self.rows.choose(wish)
        self.rows.show_older(self.rows.scan(_PAGE))
        self.endResetModel()

    def choose(self, wish: EventWish) -> None:
        self.beginResetModel()
        self.rows.choose(wish)
        self.rows.show_older(self.rows.scan(_PAGE))
        self.endResetModel()

    def take(self, events: Sequence[Stored]) -> int:
        """Events that have just happened; how many of them are shown."""
        matching = self.rows.matching(events)
        if not matching:
            self.rows.add_newer(events, ())
            return 0
        self.beginInsertRows(QModelIndex(), 0, len(matching) - 1)
        self.rows.add_newer(events, matching)
        self.endInsertRows()
        return len(matching)

    def take_page(self, page: Sequence[Stored]) -> None:
        self.rows.add_older(page)
        if page:
            self._look_further()

    def _look_further(self) -> None:
        found = self.rows.scan(_PAGE)
        if found:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(found) - 1)
            self.rows.show_older(found)
            self.endInsertRows()

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802 - Qt's name
        return not parent.isValid() and (self.rows.has_unscanned or not self.rows.at_the_beginning)

    def fetchMore(self, parent: Index) -> None:  # noqa: N802 - Qt's name
        if parent.isValid():
            return
        if self.rows.has_unscanned:
            self._look_further()
        elif not self.rows.at_the_beginning:
            self.older_wanted.emit()

    # -- Qt ---------------------------------------------------------------------------------------------------------

    def view(self, row: int) -> EventView:
        """The words of a line, kept while the filter stands: painting asks for them again and again."""
        stored = self.rows[row]
        found = self._views.get(stored.seq)
        if found is None:
            if len(self._views) > 5_000:
                self._views.clear()
            found = self._views[stored.seq] = view_of(stored)
        return found

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return translate("Events", _TITLES[section]) if _TITLES[section] else ""
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        view, column = self.view(index.row()), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown(view, column)
            case Qt.ItemDataRole.ToolTipRole:
                return _tip(view, column)
            case Qt.ItemDataRole.ForegroundRole:
                return self._colour(view, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column)
            case _:
                return None

    def _colour(self, view: EventView, column: int) -> QColor | None:
        if column == _KIND and view.tone in _TONES:
            return self._theme.color(_TONES[view.tone])
        return self._theme.color(Token.SECONDARY) if column in {_TIME, _WORDS, _FIGURE} else None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column == _FIGURE else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _shown(view: EventView, column: int) -> str:
    match column:
        case 0:
            return clock(view.at)
        case 1:
            return view.task or ""
        case 2:
            return said(view.kind)
        case 3:
            return said(view.words)
        case _:
            return said(view.figure)


def _tip(view: EventView, column: int) -> str | None:
    if column == _TIME:
        return datetime.fromtimestamp(view.at / 1_000_000).astimezone().isoformat(sep=" ", timespec="milliseconds")
    words = _shown(view, column)
    return as_tool_tip(words) if len(words) > 12 else None


def clock(at: int) -> str:
    """The time of day by this machine's clock."""
    return datetime.fromtimestamp(at / 1_000_000).astimezone().strftime("%H:%M:%S")


class EventPanel(QFrame):
    """Follows while it is at the top; scrolled down it stays, and says how many have come since."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._project: ProjectId | None = None
        self._wish = EventWish()
        self._held: list[Stored] = []
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Events", "Events"))
        self.model = EventModel(context.theme)
        self.model.older_wanted.connect(self._want_older)
        self.table = self._make_table()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._empty = no_events(context)
        self._stack.addWidget(self._empty)
        self._none = plain_label(translate("Events", "Nothing fits the filter."), context.theme, tone="muted")
        self._none.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack.addWidget(self._none)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._make_bar())
        column.addWidget(self._stack, 1)
        self._further = QTimer(self)
        self._further.setSingleShot(True)
        self._further.setInterval(0)
        self._further.timeout.connect(self._fill)
        context.flush.changed.connect(self._flushed)
        context.selection.tasks_changed.connect(self._tasks_picked)
        context.theme.changed.connect(self.table.viewport().update)

    def _make_table(self) -> TableView:
        table = TableView(self._c.theme, translate("Events", "Events"), self.model, stretch=_WORDS)
        table.horizontalHeader().hide()
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for column, width in enumerate(_WIDTHS):
            table.setColumnWidth(column, width)
        table.verticalScrollBar().valueChanged.connect(self._scrolled)
        table.clicked.connect(self._pick)
        table.activated.connect(self._pick)
        return table

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setFixedHeight(38)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        pills = [(family.value, translate("Events", title)) for family, title in _FAMILIES.items()]
        self.filter = FilterBar(self._c.theme, translate("Events", "Filter events"), pills)
        self.filter.changed.connect(self._filtered)
        self.of_task = PillButton(translate("Events", "Picked task"))
        self.of_task.toggled.connect(lambda _: self._choose())
        self.fresh = Button("", self._c.theme, "arrow-up", "link")
        self.fresh.clicked.connect(self._follow)
        self.fresh.setAccessibleName(translate("Events", "Show the newest events"))
        self.fresh.hide()
        row.addWidget(self.filter, 1)
        row.addWidget(self.of_task)
        row.addWidget(self.fresh)
        return bar

    # -- filtering --------------------------------------------------------------------------------------------------

    def _filtered(self, words: str, pills: frozenset[str]) -> None:
        self._choose(words, frozenset(Family(pill) for pill in pills))

    def _choose(self, words: str | None = None, families: frozenset[Family] | None = None) -> None:
        tasks: frozenset[TaskId] = self._c.selection.tasks if self.of_task.isChecked() else frozenset()
        wish = EventWish(
            self._wish.words if words is None else words, self._wish.families if families is None else families, tasks
        )
        if wish == self._wish:
            return
        self._wish = wish
        self._let_in()
        self.model.choose(wish)
        self.table.scrollToTop()
        self._fill()

    def _tasks_picked(self, _: object) -> None:
        if self.of_task.isChecked():
            self._choose()

    # -- following --------------------------------------------------------------------------------------------------

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.EVENTS, Topic.PROJECTS, Topic.SESSION} and self.isVisible():
            self._catch_up()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._catch_up()

    def _catch_up(self) -> None:
        work = self._c.workspace
        project = work.project.id if work.project is not None else None
        events = list(work.events)
        known = self._held[-1].seq if self._held else self.model.rows.newest
        if project != self._project or (events and known and events[0].seq > known):
            self._open(project, events)
        else:
            self._take(self.model.rows.unseen(events))
        self._show()

    def _open(self, project: ProjectId | None, events: Sequence[Stored]) -> None:
        self._project = project
        self._held = []
        self.model.open(project, events, self._wish)
        self.table.scrollToTop()
        self._fill()

    def _take(self, fresh: Sequence[Stored]) -> None:
        held = self._held[-1].seq if self._held else 0
        fresh = [stored for stored in fresh if stored.seq > held]
        if self.is_following:
            self.model.take(fresh)
        else:
            self._held += fresh

    @property
    def is_following(self) -> bool:
        return self.table.verticalScrollBar().value() == 0

    def _scrolled(self, value: int) -> None:
        if value == 0 and self._held:
            self._let_in()
            self._show()

    def _follow(self) -> None:
        self.table.scrollToTop()
        self._let_in()
        self._show()

    def _let_in(self) -> None:
        """What came while a person read further down."""
        held, self._held = self._held, []
        if held:
            self.model.take(held)

    def _show(self) -> None:
        waiting = len(self._held)
        self.fresh.setVisible(waiting > 0)
        if waiting:
            self.fresh.setText(counted("Events", "{n} new", "{n} new", waiting))
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.table)
        else:
            self._stack.setCurrentWidget(self._empty if self._wish.is_open else self._none)

    # -- looking further --------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        """Goes on looking, a bounded part per turn of the loop, until the view is full or there is nothing more."""
        shown = self.table.viewport().height() // 28 + 2
        if self.model.rowCount() < shown and self.model.canFetchMore(QModelIndex()):
            more_known = self.model.rows.has_unscanned
            self.model.fetchMore(QModelIndex())
            if more_known:
                self._further.start()
        self._show()

    def _want_older(self) -> None:
        if self._project is not None:
            self._c.spawn(self._read_older(self._project, self.model.rows.oldest), "events older")

    async def _read_older(self, project: ProjectId, before: int) -> None:
        page = await older_page(self._c.session.context.archive, project, before) if before else ()
        if project == self._project and before == self.model.rows.oldest:
            self.model.take_page(page)
            self._further.start()

    def _pick(self, index: QModelIndex) -> None:
        task = self.model.view(index.row()).task
        if task is not None:
            self._c.selection.pick(task)

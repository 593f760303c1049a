"""The projects: a list to search and open, the page to describe a new one, and the first step where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QHeaderView, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.ui.empty_places import no_projects
from orchestra_desktop.ui.projects.new_project import NewProjectPage
from orchestra_desktop.ui.projects.project_look import ProjectChips
from orchestra_desktop.ui.projects.project_table import CHARGED, NAME, RIGOR, STATE, UPDATED, ProjectModel
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.verbs.project_verbs import choose
from orchestra_desktop.ui.widgets.buttons import ActionButton
from orchestra_desktop.ui.widgets.fields import SearchField
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import EmptyState, SkeletonRows
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.project_list import project_rows
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_MONEY_MS = 1_000  # between two looks at what was charged: during a run it changes with every call


class ProjectsPlace(QStackedWidget):
    """The list or the page for a new one; `show_tab("new")` asks for the latter."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setAccessibleName(translate("Projects", "Projects"))
        self.list = ProjectList(context)
        self.new = NewProjectPage(context)
        self.new.closed.connect(lambda: self.setCurrentWidget(self.list))
        self.addWidget(self.list)
        self.addWidget(self.new)

    def show_tab(self, tab: str) -> None:
        if tab == "new":
            self.setCurrentWidget(self.new)
            self.new.open_empty()
        else:
            self.setCurrentWidget(self.list)


class ProjectList(QFrame):
    """Loading, empty, nothing found, or the table."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._charged: dict[ProjectId, int] = {}
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Projects", "Projects"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        self._stack = QStackedWidget()
        column.addWidget(self._stack, 1)
        self.table = self._table()
        self._filled = _card_round(self.table)
        self.loading = _card_round(SkeletonRows(self._theme, 8, translate("Projects", "Projects are being read")))
        self.empty = no_projects(self._c)
        self.nothing_found = self._nothing_found()
        for widget in (self.loading, self.empty, self.nothing_found, self._filled):
            self._stack.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_MONEY_MS)
        self._timer.timeout.connect(self._read_money)
        context.flush.changed.connect(self._flushed)
        context.selection.project_changed.connect(lambda _: self._pick_current())
        self.search.searched.connect(lambda _: self.follow())
        self.follow()
        if context.workspace.session is not None:
            self._read_money()

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> QWidget:
        self.head = QWidget()
        row = QHBoxLayout(self.head)
        row.setContentsMargins(24, 20, 24, 12)
        row.setSpacing(8)
        row.addWidget(plain_label(translate("Projects", "Projects"), self._theme, Face.TITLE))
        self.count = plain_label("", self._theme, Face.SECONDARY, tone="muted")
        row.addWidget(self.count)
        row.addStretch(1)
        self.search = SearchField(self._theme, translate("Projects", "Search projects"))
        self.search.setMinimumWidth(120)
        self.search.setMaximumWidth(240)
        row.addWidget(self.search, 1)
        self.sample = ActionButton(
            self._c.registry["project.open_sample"], self._theme, label=translate("Projects", "Open the sample")
        )
        row.addWidget(self.sample)
        self.make = ActionButton(self._c.registry["project.new"], self._theme, "plus", "primary")
        row.addWidget(self.make)
        return self.head

    def _table(self) -> TableView:
        self.model = ProjectModel(self)
        table = _ProjectTable(self._theme, translate("Projects", "Projects"), self.model, stretch=NAME)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setItemDelegateForColumn(STATE, ProjectChips(self._theme, table))
        for column, width in ((STATE, 150), (RIGOR, 130), (CHARGED, 110), (UPDATED, 160)):
            table.setColumnWidth(column, width)
            table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
        table.activated.connect(self.open)
        return table

    def _nothing_found(self) -> QWidget:
        return EmptyState(
            self._theme,
            "search",
            translate("Projects", "No project of that name"),
            translate("Projects", "Search looks at names and at the beginning of ids."),
        )

    # -- following --------------------------------------------------------------------------------------------------

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.PROJECTS, Topic.SESSION}:
            self.follow()
        if topics & {Topic.PROJECTS, Topic.SESSION, Topic.MONEY} and not self._timer.isActive():
            self._timer.start(0 if topics & {Topic.SESSION, Topic.PROJECTS} else _MONEY_MS)

    def follow(self) -> None:
        """Shows what the live model has."""
        workspace = self._c.workspace
        rows = project_rows(workspace.projects, self._charged, self.search.text())
        self.model.show(rows)
        self.head.setVisible(bool(workspace.projects))
        self.count.setText(counted("Projects", "{n} project", "{n} projects", len(workspace.projects)))
        if workspace.session is None and not workspace.projects:
            self._stack.setCurrentWidget(self.loading)
        elif not workspace.projects:
            self._stack.setCurrentWidget(self.empty)
        else:
            self._stack.setCurrentWidget(self._filled if rows else self.nothing_found)
        self._pick_current()

    def _pick_current(self) -> None:
        place = self.model.place(self._c.selection.project)
        if place >= 0:
            self.table.selectRow(place)

    def _read_money(self) -> None:
        """From the balances in memory, so that no query runs while calls are charged."""
        workspace = self._c.workspace
        if workspace.session is None or workspace.session.reads_only:
            return
        standings = ((project.id, workspace.session.money.standing(project).project) for project in workspace.projects)
        self._charged = {id_: balance.charged for id_, balance in standings if balance is not None}
        self.follow()

    # -- opening ----------------------------------------------------------------------------------------------------

    def open(self, index: QModelIndex) -> None:
        """Makes the project of this row the one worked on."""
        if index.isValid():
            self._c.spawn(choose(self._c, self.model.row(index.row()).id), "project.choose")


def _card_round(inner: QWidget) -> QWidget:
    """A framed card with the page's margins."""
    holder = QWidget()
    outer = QVBoxLayout(holder)
    outer.setContentsMargins(24, 4, 24, 24)
    card = QFrame()
    card.setProperty("kind", "card")
    column = QVBoxLayout(card)
    column.setContentsMargins(4, 4, 4, 8)
    column.addWidget(inner)
    outer.addWidget(card)
    return holder


class _ProjectTable(TableView):
    """Enter opens, on every system."""

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
            return
        super().keyPressEvent(event)

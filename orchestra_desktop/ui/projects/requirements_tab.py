"""The requirements of the project that is worked on: edited with their ids kept, and what covers each of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFrame, QHBoxLayout, QHeaderView, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import ProjectId, RequirementId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.ui.empty_places import no_project_picked
from orchestra_desktop.ui.projects.planner_choice import PlannerChoice
from orchestra_desktop.ui.projects.requirements_editor import RequirementsEditor, diff_words
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.review.desk import desk_of
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import as_tool_tip, plain_label
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.requirement_lines import CoverageRow, coverage_rows
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_Index = QModelIndex | QPersistentModelIndex
_HEADINGS = ("Id", "Requirement", "Planned", "Done", "Verified")
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CoverageModel(QAbstractTableModel):
    """Three separate answers for each requirement: planned by which tasks, done, verified."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rows: tuple[CoverageRow, ...] = ()

    def show(self, rows: Sequence[CoverageRow]) -> None:
        if tuple(rows) != self._rows:
            self.beginResetModel()
            self._rows = tuple(rows)
            self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_HEADINGS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return translate("Requirements", _HEADINGS[section])
        return _LEFT if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _words(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return as_tool_tip(row.text if column == 1 else _words(row, column))
            case Qt.ItemDataRole.DecorationRole:
                return self._icon(row, column)
            case Qt.ItemDataRole.ForegroundRole if not row.planned_by and column == 2:
                return self._theme.color(Token.NEEDS_PERSON)
            case Qt.ItemDataRole.ForegroundRole if column != 1:
                return self._theme.color(Token.SECONDARY)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT
            case _:
                return None

    def _icon(self, row: CoverageRow, column: int) -> QIcon | None:
        yes = {2: bool(row.planned_by), 3: row.done, 4: row.verified}.get(column)
        if yes is None:
            return None
        if yes:
            return self._theme.icon("check", Token.SUCCEEDED)
        return (
            self._theme.icon("warning", Token.NEEDS_PERSON) if column == 2 else self._theme.icon("clock", Token.WAITING)
        )


def _words(row: CoverageRow, column: int) -> str:
    match column:
        case 0:
            return row.id
        case 1:
            return harmless(row.text)
        case 2:
            return ", ".join(row.planned_by) or translate("Requirements", "no task")
        case 3:
            return translate("Requirements", "done") if row.done else translate("Requirements", "not yet")
        case _:
            return translate("Requirements", "verified") if row.verified else translate("Requirements", "not yet")


class RequirementsTab(QFrame):
    """The editor above, coverage below; saving says first which ids come, go and change."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._project: ProjectId | None = None
        self._stored = ""
        self._taken: frozenset[RequirementId] = frozenset()
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Requirements", "Requirements"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        self._stack = QStackedWidget()
        self._nobody = no_project_picked(context)
        self._stack.addWidget(self._nobody)
        self._stack.addWidget(self._page())
        column.addWidget(self._stack)
        context.flush.changed.connect(self._flushed)
        context.selection.project_changed.connect(lambda _: self.follow())
        self.follow()

    # -- building ---------------------------------------------------------------------------------------------------

    def _page(self) -> QWidget:
        self._whole = QSplitter(Qt.Orientation.Vertical)
        self._whole.setHandleWidth(1)
        self._whole.setChildrenCollapsible(False)
        above = QWidget()
        column = QVBoxLayout(above)
        column.setContentsMargins(16, 12, 16, 8)
        column.setSpacing(8)
        self.editor = RequirementsEditor(
            self._c, translate("Requirements", "What do you want? One wish for each line of a list.")
        )
        self.editor.numbered.connect(lambda _: self._follow_edit())
        column.addWidget(self.editor, 1)
        column.addLayout(self._bar())
        self._whole.addWidget(above)
        self.coverage = CoverageModel(self._theme, self)
        table = TableView(self._theme, translate("Requirements", "Coverage"), self.coverage, stretch=1)
        for place, width in ((0, 56), (2, 180), (3, 116), (4, 116)):
            table.setColumnWidth(place, width)
            table.horizontalHeader().setSectionResizeMode(place, QHeaderView.ResizeMode.Interactive)
        self.table = table
        self._whole.addWidget(table)
        self._whole.setSizes([380, 220])
        return self._whole

    def _bar(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.words = plain_label("", self._theme, Face.SECONDARY, tone="secondary")
        row.addWidget(self.words)
        row.addStretch(1)
        self.discard = Button(translate("Requirements", "Discard"), self._theme, kind="quiet")
        self.discard.clicked.connect(self._discard)
        self.save = Button(translate("Requirements", "Save"), self._theme)
        self.save.clicked.connect(lambda: self._c.spawn(self._save(), "requirements.save"))
        self.planner = PlannerChoice(self._c)
        self.planner.combo.setMinimumWidth(180)
        self.planner.setParent(self)
        self.planner.hide()
        self.plan = Button(translate("Requirements", "Make a plan"), self._theme)
        self.plan.clicked.connect(lambda: self._c.spawn(self._save_and_plan(), "requirements.plan"))
        for widget in (self.discard, self.save, self.planner.combo, self.plan):
            row.addWidget(widget)
        return row

    # -- following --------------------------------------------------------------------------------------------------

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.PROJECTS, Topic.SESSION}:
            self.follow()
        elif Topic.PLANS in topics:
            self._follow_edit()
        if topics & {Topic.PLANS, Topic.RUN, Topic.PROJECTS}:
            self._read_coverage()

    def follow(self) -> None:
        """Takes over the stored text, unless somebody is writing on it."""
        project = self._c.workspace.project
        self._stack.setCurrentWidget(self._nobody if project is None else self._whole)
        if project is None:
            self._project = None
            return
        is_other = project.id != self._project
        if is_other or self.editor.toPlainText() == self._stored:
            self._project, self._stored = project.id, project.requirements_text
            self.editor.show_text(project.requirements_text, project.requirements, self._taken)
        elif project.requirements_text != self._stored:
            self._stored = project.requirements_text
            self.editor.compare_with(project.requirements, self._taken)
        if is_other:
            self._c.spawn(self._read_taken(), "requirements.taken")
            self.planner.look(rehearsal=project.rehearsal)
            self._read_coverage()
        self._follow_edit()

    async def _read_taken(self) -> None:
        project = self._c.workspace.project
        if project is not None:
            self._taken = await self._c.session.projects.taken_ids(project)
            self.editor.compare_with(project.requirements, self._taken)

    def _follow_edit(self) -> None:
        is_changed = self.editor.toPlainText() != self._stored
        numbering = self.editor.numbering
        count = len(numbering.requirements)
        now = self._c.workspace.situation()
        self.save.setEnabled(is_changed and count > 0 and now.can_write)
        self.discard.setVisible(is_changed)
        self.plan.set_kind("" if self._c.workspace.versions else "primary")  # the plan that is there has one already
        self.plan.setEnabled(count > 0 and now.can_write and not desk_of(self._c).is_planning)
        if is_changed and not numbering.diff.is_empty:
            self.words.setText(translate("Requirements", "Saving changes {ids}", ids=diff_words(numbering.diff)))
        elif is_changed and not count:
            self.words.setText(translate("Requirements", "Write down at least one wish."))
        else:
            self.words.setText(counted("Requirements", "{n} requirement", "{n} requirements", count))

    def _read_coverage(self) -> None:
        if self._c.workspace.session is not None and self._c.workspace.project is not None:
            self._c.spawn(self._cover(), "requirements.coverage")

    async def _cover(self) -> None:
        from orchestra_desktop.services.overview import overview

        project = self._c.workspace.project
        if project is not None:
            view = await overview(self._c.session, project)
            self.coverage.show(coverage_rows(view))

    # -- saving -----------------------------------------------------------------------------------------------------

    def _discard(self) -> None:
        project = self._c.workspace.project
        if project is not None:
            self.editor.show_text(project.requirements_text, project.requirements, self._taken)

    async def _save(self) -> None:
        """Stores the text. The live model gets it at once, so that a plan asked for in this moment is made of it."""
        project = self._c.workspace.project
        if project is None:
            return
        saved = await self._c.session.projects.edit_requirements(project, self.editor.toPlainText())
        self._taken = await self._c.session.projects.taken_ids(saved)
        if self._c.workspace.project is not None and self._c.workspace.project.id == saved.id:
            self._c.workspace.project = saved
            self._stored = saved.requirements_text
            self.editor.compare_with(saved.requirements, self._taken)
        self._c.flush.mark(Topic.PROJECTS)
        self.follow()

    async def _save_and_plan(self) -> None:
        if self.editor.toPlainText() != self._stored:
            await self._save()
        project = self._c.workspace.project
        if project is not None:
            tier = self.planner.tier
            ask_for_plan(self._c, project, planner=None if tier is Tier.AUTO else tier)

"""What is wrong with the run and its plan: failed and waiting tasks, services that are down, problems of the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QStackedWidget, QVBoxLayout

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.inspector.rows_model import RowColumn, RowsModel
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.state_chip import state_look, state_word
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_WRONG = (TaskState.NEEDS_PERSON, TaskState.FAILED, TaskState.BLOCKED)


@dataclass(frozen=True, slots=True)
class Problem:
    """One line: how grave, where, and what to do about it."""

    icon: str
    token: Token
    kind: str
    where: str
    words: str
    task: TaskId | None = None


class ProblemsPanel(QFrame):
    """The gravest first; a click or Enter picks the task."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Events", "Problems"))
        self.model: RowsModel[Problem] = RowsModel(
            context.theme,
            (
                RowColumn(
                    translate("Events", "Kind"), lambda row: row.kind, lambda row: row.token, icon=lambda row: row.icon
                ),
                RowColumn(translate("Events", "Where"), lambda row: row.where),
                RowColumn(translate("Events", "What"), lambda row: row.words),
            ),
        )
        self.table = TableView(context.theme, translate("Events", "Problems"), self.model, stretch=2)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setColumnWidth(0, 130)
        self.table.setColumnWidth(1, 220)
        self.table.clicked.connect(self._pick)
        self.table.activated.connect(self._pick)
        nothing = plain_label(translate("Events", "No problems."), context.theme, tone="muted")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(nothing)
        self._stack.addWidget(self.table)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        self._live.replaced.connect(self._refresh)
        self._live.changed.connect(self._changed)
        context.flush.changed.connect(self._flushed)

    def _changed(self, _: object) -> None:
        self._refresh()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.SERVICES, Topic.PLANS, Topic.PROJECTS}:
            self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        if self.isVisible():
            problems = [*self._of_services(), *self._of_tasks(), *self._of_plan()]
            self.model.put(problems)
            self._stack.setCurrentIndex(1 if problems else 0)

    def _of_services(self) -> list[Problem]:
        down = [health for health in self._c.workspace.services.values() if not health.healthy]
        kind = translate("Events", "service down")
        return [Problem("offline", Token.FAILED, kind, one.service, harmless(one.detail)) for one in down]

    def _of_tasks(self) -> list[Problem]:
        rows = self._live.rows
        if rows is None:
            return []
        found = [row for state in _WRONG for row in rows.board.rows.values() if row.state is state]
        return [
            Problem(
                state_look(row.state).icon,
                state_look(row.state).token,
                state_word(row.state),
                f"{row.id} {harmless(row.title)}",
                tr(row.reason) if row.reason is not None else "",
                row.id,
            )
            for row in found
        ]

    def _of_plan(self) -> list[Problem]:
        rows = self._live.rows
        versions = self._c.workspace.versions
        version = next((v for v in versions if rows is not None and v.number == rows.plan_number), None)
        kind, where = (
            translate("Events", "plan"),
            translate("Events", "plan {number}", number=rows.plan_number if rows else 0),
        )
        texts = [Text(str(row["key"]), dict(row["args"])) for row in (version.problems if version is not None else ())]
        return [Problem("info", Token.MUTED, kind, where, tr(text)) for text in texts]

    def _pick(self, index: QModelIndex) -> None:
        problem = self.model.row(index.row())
        if problem is not None and problem.task is not None:
            self._c.selection.pick(problem.task)

"""The tool uses of a task: what was asked, how it ended, and on demand what went in and came out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.ui.inspector.rows_model import RowColumn, RowsModel
from orchestra_desktop.ui.inspector.text_pane import TextPane
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.event_words import milliseconds
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.task_detail import ToolLine

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.task_detail import TaskDetail


class ToolsTab(QWidget):
    """A table, and under it the texts of the line that is picked."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._picked: ToolLine | None = None
        self.setAccessibleName(translate("Inspector", "Tools"))
        self.model: RowsModel[ToolLine] = RowsModel(
            context.theme,
            (
                RowColumn(translate("Inspector", "Tool"), lambda tool: tool.tool, lambda _: Token.ACCENT),
                RowColumn(translate("Inspector", "About"), lambda tool: harmless(tool.summary)),
                RowColumn(translate("Inspector", "Try"), lambda tool: str(tool.attempt), figures=True),
                RowColumn(translate("Inspector", "Result"), _result, _result_token, figures=True),
            ),
        )
        self.table = TableView(
            context.theme, translate("Inspector", "Tool uses"), self.model, stretch=1, least=80, dense=True
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.selectionModel().selectionChanged.connect(self._on_picked)
        for column, width in ((0, 92), (2, 44), (3, 84)):
            self.table.setColumnWidth(column, width)
        self.given = TextPane(context, translate("Inspector", "What went in"))
        self.returned = TextPane(context, translate("Inspector", "What came back"))
        self._texts = QSplitter(Qt.Orientation.Vertical)
        self._texts.setHandleWidth(1)
        for pane in (self.given, self.returned):
            self._texts.addWidget(pane)
        self._texts.hide()
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self.table)
        self._split.addWidget(self._texts)
        nothing = plain_label(translate("Inspector", "No tool was used."), context.theme, tone="muted")
        nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        nothing.setContentsMargins(8, 4, 8, 0)
        self._stack = QStackedWidget()
        self._stack.addWidget(nothing)
        self._stack.addWidget(self._split)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(8, 8, 8, 12)
        column_.addWidget(self._stack)

    def show_detail(self, detail: TaskDetail | None) -> None:
        tools = detail.tools if detail is not None else []
        self.model.put(tools)
        self._stack.setCurrentIndex(1 if tools else 0)
        if self._picked is not None and self._picked not in tools:
            self._picked = None
            self._texts.hide()

    def _on_picked(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        self._picked = self.model.row(rows[0].row()) if rows else None
        if self._picked is None:
            self._texts.hide()
        else:
            self._c.spawn(self._read(self._picked), f"tool {self._picked.input}")

    async def _read(self, tool: ToolLine) -> None:
        given = await self._c.session.outputs.body(tool.input)
        returned = await self._c.session.outputs.body(tool.output) if tool.output is not None else ""
        if tool is not self._picked:
            return
        self.given.show_text(given)
        self.returned.show_text(returned, faulty=tool.is_error)
        self._texts.show()


def _result(tool: ToolLine) -> str:
    if tool.output is None:
        return translate("Inspector", "under way")
    time = milliseconds(tool.milliseconds)
    return translate("Inspector", "failed {time}" if tool.is_error else "ok {time}", time=time)


def _result_token(tool: ToolLine) -> Token | None:
    if tool.output is None:
        return Token.MUTED
    return Token.FAILED if tool.is_error else Token.SUCCEEDED

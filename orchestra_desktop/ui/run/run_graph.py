"""The tab with the picture of the run: header above, the graph below, of the same tasks that the table shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.ui.empty_places import no_plan, no_project_picked
from orchestra_desktop.ui.review.desk import desk_of
from orchestra_desktop.ui.run.draft_routes import routes_of_draft
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import hairline
from orchestra_desktop.ui.widgets.surfaces import SkeletonRows
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.canvas.graph_picture import GraphPicture
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.run_rows import RunRows
    from orchestra_desktop.viewmodels.task_board import TaskBoard


class RunGraph(QFrame):
    """One of the tabs of the run place. The picture is made when there is first something to show."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self._picture: GraphPicture | None = None
        self._board: TaskBoard | None = None
        self._drawn: RunRows | None = None
        self._prices: tuple[object, ...] = ()
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Run", "Picture of the run"))
        self.header = RunHeader(context)
        self._line = hairline()
        self._stack = QStackedWidget()
        self._no_project, self._empty = no_project_picked(context), no_plan(context)
        self._skeleton = SkeletonRows(context.theme, 10, translate("Run", "The tasks are being read"))
        for widget in (self._empty, self._no_project, self._skeleton):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (self.header, self._line):
            column.addWidget(part)
        column.addWidget(self._stack, 1)
        self._desk = desk_of(context)
        self._desk.changed.connect(self._refresh)
        self._live.replaced.connect(self._refresh)
        context.flush.changed.connect(self._flushed)
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._refresh()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if self._drawn is not None and topics & {Topic.TASKS, Topic.RUN} and self.isVisible():
            self._show_board(self._drawn)

    def _refresh(self) -> None:
        rows = self._live.rows
        for part in (self.header, self._line):
            part.setVisible(rows is not None)
        if rows is None:
            self._drawn = None
            nothing = self._no_project if self._c.workspace.project is None else self._empty
            self._stack.setCurrentWidget(self._skeleton if self._live.loading else nothing)
        elif self.isVisible():
            self._draw(rows)

    def _draw(self, rows: RunRows) -> None:
        picture = self._made()
        routes = rows.spec.routes if rows.spec is not None else routes_of_draft(self._desk, rows)
        quote = self._desk.quote if rows.run is None and routes else None
        prices = (tuple(routes.items()), quote)
        if rows is not self._drawn or prices != self._prices:
            self._drawn, self._board, self._prices = rows, None, prices
            picture.show_plan(rows.plan, routes, word=self._word(rows), quote=quote)
        self._show_board(rows)
        self._stack.setCurrentWidget(picture)

    def _made(self) -> GraphPicture:
        if self._picture is None:
            from orchestra_desktop.ui.canvas.graph_picture import GraphPicture

            self._picture = GraphPicture(self._c)
            self._stack.addWidget(self._picture)
        return self._picture

    def _show_board(self, rows: RunRows) -> None:
        """The window's own board where it is of this run: of that one the picture knows which rows have changed."""
        work = self._c.workspace
        if rows.run is None or self._picture is None:
            return
        board = (
            work.board if work.board is not None and work.run is not None and work.run.run == rows.run else rows.board
        )
        if board is not self._board:
            self._board = board
            self._picture.show_board(board)

    def _word(self, rows: RunRows) -> str:
        """What a task is called while nothing runs."""
        version = next((v for v in self._c.workspace.versions if v.number == rows.plan_number), None)
        return translate("PlanState", version.state.value if version is not None else "draft")

    @property
    def picture(self) -> QWidget | None:
        return self._picture

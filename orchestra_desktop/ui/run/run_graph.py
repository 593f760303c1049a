"""The tab with the picture of the run: header above, the graph below, fed with the rows that the table shows too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout

from orchestra_desktop.ui.empty_places import no_plan
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import hairline

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class RunGraph(QFrame):
    """One of the tabs of the run place. The picture is made when there is first something to show."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Run", "Picture of the run"))
        self.header = RunHeader(context)
        self._stack = QStackedWidget()
        self._stack.addWidget(no_plan(context))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(hairline())
        column.addWidget(self._stack, 1)
        self._live.replaced.connect(self._replaced)
        self._replaced()

    def _replaced(self) -> None:
        rows = self._live.rows
        self.header.setVisible(rows is not None)
        if rows is None:
            self._stack.setCurrentIndex(0)

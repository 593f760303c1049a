"""The attempts at a task: on which model, how each ended and why, how long it took and what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.ui.inspector.rows_model import RowColumn, RowsModel
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import exact_money, money, plain_label
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.amounts import span
from orchestra_desktop.viewmodels.run_rows import SECOND
from orchestra_desktop.viewmodels.task_detail import Attempt, Outcome

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.task_detail import TaskDetail

_LOOKS = {
    Outcome.RUNNING: (Token.RUNNING, "play", "at work"),
    Outcome.SUCCEEDED: (Token.SUCCEEDED, "check", "result"),
    Outcome.FAILED: (Token.FAILED, "cross", "no result"),
    Outcome.STOPPED: (Token.WAITING, "pause", "stopped"),
}


class TriesTab(QWidget):
    """A table; the output of the attempt that is picked can be looked at."""

    output_wanted = Signal(int)  # the number of an attempt

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self.setAccessibleName(translate("Inspector", "Tries"))
        self.model: RowsModel[Attempt] = RowsModel(
            context.theme,
            (
                RowColumn(translate("Inspector", "Try"), lambda attempt: str(attempt.number), figures=True),
                RowColumn(translate("Inspector", "Came to"), _outcome, _token, icon=_icon),
                RowColumn(
                    translate("Inspector", "Model"), lambda attempt: attempt.tier, tip=lambda attempt: attempt.model
                ),
                RowColumn(translate("Inspector", "Time"), _time, figures=True),
                RowColumn(translate("Inspector", "Cost"), _cost, figures=True, tip=_exact),
            ),
        )
        self.table = TableView(
            context.theme, translate("Inspector", "Attempts"), self.model, stretch=1, least=90, dense=True
        )
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for column, width in ((0, 44), (2, 72), (3, 60), (4, 80)):
            self.table.setColumnWidth(column, width)
        self.table.doubleClicked.connect(lambda _: self._want())
        self._nothing = plain_label(translate("Inspector", "It was not tried yet."), context.theme, tone="muted")
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._nothing.setContentsMargins(8, 4, 8, 0)
        self.show_output = Button(translate("Inspector", "Show its output"), context.theme)
        self.show_output.clicked.connect(self._want)
        self.show_output.setEnabled(False)
        self.why = plain_label("", context.theme, Face.SECONDARY, tone="secondary", wrap=True)
        self.why.setContentsMargins(8, 0, 8, 0)
        self.table.selectionModel().selectionChanged.connect(self._show_picked)
        body = QWidget()
        inner = QVBoxLayout(body)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addWidget(self.table, 1)
        inner.addWidget(self.why)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 0, 8, 0)
        foot.addWidget(self.show_output)
        foot.addStretch(1)
        inner.addLayout(foot)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._nothing)
        self._stack.addWidget(body)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(8, 8, 8, 12)
        column_.addWidget(self._stack)

    def show_detail(self, detail: TaskDetail | None) -> None:
        attempts = detail.attempts if detail is not None else []
        self.model.put(attempts)
        self._stack.setCurrentIndex(1 if attempts else 0)
        self._show_picked()

    def _picked(self) -> Attempt | None:
        rows = self.table.selectionModel().selectedRows()
        return self.model.row(rows[0].row()) if rows else None

    def _show_picked(self) -> None:
        """Why the attempt that is picked, or the newest that came to nothing, ended as it did."""
        picked = self._picked()
        self.show_output.setEnabled(picked is not None)
        ended = [row for place in range(self.model.rowCount()) if (row := self.model.row(place)) and row.reason]
        about = picked if picked is not None else ended[-1] if ended else None
        words = tr(about.reason) if about is not None and about.reason is not None else ""
        self.why.setText(
            translate("Inspector", "Try {number}: {words}", number=about.number, words=words) if about and words else ""
        )
        self.why.setVisible(bool(self.why.text()))

    def _want(self) -> None:
        attempt = self._picked()
        if attempt is not None:
            self.output_wanted.emit(attempt.number)


def _outcome(attempt: Attempt) -> str:
    return translate("Inspector", _LOOKS[attempt.outcome][2])


def _token(attempt: Attempt) -> Token:
    return _LOOKS[attempt.outcome][0]


def _icon(attempt: Attempt) -> str:
    return _LOOKS[attempt.outcome][1]


def _time(attempt: Attempt) -> str:
    return span((attempt.ended_at - attempt.started_at) / SECOND) if attempt.ended_at is not None else ""


def _cost(attempt: Attempt) -> str:
    return money(attempt.charged) if attempt.charged or attempt.ended_at is not None else ""


def _exact(attempt: Attempt) -> str:
    words = exact_money(attempt.charged)
    if attempt.unconfirmed:
        words += " " + translate("Inspector", "and {amount} unconfirmed", amount=exact_money(attempt.unconfirmed))
    return words

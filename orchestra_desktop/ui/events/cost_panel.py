"""What the run has cost, call by call, with the sums that count against its ceiling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.ui.dialogs import Choice
from orchestra_desktop.ui.events.event_table import clock
from orchestra_desktop.ui.inspector.rows_model import RowColumn, RowsModel
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import exact_money, money, plain_label
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.ledger_rows import CostLine, CostLines

if TYPE_CHECKING:
    from orchestra_desktop.domain.events import Stored
    from orchestra_desktop.domain.ids import TaskId
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.run_rows import RunRows

_STATES = {
    LineState.OPEN: ("held", Token.RUNNING, "clock"),
    LineState.CHARGED: ("charged", Token.SECONDARY, "check"),
    LineState.VOIDED: ("not charged", Token.MUTED, "minus"),
    LineState.UNCONFIRMED: ("unconfirmed", Token.NEEDS_PERSON, "warning"),
}


class CostPanel(QFrame):
    """One line for each call, newest first."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self._lines = CostLines(None)
        self._rows: RunRows | None = None
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Events", "Cost"))
        self.model: RowsModel[CostLine] = RowsModel(context.theme, _columns())
        self.table = TableView(context.theme, translate("Events", "Ledger of the run"), self.model, stretch=4)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        for column, width in enumerate((84, 56, 140, 80, 200, 180, 130)):
            self.table.setColumnWidth(column, width)
        self.sums = plain_label("", context.theme, Face.SECONDARY, tone="secondary")
        self.release = Button(translate("Events", "Release…"), context.theme, kind="quiet")
        self.release.clicked.connect(self._ask_release)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._follow_picked())
        self._follow_picked()
        nothing = plain_label(translate("Events", "No model was asked yet."), context.theme, tone="muted")
        nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedWidget()
        self._stack.addWidget(nothing)
        self._stack.addWidget(self.table)
        column_ = QVBoxLayout(self)
        column_.setContentsMargins(0, 0, 0, 0)
        column_.setSpacing(0)
        column_.addWidget(self._head())
        column_.addWidget(self._stack, 1)
        self._live.replaced.connect(self._refresh)
        self._live.changed.connect(self._changed)

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(32)
        row = QHBoxLayout(head)
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self.sums)
        row.addStretch(1)
        row.addWidget(self.release)
        return head

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._refresh()

    def _changed(self, tasks: frozenset[TaskId]) -> None:
        self._refresh(tasks)

    def _refresh(self, tasks: frozenset[TaskId] | None = None) -> None:
        """Folds what has come since, of these tasks or of all; nothing while nobody looks."""
        if not self.isVisible():
            return
        rows = self._live.rows
        if rows is not self._rows:
            self._rows = rows
            self._lines = CostLines(rows.run if rows is not None else None)
            self.model.put([])
        if rows is not None and self._lines.take(_since(rows, self._lines.seq, tasks)):
            self.model.put(self._lines.lines())
        self._show_sums()
        self._follow_picked()

    def pick_unconfirmed(self) -> None:
        """Brings the newest line that nobody has confirmed into sight."""
        self._refresh()
        places = range(self.model.rowCount())
        found = (n for n in places if (line := self.model.row(n)) is not None and line.state is LineState.UNCONFIRMED)
        place = next(found, None)
        if place is not None:
            self.table.selectRow(place)
            self.table.scrollTo(self.model.index(place, 0))

    # -- what nobody knows ------------------------------------------------------------------------------------------

    def _picked(self) -> CostLine | None:
        rows = self.table.selectionModel().selectedRows()
        line = self.model.row(rows[0].row()) if rows else None
        return line if line is not None and line.state is LineState.UNCONFIRMED else None

    def _follow_picked(self) -> None:
        self.release.setEnabled(self._picked() is not None)

    def _ask_release(self) -> None:
        line = self._picked()
        if line is not None:
            self._c.spawn(self._release(line), f"release {line.call}")

    async def _release(self, line: CostLine) -> None:
        """Asked about: it makes room under the caps, and only the service's bill says whether that is right."""
        answer = await self._c.ask(
            translate("Events", "Release {amount}?", amount=money(line.reserved)),
            translate(
                "Events",
                "It then counts against no cap any more. Right only if the service's own bill shows that nothing is "
                "owed for this request.",
            ),
            (
                Choice("keep", translate("Events", "Keep it counted"), "quiet"),
                Choice("release", translate("Events", "Release"), "primary"),
            ),
        )
        if answer == "release":
            await self._c.session.money.release(line.call)

    def _show_sums(self) -> None:
        charged, held, unconfirmed = self._lines.sums()
        lines = self.model.rowCount()
        parts = [counted("Events", "{n} call", "{n} calls", lines)]
        parts.append(translate("Events", "charged {amount}", amount=money(charged) if charged else "$0"))
        if held:
            parts.append(translate("Events", "held {amount}", amount=money(held)))
        if unconfirmed:
            parts.append(translate("Events", "unconfirmed {amount}", amount=money(unconfirmed)))
        self.sums.setText(" · ".join(parts))
        self._stack.setCurrentIndex(1 if lines else 0)


def _since(rows: RunRows, seq: int, tasks: frozenset[TaskId] | None) -> list[Stored]:
    """What came after an event; each task's history is in order, together they are ordered by number."""
    histories = rows.history.values() if tasks is None else [rows.history[task] for task in tasks]
    return sorted((one for history in histories for one in history if one.seq > seq), key=lambda one: one.seq)


def _columns() -> tuple[RowColumn[CostLine], ...]:
    return (
        RowColumn(translate("Events", "Time"), lambda line: clock(line.at), lambda _: Token.SECONDARY),
        RowColumn(translate("Events", "Task"), lambda line: line.task or ""),
        RowColumn(translate("Events", "State"), _state, _token, icon=_icon),
        RowColumn(translate("Events", "For"), lambda line: translate("Purpose", line.purpose)),
        RowColumn(translate("Events", "Model"), lambda line: line.model),
        RowColumn(translate("Events", "Tokens"), _tokens, lambda _: Token.SECONDARY, figures=True),
        RowColumn(translate("Events", "Cost"), _cost, figures=True, tip=_tip),
    )


def _state(line: CostLine) -> str:
    return translate("Events", _STATES[line.state][0])


def _token(line: CostLine) -> Token:
    return _STATES[line.state][1]


def _icon(line: CostLine) -> str:
    return _STATES[line.state][2]


def _tokens(line: CostLine) -> str:
    usage = line.usage
    if not usage.prompt_tokens and not usage.output_tokens:
        return ""
    return translate("Events", "{input:,} in, {output:,} out", input=usage.prompt_tokens, output=usage.output_tokens)


def _cost(line: CostLine) -> str:
    match line.state:
        case LineState.OPEN | LineState.UNCONFIRMED:
            return translate("Events", "up to {amount}", amount=money(line.reserved)) if line.reserved else money(0)
        case LineState.CHARGED:
            return money(line.charged)
        case LineState.VOIDED:
            return "–"


def _tip(line: CostLine) -> str:
    words = exact_money(line.charged if line.state is LineState.CHARGED else line.reserved)
    return f"{words} · {harmless(line.note)}" if line.note else words

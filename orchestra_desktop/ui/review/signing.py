"""Signing a plan: the field for its ceiling, the buttons, and why not where it cannot be signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from orchestra_desktop.ui.review.approval import approve, approve_and_run
from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.buttons import ActionButton, Button, PrimaryButton
from orchestra_desktop.ui.widgets.labels import as_tool_tip, hairline, money, plain_label

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


_SIDE, _GAP = 16, 8  # pixels left and right of the buttons, and between them


class CeilingField(QWidget):
    """What the run may spend; empty is the quote's own sum, which stands there as a hint."""

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._desk = desk
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.field = QLineEdit()
        self.field.setAccessibleName(translate("Review", "Ceiling in dollars"))
        self.field.setFixedWidth(84)
        self.field.textEdited.connect(self._typed)
        row.addWidget(self.field)
        self.words = plain_label("", context.theme, Face.SECONDARY, tone="muted", wrap=True)
        row.addWidget(self.words, 1)
        desk.changed.connect(self.follow)
        self.follow()

    def _typed(self, words: str) -> None:
        self._desk.ceiling_words = words
        self._desk.changed.emit()

    def follow(self) -> None:
        desk, quote = self._desk, self._desk.quote
        if self.field.text() != desk.ceiling_words and not self.field.hasFocus():
            self.field.setText(desk.ceiling_words)
        signed = desk.version.ceiling if desk.version is not None else None
        default = signed if signed is not None else quote.ceiling if quote is not None else None
        self.field.setPlaceholderText(
            "" if default is None else f"${default / 1e9:,.2f}" if default >= 10_000_000 else money(default)
        )
        self.field.setEnabled(desk.is_draft and not desk.is_planning)
        valid = desk.ceiling_is_valid
        self.field.setProperty("invalid", not valid)
        self.field.style().unpolish(self.field)
        self.field.style().polish(self.field)
        self.words.set_tone("muted" if valid else "failed")
        self.words.setText(
            translate("Review", "stops and asks, never over")
            if valid
            else translate("Review", "no sum in dollars, like 1.20")
        )
        if quote is not None:
            self.field.setToolTip(as_tool_tip(_formulas(quote.p50, quote.p90, quote.worst_open, quote.ceiling)))


def _formulas(p50: int, p90: int, worst: int, ceiling: int) -> str:
    """Both sums that the default is the larger one of."""
    return translate(
        "Review",
        "Left empty, {ceiling} is signed: the larger of\n"
        "P90, {p90}, and\n"
        "P50 + the most that calls may hold open at once, {p50} + {worst} = {both}.",
        ceiling=money(ceiling),
        p90=money(p90),
        p50=money(p50),
        worst=money(worst),
        both=money(p50 + worst),
    )


class Footer(QWidget):
    """Approve and run, approve; and why not, where it cannot be. Gone where there is nothing to sign."""

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._c = context
        self._desk = desk
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(hairline())
        column = QVBoxLayout()
        column.setContentsMargins(_SIDE, 10, _SIDE, 10)
        column.setSpacing(8)
        outer.addLayout(column)
        self.why_not = plain_label("", context.theme, Face.SECONDARY, tone="attention", wrap=True)
        column.addWidget(self.why_not)
        row = QHBoxLayout()
        row.setSpacing(_GAP)
        self.run = PrimaryButton("", context.theme)
        self.run.clicked.connect(lambda: context.spawn(approve_and_run(context), "plan.approve_and_run"))
        self.approve = Button(translate("Review", "Approve"), context.theme)
        self.approve.clicked.connect(lambda: context.spawn(approve(context), "plan.approve"))
        self.reject = ActionButton(
            context.registry["plan.reject"], context.theme, kind="quiet", label=translate("Review", "Reject")
        )
        for button in (self.run, self.approve):
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self.reject)
        column.addLayout(row)
        desk.changed.connect(self.follow)
        self.follow()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._name_run()

    def follow(self) -> None:
        desk, now = self._desk, self._c.workspace.situation()
        ready = desk.is_draft and now.can_write and not desk.is_planning
        signable = ready and desk.unquoted is None and desk.ceiling_is_valid
        self.run.setVisible(desk.is_draft and not desk.is_planning)
        self.approve.setVisible(desk.is_draft and not desk.is_planning)
        self.reject.setVisible(desk.is_draft and not desk.is_planning)
        self.run.setEnabled(signable and not now.live and bool(desk.ticks))
        self.approve.setEnabled(signable)
        self._name_run()
        words = self._why_not(now.live)
        self.why_not.setText(words)
        self.why_not.setVisible(bool(words))
        self.setVisible(bool(words) or not self.run.isHidden())

    def _name_run(self) -> None:
        """With its keys, where all three buttons have room beside each other so."""
        plan, ticks = self._desk.plan, self._desk.ticks
        if plan is not None and len(ticks) < len(plan.tasks):
            some = translate("Review", "Approve, run {some} of {all}", some=len(ticks), all=len(plan.tasks))
            self.run.setText(some)
            return
        words = translate("Review", "Approve and run")
        keys = self._c.registry.keys("plan.approve_and_run").replace("Return", "↵").replace("+", " ")
        self.run.setText(f"{words}  {keys}")
        self.run.setToolTip(f"{words} ({keys})")
        wanted = sum(button.sizeHint().width() for button in (self.run, self.approve, self.reject)) + 2 * _GAP
        if wanted > self.width() - 2 * _SIDE:
            self.run.setText(words)

    def _why_not(self, live: bool) -> str:
        desk = self._desk
        if desk.is_planning or desk.version is None:
            return ""
        if not desk.is_newest:
            return translate("Review", "This is an older version: it can be read, not signed.")
        if desk.is_draft and desk.unquoted is not None:
            return tr(desk.unquoted)
        if desk.is_draft and live:
            return translate("Review", "A run goes on. Approve now, and start this plan when the run has ended.")
        if desk.is_draft and not desk.ticks:
            return translate("Review", "No task is ticked, so there is nothing to run.")
        return ""

"""One open question as a card: what is asked, about what, what there is so far, and the answers with their keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.money import in_dollars
from orchestra_desktop.ui.inbox.output_field import OutputField
from orchestra_desktop.ui.inspector.text_pane import TextPane
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.widgets.buttons import Button, PrimaryButton
from orchestra_desktop.ui.widgets.labels import ElidedLabel, PlainLabel, plain_label
from orchestra_desktop.ui.widgets.surfaces import Picture
from orchestra_desktop.viewmodels.checkpoint_cards import ANSWERS, GUIDED, KEY_WANTED, Card
from orchestra_desktop.viewmodels.harmless import harmless

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import Digest
    from orchestra_desktop.ui.context import UiContext

PREVIEWED = 4_000  # characters of the last output


class CardView(QFrame):
    """Closed it is a heading and the question; the current one is open, with preview, fields and buttons."""

    answered = Signal(object, str)  # the card's id, the action
    wanted = Signal(object)  # the card's id: make it the current one

    def __init__(self, context: UiContext, card: Card) -> None:
        super().__init__()
        self._c = context
        self.card = card
        self._is_read = False
        self.setProperty("kind", "card")
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(6)
        column.addLayout(self._head())
        self.question = plain_label(tr(card.question), context.theme, tone="secondary", wrap=True)
        column.addWidget(self.question)
        self._more = self._make_more()
        column.addWidget(self._more)
        self._more.hide()
        heading = translate("Inbox", card.heading)
        self.setAccessibleName(f"{heading}. {self._about()}. {self.question.text()}")

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        theme = self._c.theme
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(Picture(theme, "warning", 16, Token.NEEDS_PERSON))
        row.addWidget(plain_label(translate("Inbox", self.card.heading), theme, Face.STRONG))
        row.addStretch(1)
        about = ElidedLabel(self._about(), theme, Face.SECONDARY, tone="muted")
        about.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(about, 4)
        return row

    def _about(self) -> str:
        card = self.card
        parts = [harmless(card.project_name)]
        if card.task is not None:
            parts.append(f"{card.task} {harmless(card.title)}")
        if card.attempts:
            parts.append(counted("Inbox", "{n} attempt", "{n} attempts", card.attempts))
        return " · ".join(parts)

    def _make_more(self) -> QWidget:
        more = QWidget()
        column = QVBoxLayout(more)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(8)
        self.preview = TextPane(self._c, translate("Inbox", "Its last output"))
        self.preview.view.setFixedHeight(132)
        self.preview.hide()
        self.still = plain_label(
            translate("Inbox", "The run stands still; what you answer is kept until it is started."),
            self._c.theme,
            Face.SECONDARY,
            tone="muted",
        )
        for widget in (self.preview, self.still):
            column.addWidget(widget)
        self._show_still()  # only now: shown without a parent it would be a window, and take the keys away
        self._make_fields(column)
        column.addLayout(self._make_buttons())
        return more

    def _make_fields(self, column: QVBoxLayout) -> None:
        self.guidance = QPlainTextEdit()
        self.guidance.setAccessibleName(translate("Inbox", "Guidance"))
        self.guidance.setPlaceholderText(translate("Inbox", "What should be done otherwise? Ctrl+Enter retries."))
        self.guidance.setTabChangesFocus(True)
        self.guidance.setFixedHeight(72)
        self.guidance.installEventFilter(self)
        self.cap = QLineEdit(_dollars(self.card.least_cap))
        self.cap.setAccessibleName(translate("Inbox", "New cap in dollars"))
        self.cap.setFixedWidth(120)
        self.cap.installEventFilter(self)
        self.cap_fault = plain_label("", self._c.theme, Face.LABEL, tone="failed")
        self.tier = QComboBox()
        self.tier.setAccessibleName(translate("Inbox", "Model"))
        self.tier.setFixedWidth(120)
        for tier in self.card.tiers:
            self.tier.addItem(tier.value, tier.value)
        self._cap_row = self._field(
            translate("Inbox", "Raise the cap to"),
            self.cap,
            "raise_cap",
            translate("Inbox", "Raise it"),
            self.cap_fault,
        )
        self._tier_row = self._field(
            translate("Inbox", "Go on with"), self.tier, "lower_tier", translate("Inbox", "Use it")
        )
        self.output = OutputField(self._c)
        self.output.accepted.connect(lambda: self.answered.emit(self.card.checkpoint, "edit"))
        self.output.closed.connect(self._leave_field)
        for widget in (self.output, self.guidance, self._cap_row, self._tier_row):
            widget.hide()
            column.addWidget(widget)

    def _field(self, words: str, field: QWidget, action: str, verb: str, fault: PlainLabel | None = None) -> QWidget:
        """A line with a field and the button that sends it: what spends is not done by one key alone."""
        frame = QWidget()
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(plain_label(words, self._c.theme, Face.SECONDARY, tone="secondary"))
        row.addWidget(field)
        send = Button(verb, self._c.theme, "check")
        send.clicked.connect(lambda: self.answered.emit(self.card.checkpoint, action))
        row.addWidget(send)
        if fault is not None:
            row.addWidget(fault)
        row.addStretch(1)
        return frame

    def _make_buttons(self) -> QVBoxLayout:
        """What answers the question, and below it what leads to an answer: in one row they would cut their words."""
        self.buttons: dict[str, Button] = {}
        answers = [
            self._button(action, PrimaryButton("", self._c.theme) if action == self.card.default else None)
            for action in self.card.actions
        ]
        if self.card.kind == KEY_WANTED:
            give = Button(translate("Inbox", "Give a key…"), self._c.theme, "key")
            give.clicked.connect(lambda: self._c.do("key.give"))
            answers.append(give)
        ways = [
            self._button(action, Button("", self._c.theme, icon, "quiet"))
            for action, icon in (("edit", ""), ("guide", ""), ("show", "external"))
            if action in self.card.answers
        ]
        column = QVBoxLayout()
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        for buttons in (answers, ways):
            column.addLayout(_row_of(buttons))
        self.show_keys()
        return column

    def _button(self, action: str, made: Button | None) -> Button:
        button = made or Button("", self._c.theme)
        button.setAccessibleName(translate("Inbox", ANSWERS.get(action, action)))
        button.clicked.connect(lambda: self.press(action))
        self.buttons[action] = button
        return button

    def show_keys(self) -> None:
        """Each button says its key, as it is now."""
        rows = {row.id for row in self._c.registry.rows}
        for action, button in self.buttons.items():
            id_ = f"inbox.{action}"
            key = self._c.registry.keys(id_) if id_ in rows else ""
            button.setText(f"{translate('Inbox', ANSWERS.get(action, action))}  {key}".rstrip())

    def take(self, card: Card) -> None:
        """The same question, in a run that goes on or stands still meanwhile."""
        self.card = card
        self._show_still()

    def _show_still(self) -> None:
        self.still.setVisible(self.card.kept)

    # -- using ------------------------------------------------------------------------------------------------------

    def set_current(self, current: bool) -> None:
        self._more.setVisible(current)
        self.setProperty("current", current)
        if current and not self._is_read and self.card.output is not None:
            self._is_read = True
            self._c.spawn(self._read(), f"inbox {self.card.checkpoint}")

    async def _read(self) -> None:
        if self.card.output is not None:
            text = await self._c.session.outputs.body(self.card.output)
            self.preview.show_text(text[-PREVIEWED:])
            self.preview.show()

    def press(self, action: str) -> None:
        """An answer, or the field that it needs first."""
        match action:
            case "raise_cap" if self._cap_row.isHidden():
                self._cap_row.show()
                self.cap.setFocus()
                self.cap.selectAll()
            case "lower_tier" if self._tier_row.isHidden():
                self._tier_row.show()
                self.tier.setFocus()
            case "guide":
                self.guidance.show()
                self.guidance.setFocus()
            case "edit" if self.card.output is not None:
                self._c.spawn(self._open_output(self.card.output), f"inbox edit {self.card.checkpoint}")
            case _:
                self.answered.emit(self.card.checkpoint, action)

    async def _open_output(self, output: Digest) -> None:
        """The whole of it: what is shown above may be its end alone."""
        if self.output.isHidden():
            self.output.open_at(await self._c.session.outputs.body(output))
            self.preview.hide()

    def set_busy(self, busy: bool) -> None:
        for button in self.buttons.values():
            button.setEnabled(not busy)

    def request(self, action: str) -> dict[str, object] | None:
        """The decision as data; None where a field holds nothing that can be sent, which it then says."""
        wanted: dict[str, object] = {"verb": "resolve", "checkpoint": self.card.checkpoint, "action": action}
        if action == "edit":
            wanted |= {"action": "accept", "output": self.output.words}
        if action in GUIDED:
            wanted["guidance"] = self.guidance.toPlainText().strip()
        if action == "lower_tier":
            wanted["tier"] = self.tier.currentData()
        if action == "raise_cap":
            amount = self._amount()
            if amount is None:
                return None
            wanted["cap"] = amount
        return wanted

    def _amount(self) -> int | None:
        from orchestra_desktop.domain.money import from_dollars

        try:
            amount: int | None = from_dollars(self.cap.text())
        except InvalidInput:
            amount = None
        if amount is not None and amount < self.card.least_cap:
            words = translate("Inbox", "At least ${amount}", amount=_dollars(self.card.least_cap))
            self.cap_fault.setText(words)
            return None
        self.cap_fault.setText("" if amount is not None else translate("Inbox", "An amount such as 2.50"))
        return amount

    # -- Qt ---------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """The open card is framed as what is selected is."""
        super().paintEvent(event)
        if self._more.isVisible():
            painter = QPainter(self)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(self._c.theme.color(Token.ACCENT), 1.0))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mousePressEvent(event)
        self.wanted.emit(self.card.checkpoint)

    def _leave_field(self) -> None:
        """Back to where single keys answer."""
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus()

    def eventFilter(self, watched: object, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Enter sends the amount, Ctrl+Enter the guidance; Escape leaves a field."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            is_return = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            if watched is self.cap and is_return:
                self.answered.emit(self.card.checkpoint, "raise_cap")
                return True
            if watched is self.guidance and is_return and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                action = "retry" if "retry" in self.card.actions else "go"
                self.answered.emit(self.card.checkpoint, action)
                return True
            if event.key() == Qt.Key.Key_Escape:
                self._leave_field()
                return True
        return super().eventFilter(watched, event)  # type: ignore[arg-type]


def _dollars(amount: int) -> str:
    """Up to the next cent, as a person writes it."""
    cents = -(-amount // 10_000_000)
    return f"{in_dollars(cents * 10_000_000):.2f}"


def _row_of(buttons: Sequence[Button]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row

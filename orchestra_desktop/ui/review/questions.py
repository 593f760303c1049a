"""The plan's open questions as cards: the proposal is accepted with one click, or answered in one's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from orchestra_desktop.domain.plan import OpenQuestion
from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.review.parts import emptied
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Card, Picture
from orchestra_desktop.viewmodels.harmless import harmless_lines

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class Questions(QWidget):
    """One card for each question; the pane shows them where there are any.

    Cards are made anew only for other questions, so that an answer half typed stays.
    """

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._c = context
        self._desk = desk
        self._shown: tuple[str, ...] = ()
        self.cards: list[QuestionCard] = []
        self.setAccessibleName(translate("Review", "Open questions"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        desk.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        questions = self._desk.plan.open_questions if self._desk.plan is not None else ()
        asked = tuple(question.question for question in questions)
        if asked != self._shown:
            emptied(self._column)
            self._shown = asked
            self.cards = [QuestionCard(self._c, self._desk, place + 1) for place in range(len(questions))]
            for card in self.cards:
                self._column.addWidget(card)
        for card, question in zip(self.cards, questions, strict=True):
            card.show_question(question, can_answer=self._desk.can_edit)


class QuestionCard(Card):
    """A question with its proposed answer. While it is unanswered the proposal stands: approving takes it."""

    def __init__(self, context: UiContext, desk: ReviewDesk, number: int) -> None:
        super().__init__(context.theme)
        self._theme = context.theme
        self._desk = desk
        self._number = number
        self.column.setContentsMargins(12, 10, 12, 12)
        self.column.setSpacing(4)
        self.question = plain_label("", context.theme, Face.STRONG, wrap=True)
        self.proposal = plain_label("", context.theme, Face.SECONDARY, tone="secondary", wrap=True)
        self.impact = plain_label("", context.theme, Face.SECONDARY, tone="muted", wrap=True)
        for label in (self.question, self.proposal, self.impact):
            self.column.addWidget(label)
        self.column.addWidget(self._answered_line())
        self.column.addSpacing(4)
        self.column.addWidget(self._buttons())
        self.column.addWidget(self._writing())
        self._write(on=False)

    def _answered_line(self) -> QWidget:
        self._done = QWidget()
        row = QHBoxLayout(self._done)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(Picture(self._theme, "check", 16, Token.SUCCEEDED), 0, Qt.AlignmentFlag.AlignTop)
        self.answer = plain_label("", self._theme, Face.SECONDARY, wrap=True)
        row.addWidget(self.answer, 1)
        return self._done

    def _buttons(self) -> QWidget:
        self._choices = QWidget()
        row = QHBoxLayout(self._choices)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.accept = Button(translate("Review", "Accept"), self._theme)
        self.accept.clicked.connect(self._accept)
        self.own = Button(translate("Review", "Answer…"), self._theme, kind="quiet")
        self.own.clicked.connect(lambda: self._write(on=True))
        row.addWidget(self.accept)
        row.addWidget(self.own)
        row.addStretch(1)
        return self._choices

    def _writing(self) -> QWidget:
        self._line = QWidget()
        row = QHBoxLayout(self._line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.field = _AnswerField()
        self.field.setAccessibleName(translate("Review", "Your answer"))
        self.field.setPlaceholderText(translate("Review", "Your answer"))
        self.field.returnPressed.connect(self._send)
        self.field.left.connect(lambda: self._write(on=False))
        send = Button(translate("Review", "Answer"), self._theme)
        send.clicked.connect(self._send)
        row.addWidget(self.field, 1)
        row.addWidget(send)
        return self._line

    # -- showing ----------------------------------------------------------------------------------------------------

    def show_question(self, question: OpenQuestion, *, can_answer: bool) -> None:
        self._question = question
        proposed = harmless_lines(question.proposed_answer)
        self.setAccessibleName(question.question)
        self.question.setText(harmless_lines(question.question))
        self.proposal.setText(proposed)
        self.proposal.setVisible(bool(proposed) and question.answer is None)
        self.impact.setText(harmless_lines(question.impact))
        self.impact.setVisible(bool(question.impact))
        self.answer.setText(harmless_lines(question.answer or ""))
        self._done.setVisible(question.answer is not None)
        self.accept.setVisible(question.answer is None and bool(proposed))
        self.own.setText(translate("Review", "Answer…") if question.answer is None else translate("Review", "Change…"))
        self.accept.setEnabled(can_answer)
        self.own.setEnabled(can_answer)

    def _accept(self) -> None:
        self._desk.edits.answer(self._number, self._question.proposed_answer)

    def _write(self, *, on: bool) -> None:
        self._line.setVisible(on)
        self._choices.setVisible(not on)
        if on:
            self.field.setText(self._question.answer or "")
            self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _send(self) -> None:
        words = self.field.text().strip()
        if words:
            self._desk.edits.answer(self._number, words)
        self._write(on=False)


class _AnswerField(QLineEdit):
    """Escape leaves it without an answer."""

    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            return
        super().keyPressEvent(event)

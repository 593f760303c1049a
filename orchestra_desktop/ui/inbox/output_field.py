"""The field in which a person puts right what a task has written, before it is accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_HEIGHT = 220
_LONGEST_WRAPPED = 4_000  # characters of a line without an end; Qt takes seconds to break a longer one


class OutputField(QWidget):
    """Ctrl+Enter or the button accepts what stands in it; Escape closes it and lets the output be as it was."""

    accepted = Signal()
    closed = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.field = _Field(translate("Inbox", "Output"))
        self.field.setFont(context.theme.font(Face.OUTPUT))
        self.field.setFixedHeight(_HEIGHT)
        self.field.sent.connect(self.accepted)
        self.field.left.connect(self._leave)
        column.addWidget(self.field)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.accept = Button(translate("Inbox", "Accept this"), context.theme, "check")
        self.accept.clicked.connect(self.accepted)
        self.leave = Button(translate("Inbox", "Leave it as it was"), context.theme, kind="quiet")
        self.leave.clicked.connect(self._leave)
        for button in (self.accept, self.leave):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)

    @property
    def words(self) -> str:
        return self.field.toPlainText()

    def open_at(self, words: str) -> None:
        is_long = max(map(len, words.splitlines()), default=0) > _LONGEST_WRAPPED
        modes = QPlainTextEdit.LineWrapMode
        self.field.setLineWrapMode(modes.NoWrap if is_long else modes.WidgetWidth)
        self.field.setPlainText(words)
        self.show()
        self.field.setFocus()

    def _leave(self) -> None:
        self.hide()
        self.closed.emit()


class _Field(QPlainTextEdit):
    """Text that is sent or left by keys."""

    sent = Signal()
    left = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        is_return = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_return and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.sent.emit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

"""The field in which a person says what another plan should do otherwise."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit


class CommentField(QPlainTextEdit):
    """Grows to a few lines; Shift+Enter sends. Ctrl+Enter is not taken: it approves, everywhere."""

    sent = Signal()

    def __init__(self, hint: str) -> None:
        super().__init__()
        self.setAccessibleName(hint)
        self.setPlaceholderText(hint)
        self.setTabChangesFocus(True)
        self.textChanged.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        lines = min(max(self.document().blockCount(), 1), 6)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 24)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if (
            event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            and event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        ):
            self.sent.emit()
            return
        super().keyPressEvent(event)

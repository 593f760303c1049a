"""Asks how a task is to be tried again: with what guidance, and on which tier."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPlainTextEdit, QWidget

from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.ui.dialogs import HeadedDialog
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button, PrimaryButton
from orchestra_desktop.ui.widgets.labels import plain_label


class RetryDialog(HeadedDialog):
    """`guidance` and `tier` are what was chosen; a tier of None leaves the task where it is."""

    def __init__(self, parent: QWidget, theme: Theme, about: str, tiers: Sequence[Tier], *, verb: str = "") -> None:
        title = translate("Inspector", "Try {about} again", about=about)
        super().__init__(parent, theme, title, 460)
        self._words = QPlainTextEdit()
        self._words.setAccessibleName(translate("Inspector", "Guidance"))
        self._words.setPlaceholderText(translate("Inspector", "What should be done otherwise? May be left empty."))
        self._words.setTabChangesFocus(True)
        self._words.setFixedHeight(110)
        self._tiers = QComboBox()
        self._tiers.setAccessibleName(translate("Inspector", "Model"))
        self._tiers.addItem(translate("Inspector", "as before"), None)
        for tier in tiers:
            self._tiers.addItem(tier.value, tier.value)
        words = translate("Inspector", "It has all its attempts again. Guidance goes into its prompt, word for word.")
        self.column.addWidget(plain_label(words, theme, tone="secondary", wrap=True))
        self.column.addSpacing(4)
        self.column.addWidget(plain_label(translate("Inspector", "Guidance"), theme, Face.LABEL, tone="muted"))
        self.column.addWidget(self._words)
        self.column.addWidget(plain_label(translate("Inspector", "Model"), theme, Face.LABEL, tone="muted"))
        self.column.addWidget(self._tiers)
        self.column.addSpacing(12)
        self.column.addLayout(self._buttons(theme, verb or translate("Inspector", "Retry")))
        self._words.setFocus()

    def _buttons(self, theme: Theme, verb: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        leave = Button(translate("Inspector", "Leave it"), theme, kind="quiet")
        leave.clicked.connect(self.reject)
        again = PrimaryButton(verb, theme, "retry")
        again.clicked.connect(self.accept)
        row.addWidget(leave)
        row.addWidget(again)
        return row

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Ctrl+Enter answers from inside the text."""
        is_return = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if is_return and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.accept()
            return
        super().keyPressEvent(event)

    @property
    def guidance(self) -> str:
        return self._words.toPlainText().strip()

    @property
    def tier(self) -> str | None:
        chosen = self._tiers.currentData()
        return None if chosen is None else str(chosen)

"""Fields for searching and filtering."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QToolButton, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import PillButton

_PAUSE_MS = 120  # after the last key before a search starts


class SearchField(QLineEdit):
    """Text to look for. `searched` comes a moment after the last key; Escape empties it."""

    searched = Signal(str)

    def __init__(self, theme: Theme, hint: str) -> None:
        super().__init__()
        self._theme = theme
        self.setPlaceholderText(hint)
        self.setAccessibleName(hint)
        self.setClearButtonEnabled(False)
        self._glass = QAction(self)
        self.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        for button in self.findChildren(QToolButton):  # the one that Qt made for the picture
            button.setAccessibleName(hint)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(lambda: self.searched.emit(self.text()))
        self.textChanged.connect(lambda _: self._timer.start())
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self._glass.setIcon(self._theme.icon("search", Token.MUTED))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            return
        super().keyPressEvent(event)


class FilterBar(QWidget):
    """A search field and a row of pills; `changed` carries the text and the pills that are on."""

    changed = Signal(str, object)  # text, frozenset[str]

    def __init__(self, theme: Theme, hint: str, pills: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self.setAccessibleName(translate("Filter", "Filter"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.field = SearchField(theme, hint)
        self.field.setMaximumWidth(260)
        row.addWidget(self.field, 1)
        self._pills = {key: PillButton(label) for key, label in pills}
        for pill in self._pills.values():
            pill.toggled.connect(lambda _: self._tell())
            row.addWidget(pill)
        row.addStretch(1)
        self.field.searched.connect(lambda _: self._tell())

    @property
    def picked(self) -> frozenset[str]:
        return frozenset(key for key, pill in self._pills.items() if pill.isChecked())

    def _tell(self) -> None:
        self.changed.emit(self.field.text().strip(), self.picked)

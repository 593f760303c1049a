"""How much of a cap is gone, as a bar."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token

_NEAR = 0.8  # of a cap, from where on it is shown as needing attention


class CapBar(QWidget):
    """How much of a cap is gone: spent in the accent, held beside it in amber, the rest an empty track."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._spent = self._held = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_shares(self, spent: float, held: float) -> None:
        """Shares of the cap, 0 to 1."""
        self._spent = min(max(spent, 0.0), 1.0)
        self._held = min(max(held, 0.0), 1.0 - self._spent)
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(120, 12)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(0.5, 3.5, self.width() - 1, 5)
        painter.setPen(self._theme.color(Token.BORDER))
        painter.setBrush(self._theme.color(Token.INSET))
        painter.drawRoundedRect(track, 2.5, 2.5)
        painter.setPen(Qt.PenStyle.NoPen)
        near = self._spent + self._held >= _NEAR
        inner = track.width() - 1
        both = max((self._spent + self._held) * inner, 4.0 if self._held else 0.0)
        painter.setBrush(self._theme.color(Token.NEEDS_PERSON))
        if self._held or near:
            painter.drawRoundedRect(QRectF(1, 4, both, 4), 2, 2)
        if self._spent and not near:
            painter.setBrush(self._theme.color(Token.ACCENT))
            painter.drawRoundedRect(QRectF(1, 4, max(self._spent * inner, 3.0), 4), 2, 2)

"""The small bar over the picture: zoom out, 100 %, zoom in, fit, and whether to follow the run."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import IconButton
from orchestra_desktop.ui.widgets.labels import hairline

_HEIGHT = 26


class WordButton(QAbstractButton):
    """A word that is pressed; with `dot`, one that is on or off."""

    _SIDE, _DOT, _GAP = 8, 10, 6

    def __init__(self, words: str, theme: Theme, widest: str = "", *, dot: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self._widest = widest
        self._has_dot = dot
        self.setText(words)
        self.setAccessibleName(words)
        self.setCheckable(dot)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.SECONDARY))
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        words = max(self.fontMetrics().horizontalAdvance(text) for text in (self.text(), self._widest))
        dot = self._DOT + self._GAP if self._has_dot else 0
        return QSize(words + dot + 2 * self._SIDE, _HEIGHT)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(self._theme.color(Token.ACCENT) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(Token.HOVER))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        painter.setPen(self._theme.color(Token.TEXT if self.isChecked() else Token.SECONDARY))
        room = self.rect()
        if self._has_dot:
            room = room.adjusted(self._SIDE, 0, -self._SIDE - self._DOT - self._GAP, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignCenter, self.text())
        if self._has_dot:
            self._paint_dot(painter)

    def _paint_dot(self, painter: QPainter) -> None:
        left = self.width() - self._SIDE - self._DOT
        dot = QRectF(left, (self.height() - self._DOT) / 2, self._DOT, self._DOT).adjusted(0.75, 0.75, -0.75, -0.75)
        colour = self._theme.color(Token.ACCENT if self.isChecked() else Token.MUTED)
        painter.setPen(colour)
        painter.setBrush(colour if self.isChecked() else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(dot)


class ZoomBar(QFrame):
    """`stepped` carries 1 or -1."""

    stepped = Signal(int)
    full_asked = Signal()
    fit_asked = Signal()
    follow_toggled = Signal(bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("kind", "card")
        self.setAccessibleName(translate("Canvas", "Zoom"))
        out = IconButton("minus", translate("Canvas", "Zoom out"), theme)
        into = IconButton("plus", translate("Canvas", "Zoom in"), theme)
        self._full = WordButton("100 %", theme, "100 %")
        self._full.setToolTip(translate("Canvas", "Show at 100 %"))
        fit = WordButton(translate("Canvas", "Fit"), theme)
        fit.setToolTip(translate("Canvas", "Show the whole graph"))
        self.follow = WordButton(translate("Canvas", "Follow run"), theme, dot=True)
        self.follow.setToolTip(translate("Canvas", "Keep the running tasks in sight until you move the graph yourself"))
        self._line = hairline(upright=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 1, 4, 1)
        row.setSpacing(2)
        for widget in (out, self._full, into, fit, self._line, self.follow):
            row.addWidget(widget)
        out.clicked.connect(lambda: self.stepped.emit(-1))
        into.clicked.connect(lambda: self.stepped.emit(1))
        self._full.clicked.connect(self.full_asked)
        fit.clicked.connect(self.fit_asked)
        self.follow.toggled.connect(self.follow_toggled)
        self.set_live(False)

    def set_zoom(self, zoom: float) -> None:
        words = f"{zoom * 100:.0f} %"
        self._full.setText(words)
        self._full.setAccessibleName(translate("Canvas", "Zoom {zoom}, back to 100 %", zoom=words))

    def set_live(self, live: bool) -> None:
        """Whether there is a run to follow."""
        self._line.setVisible(live)
        self.follow.setVisible(live)
        if not live:
            self.follow.setChecked(False)
        self.adjustSize()

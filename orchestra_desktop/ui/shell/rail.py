"""The rail at the left: one button for each place, picture over word, with the number of what waits there."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QVBoxLayout

from orchestra_desktop.ui.places import Place
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate

_HEIGHT, _ICON, _LEAST_WIDTH = 54, 20, 64


class RailButton(QAbstractButton):
    """One place. The bar at its left and full text colour say that it is in front."""

    def __init__(self, title: str, icon: str, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._count = 0
        self.setText(title)
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.LABEL))
        self.updateGeometry()

    def set_count(self, count: int) -> None:
        self._count = count
        waiting = counted("Shell", "{n} waits for you", "{n} wait for you", count)
        self.setAccessibleName(f"{self.text()}, {waiting}" if count else self.text())
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(max(_LEAST_WIDTH, self.fontMetrics().horizontalAdvance(self.text()) + 10), _HEIGHT)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        lit = self.isChecked() or self.underMouse()
        token = Token.TEXT if lit else Token.MUTED
        if self.hasFocus():
            painter.setPen(self._theme.color(Token.ACCENT))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4.5, 1.5, -4.5, -1.5), 6, 6)
        left = (self.width() - _ICON) // 2
        painter.drawPixmap(left, 8, self._theme.pixmap(self._icon, token, _ICON, self))
        painter.setPen(self._theme.color(token))
        painter.drawText(self.rect().adjusted(0, 32, 0, 0), Qt.AlignmentFlag.AlignHCenter, self.text())
        if self.isChecked():
            painter.fillRect(QRectF(0, 10, 3, self.height() - 20), self._theme.color(Token.ACCENT))
        if self._count:
            self._paint_badge(painter, left + _ICON - 6)

    def _paint_badge(self, painter: QPainter, left: int) -> None:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.85)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        words = str(self._count) if self._count < 100 else "99+"
        width = max(16, painter.fontMetrics().horizontalAdvance(words) + 8)
        badge = QRectF(left, 3, width, 15)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(Token.NEEDS_PERSON))
        painter.drawRoundedRect(badge, 7.5, 7.5)
        painter.setPen(self._theme.color(Token.ON_BADGE))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, words)


class Rail(QFrame):
    """All places; Up and Down move along them."""

    picked = Signal(str)

    def __init__(self, theme: Theme, places: Iterable[Place]) -> None:
        super().__init__()
        self.setProperty("kind", "bar")
        self.setAccessibleName(translate("Shell", "Places"))
        self._group = QButtonGroup(self)
        self._buttons: dict[str, RailButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 8)
        column.setSpacing(0)
        top = [place for place in places if not place.at_bottom]
        for place in top:
            column.addWidget(self._button(place, theme))
        column.addStretch(1)
        for place in places:
            if place.at_bottom:
                column.addWidget(self._button(place, theme))

    def _button(self, place: Place, theme: Theme) -> RailButton:
        button = RailButton(translate("Places", place.title), place.icon, theme)
        button.installEventFilter(self)
        button.clicked.connect(lambda: self.picked.emit(place.id))
        self._group.addButton(button)
        self._buttons[place.id] = button
        return button

    def show_picked(self, place: str) -> None:
        self._buttons[place].setChecked(True)

    def set_count(self, place: str, count: int) -> None:
        if place in self._buttons:
            self._buttons[place].set_count(count)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()), 0)
            if step:
                self._move(watched, step)
                return True
        return super().eventFilter(watched, event)

    def _move(self, at: QObject, step: int) -> None:
        buttons = list(self._buttons.values())
        here = next((number for number, button in enumerate(buttons) if button is at), 0)
        buttons[(here + step) % len(buttons)].setFocus(Qt.FocusReason.TabFocusReason)

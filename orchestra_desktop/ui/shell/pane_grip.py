"""What a pane is moved by: a short bar at its top, dragged to another side, or pressed for the sides there are."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from orchestra_desktop.ui.context import UiContext
from orchestra_desktop.ui.pane_sides import Pane, Side
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import translate

_SIZE = QSize(56, 10)
_BAR = QSize(28, 3)
_NAMES = {Pane.INSPECTOR: "Move the inspector", Pane.BOTTOM: "Move the bottom panel"}


class PaneGrip(QAbstractButton):
    """Lies over the middle of the pane's upper edge. `dragged` and `dropped` carry points of the screen."""

    dragged = Signal(QPoint)
    dropped = Signal(QPoint)

    def __init__(self, context: UiContext, pane: Pane, sides: tuple[Side, ...], over: QWidget) -> None:
        super().__init__(over)
        self._c = context
        self._actions = tuple(f"view.{pane.value}_{side.value}" for side in sides)
        self._pressed_at: QPointF | None = None
        self._is_dragged = False
        self.setAccessibleName(translate("Shell", _NAMES[pane]))
        self.setToolTip(translate("Shell", "Drag to move, press for the sides"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # by keyboard each side is an action
        self.setCursor(Qt.CursorShape.OpenHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.resize(_SIZE)
        self.clicked.connect(self._open_menu)
        over.installEventFilter(self)
        self._stay()

    def _stay(self) -> None:
        over = self.parentWidget()
        if over is not None:
            self.move((over.width() - self.width()) // 2, 0)
            self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in {QEvent.Type.Resize, QEvent.Type.Show}:
            self._stay()
        return super().eventFilter(watched, event)

    def _open_menu(self) -> None:
        menu = self._c.registry.menu(self, *self._actions, "", "view.reset_layout")
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self.mapToGlobal(self.rect().bottomLeft()))

    # -- Qt ---------------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mousePressEvent(event)
        self._pressed_at = event.globalPosition()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        super().mouseMoveEvent(event)
        if self._pressed_at is None:
            return
        moved = event.globalPosition() - self._pressed_at
        if moved.manhattanLength() >= QApplication.startDragDistance():
            self._is_dragged = True
        if self._is_dragged:
            self.dragged.emit(event.globalPosition().toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        was_dragged, self._is_dragged, self._pressed_at = self._is_dragged, False, None
        if was_dragged:
            self.setDown(False)
            self.dropped.emit(event.globalPosition().toPoint())
        else:
            super().mouseReleaseEvent(event)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._c.theme.color(Token.MUTED if self.underMouse() or self.isDown() else Token.BORDER))
        bar = QRectF((self.width() - _BAR.width()) / 2, 3, _BAR.width(), _BAR.height())
        painter.drawRoundedRect(bar, 1.5, 1.5)


class DropHint(QWidget):
    """Shows where a pane that is being dragged would go."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, area: QRect | None) -> None:
        self.setVisible(area is not None)
        if area is not None:
            self.setGeometry(area)
            self.raise_()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent = self._theme.color(Token.ACCENT)
        fill = QColor(accent)
        fill.setAlphaF(0.14)
        painter.setPen(accent)
        painter.setBrush(fill)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(4.5, 4.5, -4.5, -4.5), 8, 8)

"""Moves the view with the mouse: middle button, or Space and the left one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QPainter

    from orchestra_desktop.ui.canvas.gestures.gesture import GestureView


class Pan:
    """The point that was pressed stays under the mouse."""

    def __init__(self, view: GestureView, position: QPointF) -> None:
        self._view = view
        self._start = view.camera
        self._last = position
        view.show_grabbing(True)

    def move(self, position: QPointF, _: Qt.KeyboardModifier) -> None:
        moved = position - self._last
        self._view.pan_by(round(moved.x()), round(moved.y()))
        self._last = position

    def end(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        self.move(position, modifiers)
        self._view.show_grabbing(False)

    def cancel(self) -> None:
        self._view.look_at(self._start)
        self._view.show_grabbing(False)

    def paint(self, _: QPainter) -> None:
        """A pan shows itself."""

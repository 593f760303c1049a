"""Picks the node that was pressed: alone, added with Shift, toggled with Ctrl."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPainter

    from orchestra_desktop.ui.canvas.gestures.gesture import GestureView


class Click:
    """Takes effect at the press, as a list does; nothing can be dragged yet."""

    def __init__(self, view: GestureView, node: int, modifiers: Qt.KeyboardModifier) -> None:
        self._view = view
        self._before = view.picked
        others = [at for at in self._before if at != node]
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            view.pick_nodes(others if node in self._before else [*others, node])
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            view.pick_nodes([*others, node])
        else:
            view.pick_nodes([node])

    def move(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Nodes stay where the layout has put them."""

    def end(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """Everything was done at the press."""

    def cancel(self) -> None:
        self._view.pick_nodes(self._before)

    def paint(self, _: QPainter) -> None:
        """The picked node shows it."""

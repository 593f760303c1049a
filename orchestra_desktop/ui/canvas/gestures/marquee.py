"""Picks what a rectangle holds: alone, added with Shift, toggled with Ctrl. A click beside everything lets go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt

from orchestra_desktop.ui.canvas.gestures.gesture import SLACK

if TYPE_CHECKING:
    from PySide6.QtGui import QPainter

    from orchestra_desktop.ui.canvas.gestures.gesture import GestureView


class Marquee:
    """From the point that was pressed to the mouse; the picked tasks follow while it grows."""

    def __init__(self, view: GestureView, position: QPointF) -> None:
        self._view = view
        self._press = position
        self._from = view.scene_point(position)
        self._to = self._from
        self._before = view.picked
        self._dragged = False

    def move(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        if not self._dragged and (position - self._press).manhattanLength() < SLACK:
            return
        self._dragged = True
        before = self._area
        self._to = self._view.scene_point(position)
        self._view.repaint_over(before.united(self._area))
        self._pick(modifiers)

    def end(self, _: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        keeps = modifiers & (Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier)
        if not self._dragged and not keeps:
            self._view.pick_nodes([])
        self._view.repaint_over(self._area)

    def cancel(self) -> None:
        self._view.pick_nodes(self._before)
        self._view.repaint_over(self._area)

    @property
    def _area(self) -> QRectF:
        return QRectF(self._from, self._to).normalized()

    def _pick(self, modifiers: Qt.KeyboardModifier) -> None:
        held = self._view.nodes_in(self._area)
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            kept = [at for at in self._before if at not in held]
            self._view.pick_nodes([*kept, *(at for at in held if at not in self._before)])
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._view.pick_nodes([*(at for at in self._before if at not in held), *held])
        else:
            self._view.pick_nodes(held)

    def paint(self, painter: QPainter) -> None:
        if self._dragged:
            self._view.paint_marquee(painter, self._area)

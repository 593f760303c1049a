"""What every gesture can be told, and what the view lets gestures do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, Qt
    from PySide6.QtGui import QPainter

SLACK = 4.0  # pixels that the mouse may move before a click is a drag


class Gesture(Protocol):
    """From press to release. Positions are pixels of the view."""

    def move(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None: ...

    def end(self, position: QPointF, modifiers: Qt.KeyboardModifier) -> None:
        """The button was released."""

    def cancel(self) -> None:
        """Escape, or the view lost the mouse: everything is as before the press."""

    def paint(self, painter: QPainter) -> None:
        """Draws what the gesture shows while it goes on, in scene units, over everything else."""

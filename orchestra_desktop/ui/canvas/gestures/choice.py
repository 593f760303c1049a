"""Which press of the mouse begins which gesture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt

from orchestra_desktop.ui.canvas.gestures.click import Click
from orchestra_desktop.ui.canvas.gestures.marquee import Marquee
from orchestra_desktop.ui.canvas.gestures.pan import Pan

if TYPE_CHECKING:
    from orchestra_desktop.ui.canvas.gestures.gesture import Gesture, GestureView


def begun(
    view: GestureView, button: Qt.MouseButton, position: QPointF, modifiers: Qt.KeyboardModifier, *, space: bool
) -> Gesture | None:
    """The gesture, or None for a press that means nothing here. `space` is whether that key is held."""
    if button is Qt.MouseButton.MiddleButton or (button is Qt.MouseButton.LeftButton and space):
        return Pan(view, position)
    if button is not Qt.MouseButton.LeftButton:
        return None
    node = view.node_at(position)
    return Click(view, node, modifiers) if node is not None else Marquee(view, position)

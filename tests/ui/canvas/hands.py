"""A person's hands on the picture: mouse, wheel and keys, sent as Qt would."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from orchestra_desktop.ui.canvas import GraphPicture

NONE = Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def place_of(picture: GraphPicture, id_: str) -> QPointF:
    """The middle of a task's node, in pixels of the view."""
    assert picture.view.graph is not None
    at = picture.view.graph.index(id_)
    assert at is not None
    return picture.view.viewportTransform().map(picture.view.graph.geometry.box(at).center())


def mouse(
    widget: QWidget, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
) -> None:
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else button
    pressed = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseMove else button
    event = QMouseEvent(kind, at, QPointF(widget.mapToGlobal(at.toPoint())), pressed, held, keys)
    QApplication.sendEvent(widget, event)


def drag(
    widget: QWidget, start: QPointF, end: QPointF, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
) -> None:
    mouse(widget, QEvent.Type.MouseButtonPress, start, button, keys)
    for step in range(1, 6):
        mouse(widget, QEvent.Type.MouseMove, start + (end - start) * step / 5, button, keys)
    mouse(widget, QEvent.Type.MouseButtonRelease, end, button, keys)


def click(picture: GraphPicture, id_: str, keys: Qt.KeyboardModifier = NONE) -> None:
    at = place_of(picture, id_)
    mouse(picture.view.viewport(), QEvent.Type.MouseButtonPress, at, LEFT, keys)
    mouse(picture.view.viewport(), QEvent.Type.MouseButtonRelease, at, LEFT, keys)


def wheel(picture: GraphPicture, at: QPointF, notches: int) -> None:
    _wheel(picture, at, QPoint(), QPoint(0, 120 * notches), Qt.ScrollPhase.NoScrollPhase)


def two_fingers(picture: GraphPicture, moved: QPoint) -> None:
    middle = QPointF(picture.view.viewport().rect().center())
    _wheel(picture, middle, moved, moved * 2, Qt.ScrollPhase.ScrollUpdate)


def _wheel(picture: GraphPicture, at: QPointF, pixels: QPoint, angle: QPoint, phase: Qt.ScrollPhase) -> None:
    viewport = picture.view.viewport()
    place = QPointF(viewport.mapToGlobal(at.toPoint()))
    QApplication.sendEvent(viewport, QWheelEvent(at, place, pixels, angle, Qt.MouseButton.NoButton, NONE, phase, False))


def key(picture: GraphPicture, which: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.keyClick(picture.view, which, keys)

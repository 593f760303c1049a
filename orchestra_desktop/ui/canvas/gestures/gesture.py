"""What every gesture can be told, and what the view lets gestures do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtCore import QPointF, QRectF, Qt
    from PySide6.QtGui import QPainter

    from orchestra_desktop.ui.canvas.camera import Camera

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


class GestureView(Protocol):
    """What gestures may do with the view. Nodes are indices of the graph shown."""

    @property
    def picked(self) -> list[int]:
        """The picked nodes, the current one last."""

    @property
    def camera(self) -> Camera: ...

    def look_at(self, camera: Camera) -> None: ...

    def pan_by(self, right: int, down: int) -> None:
        """Moves the picture by so many pixels."""

    def scene_point(self, position: QPointF) -> QPointF: ...

    def node_at(self, position: QPointF) -> int | None: ...

    def nodes_in(self, area: QRectF) -> list[int]:
        """Those of which a part lies in an area of the scene."""

    def pick_nodes(self, nodes: list[int]) -> None: ...

    def show_grabbing(self, grabbing: bool) -> None:
        """The cursor of a hand that holds the picture."""

    def repaint_over(self, area: QRectF) -> None:
        """What the gesture shows in an area of the scene has changed."""

    def paint_marquee(self, painter: QPainter, area: QRectF) -> None: ...

"""How near the picture is looked at: the limits of zoom, and what fits into a view. Numbers alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

MOST_ZOOM = 2.5
LEAST_ZOOM = 0.02
STEP = 1.2  # of one notch of the wheel
MARGIN = 20.0  # pixels around what is fitted
BAR_ROOM = 56.0  # pixels at the bottom, where the zoom bar lies
_REMEMBERED = 50  # views
CORNER_ROOM = 142.0  # pixels at the bottom, where the minimap lies

NEAR_FROM = 0.62  # of zoom: whole nodes
MIDDLE_FROM = 0.22  # title and bar, while the title can be seven pixels high; below it rectangles


@dataclass(frozen=True, slots=True)
class Camera:
    """What point of the scene is in the middle of the view, and the pixels of a scene unit."""

    centre: QPointF
    zoom: float


class Trail:
    """The views that were left for others, to go back to and forward again."""

    def __init__(self) -> None:
        self._behind: list[Camera] = []
        self._ahead: list[Camera] = []

    def leave(self, camera: Camera) -> None:
        """From here to somewhere new; what had been ahead is forgotten."""
        if not self._behind or self._behind[-1] != camera:
            self._behind.append(camera)
            del self._behind[:-_REMEMBERED]
        self._ahead.clear()

    def back(self, here: Camera) -> Camera | None:
        return _moved(self._behind, self._ahead, here)

    def forward(self, here: Camera) -> Camera | None:
        return _moved(self._ahead, self._behind, here)


def _moved(taken: list[Camera], kept: list[Camera], here: Camera) -> Camera | None:
    if not taken:
        return None
    kept.append(here)
    return taken.pop()


def fitting(area: QRectF, view: QSizeF, most: float = 1.0) -> Camera:
    """Shows the whole area, no nearer than `most`. What is smaller than the view stands in its middle, or as much
    higher as keeps it clear of the minimap."""
    room_x, room_y = max(view.width() - 2 * MARGIN, 1.0), max(view.height() - MARGIN - BAR_ROOM, 1.0)
    zoom = min(room_x / max(area.width(), 1.0), room_y / max(area.height(), 1.0), most)
    zoom = bounded(zoom)
    height = area.height() * zoom
    top = max(MARGIN, min(MARGIN + (room_y - height) / 2, view.height() - CORNER_ROOM - height))
    return Camera(QPointF(area.center().x(), area.top() + (view.height() / 2 - top) / zoom), zoom)


def bounded(zoom: float) -> float:
    return min(max(zoom, LEAST_ZOOM), MOST_ZOOM)


def between(start: Camera, end: Camera, share: float) -> Camera:
    """On the way from one to the other; zoom in equal factors, which looks even."""
    zoom = start.zoom * (end.zoom / start.zoom) ** share
    return Camera(start.centre + (end.centre - start.centre) * share, zoom)

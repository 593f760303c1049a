"""How near the picture is looked at: the limits of zoom, and what fits into a view. Numbers alone."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSizeF

MOST_ZOOM = 2.5
LEAST_ZOOM = 0.02
STEP = 1.2  # of one notch of the wheel
MARGIN = 20.0  # pixels around what is fitted
BAR_ROOM = 56.0  # pixels at the bottom, where the zoom bar lies
CORNER_ROOM = 142.0  # pixels at the bottom, where the minimap lies

NEAR_FROM = 0.62  # of zoom: whole nodes
MIDDLE_FROM = 0.22  # title and bar, while the title can be seven pixels high; below it rectangles


@dataclass(frozen=True, slots=True)
class Camera:
    """What point of the scene is in the middle of the view, and the pixels of a scene unit."""

    centre: QPointF
    zoom: float


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

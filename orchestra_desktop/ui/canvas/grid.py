"""The grid of dots behind the picture: every 24 units, stepped when zoomed out so that it stays a grid."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter

from orchestra_desktop.ui.canvas.pointers import draw_boxes, whole_pixels

STEP = 24.0
_LEAST_PIXELS = 18.0  # between two dots on the screen
_DOT = 2.0  # pixels


def grid_step(zoom: float) -> float:
    """Units between two dots: 24, doubled until they are far enough apart on the screen."""
    step = STEP
    while step * zoom < _LEAST_PIXELS:
        step *= 2
    return step


def draw_grid(painter: QPainter, area: QRectF, zoom: float, colour: QColor) -> None:
    step = grid_step(zoom)
    xs = np.arange(np.floor(area.left() / step), np.ceil(area.right() / step) + 1) * step
    ys = np.arange(np.floor(area.top() / step), np.ceil(area.bottom() / step) + 1) * step
    points = np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)
    place = painter.worldTransform()
    # Squares on whole pixels: round points take Qt six times as long, and between two pixels some dots look fainter.
    corners = np.rint(points * zoom + (place.dx(), place.dy())) - _DOT / 2
    dots = np.hstack([corners, corners + _DOT])
    painter.save()
    painter.resetTransform()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    draw_boxes(painter, whole_pixels(dots))
    painter.restore()

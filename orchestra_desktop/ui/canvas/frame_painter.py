"""Draws the frames of phases with their titles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontInfo, QFontMetricsF, QPainter, QPen

from orchestra_desktop.ui.canvas.ink import Ink, sized
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.viewmodels.graph_layout import FRAME_TOP
from orchestra_desktop.viewmodels.harmless import harmless

if TYPE_CHECKING:
    from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph

_RADIUS = 12.0
_LEAST_TITLE = 8  # pixels; a frame whose head is lower than that has no title
_NUMBERED = re.compile(r"\W*phase\b", re.IGNORECASE)


class FramePainter:
    """For one graph and one theme."""

    def __init__(self, drawn: DrawnGraph, ink: Ink) -> None:
        self._ink = ink
        self._full_size = QFontInfo(ink.frame_title).pixelSize()
        titles: dict[str, str] = {
            phase.id: phase_title(at, phase.name) for at, phase in enumerate(drawn.graph.phases, start=1)
        }
        self._frames = [
            (QRectF(box.x, box.y, box.width, box.height), titles.get(frame.phase, harmless(frame.phase)))
            for frame in drawn.layout.frames
            for box in (frame.box,)
        ]

    def draw(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        border = QPen(self._ink.colours[Token.BORDER], 0.0 if zoom < 1 else 1.0)
        border.setCosmetic(zoom < 1)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for box, title in self._frames:
            if box.intersects(area):
                painter.setPen(border)
                painter.setBrush(self._ink.frame)
                painter.drawRoundedRect(box, _RADIUS, _RADIUS)
                self._title(painter, box, title, zoom)

    def _title(self, painter: QPainter, box: QRectF, title: str, zoom: float) -> None:
        """At a size that can be read as long as it fits above the tasks."""
        pixels = max(round(self._full_size * zoom), _LEAST_TITLE)
        if FRAME_TOP * zoom < pixels * 1.3:
            return
        font = sized(self._ink.frame_title, pixels)
        metrics = QFontMetricsF(font)
        place = painter.worldTransform()
        corner, side = place.map(box.topLeft()), max(14.0 * zoom, 6.0)
        head = 32.0 * zoom  # the title's middle is 16 below the frame's edge
        words = metrics.elidedText(title, Qt.TextElideMode.ElideRight, box.width() * zoom - 2 * side)
        painter.save()
        painter.resetTransform()
        painter.setFont(font)
        painter.setPen(self._ink.colours[Token.MUTED])
        baseline = corner.y() + head / 2 + (metrics.ascent() - metrics.descent()) / 2
        painter.drawText(QPointF(corner.x() + side, max(baseline, corner.y() + metrics.ascent() + 1)), words)
        painter.restore()


def phase_title(number: int, name: str) -> str:
    """`Phase 1 · Foundation`; a name that says "Phase" itself is left as it is."""
    name = harmless(name)
    if not name or _NUMBERED.match(name):
        return name or translate("Canvas", "Phase {number}", number=number)
    return translate("Canvas", "Phase {number} · {name}", number=number, name=name)

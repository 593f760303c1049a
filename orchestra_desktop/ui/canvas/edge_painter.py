"""Draws edges: smooth curves near, straight hairlines from afar; the picked path on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from orchestra_desktop.ui.canvas.camera import MIDDLE_FROM, NEAR_FROM
from orchestra_desktop.ui.canvas.ink import Ink
from orchestra_desktop.ui.canvas.pointers import Floats, draw_lines
from orchestra_desktop.ui.theme.tokens import Token

if TYPE_CHECKING:
    from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph

_MOST_SMOOTH = 12_000  # short lines in sight that are smoothed; more would take longer than a frame


class EdgePainter:
    """For one graph and one theme."""

    def __init__(self, drawn: DrawnGraph, ink: Ink) -> None:
        self._drawn = drawn
        self._ink = ink
        new = drawn.graph.new_edges
        self._new = np.array([(edge.source, edge.target) in new for edge in drawn.geometry.edges], dtype=bool)
        self._added = QPen(ink.colours[Token.SUCCEEDED], 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)

    def draw(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        """Those that can be seen in the area."""
        geometry = self._drawn.geometry
        if not len(geometry.edges):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if zoom < MIDDLE_FROM:
            self._from_afar(painter)
        else:
            old = self._ink.edge if zoom >= NEAR_FROM else self._ink.edge_thin
            self._stroke(painter, geometry.lines(area, ~self._new), old)
        if self._new.any():
            self._stroke(painter, geometry.lines(area, self._new), self._added)
        self._picked(painter, area, zoom)

    def _from_afar(self, painter: QPainter) -> None:
        """All of them: clipping costs Qt less than choosing costs us."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._ink.edge_hair)
        draw_lines(painter, self._drawn.geometry.straight)

    def _picked(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        """The edges of what is picked, drawn last so that nothing covers them."""
        if self._drawn.selected:
            wanted = np.zeros(len(self._new), dtype=bool)
            wanted[self._drawn.geometry.edges_at(list(self._drawn.selected))] = True
            pen = self._ink.path if zoom >= NEAR_FROM else self._ink.path_hair
            self._stroke(painter, self._drawn.geometry.lines(area, wanted), pen)

    def _stroke(self, painter: QPainter, lines: Floats, pen: QPen) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, len(lines) <= _MOST_SMOOTH)
        painter.setPen(_of_the_screen(pen, painter.device().devicePixelRatio()))
        draw_lines(painter, lines)


def _of_the_screen(pen: QPen, ratio: float) -> QPen:
    """Qt counts the width of a cosmetic pen in pixels of the screen, where two of them may be one of the window's."""
    if ratio <= 1 or not pen.isCosmetic():
        return pen
    wide = QPen(pen)
    wide.setWidthF(pen.widthF() * ratio)
    return wide

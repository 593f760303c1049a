"""Draws edges: curves near, short lines from the middle distance, hairlines from afar; the picked path on top."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from orchestra_desktop.ui.canvas.camera import MIDDLE_FROM, NEAR_FROM
from orchestra_desktop.ui.canvas.ink import Ink
from orchestra_desktop.ui.canvas.pointers import draw_lines
from orchestra_desktop.ui.theme.tokens import Token

if TYPE_CHECKING:
    from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
    from orchestra_desktop.ui.canvas.geometry import Indices

_MOST_SMOOTH = 400  # edges in sight that are drawn as curves, or smoothed; more would take longer than a frame


class EdgePainter:
    """For one graph and one theme."""

    def __init__(self, drawn: DrawnGraph, ink: Ink) -> None:
        self._drawn = drawn
        self._ink = ink
        new = drawn.graph.new_edges
        self._new = np.array([(edge.source, edge.target) in new for edge in drawn.geometry.edges], dtype=bool)
        self._added = QPen(ink.colours[Token.SUCCEEDED], 2.0)

    def draw(self, painter: QPainter, area: QRectF, zoom: float) -> None:
        """Those that can be seen in the area."""
        geometry = self._drawn.geometry
        if not len(geometry.edges):
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if zoom < MIDDLE_FROM and not self._new.any():
            self._from_afar(painter)
        else:
            self._in_sight(painter, geometry.edges_touching(area), zoom)
        self._picked(painter, zoom)

    def _from_afar(self, painter: QPainter) -> None:
        """All of them: clipping costs Qt less than choosing costs us."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(self._ink.edge_hair)
        draw_lines(painter, self._drawn.geometry.straight)

    def _in_sight(self, painter: QPainter, edges: Indices, zoom: float) -> None:
        new = edges[self._new[edges]]
        old = edges[~self._new[edges]]
        few = len(edges) <= _MOST_SMOOTH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, few)
        if few and zoom >= NEAR_FROM:
            self._curves(painter, old, self._ink.edge)
        else:
            painter.setPen(self._ink.edge_thin if few else self._ink.edge_hair)
            draw_lines(painter, self._drawn.geometry.curved(old))
        self._curves(painter, new, self._added)

    def _picked(self, painter: QPainter, zoom: float) -> None:
        """The edges of what is picked, drawn last so that nothing covers them."""
        if not self._drawn.selected:
            return
        edges = self._drawn.geometry.edges_at(list(self._drawn.selected))
        smooth = len(edges) <= _MOST_SMOOTH
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)
        pen = self._ink.path if zoom >= NEAR_FROM else self._ink.path_hair
        if smooth:
            self._curves(painter, edges, pen)
        else:
            painter.setPen(pen)
            draw_lines(painter, self._drawn.geometry.curved(edges))

    def _curves(self, painter: QPainter, edges: Indices, pen: QPen) -> None:
        painter.setPen(pen)
        for edge in edges.tolist():
            painter.drawPath(self._drawn.geometry.path(edge))

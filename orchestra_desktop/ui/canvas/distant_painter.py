"""Draws nodes from the middle distance (bar and title) and from afar (rectangles in the colour of their state)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from orchestra_desktop.ui.canvas.ink import Ink, mark_token, state_look
from orchestra_desktop.ui.canvas.pointers import Boxes, draw_boxes, whole_pixels
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.viewmodels.graph_faces import Mark
from orchestra_desktop.viewmodels.graph_layout import NODE_HEIGHT, NODE_WIDTH

if TYPE_CHECKING:
    from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
    from orchestra_desktop.ui.canvas.geometry import Indices
    from orchestra_desktop.ui.canvas.node_texts import NodeTexts

LEAST_TITLE, MOST_TITLE = 7, 13  # pixels
_TITLE_SHARE = 0.42  # of a node's height
_WORD_FROM = 0.46  # of zoom, from where the state's word fits below the title
_BAR = 3.0  # pixels
_WIDTH_STEP = 8  # pixels: titles are cut anew at steps of this, not at each zoom


def draw_far(painter: QPainter, drawn: DrawnGraph, ink: Ink, nodes: Indices) -> None:
    """One call for each colour."""
    boxes = _in_pixels(painter, drawn, nodes)
    painter.save()
    painter.resetTransform()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setPen(Qt.PenStyle.NoPen)
    codes = drawn.codes[nodes]
    for code in np.flatnonzero(np.bincount(codes)):
        painter.setBrush(ink.by_code[code])
        draw_boxes(painter, boxes[codes == code])
    picked = sorted(drawn.selected.intersection(nodes.tolist())) if drawn.selected else []
    if picked:
        painter.setPen(ink.path_hair)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        draw_boxes(painter, boxes[np.isin(nodes, picked)])
    painter.restore()


def _in_pixels(painter: QPainter, drawn: DrawnGraph, nodes: Indices) -> Boxes:
    """Their rectangles on the screen, each at least a pixel wide and high."""
    place = painter.worldTransform()
    corners = np.rint(drawn.geometry.corners[nodes] * place.m11() + (place.dx(), place.dy()))
    size = max(round(NODE_WIDTH * place.m11()), 1), max(round(NODE_HEIGHT * place.m11()), 1)
    return whole_pixels(np.hstack([corners, corners + size]))


class MiddlePainter:
    """For one graph and one theme. It draws in pixels of the screen, so that titles keep a size that can be read."""

    def __init__(self, drawn: DrawnGraph, ink: Ink, texts: NodeTexts) -> None:
        self._drawn = drawn
        self._ink = ink
        self._texts = texts

    def draw(self, painter: QPainter, nodes: list[int]) -> None:
        place = painter.worldTransform()
        zoom = place.m11()
        width, height = round(NODE_WIDTH * zoom), round(NODE_HEIGHT * zoom)
        painter.save()
        painter.resetTransform()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        corners = self._drawn.geometry.corners[nodes] * zoom + (place.dx(), place.dy())
        for at, (x, y) in zip(nodes, np.rint(corners).tolist(), strict=True):
            box = QRectF(x, y, width, height)
            self._plate(painter, at, box)
            self._words(painter, at, box, with_state=zoom >= _WORD_FROM)
        painter.restore()

    def _plate(self, painter: QPainter, at: int, box: QRectF) -> None:
        face = self._drawn.faces[at]
        painter.setPen(self._outline(at))
        painter.setBrush(self._ink.colours[Token.RAISED])
        painter.drawRect(box)
        bar = QRectF(box.left(), box.top(), _BAR, box.height() + 1)
        painter.fillRect(bar, self._ink.colours[state_look(face).token])

    def _outline(self, at: int) -> QPen:
        face = self._drawn.faces[at]
        if at in self._drawn.selected:
            return self._ink.path
        if face.mark is not Mark.SAME:
            return QPen(self._ink.colours[mark_token(face.mark)], 2.0)
        return self._ink.border

    def _words(self, painter: QPainter, at: int, box: QRectF, *, with_state: bool) -> None:
        pixels = round(min(max(box.height() * _TITLE_SHARE, LEAST_TITLE), MOST_TITLE))
        room = int(box.width() - _BAR - 4) // _WIDTH_STEP * _WIDTH_STEP
        title = self._texts.middle_title(at, pixels, room)
        left, top = box.left() + _BAR + 4, box.center().y() - title.size().height() / 2
        if with_state:
            word = self._texts.middle_word(at, pixels - 2)
            top -= word.size().height() / 2
            painter.setPen(self._ink.colours[state_look(self._drawn.faces[at]).token])
            painter.setFont(self._texts.word_font(pixels - 2))
            painter.drawStaticText(QPointF(left, round(top + title.size().height())), word)
        painter.setPen(self._ink.colours[Token.TEXT])
        painter.setFont(self._texts.title_font(pixels))
        painter.drawStaticText(QPointF(left, round(top)), title)

"""Draws whole nodes: state bar, icon and title, tier, time and cost, state and progress, id and badge."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFont, QPainter, QPen, QPixmap, QStaticText, QTransform

from orchestra_desktop.ui.canvas.ink import NODE_RADIUS, Ink, bar_path, mark_token, state_look
from orchestra_desktop.ui.canvas.node_texts import SIDE, TITLE_LEFT, NearTexts, NodeTexts
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.viewmodels.graph_faces import Mark, NodeFace
from orchestra_desktop.viewmodels.graph_layout import NODE_HEIGHT, NODE_WIDTH

if TYPE_CHECKING:
    from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph

_ICON = 16.0
_TITLE_MIDDLE, _LINE_MIDDLE, _WORD_MIDDLE = 19.0, 39.0, 58.0  # heights of the three lines' middles
_BADGE_HEIGHT = 18.0
_BAR_HEIGHT, _LEAST_BAR = 4.0, 24.0
_SWING_S, _SWING_SHARE = 1.6, 0.3  # of the bar of a task whose time nobody knows
_MOST_SPRITES = 400  # at 100 % some 60 KB each
_NODE = QRectF(0.5, 0.5, NODE_WIDTH - 1.0, NODE_HEIGHT - 1.0)


class NearPainter:
    """For one graph and one theme."""

    def __init__(self, drawn: DrawnGraph, ink: Ink, theme: Theme, texts: NodeTexts) -> None:
        self._drawn = drawn
        self._ink = ink
        self._theme = theme
        self._texts = texts
        self._bar = bar_path()
        self._sprites: dict[int, QPixmap] = {}
        self._sharpness = 0.0  # pixels of the screen of a scene unit, when it was last drawn
        self._raised = ink.colours[Token.RAISED]

    def draw(self, painter: QPainter, nodes: list[int], ratio: float) -> None:
        """`ratio` is how many pixels of the screen a pixel of the window has.

        Nodes are drawn into pictures of their own and copied from there; those with moving parts always directly, and
        all of them while the zoom changes, as pictures of a size that is gone tomorrow cost more than they save.
        """
        place = painter.worldTransform()
        still = place.m11() * ratio == self._sharpness
        if not still:
            self._sprites.clear()
            self._sharpness = place.m11() * ratio
        painter.save()
        painter.resetTransform()
        corners = self._drawn.geometry.corners[nodes] * place.m11() + (place.dx(), place.dy())
        for at, (x, y) in zip(nodes, np.rint(corners * ratio) / ratio, strict=True):
            if still and not self._drawn.faces[at].is_active:
                painter.drawPixmap(QPointF(x, y), self._sprite(at, place.m11(), ratio))
            else:
                painter.setTransform(QTransform(place.m11(), 0, 0, place.m11(), x, y))
                self._node(painter, at)
                painter.resetTransform()
        painter.restore()

    def forget(self, at: int) -> None:
        """The node's face, or whether it is picked, has changed."""
        self._sprites.pop(at, None)

    def _sprite(self, at: int, zoom: float, ratio: float) -> QPixmap:
        found = self._sprites.get(at)
        if found is None:
            if len(self._sprites) >= _MOST_SPRITES:
                self._sprites.clear()
            found = self._sprites[at] = QPixmap(
                math.ceil((NODE_WIDTH + 1) * zoom * ratio), math.ceil((NODE_HEIGHT + 1) * zoom * ratio)
            )
            found.setDevicePixelRatio(ratio)
            found.fill(Qt.GlobalColor.transparent)
            painter = QPainter(found)
            painter.scale(zoom, zoom)
            self._node(painter, at)
            painter.end()
        return found

    def _node(self, painter: QPainter, at: int) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        face, texts = self._drawn.faces[at], self._texts.near(at)
        look, ink = state_look(face), self._ink
        colour = ink.colours[look.token]
        removed = face.mark is Mark.REMOVED
        self._ground(painter, at, face)
        painter.fillPath(self._bar, colour)
        icon = self._theme.icons.pixmap(look.icon, look.token, int(_ICON), min(math.ceil(self._sharpness * 4) / 4, 8.0))
        painter.drawPixmap(QPointF(SIDE, _TITLE_MIDDLE - _ICON / 2), icon)
        self._text(painter, texts.title, TITLE_LEFT, _TITLE_MIDDLE, Token.MUTED if removed else Token.TEXT, ink.title)
        self._text(painter, texts.line, SIDE, _LINE_MIDDLE, Token.MUTED if removed else Token.SECONDARY, ink.line)
        self._text(painter, texts.word, SIDE, _WORD_MIDDLE, mark_token(face.mark) if removed else look.token, ink.word)
        self._text(painter, texts.id, NODE_WIDTH - SIDE - texts.id_width, _WORD_MIDDLE, Token.MUTED, ink.word)
        if texts.badge:
            self._badge(painter, face, texts)
        if face.is_active:
            self._progress(painter, face, texts, look.token)

    def _ground(self, painter: QPainter, at: int, face: NodeFace) -> None:
        pen = self._ink.border
        if at in self._drawn.selected:
            pen = QPen(self._ink.colours[Token.ACCENT], 2.0)
        elif face.mark is not Mark.SAME:
            pen = QPen(self._ink.colours[mark_token(face.mark)], 2.0)
        painter.setPen(pen)
        painter.setBrush(self._raised)
        painter.drawRoundedRect(_NODE, NODE_RADIUS, NODE_RADIUS)

    def _text(self, painter: QPainter, text: QStaticText, x: float, middle: float, token: Token, font: QFont) -> None:
        painter.setPen(self._ink.colours[token])
        painter.setFont(font)
        painter.drawStaticText(QPointF(x, middle - text.size().height() / 2), text)

    def _badge(self, painter: QPainter, face: NodeFace, texts: NearTexts) -> None:
        token = mark_token(face.mark) if face.mark is not Mark.SAME else Token.SECONDARY
        colour = self._ink.colours[token]
        left = NODE_WIDTH - 10.0 - texts.badge_width
        pill = QRectF(left, _TITLE_MIDDLE - _BADGE_HEIGHT / 2, texts.badge_width, _BADGE_HEIGHT)
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(pill, _BADGE_HEIGHT / 2, _BADGE_HEIGHT / 2)
        painter.setFont(self._ink.word)
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, texts.badge)

    def _progress(self, painter: QPainter, face: NodeFace, texts: NearTexts, token: Token) -> None:
        track = QRectF(texts.bar_left, _WORD_MIDDLE - _BAR_HEIGHT / 2, texts.bar_right - texts.bar_left, _BAR_HEIGHT)
        begin, end = self._filled(face)
        if track.width() < _LEAST_BAR or end <= begin:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._ink.colours[Token.INSET])
        painter.drawRoundedRect(track, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)
        painter.setBrush(self._ink.colours[token])
        part = QRectF(track.left() + begin * track.width(), track.top(), (end - begin) * track.width(), _BAR_HEIGHT)
        painter.drawRoundedRect(part, _BAR_HEIGHT / 2, _BAR_HEIGHT / 2)

    def _filled(self, face: NodeFace) -> tuple[float, float]:
        """The filled part of the bar: the share of the expected time, or a piece that swings where none is known."""
        now = self._drawn.now()
        share = face.share(now)
        if share is not None:
            return 0.0, max(share, 0.03)
        if self._theme.reduced_motion:
            return 0.0, 0.0
        turn = now / 1e6 % _SWING_S / _SWING_S
        begin = (1.0 - abs(2.0 * turn - 1.0)) * (1.0 - _SWING_SHARE)
        return begin, begin + _SWING_SHARE

"""The whole graph in a corner, coloured by state, with the part in sight as a frame that can be dragged."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPixmap, QTransform
from PySide6.QtWidgets import QWidget

from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
from orchestra_desktop.ui.canvas.ink import Ink, make_ink
from orchestra_desktop.ui.canvas.pointers import draw_boxes, whole_pixels
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.viewmodels.graph_layout import NODE_HEIGHT, NODE_WIDTH

SIZE = QSize(180, 110)
_MARGIN, _RADIUS = 8.0, 10.0
_LEAST = 2.0, 1.5  # pixels of a node


class Minimap(QWidget):
    """The nodes are painted once into a picture of their own, which lasts until a state changes."""

    centre_asked = Signal(object)  # QPointF of the scene

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._ink: Ink = make_ink(theme)
        self._drawn: DrawnGraph | None = None
        self._seen = QRectF()
        self._nodes: QPixmap | None = None
        self.setFixedSize(SIZE)
        self.setAccessibleName(translate("Canvas", "Overview of the graph"))
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self._ink = make_ink(self._theme)
        self.states_changed()

    def show_graph(self, drawn: DrawnGraph | None) -> None:
        self._drawn = drawn
        self.states_changed()

    def states_changed(self) -> None:
        self._nodes = None
        self.update()

    def show_seen(self, seen: QRectF) -> None:
        if seen != self._seen:
            self._seen = seen
            self.update()

    def _to_pixels(self) -> QTransform:
        """From the scene to this widget: the whole graph within the margins."""
        assert self._drawn is not None
        whole = self._drawn.geometry.whole
        room = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        scale = min(room.width() / max(whole.width(), 1.0), room.height() / max(whole.height(), 1.0), 0.12)
        place = room.center() - whole.center() * scale
        return QTransform(scale, 0, 0, scale, place.x(), place.y())

    # -- painting ---------------------------------------------------------------------------------------------------

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._ink.colours[Token.BORDER], 1.0))
        painter.setBrush(self._ink.colours[Token.PANEL])
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        if self._drawn is None or not len(self._drawn):
            return
        if self._nodes is None or self._nodes.devicePixelRatio() != self.devicePixelRatioF():
            self._nodes = self._painted(self._drawn)
        painter.drawPixmap(0, 0, self._nodes)
        self._paint_seen(painter)

    def _painted(self, drawn: DrawnGraph) -> QPixmap:
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.fill(Qt.GlobalColor.transparent)
        place = self._to_pixels()
        corners = np.rint((drawn.geometry.corners * place.m11() + (place.dx(), place.dy())) * ratio)
        size = np.array([NODE_WIDTH, NODE_HEIGHT]) * place.m11()
        boxes = whole_pixels(np.hstack([corners, corners + np.maximum(np.rint(np.maximum(size, _LEAST) * ratio), 1)]))
        painter = QPainter(pixmap)
        painter.setPen(Qt.PenStyle.NoPen)
        for code in np.unique(drawn.codes):
            painter.setBrush(self._ink.by_code[code])
            draw_boxes(painter, boxes[drawn.codes == code])
        painter.end()
        pixmap.setDevicePixelRatio(ratio)
        return pixmap

    def _paint_seen(self, painter: QPainter) -> None:
        room = QRectF(self.rect()).adjusted(4.5, 4.5, -4.5, -4.5)
        seen = self._to_pixels().mapRect(self._seen).intersected(room)
        if seen.isEmpty():
            return
        painter.setPen(QPen(self._ink.colours[Token.ACCENT], 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(seen, 4, 4)

    # -- dragging ---------------------------------------------------------------------------------------------------

    def _go(self, position: QPointF) -> None:
        if self._drawn is not None and len(self._drawn):
            self.centre_asked.emit(self._to_pixels().inverted()[0].map(position))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() is Qt.MouseButton.LeftButton:
            self._go(event.position())
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

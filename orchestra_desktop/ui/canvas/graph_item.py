"""The one item of the scene: draws frames, edges and nodes of what is exposed, in as much detail as can be seen.

An item per node and edge was measured and rejected: 5,000 of them take six times as long to repaint.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from orchestra_desktop.ui.canvas.camera import MIDDLE_FROM, NEAR_FROM
from orchestra_desktop.ui.canvas.distant_painter import MiddlePainter, draw_far
from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
from orchestra_desktop.ui.canvas.edge_painter import EdgePainter
from orchestra_desktop.ui.canvas.frame_painter import FramePainter
from orchestra_desktop.ui.canvas.ink import Ink, make_ink
from orchestra_desktop.ui.canvas.near_painter import NearPainter
from orchestra_desktop.ui.canvas.node_texts import NodeTexts
from orchestra_desktop.ui.theme.theme import Theme

_BLEED = 4.0  # pens and rounded corners reach over a node's box by less than this


class GraphItem(QGraphicsItem):
    """Draws one DrawnGraph in one theme; a new one of either is set as a whole."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._ink: Ink = make_ink(theme)
        self._drawn: DrawnGraph | None = None
        self._bounds = QRectF()
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)  # gives the exposed rectangle

    def show_graph(self, drawn: DrawnGraph | None) -> None:
        self.prepareGeometryChange()
        self._drawn = drawn
        self._bounds = drawn.geometry.whole.adjusted(-60, -60, 60, 60) if drawn is not None else QRectF()
        self._make_painters()

    def shows(self, drawn: DrawnGraph) -> bool:
        return self._drawn is drawn

    def restyle(self) -> None:
        self._ink = make_ink(self._theme)
        self._make_painters()

    def _make_painters(self) -> None:
        if self._drawn is not None:
            self._texts = NodeTexts(self._drawn, self._ink)
            self._near = NearPainter(self._drawn, self._ink, self._theme, self._texts)
            self._middle = MiddlePainter(self._drawn, self._ink, self._texts)
            self._edges = EdgePainter(self._drawn, self._ink)
            self._frames = FramePainter(self._drawn, self._ink)
        self.update()

    def update_nodes(self, nodes: list[int]) -> None:
        """Their faces have changed."""
        if self._drawn is None:
            return
        for at in nodes:
            self._texts.forget(at)
            self._near.forget(at)
        self.repaint_nodes(nodes)

    def update_picked(self, nodes: list[int]) -> None:
        """They are picked now, or no longer; their edges too are drawn in another colour."""
        if self._drawn is None:
            return
        for at in nodes:
            self._near.forget(at)
        self.repaint_nodes(nodes)
        self._repaint_edges(self._drawn.geometry.edges_at(nodes).tolist())

    def repaint_nodes(self, nodes: list[int]) -> None:
        """Draws them again, together where they are many."""
        if self._drawn is None or not nodes:
            return
        if len(nodes) > 50:
            self.update(self._drawn.geometry.bounds(nodes).adjusted(-_BLEED, -_BLEED, _BLEED, _BLEED))
            return
        for at in nodes:
            self.update(self._drawn.geometry.box(at).adjusted(-_BLEED, -_BLEED, _BLEED, _BLEED))

    def _repaint_edges(self, edges: list[int]) -> None:
        """Draws them again, together where they are many."""
        if self._drawn is None or not edges:
            return
        if len(edges) > 50:
            self.update()
            return
        for edge in edges:
            area = self._drawn.geometry.path(edge).controlPointRect()
            self.update(area.adjusted(-_BLEED, -_BLEED, _BLEED, _BLEED))

    # -- Qt ---------------------------------------------------------------------------------------------------------

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        if self._drawn is None:
            return
        area: QRectF = option.exposedRect
        zoom = painter.worldTransform().m11()
        self._frames.draw(painter, area, zoom)
        self._edges.draw(painter, area, zoom)
        nodes = self._drawn.geometry.touching(area.adjusted(-_BLEED, -_BLEED, _BLEED, _BLEED))
        if zoom >= NEAR_FROM:
            self._near.draw(painter, nodes.tolist(), painter.device().devicePixelRatioF())
        elif zoom >= MIDDLE_FROM:
            self._middle.draw(painter, nodes.tolist())
        else:
            draw_far(painter, self._drawn, self._ink, nodes)

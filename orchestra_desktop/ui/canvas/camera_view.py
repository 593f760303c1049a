"""A view that is moved by a camera: zoom at a point, pan by pixels, flights to what is to be seen, the grid behind."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRect, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent, QTransform
from PySide6.QtWidgets import QFrame, QGraphicsScene, QGraphicsView

from orchestra_desktop.ui.canvas.camera import LEAST_ZOOM, STEP, Camera, Trail, bounded, fitting
from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
from orchestra_desktop.ui.canvas.flight import Flight
from orchestra_desktop.ui.canvas.graph_item import GraphItem
from orchestra_desktop.ui.canvas.grid import draw_grid
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token

_ROOM = 4_000.0  # pixels around everything that can be panned to
_KEEP_CLEAR = 40.0  # units around a node that was brought into sight


class CameraView(QGraphicsView):
    """Shows one GraphItem, without scroll bars. `is_untouched` while nobody has moved it: a new size is fitted anew."""

    moved = Signal()
    moved_by_person = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._drawn: DrawnGraph | None = None
        self._anchor: tuple[QPointF, QPointF] | None = None  # where the mouse zooms, in pixels and in the scene
        self._trail = Trail()
        self.is_untouched = True
        self.picked: list[int] = []
        self.item = GraphItem(theme)
        scene = QGraphicsScene(self)
        scene.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)  # there is one item
        scene.addItem(self.item)
        self.setScene(scene)
        self._flight = Flight(self, self.look_at)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.item.restyle()
        self.resetCachedContent()
        self.viewport().update()

    @property
    def graph(self) -> DrawnGraph | None:
        """What is shown."""
        return self._drawn

    def show_graph(self, drawn: DrawnGraph | None) -> None:
        """Another picture; the camera stays unless nobody has touched it."""
        self._drawn = drawn
        self.item.show_graph(drawn)
        whole = drawn.geometry.whole if drawn is not None else QRectF()
        room = _ROOM / LEAST_ZOOM
        self.setSceneRect(whole.adjusted(-room, -room, room, room))
        if self.is_untouched:
            self.fit_all(by_person=False)

    @property
    def zoom(self) -> float:
        return self.transform().m11()

    @property
    def camera(self) -> Camera:
        return Camera(self.scene_point(self._middle), self.zoom)

    @property
    def _middle(self) -> QPointF:
        return QPointF(self.viewport().width() / 2, self.viewport().height() / 2)

    @property
    def seen(self) -> QRectF:
        """The part of the scene in sight."""
        return QRectF(self.scene_point(QPointF()), QSizeF(self.viewport().size()) / self.zoom)

    def scene_point(self, position: QPointF) -> QPointF:
        """Of a point of the view, exactly: `mapToScene` takes whole pixels only."""
        return self.viewportTransform().inverted()[0].map(position)

    def look_at(self, camera: Camera) -> None:
        self._show(camera.centre, self._middle, camera.zoom)

    def _show(self, point: QPointF, position: QPointF, zoom: float) -> None:
        """Puts a point of the scene under a point of the view."""
        if zoom != self.zoom:
            self.setTransform(QTransform.fromScale(zoom, zoom))
        shift = self.viewportTransform().map(point) - position
        self._scroll(round(shift.x()), round(shift.y()))

    def _scroll(self, right: int, down: int) -> None:
        across, upright = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setValue(across.value() + right)
        upright.setValue(upright.value() + down)
        self.moved.emit()

    def pan_by(self, right: int, down: int) -> None:
        """The person moves the picture by so many pixels."""
        self._touched()
        self._anchor = None
        self._scroll(-right, -down)
        self.moved_by_person.emit()

    def zoom_at(self, position: QPointF, factor: float) -> None:
        """The point under the mouse stays there: it is remembered, as scrolling by whole pixels would let it drift."""
        self._touched()
        if self._anchor is None or self._anchor[0] != position:
            self._anchor = position, self.scene_point(position)
        self._show(self._anchor[1], position, bounded(self.zoom * factor))

    def step_zoom(self, steps: int) -> None:
        self.zoom_at(self._middle, STEP**steps)

    def _touched(self) -> None:
        self._flight.stop()
        self.is_untouched = False

    def fit_all(self, *, by_person: bool = True) -> None:
        if self._drawn is not None and len(self._drawn):
            if by_person:
                self.leave_view()
            self._fly(fitting(self._drawn.geometry.whole, QSizeF(self.viewport().size())), by_person=by_person)
            self.is_untouched = True

    def fit_picked(self) -> None:
        """All of what is picked, no nearer than 100 %; everything where nothing is."""
        if self._drawn is None or not self.picked:
            self.fit_all()
            return
        self.leave_view()
        area = self._drawn.geometry.bounds(self.picked)
        self._fly(fitting(area, QSizeF(self.viewport().size())))

    def full_size(self) -> None:
        """100 %, around what is picked if it is in sight, else around the middle."""
        self.leave_view()
        centre = self.camera.centre
        if self._drawn is not None and self._drawn.current is not None:
            box = self._drawn.geometry.box(self._drawn.current)
            centre = box.center() if self.seen.intersects(box) else centre
        self._fly(Camera(centre, 1.0))

    def leave_view(self) -> None:
        """What is in sight now can be gone back to."""
        self._trail.leave(self.camera)

    def go_back(self) -> None:
        self._go(self._trail.back(self.camera))

    def go_forward(self) -> None:
        self._go(self._trail.forward(self.camera))

    def _go(self, camera: Camera | None) -> None:
        if camera is not None:
            self._fly(camera)

    def reveal(self, nodes: Sequence[int], *, by_person: bool = True) -> None:
        """Brings these nodes into sight, moving no more than needed; nothing if they are."""
        if self._drawn is None or not nodes:
            return
        area = self._drawn.geometry.bounds(list(nodes)).adjusted(-_KEEP_CLEAR, -_KEEP_CLEAR, _KEEP_CLEAR, _KEEP_CLEAR)
        seen = self.seen
        if seen.contains(area):
            return
        if area.width() > seen.width() or area.height() > seen.height():
            last = self._drawn.geometry.box(nodes[-1])
            self._fly(Camera(last.center(), self.zoom), by_person=by_person)
            return
        right = min(area.left() - seen.left(), 0.0) + max(area.right() - seen.right(), 0.0)
        down = min(area.top() - seen.top(), 0.0) + max(area.bottom() - seen.bottom(), 0.0)
        self._fly(Camera(self.camera.centre + QPointF(right, down), self.zoom), by_person=by_person)

    def _fly(self, camera: Camera, *, by_person: bool = True) -> None:
        self._flight.stop()
        self._anchor = None
        if by_person:
            self.is_untouched = False
        if self._theme.reduced_motion or not self.isVisible() or (self.is_untouched and not by_person):
            self.look_at(camera)
        else:
            self._flight.start(self.camera, camera)

    # -- Qt ---------------------------------------------------------------------------------------------------------

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802 - Qt's name
        area = QRectF(rect)
        painter.fillRect(area, self._theme.color(Token.WINDOW))
        draw_grid(painter, area, self.zoom, self._theme.color(Token.BORDER))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._anchor = None
        if self.is_untouched:
            self.fit_all(by_person=False)
        self.moved.emit()

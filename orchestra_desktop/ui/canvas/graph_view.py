"""The picture in the person's hands: pointer, wheel, fingers and keys, what is picked, and what is said aloud."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QAccessibleEvent,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QGestureEvent, QPinchGesture, QToolTip

from orchestra_desktop.domain.graph import downstream, upstream
from orchestra_desktop.ui.canvas import captions
from orchestra_desktop.ui.canvas.camera import STEP
from orchestra_desktop.ui.canvas.camera_view import CameraView
from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
from orchestra_desktop.ui.canvas.gestures.choice import begun
from orchestra_desktop.ui.canvas.gestures.gesture import Gesture
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import as_tool_tip
from orchestra_desktop.viewmodels.graph_walk import Step

_NOTCH = 120.0  # what the wheel says of one step


class GraphView(CameraView):
    """What is picked is told to `picked_changed`, and set by whoever owns the selection (`show_picked`)."""

    picked_changed = Signal(object)  # list[int], the current one last
    inspect_asked = Signal()
    minimap_asked = Signal()
    menu_asked = Signal(object)  # QPoint on the screen

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._gesture: Gesture | None = None
        self._space = False
        self.setAccessibleName(translate("Canvas", "Graph of the plan"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_AcceptTouchEvents)
        self.viewport().grabGesture(Qt.GestureType.PinchGesture)

    def show_graph(self, drawn: DrawnGraph | None) -> None:
        self._cancel_gesture()
        super().show_graph(drawn)

    # -- picking ----------------------------------------------------------------------------------------------------

    def node_at(self, position: QPointF) -> int | None:
        return self._drawn.geometry.hit(self.scene_point(position)) if self._drawn is not None else None

    def nodes_in(self, area: QRectF) -> list[int]:
        return self._drawn.geometry.touching(area).tolist() if self._drawn is not None else []

    def pick_nodes(self, nodes: list[int]) -> None:
        if nodes != self.picked:
            self.picked_changed.emit(nodes)

    def pick_all(self) -> None:
        if self._drawn is not None:
            self.pick_nodes(list(range(len(self._drawn))))

    def pick_upstream(self) -> None:
        """What is picked and all that it needs."""
        if self._drawn is not None:
            self._pick_with(upstream(self._drawn.graph.needs, self._picked_ids()))

    def pick_downstream(self) -> None:
        """What is picked and all that needs it."""
        if self._drawn is not None:
            self._pick_with(downstream(self._drawn.graph.needs, self._picked_ids()))

    def _picked_ids(self) -> list[str]:
        assert self._drawn is not None
        return [self._drawn.task(at) for at in self.picked]

    def _pick_with(self, ids: set[str]) -> None:
        assert self._drawn is not None
        more = sorted(at for id_ in ids if (at := self._drawn.index(id_)) is not None and at not in self.picked)
        self.pick_nodes([*more, *self.picked])

    def walk(self, step: Step, *, extend: bool) -> None:
        """Along the edges from the current node; the first step picks the first node."""
        if self._drawn is None:
            return
        here = self._drawn.current
        found = self._drawn.walk.step(self._drawn.task(here), step) if here is not None else self._drawn.walk.first()
        at = self._drawn.index(found)
        if at is not None:
            self.pick_nodes([*(other for other in self.picked if other != at), at] if extend else [at])
            self.reveal([at])

    def inspect(self) -> None:
        """The current node is to be seen in full."""
        self.inspect_asked.emit()

    def ask_for_minimap(self) -> None:
        self.minimap_asked.emit()

    def let_go(self) -> bool:
        """Escape: ends a gesture, else the selection. Whether there was either."""
        if self._gesture is not None:
            self._cancel_gesture()
            return True
        had = bool(self.picked)
        self.pick_nodes([])
        return had

    def show_picked(self, nodes: list[int]) -> None:
        """The selection as it now is, wherever it was made."""
        before, self.picked = set(self.picked), nodes
        if self._drawn is None:
            return
        if self.item.shows(self._drawn):
            self.item.update_picked(sorted(before.symmetric_difference(nodes)))

    def say_current(self) -> None:
        """Tells screen readers which node is the current one; the table is where they read them all."""
        face = self._drawn.current_face if self._drawn is not None else None
        words = captions.spoken(face, self._drawn.now(), self._drawn.word) if face and self._drawn else ""
        self.setAccessibleDescription(words)
        QAccessible.updateAccessibility(QAccessibleEvent(self, QAccessible.Event.DescriptionChanged))
        if words and self.hasFocus():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    # -- what gestures show -----------------------------------------------------------------------------------------

    def drawForeground(self, painter: QPainter, _: QRectF | QRect) -> None:  # noqa: N802 - Qt's name
        if self._gesture is not None:
            self._gesture.paint(painter)
        if self.hasFocus() and not self.picked:
            self._paint_focus(painter)

    def _paint_focus(self, painter: QPainter) -> None:
        painter.save()
        painter.resetTransform()
        painter.setPen(QPen(self._theme.color(Token.ACCENT), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(self.viewport().rect().adjusted(0, 0, -1, -1))
        painter.restore()

    def paint_marquee(self, painter: QPainter, area: QRectF) -> None:
        pen = QPen(self._theme.color(Token.ACCENT), 1.0)
        pen.setCosmetic(True)
        fill = QColor(pen.color())
        fill.setAlphaF(0.12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(pen)
        painter.setBrush(fill)
        painter.drawRect(area)

    def repaint_over(self, area: QRectF) -> None:
        """What a gesture shows there has changed."""
        box = self.viewportTransform().mapRect(area).toAlignedRect()
        self.viewport().update(box.adjusted(-3, -3, 3, 3))

    def show_grabbing(self, grabbing: bool) -> None:
        shape = Qt.CursorShape.ClosedHandCursor if grabbing else Qt.CursorShape.OpenHandCursor
        if grabbing or self._space:
            self.viewport().setCursor(shape)
        else:
            self.viewport().unsetCursor()

    # -- pointer ----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._cancel_gesture()
        self._flight.stop()
        self._gesture = begun(self, event.button(), event.position(), event.modifiers(), space=self._space)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if self._gesture is not None:
            self._gesture.move(event.position(), event.modifiers())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.end(event.position(), event.modifiers())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.button() is Qt.MouseButton.LeftButton and self.node_at(event.position()) is not None:
            self.inspect_asked.emit()
        else:
            self.mousePressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            node = self.node_at(QPointF(event.pos()))
            if node is not None and node not in self.picked:
                self.pick_nodes([node])
            if node is None:
                return
        if self.picked:
            self.menu_asked.emit(event.globalPos())

    def _cancel_gesture(self) -> None:
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """A wheel zooms; two fingers on a touch pad pan, and zoom with Ctrl, which is also how some pads say pinch."""
        by_fingers = event.phase() is not Qt.ScrollPhase.NoScrollPhase or not event.pixelDelta().isNull()
        if by_fingers and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            moved = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 2
            self.pan_by(moved.x(), moved.y())
        else:
            self.zoom_at(event.position(), STEP ** (event.angleDelta().y() / _NOTCH))
        event.accept()

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() is Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom_at(event.position(), 1.0 + event.value())
            return True
        if isinstance(event, QGestureEvent):
            return self._pinched(event)
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._tell(event)
            return True
        return super().viewportEvent(event)

    def _pinched(self, event: QGestureEvent) -> bool:
        """Two fingers on the screen: the picture follows both."""
        pinch = event.gesture(Qt.GestureType.PinchGesture)
        if not isinstance(pinch, QPinchGesture):
            return False
        at = QPointF(self.viewport().mapFromGlobal(pinch.centerPoint().toPoint()))
        moved = pinch.centerPoint() - pinch.lastCenterPoint()
        if not moved.isNull() and not pinch.lastCenterPoint().isNull():
            self.pan_by(round(moved.x()), round(moved.y()))
        self.zoom_at(at, pinch.scaleFactor())
        event.accept()
        return True

    def _tell(self, event: QHelpEvent) -> None:
        at = self.node_at(QPointF(event.pos()))
        if at is None or self._drawn is None:
            QToolTip.hideText()
            return
        words = captions.tool_tip(self._drawn.faces[at], self._drawn.now(), self._drawn.word)
        area = self.viewportTransform().mapRect(self._drawn.geometry.box(at)).toAlignedRect()
        QToolTip.showText(event.globalPos(), as_tool_tip(words), self.viewport(), area)

    # -- keys -------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Space:
            self._space = True
            self.show_grabbing(self._gesture is not None)
        else:
            event.ignore()  # what the keys mean stands in the table of actions; the view would scroll

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.show_grabbing(False)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self._space = False
        self._cancel_gesture()
        super().focusOutEvent(event)
        self.viewport().update()

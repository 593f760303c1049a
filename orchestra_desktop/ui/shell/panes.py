"""How centre, bottom panel and inspector share the room: side by side, each at the side where the person put it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from orchestra_desktop.ui.context import UiContext
from orchestra_desktop.ui.pane_sides import SIDES, Pane, Side
from orchestra_desktop.ui.shell.bottom_panel import BottomPanel
from orchestra_desktop.ui.shell.inspector import LEAST_WIDTH, InspectorPane
from orchestra_desktop.ui.shell.layout_store import Layout
from orchestra_desktop.ui.shell.pane_grip import DropHint, PaneGrip

OVERLAY_BELOW = 1_100  # pixels of the window's width under which the inspector lies over the centre
_LEAST_CENTRE = {Pane.INSPECTOR: 300, Pane.BOTTOM: 200}  # pixels left to the centre beside a pane


class Panes(QWidget):
    """Writes the sizes that the person drags into the layout it was given, and tells so."""

    resized = Signal()
    dropped = Signal(object, object)  # Pane, Side: one was dragged there

    def __init__(self, context: UiContext, centre: QWidget, bottom: BottomPanel, inspector: InspectorPane) -> None:
        super().__init__()
        self._centre = centre
        self._layout = Layout()
        self._shown = {Pane.INSPECTOR: False, Pane.BOTTOM: False}
        self._panes: dict[Pane, QWidget] = {Pane.INSPECTOR: inspector, Pane.BOTTOM: bottom}
        self._inspector = inspector
        self._inner = _splitter(Qt.Orientation.Vertical, centre, bottom)
        self._outer = _splitter(Qt.Orientation.Horizontal, self._inner, inspector)
        for splitter in (self._inner, self._outer):
            splitter.splitterMoved.connect(lambda *_: self._note_sizes())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._outer)
        self._hint = DropHint(context.theme, self)
        for pane, widget in self._panes.items():
            grip = PaneGrip(context, pane, SIDES[pane], widget)
            grip.dragged.connect(lambda where, pane=pane: self._show_drop(pane, where))
            grip.dropped.connect(lambda where, pane=pane: self._drop(pane, where))

    def show_layout(self, layout: Layout, *, inspector: bool, bottom: bool) -> None:
        """Puts the panes where the layout has them and shows those that are wanted."""
        self._layout = layout
        self._shown = {Pane.INSPECTOR: inspector, Pane.BOTTOM: bottom}
        self._put(self._inner, Pane.BOTTOM)
        self._put(self._outer, Pane.INSPECTOR)
        self._lay_out()

    # -- sides and sizes --------------------------------------------------------------------------------------------

    @property
    def overlays(self) -> bool:
        return self.window().width() < OVERLAY_BELOW

    def _is_first(self, pane: Pane) -> bool:
        return self._layout.sides[pane] == SIDES[pane][0]

    def _put(self, splitter: QSplitter, pane: Pane) -> None:
        widget, place = self._panes[pane], 0 if self._is_first(pane) else 1
        if splitter.count() == 2 and splitter.indexOf(widget) != place:
            splitter.insertWidget(place, widget)
        splitter.setStretchFactor(place, 0)
        splitter.setStretchFactor(1 - place, 1)

    def _lay_out(self) -> None:
        self._host_inspector(over=self.overlays)
        for pane, widget in self._panes.items():
            widget.setVisible(self._shown[pane])
        if self.overlays:
            self._lay_over()
        else:
            self._give(self._outer, Pane.INSPECTOR)
        self._give(self._inner, Pane.BOTTOM)

    def _host_inspector(self, *, over: bool) -> None:
        """In a narrow window the inspector is taken out of the row and laid over its end."""
        is_over = self._inspector.parentWidget() is self
        if over and not is_over:
            self._inspector.setParent(self)
        elif not over and is_over:
            self._outer.addWidget(self._inspector)
            self._put(self._outer, Pane.INSPECTOR)
        self._inspector.set_over(self._layout.sides[Pane.INSPECTOR] if over else "")

    def _lay_over(self) -> None:
        width = min(self._layout.sizes[Pane.INSPECTOR], max(LEAST_WIDTH, self.width() * 2 // 3))
        left = 0 if self._is_first(Pane.INSPECTOR) else self.width() - width
        self._inspector.setGeometry(left, 0, width, self.height())
        self._inspector.raise_()

    def _give(self, splitter: QSplitter, pane: Pane) -> None:
        """The pane has its size, the centre what is left."""
        whole = splitter.height() if splitter.orientation() is Qt.Orientation.Vertical else splitter.width()
        size = self._layout.sizes[pane]
        left = max(whole - size - splitter.handleWidth(), _LEAST_CENTRE[pane])
        splitter.setSizes([size, left] if self._is_first(pane) else [left, size])

    def _note_sizes(self) -> None:
        inspector, bottom = self._panes[Pane.INSPECTOR], self._panes[Pane.BOTTOM]
        if inspector.isVisible() and not self.overlays:
            self._layout.sizes[Pane.INSPECTOR] = inspector.width()
        if bottom.isVisible():
            self._layout.sizes[Pane.BOTTOM] = bottom.height()
        self.resized.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._lay_out()

    # -- dragging a pane to another side ----------------------------------------------------------------------------

    def side_at(self, pane: Pane, at: QPoint) -> Side | None:
        """The side that a pane let go at this point would go to: the half it is in; None outside."""
        if not self.rect().contains(at):
            return None
        across = pane is Pane.INSPECTOR
        is_first = at.x() < self.width() / 2 if across else at.y() < self.height() / 2
        return SIDES[pane][0 if is_first else 1]

    def _show_drop(self, pane: Pane, where: QPoint) -> None:
        side = self.side_at(pane, self.mapFromGlobal(where))
        self._hint.show_at(self._area(pane, side) if side is not None else None)

    def _area(self, pane: Pane, side: Side) -> QRect:
        size = self._layout.sizes[pane]
        if pane is Pane.INSPECTOR:
            return QRect(0 if side is Side.LEFT else self.width() - size, 0, size, self.height())
        inner = QRect(self._inner.mapTo(self, QPoint()), self._inner.size())
        top = inner.top() if side is Side.TOP else inner.bottom() + 1 - size
        return QRect(inner.left(), top, inner.width(), size)

    def _drop(self, pane: Pane, where: QPoint) -> None:
        self._hint.show_at(None)
        side = self.side_at(pane, self.mapFromGlobal(where))
        if side is not None:
            self.dropped.emit(pane, side)


def _splitter(orientation: Qt.Orientation, *widgets: QWidget) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setHandleWidth(1)
    splitter.setChildrenCollapsible(False)
    for widget in widgets:
        splitter.addWidget(widget)
    return splitter

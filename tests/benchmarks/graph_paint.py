"""How long the graph takes to repaint when all of it is in sight, against an item for each node and edge.

    python -m tests.benchmarks.graph_paint [--quick]

Offscreen, 1600 x 1000, medians; pictures and controls take turns in the same process, on the same ground. The control
is QGraphicsScene as its manual shows it: a BSP index, an item for each node that draws a rounded rectangle, a path item
for each edge, smoothed. The bare control does as little as the picture does from afar, plain rectangles and hairlines,
and is printed only, as are a repaint near (100 %) and a step of a pan. Layout and load are those of the whole plan.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsItem,
    QGraphicsPathItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.canvas import graph_picture
from orchestra_desktop.ui.canvas.camera_view import CameraView
from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
from orchestra_desktop.ui.canvas.grid import draw_grid
from orchestra_desktop.ui.canvas.ink import NODE_RADIUS, Ink, make_ink
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.viewmodels.graph_faces import planned_graph
from orchestra_desktop.viewmodels.graph_layout import NODE_HEIGHT, NODE_WIDTH, lay_out
from tests.ui.canvas.plans import NOW, board_of, large_plan
from tests.ui.canvas.stage import make_context

VIEW = 1_600, 1_000
SIZES = {1_000: 25, 5_000: 60}  # tasks, and how many stand in a layer
HIGHEST_RATIO = {1_000: 0.3, 5_000: 0.2}
LONGEST_LOAD_S = 0.3


class NodeItem(QGraphicsItem):
    """The control's node: knows its own place and colour and draws itself."""

    def __init__(self, drawn: DrawnGraph, at: int, ink: Ink, *, bare: bool) -> None:
        super().__init__()
        self.setPos(drawn.geometry.box(at).topLeft())
        self._box = QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT)
        self._brush = ink.by_code[drawn.codes[at]]
        self._border = ink.border
        self._bare = bare

    def boundingRect(self) -> QRectF:  # noqa: N802 - Qt's name
        return self._box

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        if self._bare:
            painter.fillRect(self._box, self._brush)
            return
        painter.setPen(self._border)
        painter.setBrush(self._brush)
        painter.drawRoundedRect(self._box, NODE_RADIUS, NODE_RADIUS)


class ControlView(QGraphicsView):
    """An item for each node and edge, where the picture's camera is."""

    def __init__(self, shown: CameraView, drawn: DrawnGraph, ink: Ink, *, bare: bool) -> None:
        scene = QGraphicsScene()
        super().__init__(scene)
        scene.setParent(self)
        self._ink = ink
        for edge in range(len(drawn.geometry.edges)):
            line = QGraphicsPathItem(drawn.geometry.path(edge))
            line.setPen(ink.edge_hair if bare else ink.edge)
            scene.addItem(line)
        for at in range(len(drawn)):
            scene.addItem(NodeItem(drawn, at, ink, bare=bare))
        self.setRenderHint(QPainter.RenderHint.Antialiasing, not bare)
        self.setCacheMode(QGraphicsView.CacheModeFlag.CacheBackground)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.resize(*VIEW)
        self.setTransform(shown.transform())
        self.centerOn(shown.camera.centre)
        self.show()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:  # noqa: N802 - Qt's name
        painter.fillRect(rect, self._ink.colours[Token.WINDOW])
        draw_grid(painter, QRectF(rect), self.transform().m11(), self._ink.colours[Token.BORDER])


@dataclass(frozen=True, slots=True)
class Paints:
    """Milliseconds, medians; `ratio` is of picture to control, pair by pair."""

    picture: float
    control: float
    bare: float
    ratio: float


def painted(view: QGraphicsView) -> float:
    """Milliseconds of one repaint of the whole viewport, as the window's next frame would do it."""
    began = time.perf_counter()
    view.viewport().repaint()
    return (time.perf_counter() - began) * 1e3


def in_turns(picture: QGraphicsView, control: QGraphicsView, bare: QGraphicsView, times: int) -> Paints:
    turns = [(painted(picture), painted(control), painted(bare)) for _ in range(times + 2)][2:]
    pictures, controls, bares = zip(*turns, strict=True)
    median = statistics.median
    return Paints(median(pictures), median(controls), median(bares), ratio_of(turns))


def ratio_of(turns: list[tuple[float, float, float]]) -> float:
    return statistics.median(picture / control for picture, control, _ in turns)


def median_ms(action: Callable[[], object], times: int) -> float:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        action()
        took.append((time.perf_counter() - began) * 1e3)
    return statistics.median(took)


def pan(view: CameraView) -> None:
    view.pan_by(7, 3)
    QApplication.sendPostedEvents()
    QApplication.processEvents()


def measure(application: QApplication, tasks: int, times: int) -> list[str]:
    """Prints the figures of one size; returns what is over its limit."""
    context = make_context(application)
    context.theme.reduced_motion = True  # the camera is there at once
    plan = large_plan(tasks, SIZES[tasks])
    states = {f"T{at + 1}": state for at, state in zip(range(tasks), list(TaskState) * tasks, strict=False)}
    board = board_of(plan, states)
    graph = planned_graph(plan, {})
    began = time.perf_counter()
    layout = lay_out(graph.needs, graph.phase_of)
    laid_out = time.perf_counter() - began
    graph_picture.LAID_OUT_AT_ONCE = tasks
    shown = graph_picture.GraphPicture(context, now=lambda: NOW)
    shown.resize(*VIEW)
    shown.show()
    application.processEvents()  # what is not exposed yet is not painted
    began = time.perf_counter()
    drawn = DrawnGraph(graph, layout, "draft", lambda: NOW)
    shown.view.show_graph(drawn)
    shown.view.viewport().repaint()
    loaded = time.perf_counter() - began
    shown.show_plan(plan, {})
    shown.show_board(board)
    assert shown.view.graph is not None
    ink = make_ink(context.theme)
    control, bare = (ControlView(shown.view, shown.view.graph, ink, bare=bare) for bare in (False, True))
    application.processEvents()
    far = in_turns(shown.view, control, bare, times)
    shown.view.full_size()
    near = statistics.median(painted(shown.view) for _ in range(times))
    panned = median_ms(lambda: pan(shown.view), times)
    shown.view.fit_all()
    panned_far = median_ms(lambda: pan(shown.view), times)
    print(
        f"{tasks:>6} tasks: fit all {far.picture:.1f} ms, an item each {far.control:.1f} (bare {far.bare:.1f}), "
        f"ratio {far.ratio:.2f}; "
        f"near {near:5.1f} ms; pan {panned:4.1f} near, {panned_far:4.1f} far; "
        f"layout {laid_out:.2f} s, load and first paint {loaded:.2f} s"
    )
    for widget in (shown, control, bare):
        widget.hide()
        widget.deleteLater()
    limits = [
        (far.ratio, HIGHEST_RATIO[tasks], "ratio"),
        (loaded, LONGEST_LOAD_S, "s to load"),
    ]
    return [f"{tasks} tasks: {value:.2f} {name}, not {most}" for value, most, name in limits if value > most]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    times = 5 if parser.parse_args().quick else 25
    application = QApplication(sys.argv[:1])
    faults = [fault for tasks in SIZES for fault in measure(application, tasks, times)]
    print("\n".join(faults) or "within the limits")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())

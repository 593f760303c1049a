"""Culling, hit test and edges as arrays: the same answers as looking at every node one by one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF, QSizeF

from orchestra_desktop.ui.canvas.camera import LEAST_ZOOM, MIDDLE_FROM, MOST_ZOOM, bounded, fitting
from orchestra_desktop.ui.canvas.distant_painter import LEAST_TITLE
from orchestra_desktop.ui.canvas.geometry import Geometry
from orchestra_desktop.ui.canvas.grid import grid_step
from orchestra_desktop.viewmodels.graph_layout import NODE_HEIGHT, NODE_WIDTH, lay_out
from tests.ui.canvas.plans import hello_plan, large_plan

HELLO = {task.id: task.depends_on for task in hello_plan().tasks}
LARGE = Geometry(lay_out({str(task.id): task.depends_on for task in large_plan(400).tasks}))


def test_a_point_hits_the_node_it_lies_in_and_none_beside() -> None:
    geometry = Geometry(lay_out({str(id_): needs for id_, needs in HELLO.items()}))
    for at in range(len(geometry.ids)):
        box = geometry.box(at)
        assert geometry.hit(box.center()) == at
        assert geometry.hit(box.topLeft() + QPointF(1, 1)) == at
        assert geometry.hit(box.topLeft() - QPointF(1, 1)) is None
        assert geometry.hit(box.bottomRight() + QPointF(1, 1)) is None


@given(st.floats(-500, 6_000), st.floats(-500, 4_000), st.floats(1, 3_000), st.floats(1, 3_000))
def test_what_touches_an_area_is_what_intersects_it(x: float, y: float, width: float, height: float) -> None:
    area = QRectF(x, y, width, height)
    one_by_one = [at for at in range(len(LARGE.ids)) if LARGE.box(at).intersects(area)]
    assert LARGE.touching(area).tolist() == one_by_one


@given(st.floats(-500, 6_000), st.floats(-500, 4_000), st.floats(1, 800), st.floats(1, 800))
def test_no_edge_in_sight_is_left_out(x: float, y: float, width: float, height: float) -> None:
    area = QRectF(x, y, width, height)
    for at in range(0, len(LARGE.edges), 7):
        wanted = np.zeros(len(LARGE.edges), dtype=bool)
        wanted[at] = True
        path = LARGE.path(at)  # `intersects` would take what lies between a curve and its chord for inside
        if any(area.contains(path.pointAtPercent(step / 50)) for step in range(51)):
            assert len(LARGE.lines(area, wanted))


def test_the_short_lines_of_an_edge_join_its_two_tasks_without_a_gap() -> None:
    everywhere = LARGE.whole.adjusted(-100, -100, 100, 100)
    for at, edge in enumerate(LARGE.edges[:50]):
        wanted = np.zeros(len(LARGE.edges), dtype=bool)
        wanted[at] = True
        lines = LARGE.lines(everywhere, wanted)
        lines = lines[np.argsort(lines[:, 0])]
        gaps = np.hypot(*(lines[1:, :2] - lines[:-1, 2:]).T)
        assert gaps.max(initial=0.0) < 1.0
        assert np.hypot(*(lines[0, :2] - edge.points[0])) < 1.0
        assert np.hypot(*(lines[-1, 2:] - edge.points[-1])) < 1.0


def test_far_lines_lead_from_every_source_to_every_target() -> None:
    starts = {tuple(row) for row in LARGE.straight[:, :2]}
    ends = {tuple(row) for row in LARGE.straight[:, 2:]}
    assert {edge.points[0] for edge in LARGE.edges} <= starts
    assert {edge.points[-1] for edge in LARGE.edges} <= ends


def test_nothing_at_all_has_no_edges_and_hits_nothing() -> None:
    geometry = Geometry(lay_out({}))
    assert geometry.hit(QPointF(0, 0)) is None
    assert len(geometry.straight) == len(geometry.lines(QRectF(0, 0, 9, 9), np.zeros(0, dtype=bool))) == 0


@given(st.floats(10, 50_000), st.floats(10, 50_000), st.floats(200, 3_000), st.floats(200, 2_000))
def test_what_is_fitted_lies_in_the_view(width: float, height: float, across: float, down: float) -> None:
    area, view = QRectF(-7, 13, width, height), QSizeF(across, down)
    camera = fitting(area, view)
    assert LEAST_ZOOM <= camera.zoom <= 1.0
    seen = QRectF(QPointF(), view / camera.zoom)
    seen.moveCenter(camera.centre)
    if camera.zoom > LEAST_ZOOM:
        assert seen.adjusted(-0.01, -0.01, 0.01, 0.01).contains(area)


def test_a_title_stays_as_long_as_it_can_be_seven_pixels_high() -> None:
    assert NODE_HEIGHT * MIDDLE_FROM > LEAST_TITLE * 1.5
    assert NODE_WIDTH * MIDDLE_FROM > 40
    assert LEAST_TITLE == 7


def test_zoom_stays_within_its_limits() -> None:
    assert bounded(0.0) == LEAST_ZOOM
    assert bounded(99.0) == MOST_ZOOM


def test_dots_never_stand_closer_than_can_be_told_apart() -> None:
    assert grid_step(1.0) == 24.0
    for zoom in (0.02, 0.1, 0.3, 0.74, 2.5):
        assert grid_step(zoom) * zoom >= 18.0
        assert grid_step(zoom) % 24.0 == 0

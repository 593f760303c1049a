"""Where nodes and edges lie, as arrays: what can be seen, what is under the mouse, what a marquee holds."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from orchestra_desktop.ui.canvas.pointers import Floats
from orchestra_desktop.viewmodels.graph_layout import NODE_HEIGHT, NODE_WIDTH, GraphLayout

Indices = NDArray[np.intp]

_CURVE_PIECES = 16  # short lines of a curve from column to column, too short to be told from it
_OVERLAP = 0.4  # units by which they reach over their ends
_LEAST_BOW = 40.0  # of an edge that runs back


class Geometry:
    """The arrays of one layout. Indices are those of `ids`, which are in the plan's order."""

    def __init__(self, layout: GraphLayout) -> None:
        self.layout = layout
        self.ids = tuple(layout.places)
        self.index = {id_: at for at, id_ in enumerate(self.ids)}
        self.corners: Floats = np.array(list(layout.places.values()), dtype=np.float64).reshape(-1, 2)
        self.edges = layout.edges
        self.sources: Indices = np.array([self.index[edge.source] for edge in self.edges], dtype=np.intp)
        self.targets: Indices = np.array([self.index[edge.target] for edge in self.edges], dtype=np.intp)
        self._paths: dict[int, QPainterPath] = {}

    # -- nodes ------------------------------------------------------------------------------------------------------

    def box(self, at: int) -> QRectF:
        x, y = self.corners[at]
        return QRectF(float(x), float(y), NODE_WIDTH, NODE_HEIGHT)

    def touching(self, area: QRectF) -> Indices:
        """The nodes of which at least a part lies in the area."""
        x, y = self.corners[:, 0], self.corners[:, 1]
        seen = (
            (x < area.right()) & (x + NODE_WIDTH > area.left()) & (y < area.bottom()) & (y + NODE_HEIGHT > area.top())
        )
        return np.flatnonzero(seen)

    def hit(self, point: QPointF) -> int | None:
        """The node under a point."""
        found = self.touching(QRectF(point.x(), point.y(), 1e-6, 1e-6))
        return int(found[-1]) if len(found) else None

    def bounds(self, some: Indices | list[int]) -> QRectF:
        """The rectangle around these nodes."""
        if not len(some):
            return QRectF()
        corners = self.corners[some]
        left, top = corners.min(axis=0)
        right, bottom = corners.max(axis=0)
        return QRectF(float(left), float(top), float(right - left) + NODE_WIDTH, float(bottom - top) + NODE_HEIGHT)

    @property
    def whole(self) -> QRectF:
        """Everything, frames too."""
        box = self.layout.bounds
        return QRectF(box.x, box.y, box.width, box.height)

    # -- edges ------------------------------------------------------------------------------------------------------

    @cached_property
    def _points(self) -> tuple[Floats, Indices]:
        """The points of all edges one after another, and the edge of each."""
        flat = [point for edge in self.edges for point in edge.points]
        lengths = [len(edge.points) for edge in self.edges]
        points: Floats = np.array(flat, dtype=np.float64).reshape(-1, 2)
        return points, np.repeat(np.arange(len(self.edges)), lengths)

    @cached_property
    def straight(self) -> Floats:
        """Every edge as straight lines from point to point, for far away; those that go on level are one."""
        points, owner = self._points
        if not len(points):
            return np.zeros((0, 4))
        inner = np.zeros(len(points), dtype=bool)  # points at which the line neither turns nor ends
        inner[1:-1] = (
            (owner[:-2] == owner[2:]) & (points[:-2, 1] == points[1:-1, 1]) & (points[2:, 1] == points[1:-1, 1])
        )
        points, owner = points[~inner], owner[~inner]
        lines = np.hstack([points[:-1], points[1:]])[owner[:-1] == owner[1:]]
        return np.ascontiguousarray(lines)

    @cached_property
    def _curves(self) -> tuple[Floats, Indices, Floats, Indices]:
        """The curves from column to column in short lines (curve, line, x1 y1 x2 y2) with the edge of each curve; and
        the straight lines through columns with theirs."""
        points, owner = self._points
        same = owner[:-1] == owner[1:]
        starts, ends, owners = points[:-1][same], points[1:][same], owner[:-1][same]
        first = np.flatnonzero(np.r_[True, owners[1:] != owners[:-1]]) if len(owners) else np.zeros(0, dtype=np.intp)
        step = np.arange(len(owners)) - np.repeat(first, np.diff(np.r_[first, len(owners)]))
        bent = (step % 2 == 0) & (starts[:, 1] != ends[:, 1])
        straight = np.hstack([starts[~bent], ends[~bent]])
        return _pieces(starts[bent], ends[bent]), owners[bent], straight, owners[~bent]

    def lines(self, area: QRectF, wanted: NDArray[np.bool_]) -> Floats:
        """The edges marked in `wanted` as short lines, as far as they can be seen in the area.

        Long curves are stroked in pieces because Qt strokes a path whole, however little of it can be seen.
        """
        curves, owner, straight, straight_owner = self._curves
        ends = curves[:, [0, -1], :].reshape(-1, 8)[:, [0, 1, 6, 7]]
        near = curves[_seen(ends, area, _LEAST_BOW) & wanted[owner]].reshape(-1, 4)
        level = straight[wanted[straight_owner]]
        lines = np.vstack([near, level])
        return np.ascontiguousarray(lines[_seen(lines, area, 2.0)])

    def path(self, edge: int) -> QPainterPath:
        """An edge as one curve."""
        found = self._paths.get(edge)
        if found is None:
            found = self._paths[edge] = _path(self.edges[edge].points)
        return found

    def edges_at(self, some: list[int]) -> Indices:
        """The edges that begin or end at one of these nodes."""
        wanted = np.zeros(len(self.ids), dtype=bool)
        wanted[some] = True
        return np.flatnonzero(wanted[self.sources] | wanted[self.targets]) if len(self.edges) else np.zeros(0, np.intp)


def _seen(lines: Floats, area: QRectF, slack: float) -> NDArray[np.bool_]:
    """Which of the rows x1, y1, x2, y2 come near the area."""
    x1, y1, x2, y2 = lines.T
    across = (np.minimum(x1, x2) <= area.right() + slack) & (np.maximum(x1, x2) >= area.left() - slack)
    upright = (np.minimum(y1, y2) <= area.bottom() + slack) & (np.maximum(y1, y2) >= area.top() - slack)
    return np.asarray(across & upright, dtype=np.bool_)


def _pieces(starts: Floats, ends: Floats) -> Floats:
    """Cubic curves that leave and arrive level: for each, its short lines as rows of x1, y1, x2, y2."""
    t = np.linspace(0.0, 1.0, _CURVE_PIECES + 1)[None, :]
    bow = _bow(starts[:, :1], ends[:, :1])
    x1, x4, y1, y4 = starts[:, :1], ends[:, :1], starts[:, 1:], ends[:, 1:]
    u = 1.0 - t
    x = u**3 * x1 + 3 * u**2 * t * (x1 + bow) + 3 * u * t**2 * (x4 - bow) + t**3 * x4
    y = (u**3 + 3 * u**2 * t) * y1 + (3 * u * t**2 + t**3) * y4
    right, down = np.diff(x, axis=1), np.diff(y, axis=1)
    reach = _OVERLAP / np.maximum(np.hypot(right, down), 1e-9)  # smoothed ends that only meet show as a row of dots
    right, down = right * reach, down * reach
    return np.stack([x[:, :-1] - right, y[:, :-1] - down, x[:, 1:] + right, y[:, 1:] + down], axis=-1)


def _bow(left: Floats, right: Floats) -> Floats:
    gap = right - left
    return np.where(gap > 0, gap / 2, np.maximum(-gap / 2, _LEAST_BOW))


def _path(points: tuple[tuple[float, float], ...]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for (x, y), (to_x, to_y) in zip(points[::2], points[1::2], strict=True):
        path.lineTo(x, y)
        gap = to_x - x
        bow = gap / 2 if gap > 0 else max(-gap / 2, _LEAST_BOW)
        path.cubicTo(x + bow, y, to_x - bow, to_y, to_x, to_y)
    return path

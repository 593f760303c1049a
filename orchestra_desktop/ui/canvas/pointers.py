"""Hands rows of a numpy array to Qt's drawing calls as they lie in memory: no Python object per line or rectangle.

The address of the first row is wrapped as the Qt type of the same shape (QLineF is four doubles, QRect four ints), as
pyqtgraph does. The array must be C-contiguous and must live until the call has returned.
"""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRect
from PySide6.QtGui import QPainter

Floats: TypeAlias = NDArray[np.float64]
Boxes: TypeAlias = NDArray[np.int32]
_T = TypeVar("_T")


def draw_lines(painter: QPainter, lines: Floats) -> None:
    """Rows of x1, y1, x2, y2."""
    if len(lines):
        assert lines.dtype == np.float64, "QLineF is made of doubles"
        painter.drawLines(_first(lines, QLineF), len(lines))


def whole_pixels(boxes: Floats) -> Boxes:
    """Rows of left, top, right, bottom, rounded: Qt fills whole pixels five times as fast."""
    edges = np.rint(boxes).astype(np.int32)
    edges[:, 2:] -= 1  # a QRect holds its last pixel, not the one behind
    return edges


def draw_boxes(painter: QPainter, boxes: Boxes) -> None:
    """Rows as `whole_pixels` makes them."""
    if len(boxes):
        painter.drawRects(_first(boxes, QRect), len(boxes))


def _first(array: NDArray[Any], kind: type[_T]) -> _T:
    assert array.flags.c_contiguous, "Qt reads row after row"
    return cast("_T", shiboken6.wrapInstance(array.ctypes.data, cast("type[object]", kind)))

"""Hands rows of a numpy array to Qt's drawing calls as they lie in memory: no Python object per line or rectangle.

The address of the first row is wrapped as the Qt type of the same shape (QLineF and QRectF are four doubles), as
pyqtgraph does. The array must be C-contiguous float64 and must live until the call has returned.
"""

from __future__ import annotations

from typing import TypeAlias, TypeVar, cast

import numpy as np
import shiboken6
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

Floats: TypeAlias = NDArray[np.float64]
_T = TypeVar("_T")


def draw_lines(painter: QPainter, lines: Floats) -> None:
    """Rows of x1, y1, x2, y2."""
    if len(lines):
        painter.drawLines(_first(lines, QLineF), len(lines))


def draw_rects(painter: QPainter, rects: Floats) -> None:
    """Rows of x, y, width, height."""
    if len(rects):
        painter.drawRects(_first(rects, QRectF), len(rects))


def _first(array: Floats, kind: type[_T]) -> _T:
    assert array.dtype == np.float64, "Qt reads doubles"
    assert array.flags.c_contiguous, "Qt reads row after row"
    return cast("_T", shiboken6.wrapInstance(array.ctypes.data, cast("type[object]", kind)))

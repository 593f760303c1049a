"""The panes beside the centre of the window, and the sides at which each may stand."""

from __future__ import annotations

from enum import StrEnum


class Pane(StrEnum):
    """What stands beside the centre; the names are those of the file."""

    INSPECTOR = "inspector"
    BOTTOM = "bottom"


class Side(StrEnum):
    """Where a pane stands, seen from the centre."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


SIDES: dict[Pane, tuple[Side, Side]] = {
    Pane.INSPECTOR: (Side.LEFT, Side.RIGHT),  # its columns are read downwards: it is no use as a strip
    Pane.BOTTOM: (Side.TOP, Side.BOTTOM),  # and the lists of this one are wide
}
"""The sides that each pane can be moved to: one before the centre and one after it."""

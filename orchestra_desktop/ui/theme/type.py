"""The sizes of text: one interface face, one for output, a role for each use."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtGui import QFont, QFontDatabase, QGuiApplication


class Face(StrEnum):
    """What a text is for. `numbers` and `figure` have numerals of one width, `strong` is the title of a small thing."""

    BODY = "body"
    SECONDARY = "secondary"
    LABEL = "label"
    HEADING = "heading"
    TITLE = "title"
    FIGURE = "figure"
    NUMBERS = "numbers"
    BRAND = "brand"
    STRONG = "strong"
    OUTPUT = "output"


# Pixels at an interface size of 13; the person's `appearance.font_size` moves all of them alike.
_PIXELS = {
    Face.BODY: 13.0,
    Face.SECONDARY: 12.5,
    Face.LABEL: 12.0,
    Face.HEADING: 15.0,
    Face.TITLE: 20.0,
    Face.FIGURE: 24.0,
    Face.NUMBERS: 13.0,
    Face.BRAND: 14.0,
    Face.STRONG: 13.0,
    Face.OUTPUT: 12.0,
}
_SEMIBOLD = {Face.HEADING, Face.TITLE, Face.FIGURE, Face.BRAND, Face.STRONG}
_TABULAR = {Face.FIGURE, Face.NUMBERS}
NORMAL_SIZE = 13


def font_of(face: Face, size: int = NORMAL_SIZE) -> QFont:
    """The font of a role. Half pixels are kept by setting points: `setPixelSize` takes whole ones only."""
    if face is Face.OUTPUT:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    else:
        font = QFont(QGuiApplication.font().family())
    font.setPointSizeF(_PIXELS[face] * size / NORMAL_SIZE * 72.0 / _dots_per_inch())
    font.setWeight(QFont.Weight.DemiBold if face in _SEMIBOLD else QFont.Weight.Normal)
    if face in _TABULAR:
        font.setFeature(QFont.Tag("tnum"), 1)
    return font


def _dots_per_inch() -> float:
    screens = QGuiApplication.screens()
    return screens[0].logicalDotsPerInch() if screens else 96.0

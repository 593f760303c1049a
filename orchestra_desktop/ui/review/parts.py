"""Small pieces that the parts of the review are made of: lines with an icon, facts, columns that scroll."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import PlainLabel, plain_label
from orchestra_desktop.ui.widgets.surfaces import Picture


def emptied(layout: QLayout) -> None:
    """Takes everything out of a layout and lets it go."""
    while (item := layout.takeAt(0)) is not None:
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            emptied(inner)


def scrolling(
    name: str, margins: tuple[int, int, int, int] = (16, 12, 16, 16), spacing: int = 8
) -> tuple[QScrollArea, QVBoxLayout]:
    """A column that scrolls up and down only, on the ground of what it stands in."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    inner = QWidget()
    inner.setProperty("kind", "scrolled")
    column = QVBoxLayout(inner)
    column.setContentsMargins(*margins)
    column.setSpacing(spacing)
    area.setWidget(inner)
    return area, column


_NAMES, _DOWN_TO_FIELD = (
    104,
    6,
)  # the width of a name, and how much lower the words of a field stand than those of a label


def line_with_icon(theme: Theme, icon: str, token: Token, word: str, words: str, link: Button | None = None) -> QWidget:
    """`⚠ warning   No task claims R4.   T2`: icon, word and colour say how grave it is."""
    line = QWidget()
    line.setAccessibleName(f"{word}: {words}")
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 2, 0, 2)
    row.setSpacing(8)
    top = Qt.AlignmentFlag.AlignTop
    row.addWidget(_lowered(Picture(theme, icon, 16, token)), 0, top)
    label = plain_label(word, theme, Face.SECONDARY, tone=_TONES.get(token, "secondary"))
    label.setFixedWidth(64)
    row.addWidget(label, 0, top)
    row.addWidget(plain_label(words, theme, Face.SECONDARY, wrap=True), 1, top)
    if link is not None:
        row.addWidget(link, 0, top)
    return line


_TONES = {Token.FAILED: "failed", Token.NEEDS_PERSON: "attention", Token.SUCCEEDED: "succeeded"}


def _lowered(picture: Picture) -> QWidget:
    """A picture of 16 pixels in the middle of a line of text."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 1, 0, 0)
    column.addWidget(picture)
    return holder


def fact(theme: Theme, name: str, value: QWidget) -> QWidget:
    """`Ceiling   $0.40`: a muted name in a column of its own, and what it is; the name stands beside its first line."""
    line = QWidget()
    row = QHBoxLayout(line)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    label = plain_label(name, theme, Face.SECONDARY, tone="muted", wrap=True)
    label.setFixedWidth(_NAMES)
    is_text = isinstance(value, PlainLabel)
    label.setContentsMargins(0, 0 if is_text else _DOWN_TO_FIELD, 0, 0)
    row.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(value, 1, Qt.AlignmentFlag.AlignTop)
    return line


def heading(theme: Theme, words: str) -> QWidget:
    return plain_label(words, theme, Face.STRONG)

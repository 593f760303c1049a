"""Pens, brushes and fonts of the picture, made from the tokens of the theme in force."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainterPath, QPen

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.theme.state_looks import STATE_LOOKS
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import StateLook, Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.viewmodels.graph_faces import Mark, NodeFace
from orchestra_desktop.viewmodels.graph_layout import NODE_HEIGHT, NODE_WIDTH

NODE_RADIUS = 8.0
BAR_WIDTH = 4.0

# What a node is coloured by: one number for each look, so that nodes of a colour are drawn in one call.
_LOOKS: tuple[StateLook, ...] = (
    StateLook(Token.WAITING, "clock"),  # planned
    *(STATE_LOOKS[state] for state in TaskState),
    StateLook(Token.SUCCEEDED, "plus"),
    StateLook(Token.NEEDS_PERSON, "edit"),
    StateLook(Token.FAILED, "minus"),
)
_OF_STATE = {state: number for number, state in enumerate(TaskState, start=1)}
_OF_MARK = {mark: len(_LOOKS) - 3 + at for at, mark in enumerate((Mark.ADDED, Mark.CHANGED, Mark.REMOVED))}


def look_code(face: NodeFace) -> int:
    """The number of a node's colour from afar: what changed, else its state."""
    if face.mark is not Mark.SAME:
        return _OF_MARK[face.mark]
    return _OF_STATE[face.state] if face.state is not None else 0


def state_look(face: NodeFace) -> StateLook:
    """Colour and icon of the node itself, whatever changed."""
    return _LOOKS[_OF_STATE[face.state]] if face.state is not None else _LOOKS[0]


def mark_token(mark: Mark) -> Token:
    return _LOOKS[_OF_MARK[mark]].token


@dataclass(frozen=True, slots=True)
class Ink:
    """One theme's. Widths are scene units; `hair` pens are one pixel at any zoom."""

    colours: dict[Token, QColor]
    by_code: tuple[QColor, ...]
    border: QPen
    edge: QPen
    edge_thin: QPen
    edge_hair: QPen
    path: QPen
    path_hair: QPen
    frame: QColor
    title: QFont
    line: QFont
    word: QFont
    frame_title: QFont


def make_ink(theme: Theme) -> Ink:
    colours = {token: theme.color(token) for token in Token}
    frame_title = theme.font(Face.LABEL)
    frame_title.setWeight(QFont.Weight.DemiBold)
    half = QColor(colours[Token.PANEL])
    half.setAlphaF(0.5)
    return Ink(
        colours=colours,
        by_code=tuple(colours[look.token] for look in _LOOKS),
        border=QPen(colours[Token.BORDER], 1.0),
        edge=_line(colours[Token.STRONG], 1.5),
        edge_thin=_hair(colours[Token.STRONG], 1.0),
        edge_hair=_hair(colours[Token.STRONG]),
        path=_line(colours[Token.ACCENT], 2.0),
        path_hair=_hair(colours[Token.ACCENT], 2.0),
        frame=half,
        title=theme.font(Face.STRONG),
        line=theme.font(Face.SECONDARY),
        word=theme.font(Face.LABEL),
        frame_title=frame_title,
    )


def _line(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap, Qt.PenJoinStyle.RoundJoin)


def _hair(colour: QColor, width: float = 0.0) -> QPen:
    pen = QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap)
    pen.setCosmetic(True)
    return pen


def sized(font: QFont, pixels: float) -> QFont:
    """The same face at a whole number of pixels."""
    copy = QFont(font)
    copy.setPixelSize(max(1, round(pixels)))
    return copy


def bar_path() -> QPainterPath:
    """The state bar: the node's left edge, rounded as the node is."""
    node, bar = QPainterPath(), QPainterPath()
    node.addRoundedRect(QRectF(0, 0, NODE_WIDTH, NODE_HEIGHT), NODE_RADIUS, NODE_RADIUS)
    bar.addRect(QRectF(0, 0, BAR_WIDTH, NODE_HEIGHT))
    return node.intersected(bar)

"""The texts of nodes, cut to their room and laid out once: drawing them again costs next to nothing."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QStaticText

from orchestra_desktop.ui.canvas import captions
from orchestra_desktop.ui.canvas.drawn_graph import DrawnGraph
from orchestra_desktop.ui.canvas.ink import Ink, sized
from orchestra_desktop.viewmodels.graph_faces import NodeFace
from orchestra_desktop.viewmodels.graph_layout import NODE_WIDTH
from orchestra_desktop.viewmodels.harmless import harmless

SIDE = 14.0  # from a node's edge to its words
TITLE_LEFT = 36.0  # behind the icon
BADGE_SIDE, BADGE_GAP = 8.0, 8.0
_WORD_GAP = 12.0
_MOST_KEPT = 4_000


@dataclass(frozen=True, slots=True)
class NearTexts:
    """Of a node seen near; widths in scene units. The progress bar has room from `bar_left` to `bar_right`."""

    title: QStaticText
    line: QStaticText
    word: QStaticText
    id: QStaticText
    id_width: float
    badge: str
    badge_width: float
    bar_left: float
    bar_right: float


class NodeTexts:
    """Kept until a node's face changes; those with a running clock are laid out anew each second."""

    def __init__(self, drawn: DrawnGraph, ink: Ink) -> None:
        self._drawn = drawn
        self._ink = ink
        self._title, self._line, self._word = (QFontMetricsF(font) for font in (ink.title, ink.line, ink.word))
        self._near: dict[int, tuple[str, NearTexts]] = {}
        self._middle: dict[tuple[int, int, int], QStaticText] = {}
        self._words: dict[tuple[str, int], QStaticText] = {}
        self._fonts: dict[int, tuple[QFont, QFontMetricsF]] = {}
        self._word_fonts: dict[int, QFont] = {}

    def forget(self, at: int) -> None:
        """The node's face has changed."""
        self._near.pop(at, None)
        self._middle = {key: text for key, text in self._middle.items() if key[0] != at}

    # -- near -------------------------------------------------------------------------------------------------------

    def near(self, at: int) -> NearTexts:
        face = self._drawn.faces[at]
        line = captions.line(face, self._drawn.now())
        kept = self._near.get(at)
        if kept is None or kept[0] != line:
            if len(self._near) > _MOST_KEPT:
                self._near.clear()
            kept = self._near[at] = line, self._laid_out(face, line)
        return kept[1]

    def _laid_out(self, face: NodeFace, line: str) -> NearTexts:
        badge = captions.badge(face)
        badge_width = max(self._word.horizontalAdvance(badge) + 2 * BADGE_SIDE, 28.0) if badge else 0.0
        title_room = NODE_WIDTH - TITLE_LEFT - SIDE - (badge_width + BADGE_GAP if badge else 0.0)
        word = captions.word(face, self._drawn.word)
        id_ = _elided(self._word, harmless(face.id), 64.0)
        id_width = self._word.horizontalAdvance(id_)
        word = _elided(self._word, word, NODE_WIDTH - 2 * SIDE - id_width - _WORD_GAP)
        return NearTexts(
            title=static_text(_elided(self._title, captions.title(face), title_room), self._ink.title),
            line=static_text(_elided(self._line, line, NODE_WIDTH - 2 * SIDE), self._ink.line),
            word=static_text(word, self._ink.word),
            id=static_text(id_, self._ink.word),
            id_width=id_width,
            badge=badge,
            badge_width=badge_width,
            bar_left=SIDE + self._word.horizontalAdvance(word) + _WORD_GAP,
            bar_right=NODE_WIDTH - SIDE - id_width - _WORD_GAP,
        )

    # -- from the middle distance -----------------------------------------------------------------------------------

    def middle_title(self, at: int, pixels: int, width: int) -> QStaticText:
        """The title at a size of the screen, cut to `width` pixels."""
        key = (at, pixels, width)
        found = self._middle.get(key)
        if found is None:
            if len(self._middle) > _MOST_KEPT:
                self._middle.clear()
            font, metrics = self._sized(pixels)
            text = _elided(metrics, captions.title(self._drawn.faces[at]), width)
            found = self._middle[key] = static_text(text, font)
        return found

    def middle_word(self, at: int, pixels: int) -> QStaticText:
        word = captions.word(self._drawn.faces[at], self._drawn.word)
        found = self._words.get((word, pixels))
        if found is None:
            found = self._words[(word, pixels)] = static_text(word, self.word_font(pixels))
        return found

    def title_font(self, pixels: int) -> QFont:
        return self._sized(pixels)[0]

    def word_font(self, pixels: int) -> QFont:
        if pixels not in self._word_fonts:
            self._word_fonts[pixels] = sized(self._ink.word, pixels)
        return self._word_fonts[pixels]

    def _sized(self, pixels: int) -> tuple[QFont, QFontMetricsF]:
        if pixels not in self._fonts:
            font = sized(self._ink.title, pixels)
            self._fonts[pixels] = font, QFontMetricsF(font)
        return self._fonts[pixels]


def static_text(words: str, font: QFont) -> QStaticText:
    """Plain text whatever it looks like: titles come from models."""
    text = QStaticText(words)
    text.setTextFormat(Qt.TextFormat.PlainText)
    text.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
    text.prepare(font=font)
    return text


def _elided(metrics: QFontMetricsF, words: str, width: float) -> str:
    return metrics.elidedText(words, Qt.TextElideMode.ElideRight, width)

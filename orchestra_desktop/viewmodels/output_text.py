"""A model's text made ready for a text widget: control characters harmless, lines short enough to lay out at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from orchestra_desktop.domain.messages import Message
from orchestra_desktop.viewmodels.harmless import harmless_lines

LONGEST_LINE = 1_000  # characters of one paragraph: a widget lays a paragraph out whole whenever it grows
MOST_SHOWN = 200_000  # characters of one output that the inspector shows; the rest is opened in full
LEEWAY = 200  # characters in which a space is waited for before a word is cut
_SPACE = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line. `soft` says that the line goes on in the next piece: the break is only for the widget."""

    text: str
    soft: bool = False


class SoftBreaks:
    """Cuts a growing text into lines that a widget can bear; remembers how long the last one is.

    300 KB without a space in one paragraph block a text widget for over 20 seconds. A line that has grown past
    `longest` is cut at its next space, or `LEEWAY` characters later where none comes. Where it is cut depends on the
    text alone, not on the pieces in which it arrives.
    """

    def __init__(self, longest: int = LONGEST_LINE) -> None:
        self._longest = longest
        self._column = 0

    def pieces(self, text: str) -> Iterator[Piece]:
        """The lines of `text`; the first goes on where the text before ended, the last has no end yet."""
        lines = text.split("\n")
        for number, line in enumerate(lines):
            yield from self._cut(line)
            if number < len(lines) - 1:
                self._column = 0

    def _cut(self, line: str) -> Iterator[Piece]:
        while (cut := self._place(line)) is not None:
            yield Piece(line[:cut], soft=True)
            line, self._column = line[cut:], 0
        self._column += len(line)
        yield Piece(line)

    def _place(self, line: str) -> int | None:
        """Where to cut; None while the line is short enough or may still come to a space."""
        most = self._longest + LEEWAY - self._column
        space = _SPACE.search(line, max(0, self._longest - self._column), max(0, most))
        if space is not None:
            return space.end()
        return most if len(line) > most else None

    def start_over(self) -> None:
        """The next text begins a line."""
        self._column = 0


def thinking_of(message: Message) -> str:
    """What the model said of its thinking, from the provider's own blocks; empty where it said nothing."""
    found = [block.get("thinking") for block in message.native]
    return "\n\n".join(part.strip() for part in found if isinstance(part, str) and part.strip())


def shown_text(text: str) -> str:
    """As it is shown: what steers a terminal or the reading direction becomes visible."""
    return harmless_lines(text)


def tail(text: str, most: int = MOST_SHOWN) -> tuple[str, bool]:
    """The end of a long text, from the beginning of a line where there is one near; and whether something was left."""
    if len(text) <= most:
        return text, False
    start = len(text) - most
    newline = text.find("\n", start, start + 2_000)
    return text[newline + 1 if newline >= 0 else start :], True

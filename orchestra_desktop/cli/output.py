"""Prints for people and for scripts: nothing that was written by others steers the terminal, on any locale."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

from orchestra_desktop.viewmodels.harmless import harmless, harmless_lines

_CLEAR_LINE = "\r\x1b[K"
_LONGEST_CELL = 60


class Output:
    """Standard output and standard error of one command."""

    def __init__(self, out: TextIO, err: TextIO) -> None:
        self._out = _forgiving(out)
        self._err = _forgiving(err)
        self.has_terminal = out.isatty()
        self.shows_progress = err.isatty()
        self._bar = ""

    # -- lines ------------------------------------------------------------------------------------------------------

    def line(self, text: str = "") -> None:
        """One or several lines for people."""
        with self._without_bar():
            self._out.write(f"{harmless_lines(text)}\n")

    def lines(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.line(text)

    def json(self, data: Any) -> None:
        """One object. ASCII alone: it is valid JSON in every encoding, and steers no terminal."""
        self._out.write(f"{json.dumps(data, indent=2)}\n")

    def json_line(self, data: Any) -> None:
        """One object on one line, out at once."""
        with self._without_bar():
            self._out.write(f"{json.dumps(data, separators=(',', ':'))}\n")
            self._out.flush()

    def content(self, text: str) -> None:
        """What a task made: as it is for a file or pipe, harmless on a terminal; ends with a line feed."""
        self._out.write(harmless_lines(text) if self.has_terminal else text)
        if not text.endswith("\n"):
            self._out.write("\n")

    def bytes(self, content: bytes) -> None:
        """A file byte for byte."""
        self._out.flush()
        buffer = getattr(self._out, "buffer", None)
        if buffer is None:  # standard output was replaced by something that takes text alone
            self._out.write(content.decode("utf-8", "backslashreplace"))
        else:
            buffer.write(content)
            buffer.flush()

    def note(self, text: str) -> None:
        """One line on standard error."""
        with self._without_bar(), contextlib.suppress(OSError):
            self._out.flush()
            self._err.write(f"{harmless(text)}\n")
            self._err.flush()

    # -- progress ---------------------------------------------------------------------------------------------------

    def progress(self, text: str) -> None:
        """Replaces the line of progress on standard error; nothing where that is no terminal."""
        if self.shows_progress and text != self._bar:
            self._bar = harmless(text)
            self._err.write(f"{_CLEAR_LINE}{self._bar[: _columns() - 1]}")
            self._err.flush()

    def end_progress(self) -> None:
        if self._bar:
            self._bar = ""
            self._err.write(_CLEAR_LINE)
            self._err.flush()

    @contextlib.contextmanager
    def _without_bar(self) -> Any:
        """The line of progress gives way to what is printed and comes back below it."""
        bar = self._bar
        self.end_progress()
        yield
        if bar:
            self._out.flush()
            self.progress(bar)

    def sync(self) -> None:
        """What was printed is out: a reader of a pipe sees it now."""
        self._out.flush()

    # -- the end ----------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Raises BrokenPipeError if whoever read has gone."""
        self.end_progress()
        self._out.flush()

    def abandon(self) -> None:
        """Whoever read has gone: the interpreter must not fail on it once more at its end."""
        with contextlib.suppress(OSError, ValueError):
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self._out.fileno())
            os.close(nowhere)


def _forgiving(stream: TextIO) -> TextIO:
    """What the locale cannot say is escaped instead of raised."""
    if isinstance(stream, io.TextIOWrapper) and stream.errors != "backslashreplace":
        stream.reconfigure(errors="backslashreplace")
    return stream


def _columns() -> int:
    try:
        return os.get_terminal_size(sys.stderr.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


# -- tables ---------------------------------------------------------------------------------------------------------


def table(head: Sequence[str], rows: Sequence[Sequence[str]], right: Iterable[str] = ()) -> list[str]:
    """Aligned columns; those named in `right` stand at their right edge. Long cells are elided."""
    numbers = {head.index(name) for name in right}
    cells = [list(head), *([elided(cell) for cell in row] for row in rows)]
    widths = [max(width(row[place]) for row in cells) for place in range(len(head))]
    return [_row(row, widths, numbers) for row in cells]


def _row(cells: Sequence[str], widths: Sequence[int], right: set[int]) -> str:
    padded = []
    for place, cell in enumerate(cells):
        gap = " " * (widths[place] - width(cell))
        padded.append(gap + cell if place in right else cell + gap)
    return "  ".join(padded).rstrip()


def width(text: str) -> int:
    """Columns on a terminal: wide East Asian characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text
    )


def elided(text: str, most: int = _LONGEST_CELL) -> str:
    """One line of at most so many characters, the rest shown as an ellipsis."""
    line = harmless(text)
    return line if len(line) <= most else f"{line[: most - 1]}…"

"""Reads the requirements that `plan` and `run` are given: a file, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import BinaryIO

from orchestra_desktop.cli.exit_codes import WRONG_INPUT, VerbFailed

STANDARD_INPUT = "-"
MAX_BYTES = 1_000_000


def is_file(given: str) -> bool:
    """Whether this names something to read rather than a project; a folder does not."""
    if given == STANDARD_INPUT:
        return True
    try:
        return Path(given).exists() and not Path(given).is_dir()
    except (OSError, ValueError):  # a name that no file can have
        return False


def read(given: str, stdin: str | None) -> str:
    """The requirements. Raises VerbFailed, saying which file and where in it."""
    if given == STANDARD_INPUT:
        return stdin or ""
    path = Path(given)
    try:
        with path.open("rb") as file:
            return _text(file, given)
    except (OSError, ValueError) as error:
        detail = getattr(error, "strerror", None) or str(error)
        raise VerbFailed(WRONG_INPUT, f"{given} cannot be read: {detail}") from None


def read_standard_input() -> str:
    """Called before the event loop begins: a blocked read would keep Ctrl-C from being heard."""
    buffer = getattr(sys.stdin, "buffer", None)
    return sys.stdin.read(MAX_BYTES + 1) if buffer is None else _text(buffer, "standard input")


def _text(file: BinaryIO, name: str) -> str:
    content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise VerbFailed(WRONG_INPUT, f"{name} is longer than {MAX_BYTES:,} bytes; shorten or split the requirements")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise VerbFailed(WRONG_INPUT, f"{name} is not UTF-8 text (line {line})") from None

"""Makes the text of others harmless to show: control characters become visible and steer nothing."""

from __future__ import annotations

import re

# C0 and C1 controls, delete, line and paragraph separators, marks that turn the reading direction, lone surrogates.
_STEERING = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")
_SPACES = re.compile(r"[\t\r\n]+")


def harmless(text: str) -> str:
    r"""One line: runs of tabs and line ends are one space, every other control character its escape, as `\x1b`."""
    return _STEERING.sub(_escape, _SPACES.sub(" ", text))


def harmless_lines(text: str) -> str:
    """Several lines: as `harmless`, but line feeds and tabs stay."""
    return _STEERING.sub(_escape_in_lines, text.replace("\r\n", "\n"))


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _escape_in_lines(found: re.Match[str]) -> str:
    return found.group() if found.group() in "\n\t" else _escape(found)

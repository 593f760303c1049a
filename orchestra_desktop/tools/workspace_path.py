"""Reads the path that a model gave: refuses every spelling that some system would take for another place.

The rules are the same on every system, so that a plan made on one runs on another and a workspace can be moved. They
are the first of two walls: even a path that passed here is opened component by component without following links.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from orchestra_desktop.tools.protected_names import why_protected
from orchestra_desktop.tools.refusal import refused, shown

MAX_CHARACTERS = 1_024
MAX_PARTS = 32
MAX_PART_BYTES = 255  # of UTF-8: the limit of most file systems; Windows counts 255 UTF-16 units, which is never less

_HOW = "Give a path relative to the workspace, with forward slashes, such as src/app.py."

# Device names of Windows: reserved in each folder, with any extension. COM1 may be written with a superscript one.
_DEVICES = frozenset({"con", "prn", "aux", "nul", "conin$", "conout$", "clock$"}) | frozenset(
    f"{port}{number}" for port in ("com", "lpt") for number in range(10)
)

# GIT~1 opens .git on a Windows disk that keeps short names.
_SHORT_NAME = re.compile(r"[^.]{1,7}~\d{1,6}(\.[^.]{0,3})?")

# Characters that file systems leave out when they compare names, and that are not of category Cf.
_IGNORED = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0000-\U000e0fff]")

# Control, format (bidi marks, zero width), surrogate, unassigned, line and paragraph separators. Private use too: some
# systems store a forbidden character (a colon, a trailing dot) under such a code.
_BAD_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"})

_BAD_CHARACTERS = frozenset('<>"|?*')  # no name on Windows may hold them


@dataclass(frozen=True, slots=True)
class WorkspacePath:
    """A path within the workspace: components in Unicode form NFC, none of them `.` or `..`."""

    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The one spelling under which the program knows this file."""
        return "/".join(self.parts)

    @property
    def key(self) -> str:
        """Equal for all paths that some file system takes for one file."""
        return "/".join(same_name_key(part) for part in self.parts)

    @property
    def folders(self) -> tuple[str, ...]:
        return self.parts[:-1]

    @property
    def name(self) -> str:
        return self.parts[-1]


def same_name_key(name: str) -> str:
    """Equal for names that differ in case or Unicode form alone."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", name).casefold())


def parse_path(given: str) -> WorkspacePath:
    """Raises ToolError, with a sentence for the model, for every path that is not plainly inside."""
    _check_whole(given)
    text = unicodedata.normalize("NFC", given)
    if not text.isascii():
        _check_whole(text)  # composing may bring a character to light that is refused
    parts = tuple(part for part in text.split("/") if part not in {"", "."})
    if not parts or text.endswith(("/", "/.")):
        raise refused(f"{shown(given)} names no file. {_HOW}")
    if len(parts) > MAX_PARTS:
        raise refused(f"{shown(given)} is nested deeper than {MAX_PARTS} folders.")
    path = WorkspacePath(parts)
    for part in path.folders:
        _check_part(part, given, is_file=False)
    _check_part(path.name, given, is_file=True)
    return path


def _check_whole(text: str) -> None:
    for is_bad, why in _WHOLE_RULES:
        if is_bad(text):
            raise refused(f"The path {shown(text)} is refused: {why}. {_HOW}")


def _check_part(part: str, given: str, *, is_file: bool) -> None:
    for is_bad, why in _PART_RULES:
        if is_bad(part):
            raise refused(f"The path {shown(given)} is refused: {shown(part)} {why}. {_HOW}")
    protected = why_protected(part, is_file=is_file)
    if protected is not None:
        raise refused(f"The path {shown(given)} is refused: {shown(part)} is protected ({protected}). Do without it.")


def _is_device(part: str) -> bool:
    stem = unicodedata.normalize("NFKC", part).casefold().split(".", 1)[0]
    return stem.strip() in _DEVICES


def _has_invisible(text: str) -> bool:
    if text.isascii():
        return not text.isprintable()
    return bool(_IGNORED.search(text)) or any(unicodedata.category(c) in _BAD_CATEGORIES for c in text)


_Rule = tuple[Callable[[str], bool], str]

_WHOLE_RULES: tuple[_Rule, ...] = (
    (lambda text: not text, "it is empty"),
    (lambda text: len(text) > MAX_CHARACTERS, f"it is longer than {MAX_CHARACTERS} characters"),
    (_has_invisible, "it holds control, invisible or unassigned characters"),
    (lambda text: "\\" in text, "it holds a backslash"),
    (lambda text: ":" in text, "it holds a colon (a drive, an address or a second stream of a file)"),
    (lambda text: text.startswith("/"), "it is absolute"),
    (lambda text: text.startswith("~"), "it begins with ~"),
)

_PART_RULES: tuple[_Rule, ...] = (
    (lambda part: part == "..", "leads out of its folder"),
    (lambda part: part.startswith(".."), "begins with two dots"),
    (lambda part: part.endswith(".") or part != part.rstrip(), "ends with a dot or a blank"),
    (lambda part: part != part.lstrip(), "begins with a blank"),
    (lambda part: not _BAD_CHARACTERS.isdisjoint(part), "holds one of the characters " + " ".join('<>"|?*')),
    (lambda part: len(part.encode()) > MAX_PART_BYTES, f"is longer than {MAX_PART_BYTES} bytes"),
    (_is_device, "is the name of a device on Windows"),
    (lambda part: bool(_SHORT_NAME.fullmatch(part)), "is the short form of another name on Windows"),
)

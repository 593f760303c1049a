"""Reads single values out of whatever JSON a planner wrote, so that every field of a plan has its right type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from enum import StrEnum
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)

# Surrogates cannot be stored as UTF-8, and control characters but tab and newline are never meant.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SEPARATORS = re.compile(r"[,;\n]")


def clean(text: str) -> str:
    """The text with Unix line ends and without characters that cannot be stored or shown."""
    return _UNSTORABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_of(value: object) -> str:
    """A string as it is, a number in digits, anything else as nothing."""
    if isinstance(value, str):
        return clean(value).strip()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def first_text(data: Mapping[str, Any], *names: str) -> str:
    """The first of these fields that holds text."""
    return next((found for name in names if (found := text_of(data.get(name)))), "")


def names_of(value: object) -> tuple[str, ...]:
    """A list of short texts, each once; one string is taken as a list with commas or lines."""
    if isinstance(value, str):
        value = _SEPARATORS.split(value)
    if not isinstance(value, list):
        return ()
    return tuple(dict.fromkeys(name for entry in value if (name := _name(entry))))


def _name(entry: object) -> str:
    if isinstance(entry, dict):  # {"path": …}, {"id": …}, {"name": …}
        entry = first_text(entry, "id", "name", "path", "title")
    return " ".join(text_of(entry).split())


def records_of(value: object) -> tuple[dict[str, Any], ...]:
    """The objects of a list; what is no object is left out."""
    return tuple(entry for entry in value if isinstance(entry, dict)) if isinstance(value, list) else ()


def choice_of(value: object, kind: type[E], synonyms: Mapping[str, E]) -> E | None:
    """The member that is meant: exact, by synonym, or by a slip of the keyboard; None for anything else."""
    word = re.sub(r"[\s-]+", "_", text_of(value).casefold())
    if word in kind._value2member_map_:
        return kind(word)
    if word in synonyms:
        return synonyms[word]
    known = [member.value for member in kind] + list(synonyms)
    close = get_close_matches(word[:40], known, n=1, cutoff=0.8) if word else []
    return (synonyms.get(close[0]) or kind(close[0])) if close else None


def number_of(value: object, lowest: int, highest: int) -> int | None:
    """A whole number within its bounds; None for anything else."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and isinstance(value, int) and lowest <= value <= highest else None


def place_of(value: object) -> tuple[float, float] | None:
    """Two finite coordinates of a sane size."""
    match value:
        case [int() | float() as x, int() | float() as y] if _coordinate(x) and _coordinate(y):
            return float(x), float(y)
        case _:
            return None


def _coordinate(value: float) -> bool:
    return not isinstance(value, bool) and -1e6 <= value <= 1e6  # false for NaN too

"""Finds what somebody means from a few letters: all of them in order, best where words begin and letters follow on."""

from __future__ import annotations

_START, _WORD, _NEXT, _LETTER = 12, 8, 10, 1


def score(wanted: str, name: str) -> int | None:
    """How well `wanted` fits, higher is better; None if its letters do not occur in order. Spaces do not count."""
    letters = [letter for letter in wanted.casefold() if not letter.isspace()]
    text = name.casefold()
    if not letters:
        return 0
    best = max((_from(text, letters, at) for at in _starts(text, letters[0])), default=None)
    return None if best is None or best < 0 else best - len(text) // 8


def _starts(text: str, letter: str) -> list[int]:
    found = [at for at, other in enumerate(text) if other == letter]
    return found[:12]


def _from(text: str, letters: list[str], first: int) -> int:
    """Taking each letter at the next place it occurs, preferring beginnings of words; -1 if one is missing."""
    points, before = 0, first - 2
    for letter in letters:
        at = _next(text, letter, before + 1 if before >= first else first)
        if at < 0:
            return -1
        points += _LETTER + (_START if at == 0 else _WORD if not text[at - 1].isalnum() else 0)
        points += _NEXT if at == before + 1 else 0
        before = at
    return points


def _next(text: str, letter: str, after: int) -> int:
    plain = text.find(letter, after)
    if plain == after:
        return plain
    word = text.find(f" {letter}", max(after - 1, 0))
    return word + 1 if word >= 0 else plain

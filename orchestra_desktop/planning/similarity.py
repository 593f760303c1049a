"""Finds which text of an edited list is which of the list before."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

ALIKE = 0.5  # share of common letter triples from which on two texts are taken for one that was edited
_COMPARED_CHARACTERS = 2_000
_PAIRS_AT_ONCE = 250_000  # beyond it only neighbours in the list are compared, to stay quick
_NEIGHBOURHOOD = 50


def best_matches(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    """Places in `after` -> places in `before`, each used once: equal texts in their order, then the most alike."""
    matches = _equal(before, after)
    old = sorted(set(range(len(before))) - set(matches.values()))
    new = [place for place in range(len(after)) if place not in matches]
    scored = sorted(_scores(before, after, old, new))
    used: set[int] = set()
    for _, _, place, earlier in scored:
        if place not in matches and earlier not in used:
            matches[place] = earlier
            used.add(earlier)
    return matches


def _equal(before: Sequence[str], after: Sequence[str]) -> dict[int, int]:
    places: dict[str, deque[int]] = defaultdict(deque)
    for place, text in enumerate(before):
        places[text].append(place)
    return {place: places[text].popleft() for place, text in enumerate(after) if places.get(text)}


def _scores(
    before: Sequence[str], after: Sequence[str], old: Sequence[int], new: Sequence[int]
) -> Iterator[tuple[float, int, int, int]]:
    """(minus likeness, distance, place after, place before) of every pair that is alike."""
    everyone = len(old) * len(new) <= _PAIRS_AT_ONCE
    triples_before = {place: triples(before[place]) for place in old}
    for place in new:
        mine = triples(after[place])
        for earlier in old:
            if everyone or abs(earlier - place) <= _NEIGHBOURHOOD:
                likeness = _dice(mine, triples_before[earlier])
                if likeness >= ALIKE:
                    yield -likeness, abs(earlier - place), place, earlier


def triples(text: str) -> frozenset[str]:
    """Runs of three characters, case and white space aside: words would fail languages that write without spaces."""
    plain = f" {' '.join(text[:_COMPARED_CHARACTERS].casefold().split())} "
    return frozenset(plain[start : start + 3] for start in range(max(len(plain) - 2, 1)))


def _dice(one: frozenset[str], other: frozenset[str]) -> float:
    """2 |A ∩ B| / (|A| + |B|) (Dice 1945)."""
    return 2 * len(one & other) / (len(one) + len(other))


def likeness(one: str, other: str) -> float:
    """0 for nothing in common, 1 for the same letters in the same order, nearly."""
    return _dice(triples(one), triples(other))

"""The prompt cache of the Claude stand-in: which part of a prompt is read, which is written, which is plain input."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.billing import Usage
from tests.fakes.claude_prompt import Piece, digests_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LOOK_BACK = 20
"""How many blocks before a breakpoint the service looks for an earlier entry."""

SECONDS: Mapping[str, float] = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, slots=True)
class CachePlan:
    """How a prompt meets the cache; `entries` (key, ttl) become readable once the answer begins."""

    usage: Usage
    entries: tuple[tuple[tuple[str, str], str], ...]


class PrefixCache:
    """Entries by model and content of the prefix; each lives 5 minutes or an hour from its last use."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._alive_until: dict[tuple[str, str], float] = {}

    def plan(self, model: str, pieces: Sequence[Piece], extra: int, shortest: int) -> CachePlan:
        """Split a prompt of these pieces plus `extra` tokens; prefixes below `shortest` tokens are not cached."""
        keys = [(model, digest) for digest in digests_of(pieces)]
        lengths = _running_lengths(pieces)
        marks = [place for place, piece in enumerate(pieces) if piece.ttl and lengths[place] >= shortest]
        read_place = self._longest_known(keys, marks)
        read = lengths[read_place] if read_place is not None else 0
        written = _written(pieces, lengths, marks, read)
        rest = (lengths[-1] if lengths else 0) - read - sum(written.values()) + extra
        usage = Usage(rest, written["5m"], written["1h"], read)
        return CachePlan(usage, self._entries(pieces, keys, marks, read_place))

    def store(self, plan: CachePlan) -> None:
        """The answer has begun: what it wrote can be read from now on, what it read lives on."""
        for key, ttl in plan.entries:
            self._alive_until[key] = max(self._alive_until.get(key, 0.0), self._clock() + SECONDS[ttl])

    def _longest_known(self, keys: Sequence[tuple[str, str]], marks: Sequence[int]) -> int | None:
        places = {place for mark in marks for place in range(max(0, mark - LOOK_BACK), mark + 1)}
        known = [place for place in places if self._alive_until.get(keys[place], 0.0) > self._clock()]
        return max(known, default=None)

    def _entries(
        self, pieces: Sequence[Piece], keys: Sequence[tuple[str, str]], marks: Sequence[int], read: int | None
    ) -> tuple[tuple[tuple[str, str], str], ...]:
        stored = [(keys[place], pieces[place].ttl or "5m") for place in marks]
        return tuple(stored if read is None or read in marks else [*stored, (keys[read], "5m")])


def _running_lengths(pieces: Sequence[Piece]) -> list[int]:
    total = 0
    lengths = []
    for piece in pieces:
        total += piece.tokens
        lengths.append(total)
    return lengths


def _written(pieces: Sequence[Piece], lengths: Sequence[int], marks: Sequence[int], read: int) -> dict[str, int]:
    written = {"5m": 0, "1h": 0}
    reached = read
    for place in marks:
        if lengths[place] > reached:
            written[pieces[place].ttl or "5m"] += lengths[place] - reached
            reached = lengths[place]
    return written

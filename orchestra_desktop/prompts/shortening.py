"""Fits results into a budget of tokens: whole where they fit, shortened at a sentence where they do not."""

from __future__ import annotations

import re
from collections.abc import Sequence

BYTES_PER_TOKEN = 4  # a measure, not a count: the services count for themselves, and no local tokenizer is theirs

_SENTENCE_END = re.compile(r"(?:[.!?…][\"')\]]*(?=\s))|[。！？]|\n")


def token_estimate(text: str) -> int:
    """Tokens by measure: a quarter of the UTF-8 bytes, rounded up."""
    return bytes_estimate(size_in_bytes(text))


def bytes_estimate(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)


def size_in_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def shares(sizes: Sequence[int], room: int) -> list[int]:
    """How much of `room` each size gets: small ones all they need, what is left is split evenly among the large.

    Shares in proportion to size were rejected: one long result would squeeze a dozen short ones that decide more.
    """
    if sum(sizes) <= room:
        return list(sizes)
    given = [0] * len(sizes)
    left = max(room, 0)
    ascending = sorted(range(len(sizes)), key=lambda index: sizes[index])
    for place, index in enumerate(ascending):
        given[index] = min(sizes[index], left // (len(sizes) - place))
        left -= given[index]
    return given


def shortened(text: str, limit: int) -> str:
    """The beginning of the text within `limit` bytes, ended at a sentence if one ends in the second half of it."""
    if size_in_bytes(text) <= limit:
        return text
    start = text.encode("utf-8", "replace")[: max(limit, 0)].decode("utf-8", "ignore")
    ends = [match.end() for match in _SENTENCE_END.finditer(start)]
    if ends and ends[-1] * 2 >= len(start):
        return start[: ends[-1]].rstrip()
    word, _, _ = start.rpartition(" ")
    return (word if len(word) * 2 >= len(start) else start).rstrip()

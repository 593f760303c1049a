"""Spans, sizes and caps are written as people write them."""

from __future__ import annotations

import pytest

from orchestra_desktop.viewmodels.amounts import cap, plural, size, span
from orchestra_desktop.viewmodels.harmless import harmless, harmless_lines


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        *((0, "0 s"), (0.04, "0 s"), (0.4, "0.4 s"), (1.0, "1 s"), (9.94, "9.9 s"), (9.96, "10 s"), (38.2, "38 s")),
        *((59.4, "59 s"), (59.6, "1:00"), (72, "1:12"), (3599.6, "1:00:00"), (7509, "2:05:09"), (-5, "-5 s")),
    ],
)
def test_spans(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_sizes_caps_and_numbers() -> None:
    assert [size(n) for n in (0, 1, 999, 8_100, 2_000_000)] == ["0 bytes", "1 byte", "999 bytes", "8.1 KB", "2.0 MB"]
    assert [cap(n) for n in (None, 0, 500_000_000)] == ["none", "$0 (no paid call)", "$0.50"]
    assert [plural(1, "task"), plural(1_200, "task"), plural(2, "reply", "replies")] == [
        "1 task",
        "1,200 tasks",
        "2 replies",
    ]


def test_harmless_text_shows_what_it_would_have_done() -> None:
    assert harmless("a\r\n\tb\x1b[1m\x85\u2028c") == "a b\\x1b[1m\\x85\\u2028c"
    assert harmless_lines("a\r\nb\tc\rd") == "a\nb\tc\\x0dd"
    assert harmless("Grüße 🎉") == "Grüße 🎉"

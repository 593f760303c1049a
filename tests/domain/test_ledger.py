"""A ledger line counts what it came to, and at its whole reservation while nobody knows."""

from __future__ import annotations

import pytest

from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LedgerLine, LineOpened, LineSettled, LineState, Purpose
from orchestra_desktop.domain.messages import ModelRequest, SystemBlock, Usage, request_bytes
from orchestra_desktop.domain.periods import Period

OPENED = LineOpened(
    CallId("c"), 0, Period("2026-11-23"), None, None, None, None, Purpose.TASK, "anthropic", "m", "haiku", 1_000
)


@pytest.mark.parametrize(
    ("settled", "state", "counts"),
    [
        (None, LineState.OPEN, 1_000),
        (LineSettled(CallId("c"), 1, LineState.CHARGED, 250), LineState.CHARGED, 250),
        (LineSettled(CallId("c"), 1, LineState.CHARGED, 1_700), LineState.CHARGED, 1_700),
        (LineSettled(CallId("c"), 1, LineState.VOIDED), LineState.VOIDED, 0),
        (LineSettled(CallId("c"), 1, LineState.UNCONFIRMED, usage=Usage(5, 5)), LineState.UNCONFIRMED, 1_000),
    ],
)
def test_a_line_counts_by_its_state(settled: LineSettled | None, state: LineState, counts: int) -> None:
    line = LedgerLine(OPENED, settled)
    assert (line.state, line.counts) == (state, counts)


@pytest.mark.parametrize(
    ("usage", "sane"),
    [
        (Usage(100, 50), True),
        (Usage(60, 50, 20, 10, 10), True),
        (Usage(-1, 50), False),
        (Usage(1, -50), False),
        (Usage(61, 50, 20, 10, 10), False),  # more prompt than the model takes
        (Usage(1, 51), False),
    ],
)
def test_a_usage_is_plausible_within_what_the_model_can_do(usage: Usage, sane: bool) -> None:
    assert usage.is_sane(max_prompt=100, max_output=50) is sane


def test_a_request_is_measured_in_bytes_of_utf8_whatever_it_contains() -> None:
    def measured(words: str) -> int:
        return request_bytes(ModelRequest("m", (SystemBlock(words),), (), 100))

    assert measured("ü" * 10) - measured("u" * 10) == 10
    assert measured("🎻") - measured("u") == 3
    assert measured("\ud800") > measured("")

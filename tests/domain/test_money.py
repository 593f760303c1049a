"""Amounts: exact in both directions, refused when they are none, shown as people read them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.money import PER_DOLLAR, from_dollars, in_dollars, shown

AMOUNTS = st.integers(min_value=0, max_value=1_000_000 * PER_DOLLAR)


@given(AMOUNTS)
def test_every_amount_survives_the_way_to_dollars_and_back(nanos: int) -> None:
    assert from_dollars(in_dollars(nanos)) == nanos
    assert from_dollars(f"{in_dollars(nanos):.9f}") == nanos
    assert from_dollars(f" ${in_dollars(nanos):f} ") == nanos


@pytest.mark.parametrize(
    ("written", "nanos"),
    [("1.20", 1_200_000_000), ("0.000000001", 1), (5, 5 * PER_DOLLAR), ("$3", 3 * PER_DOLLAR), ("0", 0), ("-0", 0)],
)
def test_amounts_are_read_as_people_write_them(written: str | int, nanos: int) -> None:
    assert from_dollars(written) == nanos


@pytest.mark.parametrize(
    "written",
    [
        *["", "abc", "1,50", "-1", "-0.01", "nan", "sNaN", "inf", "1000000.01", "$$1", "1.2.3"],
        "0.0000000001",  # finer than a nano-dollar
        "1.00000000000000000000000000000000001",  # finer than decimal arithmetic keeps
        "1e-9999999",  # underflows to nothing, and a cap of nothing blocks everything
        "1e999999",  # overflows
        "1e99999999999999999999",
    ],
)
def test_what_is_no_amount_is_refused(written: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_dollars(written)
    assert refused.value.text.key == "money.not_an_amount"
    assert refused.value.text.args == {"given": written}


@given(st.decimals(allow_nan=True, allow_infinity=True))
def test_any_decimal_is_read_exactly_or_refused(amount: Decimal) -> None:
    try:
        nanos = from_dollars(amount)
    except InvalidInput:
        return
    assert in_dollars(nanos) == amount


@pytest.mark.parametrize(
    ("nanos", "sentence"),
    [
        (0, "free"),
        (5 * PER_DOLLAR, "$5.00"),
        (1_234_567_890_000, "$1,234.57"),
        (10_000_000, "$0.01"),
        (9_900_000, "$0.0099"),
        (1_234_567, "$0.0012"),
        (120, "$0.00000012"),
        (-2_500_000_000, "-$2.50"),
    ],
)
def test_amounts_are_shown_to_the_cent_and_below_it_with_two_figures(nanos: int, sentence: str) -> None:
    assert shown(nanos) == sentence


@given(st.integers(min_value=1, max_value=10**15))
def test_an_amount_that_is_not_free_never_looks_like_nothing(nanos: int) -> None:
    assert any(digit in shown(nanos) for digit in "123456789")

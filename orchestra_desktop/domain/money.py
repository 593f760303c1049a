"""Money as a whole number of nano-dollars: every published price per token is one, so nothing is ever rounded."""

from __future__ import annotations

from decimal import Decimal
from typing import NewType

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.texts import text

NanoDollars = NewType("NanoDollars", int)

PER_DOLLAR = 1_000_000_000
_LARGEST_DOLLARS = 1_000_000  # a cap above a million dollars is a slip of the keyboard


def from_dollars(amount: str | int | Decimal) -> NanoDollars:
    """`"1.20"` -> 1_200_000_000.

    Raises InvalidInput for what is no amount, negative, too large or finer than a nano-dollar.
    """
    try:
        dollars = Decimal(str(amount).strip().removeprefix("$"))
    except ArithmeticError:
        raise InvalidInput(text("money.not_an_amount", given=str(amount))) from None
    if not dollars.is_finite() or not 0 <= dollars <= _LARGEST_DOLLARS:
        raise InvalidInput(text("money.not_an_amount", given=str(amount)))
    nanos = NanoDollars(int(dollars * PER_DOLLAR))
    if in_dollars(nanos) != dollars:  # compared exactly: arithmetic rounds to 28 digits and would hide what is finer
        raise InvalidInput(text("money.not_an_amount", given=str(amount)))
    return nanos


def in_dollars(amount: int) -> Decimal:
    """The exact amount in dollars."""
    return Decimal(amount) / PER_DOLLAR


def shown(amount: int) -> str:
    """Two decimals from one cent up, below it as many as two significant figures need, "free" for nothing."""
    if amount == 0:
        return "free"
    dollars = in_dollars(abs(amount))
    decimals = 2 if dollars >= Decimal("0.01") else 1 - dollars.adjusted()
    return f"{'-' if amount < 0 else ''}${dollars:,.{decimals}f}"

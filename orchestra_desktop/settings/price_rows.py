"""One row of a price table as files write it: dollars per million tokens, as decimal text."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, ValidationInfo
from pydantic_core import core_schema

from orchestra_desktop.domain.pricing import Price, Rates
from orchestra_desktop.domain.texts import text
from orchestra_desktop.settings.fields import FILE_FORM, Section, refuse, setting

_NANO_PER_TOKEN = 1_000  # a dollar per million tokens, in nano-dollars per token
_DEAREST = 100_000  # dollars per million tokens; more is a slip of the keyboard


def _per_token(value: Any, info: ValidationInfo) -> Any:
    """In a file `"0.125"` is 125 nano-dollars per token; in code the whole number of them stands there already."""
    if info.context != FILE_FORM:
        return value
    dollars = _decimal(value)
    if dollars is None or not 0 <= dollars <= _DEAREST:
        raise refuse(text("settings.not_a_price", given=str(value)[:80]))
    nanos = int(dollars * _NANO_PER_TOKEN)
    if Decimal(nanos) / _NANO_PER_TOKEN != dollars:
        raise refuse(text("settings.price_too_fine", given=str(value)[:80]))
    return nanos


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        number = Decimal(str(value))
    except ArithmeticError:
        return None
    return number if number.is_finite() else None


def _per_million(nanos: int, info: core_schema.SerializationInfo) -> int | str:
    return f"{Decimal(nanos) / _NANO_PER_TOKEN:f}" if info.context == FILE_FORM else nanos


PerMillion = Annotated[Annotated[int, Field(ge=0)], BeforeValidator(_per_token), PlainSerializer(_per_million)]
"""Nano-dollars per token; in a file dollars per million tokens, as decimal text or number."""


class RateRow(Section):
    """What a token costs by kind."""

    input: PerMillion
    output: PerMillion
    cache_write_5m: PerMillion
    cache_write_1h: PerMillion
    cache_read: PerMillion

    def rates(self) -> Rates:
        return Rates(self.input, self.output, self.cache_write_5m, self.cache_write_1h, self.cache_read)


class LongPromptRow(RateRow):
    """The rates of the whole request, output too, once its prompt is longer than `above` tokens."""

    above: int = Field(ge=1)


class PriceRow(RateRow):
    """The price of one model from a day on; without `since` for as long as the model has been there."""

    model: str = Field(min_length=1, max_length=200)
    since: dt.date | None = None
    context_tokens: int = Field(ge=1)
    max_output_tokens: int = Field(ge=1)
    batch_divisor: int = setting(2, "What input and output are divided by in a batch.", ge=1, le=100)
    derived: bool = setting(False, "The rates follow a rule of the vendor's and are not printed in its table.")
    aliases: tuple[str, ...] = ()
    long_prompt: LongPromptRow | None = None

    def price(self) -> Price:
        """The row as the rules of money read it."""
        return Price(
            model=self.model,
            since=self.since or dt.date.min,
            rates=self.rates(),
            context_tokens=self.context_tokens,
            max_output_tokens=self.max_output_tokens,
            long_prompt_above=self.long_prompt.above if self.long_prompt else None,
            long_prompt=self.long_prompt.rates() if self.long_prompt else None,
            batch_divisor=self.batch_divisor,
            derived=self.derived,
            aliases=self.aliases,
        )

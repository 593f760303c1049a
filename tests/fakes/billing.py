"""What the service charges: a price table and arithmetic of its own, in whole nano-dollars."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

LONG_PROMPT = 100_000
"""Prompts of more tokens than this are billed by the long band where a model has one."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Nano-dollars per token. One dollar per million tokens is 1,000 nano-dollars per token."""

    input: int
    output: int
    write_5m: int
    write_1h: int
    read: int


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request: `input_tokens` is the uncached rest, `output_tokens` includes `thinking_tokens`."""

    input_tokens: int = 0
    write_5m_tokens: int = 0
    write_1h_tokens: int = 0
    read_tokens: int = 0
    output_tokens: int = 0
    thinking_tokens: int = 0

    @property
    def write_tokens(self) -> int:
        return self.write_5m_tokens + self.write_1h_tokens

    @property
    def prompt_tokens(self) -> int:
        """Input, cache reads and cache writes: the length that decides the price band."""
        return self.input_tokens + self.write_tokens + self.read_tokens

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.write_5m_tokens + other.write_5m_tokens,
            self.write_1h_tokens + other.write_1h_tokens,
            self.read_tokens + other.read_tokens,
            self.output_tokens + other.output_tokens,
            self.thinking_tokens + other.thinking_tokens,
        )


@dataclass(frozen=True, slots=True)
class Price:
    """One line of the price list, valid from `since`; `long` holds for prompts over LONG_PROMPT tokens."""

    since: dt.date
    rates: Rates
    long: Rates | None = None


ALWAYS = dt.date(2020, 1, 1)
OPUS_4 = (Price(ALWAYS, Rates(5_000, 25_000, 6_250, 10_000, 500)),)

PRICES: dict[str, tuple[Price, ...]] = {
    "claude-haiku-5-5": (Price(ALWAYS, Rates(100, 500, 125, 200, 10), Rates(500, 2_500, 625, 1_000, 50)),),
    "claude-sonnet-5-5": (
        Price(ALWAYS, Rates(2_000, 10_000, 2_500, 4_000, 200)),
        Price(dt.date(2026, 10, 7), Rates(2_000, 10_000, 2_500, 4_000, 100)),
    ),
    "claude-opus-5-5": (Price(ALWAYS, Rates(4_000, 20_000, 5_000, 8_000, 200)),),
    "claude-fable-5-1": (Price(ALWAYS, Rates(10_000, 50_000, 12_500, 20_000, 250)),),
    "claude-opus-5": (Price(ALWAYS, Rates(5_000, 25_000, 6_250, 10_000, 500)),),
    "claude-sonnet-5": (Price(ALWAYS, Rates(2_000, 10_000, 2_500, 4_000, 200)),),
    "claude-sonnet-4-6": (Price(ALWAYS, Rates(3_000, 15_000, 3_750, 6_000, 300)),),
    "claude-haiku-4-5": (Price(ALWAYS, Rates(1_000, 5_000, 1_250, 2_000, 100)),),
    "claude-opus-4-6": OPUS_4,
    "claude-opus-4-7": OPUS_4,
    "claude-opus-4-8": OPUS_4,
}
"""Model id -> price lines, oldest first (the vendor's price list as of November 2026)."""


def rates_of(model: str, prompt_tokens: int, on: dt.date) -> Rates:
    """The rates of a model for a prompt of that length on that day; raises KeyError for a model without a price."""
    price = [line for line in PRICES[model] if line.since <= on][-1]
    if price.long is not None and prompt_tokens > LONG_PROMPT:
        return price.long
    return price.rates


def cost(model: str, usage: Usage, on: dt.date) -> int:
    """What a request costs, in nano-dollars."""
    rates = rates_of(model, usage.prompt_tokens, on)
    return (
        usage.input_tokens * rates.input
        + usage.write_5m_tokens * rates.write_5m
        + usage.write_1h_tokens * rates.write_1h
        + usage.read_tokens * rates.read
        + usage.output_tokens * rates.output
    )

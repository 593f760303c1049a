"""What a call costs: prices as data with effective dates, exact to the nano-dollar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from orchestra_desktop.domain.errors import UnpricedModel
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.money import NanoDollars

REQUEST_OVERHEAD_TOKENS = 2_000  # what a service adds to a request of its own accord: tool preamble, framing


@dataclass(frozen=True, slots=True)
class Rates:
    """Nano-dollars per token. A dollar per million tokens is 1,000 of them."""

    input: int
    output: int
    cache_write_5m: int
    cache_write_1h: int
    cache_read: int

    @property
    def dearest_input(self) -> int:
        """The most a prompt token can cost, however it is cached."""
        return max(self.input, self.cache_write_5m, self.cache_write_1h, self.cache_read)


@dataclass(frozen=True, slots=True)
class Price:
    """The price of one model from a day on.

    Prompts longer than `long_prompt_above` tokens pay `long_prompt` throughout. `batch_divisor` is what input and
    output are divided by in a batch; `derived` marks rates that follow a rule of the vendor's but are not printed in
    its table.
    """

    model: str
    since: dt.date
    rates: Rates
    context_tokens: int
    max_output_tokens: int
    long_prompt_above: int | None = None
    long_prompt: Rates | None = None
    batch_divisor: int = 2
    derived: bool = False
    aliases: tuple[str, ...] = ()

    def band(self, prompt_tokens: int) -> Rates:
        """The rates that a prompt of this length pays."""
        if (
            self.long_prompt is not None
            and self.long_prompt_above is not None
            and prompt_tokens > self.long_prompt_above
        ):
            return self.long_prompt
        return self.rates

    def cost(self, usage: Usage) -> NanoDollars:
        """What the service bills for a finished call."""
        rates = self.band(usage.prompt_tokens)
        return NanoDollars(
            usage.input_tokens * rates.input
            + usage.output_tokens * rates.output
            + usage.cache_read_tokens * rates.cache_read
            + usage.cache_write_5m_tokens * rates.cache_write_5m
            + usage.cache_write_1h_tokens * rates.cache_write_1h
        )

    def bound(self, input_tokens: int, max_tokens: int) -> NanoDollars:
        """The most that a call with at most so many prompt and output tokens can cost.

        The dearer band counts as soon as the prompt may reach it.
        """
        rates = self.band(input_tokens)
        return NanoDollars(input_tokens * rates.dearest_input + max_tokens * rates.output)

    def affordable_output(self, input_tokens: int, room: int) -> int:
        """How many output tokens fit into `room` nano-dollars beside the prompt; may be negative."""
        rates = self.band(input_tokens)
        return (room - input_tokens * rates.dearest_input) // rates.output if rates.output else self.max_output_tokens


class PriceTable:
    """Looks a model's price up by id or alias and day."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._by_name: dict[str, list[Price]] = {}
        for price in sorted(prices, key=lambda price: price.since, reverse=True):
            for name in (price.model, *price.aliases):
                self._by_name.setdefault(name, []).append(price)

    def price(self, model: str, day: dt.date) -> Price:
        """The newest price in force on that day. Raises UnpricedModel: a model without a price is never free."""
        for price in self._by_name.get(model) or self._by_name.get(_undated(model), []):
            if price.since <= day:
                return price
        raise UnpricedModel(model)

    def models(self) -> tuple[str, ...]:
        """All ids with a price, aliases left out."""
        return tuple(dict.fromkeys(price.model for prices in self._by_name.values() for price in prices))


def _undated(model: str) -> str:
    """`claude-haiku-4-5-20251001` -> `claude-haiku-4-5`; other names unchanged."""
    stem, _, tail = model.rpartition("-")
    return stem if stem and len(tail) == 8 and tail.isdigit() else model


def input_bound(request_bytes: int) -> int:
    """The most prompt tokens a request of so many UTF-8 bytes can have: a token is never less than a byte."""
    return request_bytes + REQUEST_OVERHEAD_TOKENS


def counted_bound(count: int) -> int:
    """The same from the service's own `count_tokens`, which it calls an estimate: 5 % more, rounded up."""
    return -(-count * 105 // 100)

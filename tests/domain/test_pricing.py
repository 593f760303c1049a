"""What calls cost: examples computed by hand, bounds that hold, prices by day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import UnpricedModel
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.pricing import Price, PriceTable, Rates, counted_bound, input_bound

HAIKU = Price(
    model="claude-haiku-5-5",
    since=dt.date(2026, 1, 1),
    rates=Rates(input=100, output=500, cache_write_5m=125, cache_write_1h=200, cache_read=10),
    context_tokens=1_000_000,
    max_output_tokens=128_000,
    long_prompt_above=100_000,
    long_prompt=Rates(input=500, output=2_500, cache_write_5m=625, cache_write_1h=1_000, cache_read=50),
)
SONNET = Price(
    model="claude-sonnet-5-5",
    since=dt.date(2026, 1, 1),
    rates=Rates(input=2_000, output=10_000, cache_write_5m=2_500, cache_write_1h=4_000, cache_read=200),
    context_tokens=1_000_000,
    max_output_tokens=128_000,
)
SONNET_LATER = replace(SONNET, since=dt.date(2026, 10, 7), rates=replace(SONNET.rates, cache_read=100))
TOKENS = st.integers(min_value=0, max_value=300_000)


def test_each_kind_of_token_has_its_price() -> None:
    usage = Usage(
        input_tokens=1_000,
        output_tokens=500,
        cache_read_tokens=10_000,
        cache_write_5m_tokens=2_000,
        cache_write_1h_tokens=3_000,
    )
    # 1,000 x 100 + 500 x 500 + 10,000 x 10 + 2,000 x 125 + 3,000 x 200
    assert HAIKU.cost(usage) == 100_000 + 250_000 + 100_000 + 250_000 + 600_000
    # 1,000 x 2,000 + 500 x 10,000 + 10,000 x 200 + 2,000 x 2,500 + 3,000 x 4,000
    assert SONNET.cost(usage) == 2_000_000 + 5_000_000 + 2_000_000 + 5_000_000 + 12_000_000


def test_thinking_is_part_of_the_output_and_paid_once() -> None:
    assert SONNET.cost(Usage(output_tokens=700, thinking_tokens=600)) == 7_000_000


def test_a_prompt_of_exactly_100_000_tokens_pays_the_short_band() -> None:
    usage = Usage(input_tokens=60_000, cache_read_tokens=40_000, output_tokens=1_000)
    assert HAIKU.cost(usage) == 60_000 * 100 + 40_000 * 10 + 1_000 * 500 == 6_900_000


def test_one_token_more_pays_the_long_band_throughout() -> None:
    usage = Usage(input_tokens=60_001, cache_read_tokens=40_000, output_tokens=1_000)
    assert HAIKU.cost(usage) == 60_001 * 500 + 40_000 * 50 + 1_000 * 2_500 == 34_500_500


@pytest.mark.parametrize(
    "cached",
    [
        Usage(cache_read_tokens=100_000),
        Usage(cache_write_5m_tokens=100_000),
        Usage(cache_write_1h_tokens=100_000),
    ],
)
def test_cached_tokens_count_toward_the_band(cached: Usage) -> None:
    assert HAIKU.band(cached.prompt_tokens) is HAIKU.rates
    assert HAIKU.band(replace(cached, input_tokens=1).prompt_tokens) is HAIKU.long_prompt


@given(TOKENS, TOKENS, TOKENS, TOKENS, TOKENS, st.sampled_from([HAIKU, SONNET]))
def test_no_call_within_its_bounds_costs_more_than_the_bound(
    uncached: int, read: int, short: int, long: int, output: int, price: Price
) -> None:
    usage = Usage(uncached, output, read, short, long)
    assert price.cost(usage) <= price.bound(usage.prompt_tokens, output)
    assert price.cost(usage) <= price.bound(usage.prompt_tokens + 7, output + 3)


def test_the_bound_takes_the_dearest_way_a_prompt_can_be_cached() -> None:
    assert HAIKU.bound(100_000, 1_024) == 100_000 * 200 + 1_024 * 500
    assert HAIKU.bound(100_001, 1_024) == 100_001 * 1_000 + 1_024 * 2_500


@given(TOKENS, st.integers(min_value=0, max_value=10**12), st.sampled_from([HAIKU, SONNET]))
def test_the_affordable_output_is_the_most_that_fits(prompt: int, room: int, price: Price) -> None:
    tokens = price.affordable_output(prompt, room)
    if tokens >= 0:
        assert price.bound(prompt, tokens) <= room
    assert price.bound(prompt, tokens + 1) > room


def test_a_price_is_the_newest_one_in_force_on_the_day() -> None:
    table = PriceTable([SONNET, SONNET_LATER])
    assert table.price("claude-sonnet-5-5", dt.date(2026, 10, 6)) is SONNET
    assert table.price("claude-sonnet-5-5", dt.date(2026, 10, 7)) is SONNET_LATER
    assert PriceTable([SONNET_LATER, SONNET]).price("claude-sonnet-5-5", dt.date(2027, 1, 1)) is SONNET_LATER


@pytest.mark.parametrize("model", ["claude-unheard-of", "", "gpt", "claude-sonnet", "claude-sonnet-5-5-2026"])
def test_a_model_without_a_price_is_refused_and_never_free(model: str) -> None:
    with pytest.raises(UnpricedModel) as refused:
        PriceTable([SONNET]).price(model, dt.date(2026, 11, 1))
    assert refused.value.text.args == {"model": model}


def test_a_model_has_no_price_before_its_first_day() -> None:
    with pytest.raises(UnpricedModel):
        PriceTable([SONNET]).price("claude-sonnet-5-5", dt.date(2025, 12, 31))


def test_aliases_and_dated_ids_have_their_models_price() -> None:
    named = replace(SONNET, aliases=("sonnet-latest",))
    table = PriceTable([named])
    assert table.price("sonnet-latest", dt.date(2026, 11, 1)) is named
    assert table.price("claude-sonnet-5-5-20260929", dt.date(2026, 11, 1)) is named
    assert table.models() == ("claude-sonnet-5-5",)


def test_a_request_never_has_more_tokens_than_bytes_and_overhead() -> None:
    assert input_bound(10_000) == 12_000


@pytest.mark.parametrize(("count", "bound"), [(0, 0), (1, 2), (100, 105), (101, 107), (1_000_000, 1_050_000)])
def test_the_services_own_count_gets_five_percent_more_rounded_up(count: int, bound: int) -> None:
    assert counted_bound(count) == bound

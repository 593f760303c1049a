"""The shipped prices, each number checked against the table written out here a second time; and prices of one's own."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from orchestra_desktop.domain.errors import InvalidSettings, UnpricedModel
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.pricing import Rates
from orchestra_desktop.resource_files import resource_text
from orchestra_desktop.settings.fields import FILE_FORM
from orchestra_desktop.settings.file import load
from orchestra_desktop.settings.price_rows import PriceRow
from orchestra_desktop.settings.prices import load_prices, read_price_file

SHIPPED = resource_text("prices.json")
TODAY = dt.date(2026, 11, 23)

# model | input | output | write 5m | write 1h | cache read | context | max output: prices in cents per million tokens,
# with tenths where they have them. One cent per million tokens is 10 nano-dollars per token.
TABLE = """
claude-haiku-5-5    |   10 |   50 |  12.5 |   20 |  1 | 1000000 | 128000
claude-sonnet-5-5   |  200 | 1000 |   250 |  400 | 10 | 1000000 | 128000
claude-opus-5-5     |  400 | 2000 |   500 |  800 | 20 | 1000000 | 128000
claude-fable-5-1    | 1000 | 5000 |  1250 | 2000 | 25 | 1000000 | 128000
claude-opus-5       |  500 | 2500 |   625 | 1000 | 50 | 1000000 | 128000
claude-sonnet-4-6   |  300 | 1500 |   375 |  600 | 30 |  200000 |  64000
claude-haiku-4-5    |  100 |  500 |   125 |  200 | 10 |  200000 |  64000
claude-opus-4-6     |  500 | 2500 |   625 | 1000 | 50 | 1000000 | 128000
claude-opus-4-7     |  500 | 2500 |   625 | 1000 | 50 | 1000000 | 128000
claude-opus-4-8     |  500 | 2500 |   625 | 1000 | 50 | 1000000 | 128000
claude-sonnet-5     |  200 | 1000 |   250 |  400 | 20 | 1000000 | 128000
"""
ROWS = [[cell.strip() for cell in line.split("|")] for line in TABLE.strip().splitlines()]


def rates(*cents: str) -> Rates:
    return Rates(*(round(float(cent) * 10) for cent in cents))


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_the_shipped_price_is_that_of_the_vendors_table(row: list[str]) -> None:
    model, *cents, context, output = row
    price = load_prices(SHIPPED).price(model, TODAY)
    assert price.rates == rates(*cents)
    assert (price.context_tokens, price.max_output_tokens) == (int(context), int(output))
    assert price.batch_divisor == 2


def test_the_table_lists_these_models_and_no_other() -> None:
    assert sorted(load_prices(SHIPPED).models()) == sorted(row[0] for row in ROWS)


def test_haiku_has_a_band_for_prompts_over_100_000_tokens_and_no_other_model_has() -> None:
    table = load_prices(SHIPPED)
    haiku = table.price("claude-haiku-5-5", TODAY)
    assert haiku.long_prompt_above == 100_000
    assert haiku.long_prompt == rates("50", "250", "62.5", "100", "5")
    others = [table.price(row[0], TODAY) for row in ROWS if row[0] != "claude-haiku-5-5"]
    assert {price.long_prompt for price in others} == {None}


def test_sonnets_cache_reads_became_cheaper_on_the_7th_of_october() -> None:
    table = load_prices(SHIPPED)
    usage = Usage(cache_read_tokens=1_000_000)
    before = table.price("claude-sonnet-5-5", dt.date(2026, 10, 6))
    after = table.price("claude-sonnet-5-5", dt.date(2026, 10, 7))
    assert (before.cost(usage), after.cost(usage)) == (200_000_000, 100_000_000)
    assert before.rates.input == after.rates.input == 2_000


def test_rows_that_follow_a_rule_are_marked() -> None:
    table = load_prices(SHIPPED)
    derived = {model for model in table.models() if table.price(model, TODAY).derived}
    assert derived == {"claude-opus-5-5", "claude-fable-5-1"}
    for model in derived:
        price = table.price(model, TODAY).rates
        assert (price.cache_write_5m * 4, price.cache_write_1h) == (price.input * 5, price.input * 2)


def test_dated_ids_are_aliases() -> None:
    table = load_prices(SHIPPED)
    assert table.price("claude-haiku-4-5-20251001", TODAY).model == "claude-haiku-4-5"
    assert table.price("claude-opus-5-5-20260902", TODAY).model == "claude-opus-5-5"
    with pytest.raises(UnpricedModel):
        table.price("claude-haiku-3", TODAY)


def test_the_table_says_of_when_it_is() -> None:
    assert read_price_file(SHIPPED).as_of == "2026-11"


def row(**more: Any) -> PriceRow:
    data = {
        "model": "my-model",
        "input": "1",
        "output": "2",
        "cache_write_5m": "1.25",
        "cache_write_1h": "2",
        "cache_read": "0.1",
        "context_tokens": 100_000,
        "max_output_tokens": 8_000,
        **more,
    }
    return PriceRow.model_validate_json(json.dumps(data), context=FILE_FORM)


def test_a_row_of_ones_own_adds_a_model() -> None:
    price = load_prices(SHIPPED, [row()]).price("my-model", TODAY)
    assert price.rates == Rates(1_000, 2_000, 1_250, 2_000, 100)


def test_a_row_of_ones_own_takes_the_place_of_every_shipped_one_of_its_model() -> None:
    table = load_prices(SHIPPED, [row(model="claude-sonnet-5-5", input="7")])
    assert table.price("claude-sonnet-5-5", dt.date(2026, 1, 1)).rates.input == 7_000
    assert table.price("claude-sonnet-5-5", TODAY).rates.input == 7_000


def test_with_a_day_it_holds_from_then_on_and_the_shipped_ones_before() -> None:
    table = load_prices(SHIPPED, [row(model="claude-sonnet-5-5", input="7", since="2026-09-01")])
    assert table.price("claude-sonnet-5-5", dt.date(2026, 8, 31)).rates.input == 2_000
    assert table.price("claude-sonnet-5-5", dt.date(2026, 9, 1)).rates.input == 7_000
    assert table.price("claude-sonnet-5-5", dt.date(2026, 10, 7)).rates.input == 7_000


def test_two_rows_for_one_model_and_day_are_refused() -> None:
    with pytest.raises(InvalidSettings) as refused:
        load_prices(SHIPPED, [row(), row(input="3")])
    assert refused.value.text.key == "settings.double_price"


@pytest.mark.parametrize("price", ["0.001", "1", 1, 0.5, "1e2", "0"])
def test_prices_are_dollars_as_text_or_number(price: str | float) -> None:
    assert row(input=price).input == round(float(price) * 1_000)


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("input", "0.0001", "settings.price_too_fine"),  # a tenth of a nano-dollar per token
        ("input", "1.0000000000000000000000000000000001", "settings.price_too_fine"),
        ("input", "-1", "settings.not_a_price"),
        ("input", "free", "settings.not_a_price"),
        ("input", "nan", "settings.not_a_price"),
        ("input", "1e99", "settings.not_a_price"),
        ("input", True, "settings.not_a_price"),
        ("input", None, "settings.not_a_price"),
        ("since", "yesterday", "settings.not_a_date"),
        ("context_tokens", 0, "settings.too_small"),
        ("model", "", "settings.empty"),
        ("long_prompt", {"above": 5}, "settings.missing"),
        ("colour", "red", "settings.unknown_key"),
    ],
)
def test_a_row_that_cannot_be_is_named_in_the_settings(
    tmp_path_factory: pytest.TempPathFactory, field: str, value: object, says: str
) -> None:
    path = tmp_path_factory.mktemp("prices") / "settings.json"
    data = row().model_dump(mode="json", context=FILE_FORM, exclude_none=True) | {field: value}
    path.write_text(json.dumps({"pricing": {"overrides": [data]}}))
    problem = load(path).problems[0]
    assert problem.text.key == says
    assert problem.where.startswith(f"pricing.overrides.0.{field}")


def test_a_row_of_the_settings_file_reaches_the_table(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("prices") / "settings.json"
    data = row(since="2026-01-01").model_dump(mode="json", context=FILE_FORM)
    path.write_text(json.dumps({"pricing": {"overrides": [data]}}))
    loaded = load(path)
    assert loaded.problems == ()
    table = load_prices(SHIPPED, loaded.settings.pricing.overrides)
    assert table.price("my-model", TODAY) == row(since="2026-01-01").price()


@pytest.mark.parametrize(
    "content", ["", "{}", '{"as_of": "2026-11", "source": "", "prices": []}', SHIPPED.replace("0.10", "x", 1)]
)
def test_a_damaged_table_is_refused_with_its_place(content: str) -> None:
    with pytest.raises(InvalidSettings) as refused:
        load_prices(content)
    assert str(refused.value.text.args["where"]).startswith("prices.json")

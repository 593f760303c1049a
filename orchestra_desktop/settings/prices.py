"""The price table: what ships in `resources/prices.json`, with a person's own rows in the place of the shipped ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pydantic import Field, ValidationError

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.pricing import PriceTable
from orchestra_desktop.domain.texts import text
from orchestra_desktop.settings.fields import FILE_FORM, Section
from orchestra_desktop.settings.price_rows import PriceRow
from orchestra_desktop.settings.problems import text_of


class PriceFile(Section):
    """`resources/prices.json`. `as_of` is the month in which the rows were checked against the vendor's own table."""

    as_of: str = Field(pattern=r"^\d{4}-\d{2}(-\d{2})?$")
    source: str
    prices: tuple[PriceRow, ...] = Field(min_length=1)


def read_price_file(content: str) -> PriceFile:
    """The shipped table as it stands. Raises InvalidSettings, naming the first thing that is wrong."""
    try:
        return PriceFile.model_validate_json(content, context=FILE_FORM)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise InvalidSettings(text_of(first, ".".join(("prices.json", *map(str, first["loc"]))))) from None


def load_prices(content: str, overrides: Sequence[PriceRow] = ()) -> PriceTable:
    """The table of `content` (the shipped file's text) with the person's rows in it. Raises InvalidSettings.

    A person's row is the last word from its day on: it takes the place of every shipped row of its model that would
    begin then or later, and without a day the place of all of them.
    """
    _check_doubles(overrides)
    shipped = [row for row in read_price_file(content).prices if not _replaced(row, overrides)]
    return PriceTable(row.price() for row in (*overrides, *shipped))


def _replaced(row: PriceRow, overrides: Iterable[PriceRow]) -> bool:
    return any(own.model == row.model and own.price().since <= row.price().since for own in overrides)


def _check_doubles(overrides: Sequence[PriceRow]) -> None:
    seen = set()
    for row in overrides:
        place = (row.model, row.since)
        if place in seen:
            raise InvalidSettings(text("settings.double_price", where="pricing.overrides", model=row.model))
        seen.add(place)

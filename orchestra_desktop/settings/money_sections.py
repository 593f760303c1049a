"""The sections about money: caps with their calendar, and prices of one's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.money import PER_DOLLAR
from orchestra_desktop.domain.periods import zone
from orchestra_desktop.domain.texts import text
from orchestra_desktop.settings.fields import Cap, Section, refuse, setting
from orchestra_desktop.settings.price_rows import PriceRow


def system_time_zone() -> str:
    """This machine's IANA zone; UTC where it has none by name."""
    import tzlocal

    try:
        name = tzlocal.get_localzone_name()
        zone(name or "")
    except (InvalidInput, LookupError, OSError, ValueError):
        return "UTC"
    return name or "UTC"


def _known_zone(name: str) -> str:
    try:
        zone(name)
    except InvalidInput:
        raise refuse(text("settings.unknown_time_zone", given=name[:80])) from None
    return name


class BudgetSettings(Section):
    """What may be spent: every request is held against all of these before it is sent. In the file: decimal dollars.

    A project may have a `project` cap of its own; the others are about all projects together.
    """

    daily: Cap = setting(
        5 * PER_DOLLAR,
        "Cap of a day, all projects together; null is none, 0 blocks every paid call.",
        unit="dollars",
        per_project=False,
    )
    monthly: Cap = setting(50 * PER_DOLLAR, "Cap of a month, all projects together.", unit="dollars", per_project=False)
    project: Cap = setting(10 * PER_DOLLAR, "Cap of a project, from its first call on.", unit="dollars")
    warning_percent: int = setting(
        80, "From how much of a cap on a warning is given.", unit="percent", ge=1, le=100, per_project=False
    )
    time_zone: Annotated[str, AfterValidator(_known_zone)] = setting(
        None,
        "Whose days and months the caps follow: an IANA name. The system's, written down at the first start.",
        factory=system_time_zone,
        per_project=False,  # two calendars in one ledger would open a spent day again
    )


class PricingSettings(Section):
    """Prices that take the place of the shipped ones."""

    overrides: tuple[PriceRow, ...] = setting(
        (),
        "Rows like those of the shipped table, in dollars per million tokens; each replaces its model's shipped rows.",
        max_length=500,
    )

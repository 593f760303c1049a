"""Days and months of the person's calendar, on days of 23 and 25 hours and with clocks that are set back."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.periods import Period, period_at, rfc3339, utc, zone

BERLIN = zone("Europe/Berlin")


def at(written: str) -> int:
    """Microseconds since the epoch of an RFC 3339 time."""
    moment = dt.datetime.fromisoformat(written)
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-03-28T22:59:59.999999+00:00", "2026-03-28"),
        ("2026-03-28T23:00:00+00:00", "2026-03-29"),  # the day of 23 hours begins
        ("2026-03-29T21:59:59.999999+00:00", "2026-03-29"),
        ("2026-03-29T22:00:00+00:00", "2026-03-30"),
        ("2026-10-24T22:00:00+00:00", "2026-10-25"),  # the day of 25 hours begins
        ("2026-10-25T00:30:00+00:00", "2026-10-25"),
        ("2026-10-25T01:30:00+00:00", "2026-10-25"),  # half past two for the second time
        ("2026-10-25T22:59:59.999999+00:00", "2026-10-25"),
        ("2026-10-25T23:00:00+00:00", "2026-10-26"),
    ],
)
def test_a_day_ends_at_the_persons_midnight_when_the_clocks_change_too(moment: str, day: str) -> None:
    assert period_at(at(moment), BERLIN) == Period(day)


@pytest.mark.parametrize(
    ("moment", "name", "month"),
    [
        ("2026-12-31T23:30:00+00:00", "UTC", "2026-12"),
        ("2026-12-31T23:30:00+00:00", "Europe/Berlin", "2027-01"),
        ("2028-02-29T12:00:00+00:00", "Europe/Berlin", "2028-02"),
        ("2026-11-30T10:30:00+00:00", "Pacific/Kiritimati", "2026-12"),
        ("2026-12-01T09:30:00+00:00", "Pacific/Pago_Pago", "2026-11"),
    ],
)
def test_a_month_is_that_of_the_persons_day(moment: str, name: str, month: str) -> None:
    assert period_at(at(moment), zone(name)).month == month


def test_a_clock_set_back_goes_on_counting_against_the_day_that_was_reached() -> None:
    reached = period_at(at("2026-12-01T08:00:00+01:00"), BERLIN)
    back = period_at(at("2026-11-29T08:00:00+01:00"), BERLIN, reached)
    assert (back.day, back.month) == ("2026-12-01", "2026-12")


def test_a_clock_set_forward_opens_the_new_day() -> None:
    assert period_at(at("2026-12-02T00:00:00+01:00"), BERLIN, Period("2026-12-01")) == Period("2026-12-02")


@given(st.lists(st.integers(min_value=0, max_value=4_000_000_000_000_000), max_size=20))
def test_whatever_the_clock_does_no_earlier_day_comes_again(moments: list[int]) -> None:
    latest: Period | None = None
    for moment in moments:
        period = period_at(moment, BERLIN, latest)
        assert latest is None or period.day >= latest.day
        latest = period


@pytest.mark.parametrize(
    "name", ["Mars/Olympus", "", "Europe", "../etc/passwd", "/etc/localtime", "Europe/Berlin\0", "\ud800"]
)
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        zone(name)


def test_times_are_written_to_the_microsecond_in_utc() -> None:
    assert rfc3339(at("2026-11-23T08:19:37.123456+01:00")) == "2026-11-23T07:19:37.123456Z"
    assert rfc3339(0) == "1970-01-01T00:00:00.000000Z"
    assert utc(1).tzinfo is dt.UTC

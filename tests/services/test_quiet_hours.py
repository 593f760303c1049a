"""Quiet hours: within a day, over midnight, never; and what they keep from being said."""

from __future__ import annotations

import datetime as dt

import pytest

from orchestra_desktop.services.preferences import NOTIFICATIONS, is_told, set_notified, set_quiet_hours
from orchestra_desktop.services.quiet_hours import is_quiet, local_time
from tests.services.house import House


@pytest.mark.parametrize(
    ("now", "start", "end", "quiet"),
    [
        ("12:00", "09:00", "17:00", True),
        ("09:00", "09:00", "17:00", True),
        ("17:00", "09:00", "17:00", False),
        ("08:59", "09:00", "17:00", False),
        ("23:30", "22:00", "07:00", True),
        ("00:00", "22:00", "07:00", True),
        ("06:59", "22:00", "07:00", True),
        ("07:00", "22:00", "07:00", False),
        ("21:59", "22:00", "07:00", False),
        ("12:00", "", "", False),
        ("12:00", "22:00", "", False),
        ("12:00", "", "22:00", False),
        ("12:00", "12:00", "12:00", False),
    ],
)
def test_it_is_quiet_from_the_first_minute_to_before_the_last(now: str, start: str, end: str, quiet: bool) -> None:
    assert is_quiet(dt.time.fromisoformat(now), start, end) is quiet


def test_the_hours_are_those_of_this_machines_clock() -> None:
    noon = dt.datetime(2026, 11, 23, 12, 0).astimezone()  # of the machine
    assert local_time(int(noon.timestamp()) * 1_000_000) == dt.time(12, 0)


async def test_what_is_told_follows_the_switches_and_the_hours_at_once(house: House) -> None:
    async with house.opened() as session:
        context = session.context
        now = local_time(context.clock.now())
        before, after = (f"{(now.hour + step) % 24:02d}:{now.minute:02d}" for step in (-2, 2))
        assert all(is_told(context, name) for name in NOTIFICATIONS)
        set_notified(context, "cap_near", False)
        assert not is_told(context, "cap_near")
        set_quiet_hours(context, before, after)
        assert not any(is_told(context, name) for name in NOTIFICATIONS)
        set_quiet_hours(context, after, before)
        assert is_told(context, "run_finished")
    async with house.opened() as session:
        assert session.context.settings.notifications.quiet_from == after
        assert session.notices == ()

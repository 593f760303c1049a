"""Days and months of the person's calendar, which a clock set back cannot reopen."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.texts import text

MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Period:
    """The day ("2026-11-23") that a reservation belongs to; its month is the first seven characters."""

    day: str

    @property
    def month(self) -> str:
        return self.day[:7]


def zone(name: str) -> zoneinfo.ZoneInfo:
    """The time zone of that IANA name. Raises InvalidInput for one that does not exist."""
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(text("time_zone.unknown", name=name)) from None


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def utc(at: int) -> dt.datetime:
    """Microseconds since the epoch as an aware UTC time."""
    return _EPOCH + dt.timedelta(microseconds=at)


def rfc3339(at: int) -> str:
    """`2026-11-23T07:19:37.123456Z`."""
    return utc(at).isoformat(timespec="microseconds").replace("+00:00", "Z")


def period_at(at: int, time_zone: zoneinfo.ZoneInfo, latest: Period | None = None) -> Period:
    """The period a reservation made at `at` (microseconds, UTC) belongs to.

    Never earlier than the latest one that holds a reservation: a clock set back goes on counting against the day that
    was reached, since otherwise yesterday's spent budget would be open again.
    """
    day = utc(at).astimezone(time_zone).date().isoformat()
    return Period(day) if latest is None else Period(max(day, latest.day))

"""When nothing is said by notification: a time of day from which on, and one until which; over midnight too."""

from __future__ import annotations

import datetime as dt

from orchestra_desktop.domain.periods import utc


def is_quiet(at: dt.time, start: str, end: str) -> bool:
    """Both bounds as `22:00`; at `end` it is over. Where one is missing, or both are the same, it is never quiet."""
    if not start or not end:
        return False
    now = f"{at:%H:%M}"
    return start <= now < end if start <= end else now >= start or now < end


def local_time(at: int) -> dt.time:
    """The time of day by this machine's clock, of microseconds since the epoch: quiet hours follow who travels."""
    return utc(at).astimezone().time()

"""Amounts as people read them: spans of time, sizes, sums of money and caps."""

from __future__ import annotations

from orchestra_desktop.domain.money import shown

_MINUTE, _HOUR = 60, 3_600


def span(seconds: float) -> str:
    """`0.4 s`, `38 s`, `1:12`, `2:05:09`: seconds below a minute, then minutes and hours."""
    if seconds < 0:
        return f"-{span(-seconds)}"
    if seconds < 10:
        tenths = round(seconds, 1)
        return f"{tenths:.1f} s" if tenths % 1 else f"{tenths:.0f} s"
    whole = round(seconds)
    if whole < _MINUTE:
        return f"{whole} s"
    if whole < _HOUR:
        return f"{whole // _MINUTE}:{whole % _MINUTE:02d}"
    return f"{whole // _HOUR}:{whole % _HOUR // _MINUTE:02d}:{whole % _MINUTE:02d}"


def size(count: int) -> str:
    """`0 bytes`, `1 byte`, `8.1 KB`, `2.0 MB`: thousands, as file managers count."""
    if count < 1_000:
        return f"{count} byte{'' if count == 1 else 's'}"
    if count < 1_000_000:
        return f"{count / 1_000:.1f} KB"
    return f"{count / 1_000_000:.1f} MB"


def cap(amount: int | None) -> str:
    """A cap or ceiling in nano-dollars: null is none, 0 lets no paid call through."""
    if amount is None:
        return "none"
    return shown(amount) if amount else "$0 (no paid call)"


def plural(count: int, one: str, many: str = "") -> str:
    """`1 task`, `3 tasks`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"

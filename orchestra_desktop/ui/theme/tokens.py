"""The one table of colours, in two sets; palettes, style sheet, icons, canvas and charts all read it.

Every text colour has at least 4.5:1 on `panel`, `raised`, `window` and `inset`; `tests/ui/test_theme.py` computes it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum


class Token(StrEnum):
    """The name of a colour by what it is for."""

    WINDOW = "window"  # canvas, page ground
    PANEL = "panel"  # bars, inspector, cards
    RAISED = "raised"  # nodes, buttons, menus
    INSET = "inset"  # fields, output, tracks
    BORDER = "border"  # hairlines
    STRONG = "strong"  # edges, button frames
    TEXT = "text"
    SECONDARY = "secondary"
    MUTED = "muted"
    ACCENT = "accent"  # selection, focus, links
    FILL = "fill"  # the one primary button; ON_FILL stands on it
    ON_FILL = "on_fill"
    ON_BADGE = "on_badge"  # the number on a badge of the colour NEEDS_PERSON
    WAITING = "waiting"
    READY = "ready"
    RUNNING = "running"
    VERIFYING = "verifying"
    NEEDS_PERSON = "needs_person"
    BLOCKED = "blocked"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REUSED = "reused"
    SELECTED = "selected"  # the ground of a selected row
    HOVER = "hover"  # the ground under the mouse


@dataclass(frozen=True, slots=True)
class Tokens:
    """One set of values, `#RRGGBB` each; the fields are the values of `Token`."""

    window: str
    panel: str
    raised: str
    inset: str
    border: str
    strong: str
    text: str
    secondary: str
    muted: str
    accent: str
    fill: str
    on_fill: str
    on_badge: str
    waiting: str
    ready: str
    running: str
    verifying: str
    needs_person: str
    blocked: str
    succeeded: str
    failed: str
    reused: str
    selected: str
    hover: str

    def __getitem__(self, token: Token | str) -> str:
        value: str = getattr(self, token)
        return value

    def table(self) -> dict[str, str]:
        """All values by token name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


DARK = Tokens(
    window="#14161B",
    panel="#1A1D24",
    raised="#232833",
    inset="#0F1115",
    border="#2C313C",
    strong="#3A4150",
    text="#E7EAF0",
    secondary="#A9B1C0",
    muted="#8F98A9",
    accent="#8AA6FF",
    fill="#3F5FE0",
    on_fill="#FFFFFF",
    on_badge="#1A1D24",
    waiting="#98A1B2",
    ready="#6FB9E8",
    running="#6AA6FF",
    verifying="#BC9BFF",
    needs_person="#F5B83D",
    blocked="#D69A6B",
    succeeded="#4CC38A",
    failed="#FF7B6E",
    reused="#45C4C4",
    selected="#262E48",
    hover="#232833",
)

LIGHT = Tokens(
    window="#F5F6F8",
    panel="#FFFFFF",
    raised="#FFFFFF",
    inset="#ECEEF2",
    border="#D9DDE4",
    strong="#BCC3CE",
    text="#1B1F27",
    secondary="#4B5463",
    muted="#5E6878",
    accent="#3451C7",
    fill="#3F5FE0",
    on_fill="#FFFFFF",
    on_badge="#FFFFFF",
    waiting="#5F6878",
    ready="#0F6F9E",
    running="#1F63D6",
    verifying="#7A4FD0",
    needs_person="#8F5F00",
    blocked="#8A5A2B",
    succeeded="#1A7746",
    failed="#C5372C",
    reused="#0E7474",
    selected="#E4EAFF",
    hover="#EEF0F4",
)

TEXT_TOKENS = (
    *(Token.TEXT, Token.SECONDARY, Token.MUTED, Token.ACCENT),
    *(Token.WAITING, Token.READY, Token.RUNNING, Token.VERIFYING, Token.NEEDS_PERSON),
    *(Token.BLOCKED, Token.SUCCEEDED, Token.FAILED, Token.REUSED),
)


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a task's state is shown: always the three together."""

    token: Token
    icon: str


def contrast(first: str, second: str) -> float:
    """The contrast of two colours, 1 to 21. Source: WCAG 2.2, "contrast ratio" and "relative luminance"."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def mixed(colour: str, ground: str, share: float) -> str:
    """`colour` at `share` (0 to 1) over `ground`: tints without transparency, which style sheets draw unevenly."""
    pairs = ((int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(over * share + under * (1 - share)):02X}" for over, under in pairs)

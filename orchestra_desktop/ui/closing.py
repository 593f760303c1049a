"""What is asked before the window closes while a run goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestra_desktop.ui.dialogs import Choice
from orchestra_desktop.ui.translation import translate

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


async def ask_about_runs(context: UiContext, *, leave: bool) -> str | None:
    """`keep`, `stop` or `stay`; None where the question was closed, which is to stay. `leave` was asked to quit."""
    return await context.ask(
        translate("Shell", "A run is going on"),
        translate(
            "Shell",
            "In the background it goes on without the window. Stopped now, its open requests are closed and counted "
            "at what they may have cost, and the next start can take it up where it stands.",
        ),
        (
            Choice("stay", translate("Shell", "Stay here"), "quiet"),
            Choice("keep", translate("Shell", "Keep going in the background"), "" if leave else "primary"),
            Choice("stop", translate("Shell", "Stop and quit"), "primary" if leave else ""),
        ),
    )

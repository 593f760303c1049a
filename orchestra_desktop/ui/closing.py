"""What is asked before the window closes while a run goes on, and what is said while its last requests are answered."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestra_desktop.ui.dialogs import Choice
from orchestra_desktop.ui.notices import Remedy, Standing
from orchestra_desktop.ui.translation import translate

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


def _grace(context: UiContext) -> int:
    return context.session.context.settings.execution.shutdown_grace_s


def _stopped(grace: int) -> str:
    if not grace:
        return translate(
            "Shell",
            "Stopped now, its open requests are closed and counted at what they may have cost, and the next start can "
            "take it up where it stands.",
        )
    return translate(
        "Shell",
        "Stopped now, its open requests have {seconds} seconds to be answered, and the next start can take it up where "
        "it stands.",
        seconds=grace,
    )


def winding_down(context: UiContext, close_now: Callable[[], object]) -> Standing:
    """What stands in the window while open requests may still be answered."""
    return Standing(
        translate("Shell", "Closing once the open requests are answered"),
        translate(
            "Shell",
            "Nothing new is sent. What has not come after {seconds} seconds is closed and counted at what it may have "
            "cost.",
            seconds=_grace(context),
        ),
        (Remedy(translate("Shell", "Close now"), close_now),),
    )


async def ask_about_runs(context: UiContext, *, leave: bool) -> str | None:
    """`keep`, `stop` or `stay`; None where the question was closed, which is to stay. `leave` was asked to quit."""
    return await context.ask(
        translate("Shell", "A run is going on"),
        f"{translate('Shell', 'In the background it goes on without the window.')} {_stopped(_grace(context))}",
        (
            Choice("stay", translate("Shell", "Stay here"), "quiet"),
            Choice("keep", translate("Shell", "Keep going in the background"), "" if leave else "primary"),
            Choice("stop", translate("Shell", "Stop and quit"), "primary" if leave else ""),
        ),
    )

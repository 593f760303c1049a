"""Gives a key from wherever one is asked for; runs that were paused for want of it go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestra_desktop.ui.dialogs import shown
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.run.decisions import decided_in_run
from orchestra_desktop.ui.settings.key_dialog import KeyDialog

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.checkpoint_cards import Card


async def give_key(context: UiContext) -> bool:
    """Asks for one; whether it was kept. It counts from the next request on."""
    if await shown(KeyDialog(context.shell.widget, context)) != KeyDialog.DialogCode.Accepted:
        return False
    for card in key_questions(context):
        request = {"verb": "resolve", "checkpoint": card.checkpoint, "action": "retry"}
        await decided_in_run(context, card.project, card.run, request)
    return True


def key_questions(context: UiContext) -> list[Card]:
    """One for each run that is paused because the key is missing or was refused."""
    return [card for card in inbox_live(context).cards if card.kind == "key"]

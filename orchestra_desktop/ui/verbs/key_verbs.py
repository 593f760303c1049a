"""What can be done about the key of the paid service from anywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


async def give(context: UiContext) -> None:
    """Asks for one, which counts from the next request on; runs that were paused for want of it go on."""
    from orchestra_desktop.ui.dialogs import shown
    from orchestra_desktop.ui.notices import Notice
    from orchestra_desktop.ui.run.decisions import decided_in_run
    from orchestra_desktop.ui.settings.key_dialog import KeyDialog
    from orchestra_desktop.ui.translation import translate
    from orchestra_desktop.viewmodels.checkpoint_cards import KEY_WANTED, Waiting

    if await shown(KeyDialog(context.shell.widget, context)) != KeyDialog.DialogCode.Accepted:
        return
    context.notices.show(Notice(translate("Settings", "The key is kept.")))
    context.flush.mark(Topic.SESSION)
    waiting = Waiting()
    await waiting.read(context.session)
    for card in waiting.cards.values():
        if card.kind == KEY_WANTED:
            request = {"verb": "resolve", "checkpoint": card.checkpoint, "action": "retry"}
            await decided_in_run(context, card.project, card.run, request)

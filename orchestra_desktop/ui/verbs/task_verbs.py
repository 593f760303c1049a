"""What can be decided about the picked task from anywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


async def retry(context: UiContext) -> None:
    await _decide(context, "retry")


async def skip(context: UiContext) -> None:
    await _decide(context, "skip")


async def accept(context: UiContext) -> None:
    await _decide(context, "accept")


async def cancel(context: UiContext) -> None:
    await _decide(context, "cancel")


async def _decide(context: UiContext, verb: str) -> None:
    """Decides at once in a live run; in one that stands still it is kept, and the run goes on when it is started."""
    from orchestra_desktop.services.decisions import decide

    project, tasks = context.workspace.project, sorted(context.selection.tasks)
    if project is not None and tasks:
        await decide(context.session, {"verb": verb, "project": project.id, "tasks": tasks})
        await context.workspace.refresh()
        context.flush.mark(Topic.SITUATION)

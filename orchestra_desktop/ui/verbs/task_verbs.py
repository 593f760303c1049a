"""What can be decided about the picked task from anywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    """Decides at once in a live run; one that stands still for want of a decision goes on with it."""
    from orchestra_desktop.ui.run.decisions import decided_in_run

    project, run, tasks = context.workspace.project, context.workspace.run, sorted(context.selection.tasks)
    if project is not None and run is not None and tasks:
        await decided_in_run(context, project.id, run.run, {"verb": verb, "project": project.id, "tasks": tasks})

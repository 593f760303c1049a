"""What can be done with the picked project's plans from anywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestra_desktop.ui.work_names import planning_name

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


def propose(context: UiContext) -> None:
    """Asks for a plan; it is shown while it is being written, and why it could not be asked for where it would be."""
    from orchestra_desktop.ui.review.asking import ask_for_plan

    project = context.workspace.project
    if project is not None:
        ask_for_plan(context, project)


async def regenerate(context: UiContext) -> None:
    """Asks what should be different, and then for another plan."""
    from orchestra_desktop.ui.review.asking import ask_for_another

    await ask_for_another(context)


def undo(context: UiContext) -> None:
    """Takes the last edit of the draft back."""
    from orchestra_desktop.ui.review.desk import desk_of

    desk_of(context).edits.undo()


def redo(context: UiContext) -> None:
    from orchestra_desktop.ui.review.desk import desk_of

    desk_of(context).edits.redo()


def stop_asking(context: UiContext) -> None:
    """Closes the request; what it has cost so far stays on the ledger."""
    if context.workspace.project is not None:
        context.bridge.cancel(planning_name(context.workspace.project.id))


async def approve(context: UiContext) -> None:
    """Signs the draft that is looked at, with the ceiling that stands in its field."""
    from orchestra_desktop.ui.review import approval

    await approval.approve(context)


async def reject(context: UiContext) -> None:
    """Puts the draft that is looked at aside, after asking: it cannot be taken back."""
    from orchestra_desktop.ui.review import approval

    await approval.reject(context)


async def approve_and_run(context: UiContext) -> None:
    """The same, and starts it; where money may be spent the ceiling is named and asked about first."""
    from orchestra_desktop.ui.review import approval

    await approval.approve_and_run(context)

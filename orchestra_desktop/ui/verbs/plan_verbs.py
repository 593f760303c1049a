"""What can be done with the picked project's plans from anywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestra_desktop.domain.projects import Project
    from orchestra_desktop.ui.context import UiContext


def propose(context: UiContext) -> None:
    """Asks for a plan; it is shown while it is being written."""
    ask_for(context, "")


def regenerate(context: UiContext) -> None:
    """Goes to where a person says what should be different."""
    context.shell.show_place("run", "graph")


def ask_for(context: UiContext, comment: str) -> None:
    """Asks for a plan that takes the comment into account. One project is asked about once at a time."""
    project = context.workspace.project
    if project is not None:
        context.shell.show_place("run", "graph")
        context.spawn(_asked(context, project, comment), planning_name(project.id))


def planning_name(project: str) -> str:
    return f"plan:{project}"


async def _asked(context: UiContext, project: Project, comment: str) -> None:
    await context.session.plans.propose(
        project, lambda piece: context.progress.on_plan(project.id, piece), comment=comment
    )


def stop_asking(context: UiContext) -> None:
    """Closes the request; what it has cost so far stays on the ledger."""
    if context.workspace.project is not None:
        context.bridge.cancel(planning_name(context.workspace.project.id))


async def approve(context: UiContext) -> None:
    """Signs the newest draft with the quote's own ceiling."""
    project = context.workspace.project
    if project is not None:
        await context.session.plans.approve(project)
        await context.workspace.refresh()


async def approve_and_run(context: UiContext) -> None:
    """Signs the newest draft and starts it."""
    await approve(context)
    context.do("run.start")

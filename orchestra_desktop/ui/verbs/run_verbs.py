"""What can be done with the picked project's run from anywhere in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestra_desktop.ui.work_names import run_name
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.projects import Project
    from orchestra_desktop.ui.context import UiContext


def start(context: UiContext) -> None:
    """Starts the approved plan or goes on with the run there is. Each project's run is a task of its own."""
    project = context.workspace.project
    if project is not None:
        context.spawn(_carried_on(context, project), run_name(project.id))


async def _carried_on(context: UiContext, project: Project) -> None:
    from orchestra_desktop.services.runs import RunChoice

    try:
        await context.session.runs.run(project, RunChoice(), context.progress.on_run)
    finally:
        context.flush.mark(Topic.SITUATION)


async def pause(context: UiContext) -> None:
    """Lets what runs come to its end and starts nothing more."""
    await _decide(context, "pause")


async def resume(context: UiContext) -> None:
    await _decide(context, "resume")


async def stop(context: UiContext) -> None:
    """Closes the requests that are open; the run can be taken up again."""
    await _decide(context, "stop")


async def _decide(context: UiContext, verb: str) -> None:
    from orchestra_desktop.services.decisions import decide

    project = context.workspace.project
    if project is not None:
        await decide(context.session, {"verb": verb, "project": project.id})
        await context.workspace.refresh()
        context.flush.mark(Topic.SITUATION)

"""What can be done with projects from anywhere in the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import ProjectId
    from orchestra_desktop.ui.context import UiContext

SAMPLE = "samples/hello-world.md"


def new(context: UiContext) -> None:
    """Goes to where a project is described."""
    context.shell.show_place("projects", "new")


def pick(context: UiContext) -> None:
    """Opens the palette at the projects."""
    context.shell.open_palette("project ")


async def open_sample(context: UiContext) -> None:
    """Makes the sample project, rehearsed: no key, no network, no spending; and asks for its plan."""
    from orchestra_desktop.resource_files import resource_text
    from orchestra_desktop.services.projects import NewProject

    project = await context.session.projects.create(
        NewProject(resource_text(SAMPLE), name="hello-world", rehearsal=True)
    )
    await context.workspace.refresh()
    await choose(context, project.id)
    context.do("plan.propose")


async def choose(context: UiContext, project: ProjectId | None) -> None:
    """Makes a project the one worked on and shows it."""
    await context.workspace.choose(project)
    context.selection.pick_project(project)
    if project is not None:
        context.shell.show_place("run")


def open_folder(context: UiContext) -> None:
    """Shows the project's files in the system's file manager."""
    project = context.workspace.project
    if project is not None and Path(project.workspace).is_dir():
        QDesktopServices.openUrl(QUrl.fromLocalFile(project.workspace))

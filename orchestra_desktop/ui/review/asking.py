"""Asking for a plan: where it is shown while it is written, how it is stopped, and why it failed, kept to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog

from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.ui.dialogs import shown
from orchestra_desktop.ui.review.desk import desk_of
from orchestra_desktop.ui.work_names import planning_name

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

TAB = "plan"


def ask_for_plan(context: UiContext, project: Project, comment: str = "", planner: Tier | None = None) -> bool:
    """Asks, and shows where the plan appears. False if this project is being planned already."""
    desk = desk_of(context)
    desk.asked(project.id, comment, planner)
    context.shell.show_place("run", TAB)
    return context.spawn(_asked(context, project, comment, planner), planning_name(project.id))


async def ask_for_another(context: UiContext) -> None:
    """The person says first what should be different; closing the dialog asks for nothing."""
    from orchestra_desktop.ui.review.changes_dialog import ChangesDialog

    dialog = ChangesDialog(context.shell.widget, context.theme)
    answer = await shown(dialog)
    project = context.workspace.project
    if answer == QDialog.DialogCode.Accepted and project is not None:
        ask_for_plan(context, project, dialog.words)


async def _asked(context: UiContext, project: Project, comment: str, planner: Tier | None) -> None:
    """A failure stands where the plan would have stood, with what to do about it; a notice would pass."""
    desk = desk_of(context)
    try:
        await context.session.plans.propose(
            project, lambda piece: context.progress.on_plan(project.id, piece), planner=planner, comment=comment
        )
    except OrchestraError as error:
        desk.failed(project.id, error.text)
    finally:
        desk.ended(project.id)
    await context.workspace.refresh()
    desk.look()

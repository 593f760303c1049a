"""Signing a plan: what it may cost is named and asked about first, then it is approved and, if wanted, started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.ui.dialogs import Choice
from orchestra_desktop.ui.notices import Notice
from orchestra_desktop.ui.review.desk import ReviewDesk, desk_of
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.labels import money
from orchestra_desktop.ui.work_names import run_name
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


async def _desk(context: UiContext) -> ReviewDesk:
    """With what is stored now on it: a key may be pressed before the newest version has been read."""
    await context.workspace.refresh()
    desk = desk_of(context)
    desk.look()
    return desk


async def approve(context: UiContext) -> bool:
    """Signs the draft that is looked at, with the ceiling in the field; whether it was signed."""
    desk = await _desk(context)
    project, version = desk.project, desk.version
    if project is None or version is None or not desk.is_draft:
        return False
    signed, _ = await context.session.plans.approve(project, version.number, desk.ceiling)
    desk.ceiling_words = ""
    await context.workspace.refresh()
    desk.look()
    context.flush.mark(Topic.SITUATION)
    words = translate("Review", "Plan {number} is approved.", number=signed.number)
    context.notices.show(Notice(words))
    return True


async def reject(context: UiContext) -> bool:
    """Puts the draft that is looked at aside, after asking; whether it was."""
    desk = await _desk(context)
    project, version = desk.project, desk.version
    if project is None or version is None or not desk.is_draft or not await _unwanted(context, version.number):
        return False
    await context.session.plans.reject(project, version.number)
    await context.workspace.refresh()
    desk.look()
    context.flush.mark(Topic.SITUATION)
    context.notices.show(Notice(translate("Review", "Plan {number} is rejected.", number=version.number)))
    return True


async def _unwanted(context: UiContext, number: int) -> bool:
    answer = await context.ask(
        translate("Review", "Reject plan {number}?", number=number),
        translate("Review", "It can still be read, but no longer be edited, signed or run. Its cost stays counted."),
        [
            Choice("stay", translate("Review", "Not yet")),
            Choice("reject", translate("Review", "Reject it"), "danger"),
        ],
    )
    return answer == "reject"


async def approve_and_run(context: UiContext) -> None:
    """Asks where money may be spent, names the ceiling, signs and starts what is ticked."""
    desk = await _desk(context)
    only = _ticked_only(desk)
    if desk.project is None or not desk.is_draft or not desk.ticks:
        return
    if not desk.is_free and not await _wanted(context, desk):
        return
    if await approve(context) and desk.project is not None:
        start(context, desk.project, only)


def start(context: UiContext, project: Project, only: tuple[TaskId, ...]) -> None:
    """Carries the run on, with these tasks alone where any are named, and shows it."""
    context.spawn(_carried_on(context, project, only), run_name(project.id))
    context.shell.show_place("run", "graph")


async def _carried_on(context: UiContext, project: Project, only: tuple[TaskId, ...]) -> None:
    from orchestra_desktop.services.runs import RunChoice

    try:
        await context.session.runs.run(project, RunChoice(only=only), context.progress.on_run)
    finally:
        context.flush.mark(Topic.SITUATION)


def _ticked_only(desk: ReviewDesk) -> tuple[TaskId, ...]:
    """Nothing where all are ticked: then the run is not limited."""
    if desk.plan is None or len(desk.ticks) == len(desk.plan.tasks):
        return ()
    return tuple(task.id for task in desk.plan.tasks if task.id in desk.ticks)


async def _wanted(context: UiContext, desk: ReviewDesk) -> bool:
    answer = await context.ask(
        translate("Review", "Approve and run?"),
        confirmation(desk),
        [
            Choice("stay", translate("Review", "Not yet")),
            Choice("run", translate("Review", "Approve and run"), "primary"),
        ],
    )
    return answer == "run"


def confirmation(desk: ReviewDesk) -> str:
    """What the person signs: how many tasks, up to which sum, and that nothing goes over it."""
    tasks = counted("Review", "{n} task", "{n} tasks", len(desk.ticks))
    ceiling = desk.ceiling
    if ceiling is None:
        return translate(
            "Review", "{tasks} will run. There is no price for this plan, so its caps alone hold it.", tasks=tasks
        )
    return translate(
        "Review",
        "{tasks} will run and may spend up to {ceiling}. At that ceiling the run stops and asks; it never goes over.",
        tasks=tasks,
        ceiling=money(ceiling),
    )

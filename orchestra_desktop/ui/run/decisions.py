"""Carries a person's decision out from a button, and says so where the run it is about stands still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.ui.notices import Notice, Tone
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.work_names import run_name
from orchestra_desktop.viewmodels.checkpoint_cards import GOES_ON, run_state
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import ProjectId, RunId
    from orchestra_desktop.ui.context import UiContext


async def decided(context: UiContext, request: Mapping[str, object]) -> None:
    """One deciding verb as `services/decisions.py` takes it. Raises OrchestraError for what is not possible."""
    from orchestra_desktop.services.decisions import decide

    await decide(context.session, dict(request))
    await context.workspace.refresh()
    context.flush.mark(Topic.SITUATION)


async def decided_in_run(context: UiContext, project: ProjectId, run: RunId, request: Mapping[str, object]) -> None:
    """A decision about a run. One that stood still for it, had ended, or came to its end while it was made, goes on;
    for any other that nobody carries out it is kept, and going on is offered. Raises as `decided`.
    """
    session = context.session
    goes_on = run in session.runs.live or await run_state(session, project, run) in GOES_ON
    await decided(context, request)
    if run in session.runs.live or request.get("action") == "stop":
        return
    next_up = await session.runs.next_up(await session.projects.find(project))
    if next_up is None or next_up.run != run:  # to go on would begin a run that nobody asked for here
        words = translate("Run", "Kept. A newer plan is approved since: the next start is that one's.")
        context.notices.show(Notice(words, Tone.ATTENTION))
    elif goes_on and next_up.state is not RunStateName.PAUSED:
        go_on(context, project)
    else:
        say_kept(context, project)


def say_kept(context: UiContext, project: ProjectId) -> None:
    """A decision about a run that nobody carries out is kept for its next start, which is offered."""
    words = translate("Run", "Kept. The run stands still; it goes on when it is started.")
    context.notices.show(Notice(words, verb=translate("Run", "Go on"), on_verb=lambda: go_on(context, project)))


def go_on(context: UiContext, project: ProjectId) -> None:
    """Carries a project's run on, whichever project is looked at.

    Where the task that carried it out is just coming to its end, that is waited for: what was decided came too late
    for it.
    """
    name = run_name(project)
    if context.spawn(_carried_on(context, project), name):
        return

    def once_free(ended: str, busy: bool) -> None:
        if ended == name and not busy:
            context.bridge.busy_changed.disconnect(once_free)
            context.spawn(_carried_on(context, project), name)

    context.bridge.busy_changed.connect(once_free)


async def _carried_on(context: UiContext, project: ProjectId) -> None:
    from orchestra_desktop.services.runs import RunChoice

    try:
        found = await context.session.projects.find(project)
        await context.session.runs.run(found, RunChoice(), context.progress.on_run)
    finally:
        context.flush.mark(Topic.SITUATION)

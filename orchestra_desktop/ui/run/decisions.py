"""Carries a person's decision out from a button, and says so where the run it is about stands still."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from orchestra_desktop.ui.notices import Notice
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import ProjectId
    from orchestra_desktop.ui.context import UiContext


async def decided(context: UiContext, request: Mapping[str, object]) -> None:
    """One deciding verb as `services/decisions.py` takes it. Raises OrchestraError for what is not possible."""
    from orchestra_desktop.services.decisions import decide

    await decide(context.session, dict(request))
    await context.workspace.refresh()
    context.flush.mark(Topic.SITUATION)


def say_kept(context: UiContext, project: ProjectId) -> None:
    """A decision about a run that nobody carries out is kept for its next start, which is offered."""
    words = translate("Run", "Kept. The run stands still; it goes on when it is started.")

    def go_on() -> None:
        context.spawn(_go_on(context, project), f"go on {project}")

    context.notices.show(Notice(words, verb=translate("Run", "Go on"), on_verb=go_on))


async def _go_on(context: UiContext, project: ProjectId) -> None:
    if context.selection.project != project:
        from orchestra_desktop.ui.verbs.project_verbs import choose

        await choose(context, project)
    context.registry.update(context.workspace.situation(context.selection.task))
    context.do("run.start")

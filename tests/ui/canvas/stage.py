"""A picture by itself: a context without a shell and without a session."""

from __future__ import annotations

import asyncio

from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain.errors import WrongMoment
from orchestra_desktop.domain.texts import text
from orchestra_desktop.services.session import Session
from orchestra_desktop.ui.action_registry import ActionRegistry
from orchestra_desktop.ui.actions import ACTIONS
from orchestra_desktop.ui.bridge import Bridge
from orchestra_desktop.ui.context import UiContext
from orchestra_desktop.ui.flush import Flush
from orchestra_desktop.ui.notices import Notices
from orchestra_desktop.ui.progress import Progress
from orchestra_desktop.ui.selection import Selection
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.viewmodels.workspace import Workspace


def _no_session() -> Session:
    raise WrongMoment(text("session.opening"))


def make_context(
    application: QApplication, group: asyncio.TaskGroup | None = None, theme: ThemeChoice = ThemeChoice.DARK
) -> UiContext:
    """Without a shell and a session; `group` is needed by tests whose pictures are laid out beside the loop."""
    notices, flush = Notices(), Flush()
    painted = Theme(application, theme)
    context = UiContext(
        theme=painted,
        bridge=Bridge(group or asyncio.TaskGroup(), notices.fault),
        notices=notices,
        selection=Selection(),
        workspace=Workspace(flush.mark, lambda: None),
        flush=flush,
        progress=Progress(flush),
        registry=ActionRegistry(painted, ACTIONS),
        session_getter=_no_session,
    )
    flush.before = context.workspace.settle
    return context

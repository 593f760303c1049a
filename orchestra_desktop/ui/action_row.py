"""The form of a row of the action table; the rows stand in `actions.py`."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orchestra_desktop.viewmodels.situation import Situation, always

Verb = Callable[[Any], Coroutine[Any, Any, object] | None]
"""What an action does, given the `UiContext` (whose type is not named here: it knows the actions in turn)."""


class Group(StrEnum):
    """The menu that an action stands in, and its heading in the key sheet; the values are English sources."""

    PROJECT = "Project"
    PLAN = "Plan"
    RUN = "Run"
    TASK = "Task"
    VIEW = "View"
    HELP = "Help"


@dataclass(frozen=True, slots=True)
class Action:
    """One row. `shortcut` lists key sequences as Qt writes them (Ctrl is Cmd on macOS), the first one is shown.

    `place` limits shortcuts to one place of the window, so that a single letter may mean something there.
    `checkable` actions show a tick that the window keeps.
    """

    id: str
    title: str
    group: Group
    verb: Verb
    shortcut: tuple[str, ...] = ()
    icon: str = ""
    enabled_when: Callable[[Situation], bool] = always
    place: str = ""
    checkable: bool = False

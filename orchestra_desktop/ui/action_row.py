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
    TABLE = "Table"
    INBOX = "Inbox"
    GRAPH = "Graph"
    VIEW = "View"
    HELP = "Help"


@dataclass(frozen=True, slots=True)
class Action:
    """One row. `shortcut` lists key sequences as Qt writes them (Ctrl is Cmd on macOS), the first one is shown.

    `place` limits an action to the widgets that adopted it (`ActionRegistry.adopt`), so that a single letter may mean
    something there. `offered` actions can be done only while some part of the window offers them, with words of its own
    where it has any. `checkable` actions show a tick that the window keeps.
    """

    id: str
    title: str
    group: Group
    verb: Verb
    shortcut: tuple[str, ...] = ()
    icon: str = ""
    enabled_when: Callable[[Situation], bool] = always
    place: str = ""
    offered: bool = False
    checkable: bool = False


def overlap(one: Action, other: Action) -> bool:
    """Whether both could be meant by a key that is pressed somewhere."""
    return not one.place or not other.place or one.place == other.place

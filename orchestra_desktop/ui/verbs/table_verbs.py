"""What can be done in the table of a run's tasks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

PLACE = "tasks"


class Table(Protocol):
    """What the actions ask of the table."""

    def inspect(self) -> object: ...

    def fold(self, *, on: bool) -> object: ...


Do = Callable[[Table], object]


@dataclass(frozen=True, slots=True)
class OnTable:
    """Does something with the table that is meant."""

    do: Do

    def __call__(self, context: UiContext) -> None:
        found = context.registry.host(PLACE)
        if found is not None:
            self.do(cast("Table", found))

"""What can be done in the inbox with the card that is open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

PLACE = "inbox"


class Inbox(Protocol):
    """What the actions ask of the place."""

    def step(self, by: int) -> object: ...

    def press(self, action: str) -> object: ...


@dataclass(frozen=True, slots=True)
class StepBy:
    """Opens the next card, or the one before."""

    by: int

    def __call__(self, context: UiContext) -> None:
        found = context.registry.host(PLACE)
        if found is not None:
            cast("Inbox", found).step(self.by)


@dataclass(frozen=True, slots=True)
class Answer:
    """Answers the question that is open, or opens the field that the answer needs first."""

    action: str

    def __call__(self, context: UiContext) -> None:
        found = context.registry.host(PLACE)
        if found is not None:
            cast("Inbox", found).press(self.action)

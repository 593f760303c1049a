"""Edits of a draft that can be taken back and made again: each is one plan in the place of another. No Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import PlanHash
    from orchestra_desktop.domain.plan import Plan
    from orchestra_desktop.domain.texts import Text

MOST_KEPT = 200


@dataclass(frozen=True, slots=True)
class ReplacePlan:
    """One edit, whatever it changed. The hashes are those of the plans, so that what was kept can be told apart."""

    before: Plan
    before_hash: PlanHash
    after: Plan
    after_hash: PlanHash
    label: Text


class PlanHistory:
    """The edits of one project's draft, in order. One that does not lead to the plan as it now is cannot be undone:
    somebody else changed it, or another plan came."""

    def __init__(self) -> None:
        self._done: list[ReplacePlan] = []
        self._undone: list[ReplacePlan] = []

    def did(self, edit: ReplacePlan) -> None:
        """Something new was done; what had been undone cannot be made again."""
        if self._done and self._done[-1].after_hash != edit.before_hash:
            self._done.clear()
        self._done.append(edit)
        del self._done[:-MOST_KEPT]
        self._undone.clear()

    def undoable(self, now: PlanHash | None) -> ReplacePlan | None:
        """The edit that would be taken back; `now` is the hash of the plan as it is."""
        return self._done[-1] if self._done and self._done[-1].after_hash == now else None

    def redoable(self, now: PlanHash | None) -> ReplacePlan | None:
        return self._undone[-1] if self._undone and self._undone[-1].before_hash == now else None

    def undid(self) -> None:
        """The last edit has been taken back."""
        self._undone.append(self._done.pop())

    def redid(self) -> None:
        self._done.append(self._undone.pop())

"""A plan on its way: the tasks that have been written so far, and what helps where no plan came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestra_desktop.domain.events import PlanFailed, PlanProposed, PlanRequested, Stored
from orchestra_desktop.domain.ids import Digest
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.services.shapes import PlanProgress
from orchestra_desktop.viewmodels.harmless import harmless


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A task as it was just written: nothing of it has been checked."""

    id: str
    title: str
    task_type: str


class DraftBoard:
    """The tasks of an answer that is still arriving, fed with `PlanProgress`."""

    def __init__(self) -> None:
        self.rows: list[DraftRow] = []
        self.request = 0
        self.characters = 0

    def take(self, piece: PlanProgress) -> bool:
        """Adds what has come; True if a new request made the rows before void."""
        begins_again = piece.request != self.request and bool(self.rows)
        if piece.request != self.request:
            self.rows.clear()
            self.request = piece.request
        self.characters = piece.characters
        self.rows += [DraftRow(harmless(one.id), harmless(one.title), one.task_type.value) for one in piece.new]
        return begins_again


# -- why there is no plan ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Advice:
    """What helps after planning failed: a verb of the window for each, best first, and then asking again.

    `may_pass` says that it can have passed by itself: then asking again is what to try first.
    """

    verbs: tuple[str, ...]
    can_retry: bool = True
    may_pass: bool = False


_KEY = ("key", "rehearse")
_ADVICE: Mapping[str, Advice] = {
    "models.none": Advice(_KEY),
    "models.none_offline": Advice(("services", "rehearse")),
    "fault.no_key": Advice(_KEY),
    "fault.key_refused": Advice(("key",)),
    "fault.forbidden": Advice(("key",)),
    "fault.spend_limit": Advice(("planner",)),
    "fault.offline": Advice(("offline", "planner")),
    "fault.unreachable": Advice(("services",), may_pass=True),
    "fault.not_found": Advice(("settings", "planner")),
    "budget.plan_refused": Advice(("caps", "planner")),
    "price.missing": Advice(("settings", "planner")),
    "tier.unavailable": Advice(("planner", "key")),
    "plan.model_refused": Advice(("requirements", "planner")),
    "plan.cut_off": Advice(("requirements", "planner")),
    "plan.context_exceeded": Advice(("requirements", "planner")),
    "plan.too_many_tasks": Advice(("requirements",)),
    "plan.too_long": Advice(("requirements",)),
    "requirements.empty": Advice(("requirements",), can_retry=False),
}


def advice(reason: Text) -> Advice:
    """For an error nobody foresaw: try again."""
    return _ADVICE.get(reason.key, Advice((), may_pass=True))


@dataclass(frozen=True, slots=True)
class Failure:
    """Why planning came to nothing; `raw` is the text that the model sent, where it sent one."""

    reason: Text
    raw: Digest | None = None


def newest_failure(events: Sequence[Stored]) -> Failure | None:
    """Of the last planning among a project's events; None if it brought a plan, or goes on, or there was none."""
    for stored in reversed(events):
        match stored.event:
            case PlanFailed(reason=reason, raw=raw):
                return Failure(reason, raw)
            case PlanProposed() | PlanRequested():
                return None
            case _:
                continue
    return None

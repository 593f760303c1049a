"""The ledger lines of a run as its events tell them: one for each call, held at first and settled once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import CallId, RunId, TaskId
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.messages import Usage


@dataclass(slots=True)
class CostLine:
    """One call; amounts in nano-dollars. `reserved` is what counts until it is settled, and for ever if unconfirmed."""

    call: CallId
    at: int
    task: TaskId | None
    attempt: int | None
    purpose: str
    provider: str
    model: str
    reserved: int
    state: LineState = LineState.OPEN
    charged: int = 0
    usage: Usage = field(default_factory=Usage)
    note: str = ""


class CostLines:
    """Newest first. Fed with the events of one run, in the order of their numbers."""

    def __init__(self, run: RunId | None) -> None:
        self.run = run
        self.seq = 0
        self._lines: dict[CallId, CostLine] = {}

    def take(self, stored: Iterable[ev.Stored]) -> bool:
        """Folds events in; whether a line came or changed."""
        changed = False
        for one in stored:
            if one.seq > self.seq and one.scope.run == self.run:
                self.seq = one.seq
                changed = self._take(one) or changed
        return changed

    def _take(self, stored: ev.Stored) -> bool:
        event = stored.event
        if isinstance(event, ev.CallReserved):
            self._lines[event.call] = CostLine(
                call=event.call,
                at=stored.at,
                task=stored.scope.task,
                attempt=stored.scope.attempt,
                purpose=event.purpose.value,
                provider=event.provider,
                model=event.model,
                reserved=event.amount,
            )
            return True
        if isinstance(event, ev.CallCharged | ev.CallVoided | ev.CallUnconfirmed):
            return self._settle(event)
        return False

    def _settle(self, event: ev.CallCharged | ev.CallVoided | ev.CallUnconfirmed) -> bool:
        line = self._lines.get(event.call)
        if line is None:
            return False
        match event:
            case ev.CallCharged():
                line.state, line.charged = LineState.CHARGED, event.amount
                line.usage = event.usage or Usage()
                line.note = ", ".join(flag.value.replace("_", " ") for flag in event.flags)
            case ev.CallVoided():
                line.state, line.note = LineState.VOIDED, event.detail or event.fault
            case ev.CallUnconfirmed():
                line.state, line.note = LineState.UNCONFIRMED, event.detail or event.fault
        return True

    def lines(self) -> list[CostLine]:
        return list(reversed(self._lines.values()))

    def sums(self) -> tuple[int, int, int]:
        """Charged, held and unconfirmed, in nano-dollars."""
        lines = self._lines.values()
        return (
            sum(line.charged for line in lines),
            sum(line.reserved for line in lines if line.state is LineState.OPEN),
            sum(line.reserved for line in lines if line.state is LineState.UNCONFIRMED),
        )

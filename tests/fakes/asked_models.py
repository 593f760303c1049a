"""Stands in for `calls.Calls` where only the asking matters: scripted outcomes, each with a settlement of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from orchestra_desktop.calls.call import CallOutcome, CallSpec, OnPiece
from orchestra_desktop.domain.budget import Refusal
from orchestra_desktop.domain.errors import FaultFacts, FaultKind, Owed
from orchestra_desktop.domain.events import CallCharged, CallVoided, Draft, Event
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.messages import Answer, Message, StopReason, TextDelta, ThinkingDelta, Usage
from orchestra_desktop.domain.ports import Batch

Scripted = Answer | FaultFacts | Refusal


def answer(text: str, stop_reason: StopReason = StopReason.END_TURN) -> Answer:
    """A finished answer of plain text."""
    return Answer(Message("assistant", text), stop_reason, Usage(input_tokens=100, output_tokens=50), "fake-model")


def fault(kind: FaultKind, *, retry_after_s: float | None = None) -> FaultFacts:
    """A fault that owes nothing."""
    return FaultFacts(kind, Owed.NOTHING, f"scripted {kind.value}", retry_after_s=retry_after_s)


class FakeCalls:
    """Gives the scripted outcomes in order; `asked` keeps the specs.

    An answer streams in pieces of `piece` characters after one piece of thinking. `on_ask` runs before each request.
    """

    def __init__(self, script: Iterable[Scripted], *, piece: int = 7, on_ask: Callable[[], None] | None = None) -> None:
        self._script = list(script)
        self._piece = piece
        self._on_ask = on_ask
        self.asked: list[CallSpec] = []

    async def ask(self, spec: CallSpec, on_piece: OnPiece) -> CallOutcome | Refusal:
        if self._on_ask is not None:
            self._on_ask()
        self.asked.append(spec)
        if not self._script:
            raise AssertionError(f"request {len(self.asked)} is one more than the script has outcomes for")
        outcome = self._script.pop(0)
        if isinstance(outcome, Refusal):
            return outcome
        call = CallId(f"call-{len(self.asked)}")
        if isinstance(outcome, FaultFacts):
            return CallOutcome(call, None, outcome, _settlement(spec, CallVoided(call, outcome.kind.value)))
        on_piece(ThinkingDelta("Let me see."))
        text = outcome.message.text
        for start in range(0, len(text), self._piece):
            on_piece(TextDelta(text[start : start + self._piece]))
        return CallOutcome(call, outcome, None, _settlement(spec, CallCharged(call, 1, outcome.usage)))


def _settlement(spec: CallSpec, event: Event) -> Batch:
    return Batch(events=(Draft(spec.scope, event, 0),))

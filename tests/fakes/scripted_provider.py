"""A model provider whose answers a test writes: typed against the port, without a network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, Owed
from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    ModelRequest,
    StopReason,
    StreamPiece,
    TextDelta,
    ToolUse,
    Usage,
)
from orchestra_desktop.domain.ports import Health

Reply = Answer | FaultFacts
Script = Callable[[ModelRequest, int], Reply | Awaitable[Reply]]


def answer(
    words: str = "done",
    *,
    stop: StopReason = StopReason.END_TURN,
    uses: tuple[ToolUse, ...] = (),
    usage: Usage | None = Usage(100, 50),  # noqa: B008 - frozen
) -> Answer:
    """A complete answer."""
    return Answer(Message("assistant", words, uses), stop, usage, "scripted", "req_1")


def wants_tool(name: str, given: dict[str, object] | None, use: str = "use_1") -> Answer:
    """An answer that asks for one tool."""
    return answer("", stop=StopReason.TOOL_USE, uses=(ToolUse(ToolUseId(use), name, given),))


def fault(kind: FaultKind, owed: Owed = Owed.UNKNOWN, retry_after_s: float | None = None) -> FaultFacts:
    return FaultFacts(kind, owed, f"scripted {kind.value}", retry_after_s=retry_after_s)


@dataclass(slots=True)
class ScriptedProvider:
    """Answers by calling `script(request, number)`; counts what was asked, how many at once, and what was cancelled.

    `seconds` is how long an answer takes on the loop's clock.
    """

    script: Script
    name: str = "anthropic"
    is_free: bool = False
    seconds: float = 1.0
    healthy: bool = True
    requests: list[ModelRequest] = field(default_factory=list)
    in_flight: int = 0
    peak: int = 0
    cancelled: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        self.requests.append(request)
        number = len(self.requests)
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            if self.seconds:
                await asyncio.sleep(self.seconds)
            reply = self.script(request, number)
            if isinstance(reply, Awaitable):
                reply = await reply
            if isinstance(reply, FaultFacts):
                raise ModelFault(reply)
            if reply.message.text:
                yield TextDelta(reply.message.text)
            yield reply
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.in_flight -= 1

    async def count_tokens(self, request: ModelRequest) -> int | None:
        return None

    async def check(self) -> Health:
        return Health(self.healthy, "scripted")

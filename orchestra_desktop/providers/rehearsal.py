"""The rehearsal: the one simulation here, labelled in all it says, so that a plan can be tried without spending."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator, Iterator

from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    ModelInfo,
    ModelRequest,
    StopReason,
    StreamPiece,
    TextDelta,
    ToolUse,
    Usage,
    request_bytes,
)
from orchestra_desktop.domain.ports import Clock, Health
from orchestra_desktop.providers.rehearsal_plan import fitted, rehearsed_plan
from orchestra_desktop.providers.rehearsal_work import closing_words, next_step

BYTES_PER_TOKEN = 4
SHORTEST_S = 0.3
LONGEST_S = 2.0
TOKENS_PER_S = 600.0
PIECE_CHARACTERS = 48
MOST_PIECES = 24
MODEL = ModelInfo("rehearsal", local=True, capabilities=frozenset({"tools", "structured_outputs"}))


class RehearsalProvider:
    """The `ModelProvider` that asks nobody. Its plans, tool uses and texts follow from the prompt by rule.

    `speed` divides the time an answer takes, which is made up from its length.
    """

    name = "rehearsal"
    is_free = True

    def __init__(self, clock: Clock, speed: float = 1.0) -> None:
        self._clock = clock
        self._speed = speed

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        """The pieces of one answer, last the `Answer`; raises nothing but cancellation."""
        answer = rehearsed_answer(request)
        pieces = list(_pieces(answer.message.text))
        pause = _duration_s(answer) / self._speed / (len(pieces) + 1)
        for piece in pieces:
            await self._clock.sleep(pause)
            yield TextDelta(piece)
        await self._clock.sleep(pause)
        yield answer

    async def count_tokens(self, request: ModelRequest) -> int | None:
        """Tokens by rule, a quarter of the bytes."""
        return _tokens(request_bytes(request))

    async def check(self) -> Health:
        return Health(healthy=True, detail="", models=(MODEL,))

    async def aclose(self) -> None:
        """Nothing is kept open."""


def rehearsed_answer(request: ModelRequest) -> Answer:
    """The whole answer at once. One longer than `max_tokens` is cut like a real one, so that this can be tried too."""
    text, uses = _spoken(request)
    tokens = _tokens(_size(text, uses))
    stop = StopReason.TOOL_USE if uses else StopReason.END_TURN
    if tokens > request.max_tokens:
        tokens, stop = request.max_tokens, StopReason.MAX_TOKENS
        text = text.encode()[: tokens * BYTES_PER_TOKEN].decode(errors="ignore")
        uses = tuple(ToolUse(use.id, use.name, None) for use in uses)
    usage = Usage(input_tokens=_tokens(request_bytes(request)), output_tokens=tokens)
    return Answer(Message("assistant", text, uses), stop, usage, request.model)


def _spoken(request: ModelRequest) -> tuple[str, tuple[ToolUse, ...]]:
    if request.json_schema is not None:
        return _structured(request), ()
    before = sum(len(message.uses) for message in request.messages)
    steps = enumerate(next_step(request), before + 1)
    uses = tuple(ToolUse(ToolUseId(f"rehearsal-{number}"), name, given) for number, (name, given) in steps)
    return ("" if uses else closing_words(request)), uses


def _structured(request: ModelRequest) -> str:
    schema = request.json_schema or {}
    if "tasks" not in schema.get("properties", {}):
        return json.dumps(fitted(schema, None), ensure_ascii=False)
    prompt = request.messages[0].text if request.messages else ""
    return json.dumps(rehearsed_plan(prompt, schema), ensure_ascii=False, indent=1)


def _pieces(text: str) -> Iterator[str]:
    """The text in pieces; of a long text longer ones, since each piece costs a timer of the loop."""
    size = max(PIECE_CHARACTERS, math.ceil(len(text) / MOST_PIECES))
    return (text[start : start + size] for start in range(0, len(text), size))


def _duration_s(answer: Answer) -> float:
    tokens = answer.usage.output_tokens if answer.usage is not None else 0
    return min(LONGEST_S, SHORTEST_S + tokens / TOKENS_PER_S)


def _size(text: str, uses: tuple[ToolUse, ...]) -> int:
    return len(text.encode()) + sum(len(json.dumps([use.name, use.input])) for use in uses)


def _tokens(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)

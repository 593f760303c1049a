"""A request and its answer in Ollama's own form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    ModelRequest,
    StopReason,
    StreamPiece,
    TextDelta,
    ThinkingDelta,
    ToolOutcome,
    ToolSpec,
    ToolUse,
    Usage,
    request_bytes,
)
from orchestra_desktop.providers.streams import sendable

BYTES_PER_TOKEN = 3  # a cautious mean: English text has about 4, code and other scripts fewer
_STOP_REASONS = {"stop": StopReason.END_TURN, "length": StopReason.MAX_TOKENS}


def chat_messages(request: ModelRequest) -> list[dict[str, Any]]:
    """The conversation; the system blocks become one message, since Ollama has no cache breakpoints to set."""
    system = "\n\n".join(block.text for block in request.system if block.text.strip())
    messages: list[dict[str, Any]] = [{"role": "system", "content": sendable(system)}] if system else []
    names: dict[ToolUseId, str] = {}
    for message, after in zip(request.messages, [*request.messages[1:], None], strict=True):
        names.update({use.id: use.name for use in message.uses})
        messages += _assistant(message, after) if message.role == "assistant" else _user(message, names)
    return messages


def tool_params(tools: Sequence[ToolSpec]) -> list[dict[str, Any]]:
    """The tools. Of a schema the client library keeps types, descriptions and choices alone; nested parts are lost."""
    functions = [
        {"name": tool.name, "description": tool.description, "parameters": tool.input_schema} for tool in tools
    ]
    return [{"type": "function", "function": function} for function in functions]


def context_tokens(request: ModelRequest, default: int, largest: int) -> int:
    """`num_ctx` for this request: the default, doubled until prompt and output fit, at most `largest`.

    Doubled instead of exact, because Ollama loads the model again whenever the number changes.
    """
    wanted = request_bytes(request) // BYTES_PER_TOKEN + request.max_tokens
    size = default
    while size < wanted and size < largest:
        size *= 2
    return max(default, min(size, largest))


class ChatBuilder:
    """Puts the answer together from the parts of one stream; `finished` once the part with `done` came."""

    def __init__(self, request: ModelRequest) -> None:
        self.finished = False
        # Ollama's tool calls carry no id. Counted over the conversation, ours are the same whenever it is replayed.
        self._used_before = sum(len(message.uses) for message in request.messages)
        self._text: list[str] = []
        self._thinking: list[str] = []
        self._calls: list[dict[str, Any]] = []
        self._last: Mapping[str, Any] = {}

    def feed(self, part: Mapping[str, Any]) -> list[StreamPiece]:
        """Takes one part, a dumped `ollama.ChatResponse`; the pieces it brought for the reader."""
        message = part["message"]
        text, thinking = message.get("content") or "", message.get("thinking") or ""
        self._text.append(text)
        self._thinking.append(thinking)
        self._calls += [dict(call) for call in message.get("tool_calls") or ()]
        if part.get("done"):
            self.finished = True
            self._last = part
        return [*([ThinkingDelta(thinking)] if thinking else []), *([TextDelta(text)] if text else [])]

    def known_usage(self) -> Usage | None:
        """What was reported; Ollama reports nothing before its last part."""
        return usage_of(self._last)

    def answer(self) -> Answer:
        stop = self._stop_reason()
        uses = tuple(self._use(place, call, stop) for place, call in enumerate(self._calls, self._used_before + 1))
        message = Message("assistant", "".join(self._text), uses, native=(self._native(),))
        return Answer(message, stop, usage_of(self._last), str(self._last.get("model") or ""))

    def _stop_reason(self) -> StopReason:
        stop = _STOP_REASONS.get(str(self._last.get("done_reason")), StopReason.UNKNOWN)
        return StopReason.TOOL_USE if stop is StopReason.END_TURN and self._calls else stop

    def _use(self, place: int, call: Mapping[str, Any], stop: StopReason) -> ToolUse:
        function = call["function"]
        given = dict(function["arguments"]) if stop is StopReason.TOOL_USE else None
        return ToolUse(ToolUseId(f"ollama-{place}"), function["name"], given)

    def _native(self) -> dict[str, Any]:
        """The turn as it goes back, thinking included: some models lose the thread without it."""
        native: dict[str, Any] = {"role": "assistant", "content": "".join(self._text)}
        if thinking := "".join(self._thinking):
            native["thinking"] = thinking
        if self._calls:
            native["tool_calls"] = self._calls
        return native


def usage_of(last: Mapping[str, Any]) -> Usage | None:
    """The counts of the last part, as they came; None where one is missing."""
    prompt, output = last.get("prompt_eval_count"), last.get("eval_count")
    return Usage(input_tokens=prompt, output_tokens=output) if prompt is not None and output is not None else None


def _assistant(message: Message, after: Message | None) -> list[dict[str, Any]]:
    """The model's turn, without tool calls that nobody answered: they end an answer that is continued in words."""
    calls = [{"function": {"name": use.name, "arguments": use.input or {}}} for use in message.uses]
    turn: dict[str, Any] = {"role": "assistant", "content": sendable(message.text)}
    if message.native and message.native[0].get("role") == "assistant":
        turn = dict(message.native[0])
        calls = turn.pop("tool_calls", [])
    answered = {outcome.id for outcome in after.outcomes} if after is not None else set()
    kept = [call for call, use in zip(calls, message.uses, strict=False) if use.id in answered]
    if kept:
        turn["tool_calls"] = kept
    return [turn] if kept or turn.get("content") or turn.get("thinking") else []


def _user(message: Message, names: Mapping[ToolUseId, str]) -> list[dict[str, Any]]:
    turns = [_outcome(outcome, names) for outcome in message.outcomes]
    if message.text.strip():
        turns.append({"role": "user", "content": sendable(message.text)})
    return turns


def _outcome(outcome: ToolOutcome, names: Mapping[ToolUseId, str]) -> dict[str, Any]:
    """Ollama has no mark for a tool's failure, so the text says it."""
    text = f"Error: {outcome.text}" if outcome.is_error else outcome.text
    return {"role": "tool", "tool_name": names.get(outcome.id, ""), "content": sendable(text)}

"""Puts an answer of Claude together from the events of its stream, keeping the usage whatever becomes of the rest."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import Any, NoReturn

from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    StopReason,
    StreamPiece,
    TextDelta,
    ThinkingDelta,
    ToolUse,
    Usage,
)

COUNTING = frozenset({StopReason.END_TURN, StopReason.TOOL_USE, StopReason.STOP_SEQUENCE})
LONGEST_ANSWER = 8_000_000  # characters over all deltas; no model writes that much

# The text that each kind of delta adds to, by the delta's field and the block's.
_TEXT_FIELDS = {
    "text_delta": ("text", "text"),
    "thinking_delta": ("thinking", "thinking"),
    "signature_delta": ("signature", "signature"),
    "input_json_delta": ("partial_json", "input"),
}


class AnswerUnreadableError(ValueError):
    """The stream is not the protocol: an event of the wrong shape or out of place."""


class AnswerBuilder:
    """Feeds on the events of one stream. `finished` once the last event came; only then is there an answer.

    Events are read as plain JSON and not through the SDK's types, which hand out half-made objects for malformed
    events and lose what they do not know: the blocks must go back to the service exactly as they came.
    """

    def __init__(self) -> None:
        self.finished = False
        self._message: Mapping[str, Any] | None = None
        self._blocks: list[_Block] = []
        self._stop_reason: str | None = None
        self._ending: Mapping[str, Any] | None = None
        self._characters = 0

    def feed(self, event: object) -> StreamPiece | None:
        """Takes one event; a piece for the reader if it brought one. Raises AnswerUnreadableError."""
        if not isinstance(event, dict):
            _refuse("an event that is no object")
        match event.get("type"):
            case "message_start":
                self._message = _object(event, "message")
            case "content_block_start":
                self._start(event)
            case "content_block_delta":
                return self._delta(event)
            case "content_block_stop":
                self._block(event).complete = True
            case "message_delta":
                self._ending = event
                self._stop_reason = _object(event, "delta").get("stop_reason") or self._stop_reason
            case "message_stop":
                self.finished = self._message is not None and self._ending is not None
            case _:
                return None  # ping, and whatever the service may add: new kinds of events are to be ignored
        return None

    def known_usage(self) -> Usage | None:
        """What the service has reported so far, for a stream that broke; None if nothing readable."""
        started = _usage_part(self._message)
        return usage_of(started, _usage_part(self._ending) or started)

    def answer(self, request_id: str | None) -> Answer:
        """The complete answer. Raises AnswerUnreadableError before `finished`."""
        if not self.finished or self._message is None:
            _refuse("the stream has not ended")
        stop = _stop_reason(self._stop_reason)
        uses = tuple(block.use(stop in COUNTING) for block in self._blocks if block.kind == "tool_use")
        text = "".join(block.text("text") for block in self._blocks if block.kind == "text")
        native = tuple(block.native() for block in self._blocks)
        usage = usage_of(_usage_part(self._message), _usage_part(self._ending))
        model = str(self._message.get("model") or "")
        return Answer(Message("assistant", text, uses, native=native), stop, usage, model, request_id)

    # -- content ----------------------------------------------------------------------------------------------------

    def _start(self, event: Mapping[str, Any]) -> None:
        if self._message is None:
            _refuse("content before the message began")
        if event.get("index") != len(self._blocks):
            _refuse("a content block out of order")
        self._blocks.append(_Block(_object(event, "content_block")))

    def _delta(self, event: Mapping[str, Any]) -> StreamPiece | None:
        block = self._block(event)
        delta = _object(event, "delta")
        if delta.get("type") == "citations_delta":
            block.citations.append(delta.get("citation"))
            return None
        fields = _TEXT_FIELDS.get(str(delta.get("type")))
        if fields is None:
            return None
        piece = delta.get(fields[0])
        if not isinstance(piece, str):
            _refuse("a delta without its text")
        self._count(piece)
        block.add(fields[1], piece)
        return _piece(fields[1], piece)

    def _block(self, event: Mapping[str, Any]) -> _Block:
        index = event.get("index")
        if not isinstance(index, int) or not 0 <= index < len(self._blocks) or self._blocks[index].complete:
            _refuse("an event for a content block that is not open")
        return self._blocks[index]

    def _count(self, piece: str) -> None:
        self._characters += len(piece)
        if self._characters > LONGEST_ANSWER:
            _refuse("the answer does not end")


class _Block:
    """One content block while its deltas arrive; parts are joined once, so that long answers stay linear."""

    def __init__(self, start: Mapping[str, Any]) -> None:
        self.kind = str(start.get("type"))
        self.complete = False
        self.citations: list[Any] = []
        self._start = start
        self._parts: dict[str, list[str]] = {}

    def add(self, field: str, piece: str) -> None:
        self._parts.setdefault(field, []).append(piece)

    def text(self, field: str) -> str:
        first = self._start.get(field)
        return (first if isinstance(first, str) else "") + "".join(self._parts.get(field, ()))

    def native(self) -> dict[str, Any]:
        """The block as it must be sent back. A tool input that was cut stands as {}: it must be an object."""
        whole = dict(self._start)
        for field in self._parts:
            whole[field] = self.text(field)
        if self.citations:
            whole["citations"] = [*(whole.get("citations") or ()), *self.citations]
        if self.kind == "tool_use":
            whole["input"] = self._input() or {}
        return whole

    def use(self, counts: bool) -> ToolUse:
        """The tool use; an answer that does not count runs nothing, be its JSON whole or not (reliability.md R6)."""
        name, id_ = self._start.get("name"), self._start.get("id")
        return ToolUse(ToolUseId(str(id_ or "")), str(name or ""), self._input() if counts else None)

    def _input(self) -> dict[str, Any] | None:
        given = self._start.get("input")
        if not self.complete:
            return None
        if "".join(self._parts.get("input", ())) == "":
            return dict(given) if isinstance(given, dict) else {}
        return tool_input("".join(self._parts["input"]))


def tool_input(text: str) -> dict[str, Any] | None:
    """A tool's input, parsed strictly: half a JSON text is never guessed to its end. None if it is no JSON object."""
    try:
        parsed = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _finite(text: str) -> float:
    """A number that JSON can carry back: 1e999 reads as infinity, which it cannot."""
    number = float(text)
    return number if math.isfinite(number) else _refuse(text)


def usage_of(start: Mapping[str, Any] | None, ending: Mapping[str, Any] | None) -> Usage | None:
    """The usage from both ends of a stream, numbers as they came; None where one is missing or no whole number.

    The ending's counts are cumulative and replace the start's; only the start tells cache writes apart by lifetime.
    Whether a number can be true is for the ledger to judge (reliability.md M6).
    """
    if ending is None:
        return None
    merged = {**(start or {}), **{name: value for name, value in ending.items() if value is not None}}
    try:
        written = _count(merged, "cache_creation_input_tokens", 0)
        short, long, is_broken_down = _cache_writes(merged.get("cache_creation"), written)
        return Usage(
            input_tokens=_count(merged, "input_tokens"),
            output_tokens=_count(ending, "output_tokens"),
            cache_read_tokens=_count(merged, "cache_read_input_tokens", 0),
            cache_write_5m_tokens=short,
            cache_write_1h_tokens=long,
            thinking_tokens=_thinking(merged),
            cache_breakdown=is_broken_down,
        )
    except AnswerUnreadableError:
        return None


def _cache_writes(by_lifetime: object, written: int) -> tuple[int, int, bool]:
    """Writes for 5 minutes and for 1 hour; a sum that is not or wrongly broken down stands whole under 1 hour."""
    if not isinstance(by_lifetime, dict):
        return 0, written, written == 0
    short = _count(by_lifetime, "ephemeral_5m_input_tokens", 0)
    long = _count(by_lifetime, "ephemeral_1h_input_tokens", 0)
    return (short, long, True) if short + long == written else (0, max(written, short + long), False)


def _thinking(usage: Mapping[str, Any]) -> int:
    details = usage.get("output_tokens_details")
    return _count(details, "thinking_tokens", 0) if isinstance(details, dict) else 0


def _count(usage: Mapping[str, Any], name: str, missing: int | None = None) -> int:
    value = usage.get(name)
    if value is None and missing is not None:
        return missing
    if not isinstance(value, int) or isinstance(value, bool):
        _refuse(f"{name} is no whole number")
    return value


def _usage_part(holder: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    usage = holder.get("usage") if holder is not None else None
    return usage if isinstance(usage, dict) else None


def _stop_reason(given: str | None) -> StopReason:
    try:
        return StopReason(given or "unknown")
    except ValueError:
        return StopReason.UNKNOWN


def _piece(field: str, piece: str) -> StreamPiece | None:
    if not piece:
        return None
    match field:
        case "text":
            return TextDelta(piece)
        case "thinking":
            return ThinkingDelta(piece)
        case _:
            return None


def _object(event: Mapping[str, Any], name: str) -> dict[str, Any]:
    value = event.get(name)
    if not isinstance(value, dict):
        _refuse(f"an event without {name}")
    return value


def _refuse(what: str) -> NoReturn:
    raise AnswerUnreadableError(what)

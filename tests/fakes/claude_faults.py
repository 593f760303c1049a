"""Plants a fault in an answer of the Claude stand-in: a wrong status, a broken stream, an answer not to be counted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.brain import ModelRequest, ScriptedAnswer, Text, ToolUse
from tests.fakes.claude_wire import Event, first_bytes, input_json, sse
from tests.fakes.faults import Fault
from tests.fakes.steps import END, Step, breaking

ABSURD = 10**15
DRIP_BYTES = 5
HTML = "<html><body>the proxy is tired</body></html>"


@dataclass(frozen=True, slots=True)
class ErrorAnswer:
    """A complete answer with an error status."""

    status: int
    body: bytes
    headers: Mapping[str, str]
    content_type: str = "application/json"


KINDS: Mapping[Fault, str] = {
    Fault.RATE_LIMITED: "rate_limit_error",
    Fault.RATE_LIMITED_MS: "rate_limit_error",
    Fault.RATE_LIMITED_LONG: "rate_limit_error",
    Fault.SPEND_LIMIT_ENFORCED: "rate_limit_error",
    Fault.SPEND_LIMIT_CONTRACT: "rate_limit_error",
    Fault.OVERLOADED: "overloaded_error",
    Fault.INTERNAL_ERROR: "api_error",
    Fault.GATEWAY_TIMEOUT: "timeout_error",
    Fault.BAD_REQUEST: "invalid_request_error",
    Fault.UNAUTHORIZED: "authentication_error",
    Fault.PAYMENT_REQUIRED: "billing_error",
    Fault.FORBIDDEN: "permission_error",
    Fault.NOT_FOUND: "not_found_error",
    Fault.TOO_LARGE: "invalid_request_error",
}
CODES: Mapping[Fault, str] = {
    Fault.SPEND_LIMIT_ENFORCED: "enforced_spend_limit_reached",
    Fault.SPEND_LIMIT_CONTRACT: "contract_spend_limit_reached",
}
HEADERS: Mapping[Fault, Mapping[str, str]] = {
    Fault.RATE_LIMITED: {"retry-after": "1"},
    Fault.RATE_LIMITED_MS: {"retry-after": "1", "retry-after-ms": "20"},
    Fault.RATE_LIMITED_LONG: {"retry-after": "3600"},
}


def error_body(kind: str, message: str, request_id: str, code: str | None = None) -> dict[str, Any]:
    """The JSON of an error as the service words it."""
    details = {"details": {"error_code": code}} if code else {}
    return {"type": "error", "error": {"type": kind, "message": message, **details}, "request_id": request_id}


def error_answer(fault: Fault, request_id: str) -> ErrorAnswer:
    """The answer of a fault of place STATUS."""
    match fault:
        case Fault.BAD_GATEWAY:
            return ErrorAnswer(fault.status, HTML.encode(), {}, "text/html")
        case Fault.UNAVAILABLE:
            return ErrorAnswer(fault.status, b"", {}, "text/plain")
        case _:
            body = error_body(KINDS[fault], f"planted: {fault.value.name}", request_id, CODES.get(fault))
            return ErrorAnswer(fault.status, json.dumps(body).encode(), HEADERS.get(fault, {}))


def spoiled(answer: ScriptedAnswer, fault: Fault, request: ModelRequest) -> ScriptedAnswer:
    """The answer with a fault of place ANSWER in it."""
    match fault:
        case Fault.EMPTY_ANSWER:
            return replace(answer, blocks=(), stop_reason="end_turn")
        case Fault.REFUSAL:
            return replace(answer, blocks=(), stop_reason="refusal")
        case Fault.TEXT_CUT:
            return _half_text(answer, "max_tokens")
        case Fault.PAUSE_TURN:
            return _half_text(answer, "pause_turn")
        case Fault.CONTEXT_EXCEEDED:
            return _half_text(answer, "model_context_window_exceeded")
        case Fault.TOOL_INPUT_CUT:
            return _cut_tool_input(answer, request)
        case Fault.SLOW_DRIP:
            return replace(answer, byte_chunk=DRIP_BYTES, delay=0.001)
        case _:
            return answer


def _half_text(answer: ScriptedAnswer, stop_reason: str) -> ScriptedAnswer:
    text = "".join(block.text for block in answer.blocks if isinstance(block, Text)) or "Let me begin with the first of"
    half = first_bytes(text, (len(text.encode()) + 1) // 2)
    return replace(answer, blocks=(Text(half),), stop_reason=stop_reason)


def _cut_tool_input(answer: ScriptedAnswer, request: ModelRequest) -> ScriptedAnswer:
    if not request.tools:
        return _half_text(answer, "max_tokens")
    use = (
        *answer.tool_uses,
        ToolUse(next(iter(request.tools)), {"path": "half.txt", "content": "one half, and then"}),
    )[0]
    whole = input_json(use)
    kept = tuple(block for block in answer.blocks if not isinstance(block, ToolUse))
    return replace(answer, blocks=(*kept, replace(use, input_text=whole[: len(whole) // 2])), stop_reason="max_tokens")


def steps_of(events: Sequence[Event], fault: Fault | None) -> list[Step]:
    """What goes onto the wire for these events, with a fault of place STREAM or ENDING in it."""
    if (last := breaking(fault)) is not None:
        return [*_first_half(events), last]
    match fault:
        case Fault.ERROR_EVENT:
            body = error_body("overloaded_error", "planted: error_event", "req_in_stream")
            return [*_first_half(events), _planted(events, sse("error", json.dumps(body))), END]
        case Fault.ERROR_EVENT_TEXT:
            return [*_first_half(events), _planted(events, sse("error", "upstream went away")), END]
        case Fault.NO_MESSAGE_START:
            return [*_plain(events[1:]), END]
        case Fault.END_WITHOUT_ENDING:
            return [*_plain(events[:-2]), END]
        case Fault.END_WITHOUT_DELTA:
            return [*_plain([*events[:-2], events[-1]]), END]
        case Fault.END_WITHOUT_STOP:
            return [*_plain(events[:-1]), END]
        case Fault.USAGE_MISSING | Fault.USAGE_NULL | Fault.USAGE_NEGATIVE | Fault.USAGE_ABSURD:
            return [*_plain([_with_false_usage(event, fault) for event in events]), END]
        case _:
            line = _bad_line(fault)
            planted = [_planted(events, line)] if line else []
            return [*_first_half(events), *planted, *_plain(events[_middle(events) :]), END]


def _bad_line(fault: Fault | None) -> bytes:
    delta = {"type": "text_delta", "text": "lost"}
    match fault:
        case Fault.TRUNCATED_JSON:
            return b'event: content_block_delta\ndata: {"type": "content_block_delta", "ind\n\n'
        case Fault.NOT_JSON:
            return sse("content_block_delta", HTML)
        case Fault.STRING_EVENT:
            return sse("content_block_delta", '"a string where an event should be"')
        case Fault.DELTA_WITHOUT_BLOCK:
            return sse("content_block_delta", json.dumps({"type": "content_block_delta", "index": 99, "delta": delta}))
        case Fault.DELTA_WITHOUT_INDEX:
            return sse("content_block_delta", json.dumps({"type": "content_block_delta", "delta": delta}))
        case _:
            return b""


def _middle(events: Sequence[Event]) -> int:
    """Half way, but always behind message_start and the ping, and before the ending."""
    return max(2, len(events) // 2)


def _plain(events: Sequence[Event]) -> list[Step]:
    return [Step(event.wire, event.tokens) for event in events]


def _first_half(events: Sequence[Event]) -> list[Step]:
    return _plain(events[: _middle(events)])


def _planted(events: Sequence[Event], data: bytes) -> Step:
    return Step(data, events[_middle(events) - 1].tokens)


def _with_false_usage(event: Event, fault: Fault) -> Event:
    payload: dict[str, Any] = json.loads(json.dumps(event.payload))
    holder = payload["message"] if event.name == "message_start" else payload
    if "usage" not in holder:
        return event
    if fault is Fault.USAGE_MISSING:
        del holder["usage"]
    elif fault is Fault.USAGE_NULL:
        holder["usage"] = None
    else:
        false = -7 if fault is Fault.USAGE_NEGATIVE else ABSURD
        holder["usage"].update(input_tokens=false, output_tokens=false)
    return replace(event, payload=payload)

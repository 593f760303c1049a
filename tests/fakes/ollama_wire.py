"""Turns what the model says into the lines of an Ollama chat, whole or with a fault in it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.fakes.brain import Block, ScriptedAnswer, Text, Thinking, ToolUse, tokens_in
from tests.fakes.claude_wire import first_bytes, input_json
from tests.fakes.faults import Fault
from tests.fakes.steps import END, Step, breaking

CREATED = "2026-11-23T09:00:00.000000Z"
NANOSECONDS_PER_TOKEN = 20_000_000
DRIP_BYTES = 5
HTML = "<html><body>the proxy is tired</body></html>"
ABSURD = 10**15


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the stream; `tokens` is the output generated up to and with it."""

    payload: Mapping[str, Any]
    tokens: int

    @property
    def wire(self) -> bytes:
        return json.dumps(self.payload, ensure_ascii=False).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as it will go out, with the counts of its last line."""

    blocks: tuple[Block, ...]
    done_reason: str
    prompt_tokens: int
    output_tokens: int
    text_chunk: int


def told(answer: ScriptedAnswer, prompt_tokens: int, limit: int, *, thinks: bool) -> Told:
    """Fit a scripted answer to the request: thoughts only where they are wanted, and not more than `limit` tokens."""
    blocks = tuple(block for block in answer.blocks if thinks or not isinstance(block, Thinking))
    counted = sum(map(_tokens, blocks))
    cut = answer.output_tokens is None and counted > limit
    if cut:
        blocks = _first_tokens(blocks, limit)
    wanted = limit if answer.output_tokens == "max" else answer.output_tokens
    output = min(limit, counted if wanted is None else wanted)
    prompt = prompt_tokens if answer.input_tokens is None else answer.input_tokens
    reason = "length" if cut or answer.ending == "max_tokens" else "stop"
    return Told(blocks, reason, prompt, output, answer.text_chunk)


def _tokens(block: Block) -> int:
    return tokens_in(input_json(block) if isinstance(block, ToolUse) else block.text)


def _first_tokens(blocks: Sequence[Block], limit: int) -> tuple[Block, ...]:
    kept: list[Block] = []
    for block in blocks:
        if _tokens(block) > limit:
            # A tool call that does not fit is not sent at all: Ollama sends them whole or as text.
            return (*kept, *(() if isinstance(block, ToolUse) else (type(block)(first_bytes(block.text, limit * 4)),)))
        kept.append(block)
        limit -= _tokens(block)
    return tuple(kept)


def lines_of(said: Told, model: str) -> list[Line]:
    """The whole stream of an answer."""
    parts = [message for block in said.blocks for message in _messages(block, said.text_chunk)]
    lines = [
        Line(_line(model, message), said.output_tokens * place // len(parts)) for place, message in enumerate(parts, 1)
    ]
    return [*lines, Line(_last(model, said), said.output_tokens)]


def _line(model: str, message: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "model": model,
        "created_at": CREATED,
        "message": {"role": "assistant", "content": "", **message},
        "done": False,
    }


def _last(model: str, said: Told) -> dict[str, Any]:
    prompt_time = said.prompt_tokens * NANOSECONDS_PER_TOKEN // 20
    answer_time = said.output_tokens * NANOSECONDS_PER_TOKEN
    return {
        **_line(model, {}),
        "done": True,
        "done_reason": said.done_reason,
        "total_duration": prompt_time + answer_time + 1_000_000,
        "load_duration": 1_000_000,
        "prompt_eval_count": said.prompt_tokens,
        "prompt_eval_duration": prompt_time,
        "eval_count": said.output_tokens,
        "eval_duration": answer_time,
    }


def _messages(block: Block, size: int) -> Iterator[dict[str, Any]]:
    match block:
        case Text():
            yield from ({"content": part} for part in _parts(block.text, size))
        case Thinking():
            yield from ({"thinking": part} for part in _parts(block.text, size))
        case ToolUse():
            yield {"tool_calls": [{"function": {"name": block.name, "arguments": dict(block.input)}}]}


def _parts(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def collected(lines: Sequence[Line]) -> dict[str, Any]:
    """The one object that answers a request without streaming."""
    messages = [line.payload["message"] for line in lines]
    message: dict[str, Any] = {"role": "assistant", "content": "".join(part["content"] for part in messages)}
    if thoughts := "".join(part.get("thinking", "") for part in messages):
        message["thinking"] = thoughts
    if calls := [call for part in messages for call in part.get("tool_calls", [])]:
        message["tool_calls"] = calls
    return {**lines[-1].payload, "message": message}


def spoiled(answer: ScriptedAnswer, fault: Fault) -> ScriptedAnswer:
    """The answer with a fault of place ANSWER in it."""
    match fault:
        case Fault.EMPTY_ANSWER:
            return replace(answer, blocks=(), stop_reason="end_turn")
        case Fault.TEXT_CUT:
            text = "".join(block.text for block in answer.blocks if isinstance(block, Text)) or "Let me begin with"
            return replace(answer, blocks=(Text(first_bytes(text, len(text.encode()) // 2)),), stop_reason="max_tokens")
        case Fault.SLOW_DRIP:
            return replace(answer, byte_chunk=DRIP_BYTES, delay=0.001)
        case _:
            return answer


def steps_of(lines: Sequence[Line], fault: Fault | None) -> list[Step]:
    """What goes onto the wire for these lines, with a fault of place STREAM or ENDING in it."""
    half = len(lines) // 2
    first = [Step(line.wire, line.tokens) for line in lines[:half]]
    rest = [Step(line.wire, line.tokens) for line in lines[half:]]
    if (last := breaking(fault)) is not None:
        return [*first, last]
    match fault:
        case Fault.END_WITHOUT_ENDING:
            return [*first, *rest[:-1], END]
        case Fault.ERROR_EVENT:
            error = json.dumps({"error": "an error was encountered while running the model: unexpected EOF"})
            return [*first, Step(error.encode() + b"\n", lines[half].tokens), END]
        case Fault.USAGE_MISSING | Fault.USAGE_NULL | Fault.USAGE_NEGATIVE | Fault.USAGE_ABSURD:
            return [*first, *rest[:-1], Step(_with_false_counts(lines[-1], fault).wire, lines[-1].tokens), END]
        case _:
            planted = _bad_line(fault)
            return [*first, *([Step(planted, lines[half].tokens)] if planted else []), *rest, END]


def _bad_line(fault: Fault | None) -> bytes:
    match fault:
        case Fault.TRUNCATED_JSON:
            return b'{"model": "qwen", "message": {"role": "assis\n'
        case Fault.NOT_JSON:
            return HTML.encode() + b"\n"
        case Fault.STRING_EVENT:
            return b'"a string where an object should be"\n'
        case Fault.DELTA_WITHOUT_BLOCK:
            return b'{"model": "qwen", "done": false}\n'
        case _:
            return b""


def _with_false_counts(line: Line, fault: Fault) -> Line:
    payload = dict(line.payload)
    for name in ("prompt_eval_count", "eval_count"):
        match fault:
            case Fault.USAGE_MISSING:
                del payload[name]
            case Fault.USAGE_NULL:
                payload[name] = None
            case _:
                payload[name] = -7 if fault is Fault.USAGE_NEGATIVE else ABSURD
    return replace(line, payload=payload)

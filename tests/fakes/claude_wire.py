"""Turns what the model says into the events of a Messages stream, byte for byte as the real service sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from tests.fakes.billing import Usage
from tests.fakes.brain import Block, ScriptedAnswer, Text, Thinking, ToolUse, tokens_in
from tests.fakes.claude_conversation import signature_of
from tests.fakes.claude_models import ClaudeModel
from tests.fakes.claude_prompt import message_pieces

TOOL_CALL_TOKENS = 8
"""What a tool call costs beside its input."""


@dataclass(frozen=True, slots=True)
class Event:
    """One server-sent event; `tokens` is the output generated up to and with it."""

    name: str
    payload: Mapping[str, Any]
    tokens: int

    @property
    def wire(self) -> bytes:
        return sse(self.name, json.dumps(self.payload, ensure_ascii=False))


def sse(name: str, data: str) -> bytes:
    """One event as text of the stream."""
    return f"event: {name}\ndata: {data}\n\n".encode()


@dataclass(frozen=True, slots=True)
class Spoken:
    """An answer as it will go out: fitted to the model's habits and to `max_tokens`, with its final usage."""

    blocks: tuple[Block, ...]
    signatures: tuple[str, ...]
    stop_reason: str
    stop_sequence: str | None
    usage: Usage
    text_chunk: int
    shown: bool

    @property
    def natural(self) -> int:
        """Tokens counted from the blocks, to which a demanded number is scaled."""
        return sum(_tokens(block) for block in self.blocks)


def spoken(answer: ScriptedAnswer, body: Mapping[str, Any], model: ClaudeModel, prompt: Usage) -> Spoken:
    """Fit a scripted answer to the request; `prompt` is the usage of its input."""
    blocks = _habitual(answer.blocks, body, model)
    limit: int = body["max_tokens"]
    cut = answer.output_tokens is None and sum(map(_tokens, blocks)) > limit
    if cut:
        blocks = _first_tokens(blocks, limit)
    counted = sum(map(_tokens, blocks))
    wanted = limit if answer.output_tokens == "max" else answer.output_tokens
    output = min(limit, counted if wanted is None else wanted)
    thinking = min(output, sum(_tokens(block) for block in blocks if isinstance(block, Thinking)))
    before = message_pieces(body["messages"])
    shown = (body.get("thinking") or {}).get("display") == "summarized"
    sent = [block.text if shown else "" for block in blocks if isinstance(block, Thinking)]
    return Spoken(
        blocks,
        tuple(signature_of(text, model.id, before) for text in sent),
        "max_tokens" if cut else answer.ending,
        answer.stop_sequence,
        replace(prompt, output_tokens=output, thinking_tokens=thinking),
        answer.text_chunk,
        shown,
    )


def _habitual(blocks: Sequence[Block], body: Mapping[str, Any], model: ClaudeModel) -> tuple[Block, ...]:
    """Newer models put what they say between tool calls into thoughts; some always think; some must not."""
    thinking = (body.get("thinking") or {}).get("type")
    if thinking == "disabled" or (thinking is None and not model.strict):
        return tuple(block for block in blocks if not isinstance(block, Thinking))
    last_call = max((place for place, block in enumerate(blocks) if isinstance(block, ToolUse)), default=-1)
    fitted = [
        Thinking(block.text) if model.strict and isinstance(block, Text) and place < last_call else block
        for place, block in enumerate(blocks)
    ]
    if model.always_thinks and not any(isinstance(block, Thinking) for block in fitted):
        fitted.insert(0, Thinking(""))
    return tuple(fitted)


def _tokens(block: Block) -> int:
    match block:
        case Text():
            return tokens_in(block.text)
        case Thinking():
            return max(1, tokens_in(block.text))
        case ToolUse():
            return TOOL_CALL_TOKENS + tokens_in(input_json(block))


def input_json(use: ToolUse) -> str:
    """The input of a tool call as its JSON text, with escapes, so that chunks also end within them."""
    return json.dumps(dict(use.input)) if use.input_text is None else use.input_text


def _first_tokens(blocks: Sequence[Block], limit: int) -> tuple[Block, ...]:
    kept: list[Block] = []
    for block in blocks:
        if _tokens(block) > limit:
            return (*kept, *_head(block, limit))
        kept.append(block)
        limit -= _tokens(block)
    return tuple(kept)


def _head(block: Block, limit: int) -> tuple[Block, ...]:
    match block:
        case Text():
            return (Text(first_bytes(block.text, limit * 4)),) if limit else ()
        case Thinking():
            return (Thinking(first_bytes(block.text, limit * 4)),) if limit else ()
        case ToolUse():
            room = limit - TOOL_CALL_TOKENS
            return (replace(block, input_text=input_json(block)[: room * 4]),) if room > 0 else ()


def first_bytes(text: str, count: int) -> str:
    """As many whole characters as fit into `count` bytes of UTF-8."""
    return text.encode()[:count].decode(errors="ignore")


def events_of(said: Spoken, message_id: str, model_name: str, tool_ids: Sequence[str]) -> list[Event]:
    """The whole stream of an answer; `tool_ids` name its tool calls in order."""
    events = [_start(said, message_id, model_name), Event("ping", {"type": "ping"}, 0)]
    done = 0
    signatures, ids = iter(said.signatures), iter(tool_ids)
    for index, block in enumerate(said.blocks):
        done += _tokens(block)
        deltas = list(_deltas(block, said, signatures))
        reached = [done - _tokens(block) * (len(deltas) - place - 1) // len(deltas) for place in range(len(deltas))]
        events.append(_block_start(index, block, ids, _scaled(said, done - _tokens(block))))
        for delta, count in zip(deltas, reached, strict=True):
            payload = {"type": "content_block_delta", "index": index, "delta": delta}
            events.append(Event("content_block_delta", payload, _scaled(said, count)))
        stop = {"type": "content_block_stop", "index": index}
        events.append(Event("content_block_stop", stop, _scaled(said, done)))
    return [*events, _ending(said), Event("message_stop", {"type": "message_stop"}, said.usage.output_tokens)]


def _scaled(said: Spoken, counted: int) -> int:
    return said.usage.output_tokens * counted // said.natural if said.natural else 0


def _start(said: Spoken, message_id: str, model_name: str) -> Event:
    usage = said.usage
    message: dict[str, Any] = {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": model_name,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": usage.input_tokens,
            "cache_creation_input_tokens": usage.write_tokens,
            "cache_read_input_tokens": usage.read_tokens,
            "cache_creation": {
                "ephemeral_5m_input_tokens": usage.write_5m_tokens,
                "ephemeral_1h_input_tokens": usage.write_1h_tokens,
            },
            # The service counts what it has when the stream begins; the final number comes only in message_delta.
            "output_tokens": min(1, usage.output_tokens),
            "service_tier": "standard",
        },
    }
    return Event("message_start", {"type": "message_start", "message": message}, 0)


def _ending(said: Spoken) -> Event:
    usage = said.usage
    details = {"type": "refusal", "category": None, "explanation": None} if said.stop_reason == "refusal" else None
    payload = {
        "type": "message_delta",
        "delta": {
            "stop_reason": said.stop_reason,
            "stop_sequence": said.stop_sequence,
            **({"stop_details": details} if details else {}),
        },
        "usage": {
            "input_tokens": usage.input_tokens,
            "cache_creation_input_tokens": usage.write_tokens,
            "cache_read_input_tokens": usage.read_tokens,
            "output_tokens": usage.output_tokens,
            "output_tokens_details": {"thinking_tokens": usage.thinking_tokens},
        },
    }
    return Event("message_delta", payload, usage.output_tokens)


def _block_start(index: int, block: Block, ids: Iterator[str], tokens: int) -> Event:
    match block:
        case Text():
            content: dict[str, Any] = {"type": "text", "text": ""}
        case Thinking():
            content = {"type": "thinking", "thinking": "", "signature": ""}
        case ToolUse():
            content = {"type": "tool_use", "id": next(ids), "name": block.name, "input": {}}
    return Event(
        "content_block_start", {"type": "content_block_start", "index": index, "content_block": content}, tokens
    )


def _deltas(block: Block, said: Spoken, signatures: Iterator[str]) -> Iterator[dict[str, str]]:
    match block:
        case Text():
            for part in _parts(block.text, said.text_chunk):
                yield {"type": "text_delta", "text": part}
        case Thinking():
            for part in _parts(block.text, said.text_chunk) if said.shown else ():
                yield {"type": "thinking_delta", "thinking": part}
            yield {"type": "signature_delta", "signature": next(signatures)}
        case ToolUse():
            yield {"type": "input_json_delta", "partial_json": ""}
            for part in _awkward_parts(input_json(block), said.text_chunk):
                yield {"type": "input_json_delta", "partial_json": part}


def _parts(text: str, size: int) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def _awkward_parts(text: str, size: int) -> Iterator[str]:
    """Uneven pieces, some of one character: they end within keys, numbers and escapes."""
    start = 0
    for step in cycle((1, 2, size, 3, 4 * size)):
        if start >= len(text):
            return
        yield text[start : start + step]
        start += step

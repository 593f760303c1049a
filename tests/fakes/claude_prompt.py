"""Reads a Messages request: its pieces in cache order with their lengths, and the question it puts to the model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.brain import ModelRequest, ToolResult, ToolUse, Turn, tokens_in

OVERHEAD = 10
"""Tokens that the service adds to every prompt of its own."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One tool, system or message block. `ttl` is set where a cache breakpoint stands; `content` is without it."""

    place: str
    content: Mapping[str, Any]
    ttl: str | None

    @property
    def canonical(self) -> str:
        return canonical([self.place, self.content])

    @property
    def tokens(self) -> int:
        return tokens_in(canonical(self.content))


def canonical(value: object) -> str:
    """The one JSON text of a value, whatever the order of its keys."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def pieces_of(body: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The prompt in the order of the cache: tools, system, messages."""
    pieces = [*_pieces("tool", body.get("tools", ())), *_pieces("system", blocks(body.get("system", ())))]
    pieces += message_pieces(body["messages"])
    last_ttl = ttl_of(body)
    if last_ttl and pieces and pieces[-1].ttl is None:
        pieces[-1] = Piece(pieces[-1].place, pieces[-1].content, last_ttl)
    return tuple(pieces)


def message_pieces(messages: Iterable[Mapping[str, Any]]) -> list[Piece]:
    """The blocks of all messages in a row, so that it does not matter how they are grouped into messages."""
    return [piece for message in messages for piece in _pieces(message["role"], blocks(message["content"]))]


def _pieces(place: str, items: Iterable[Mapping[str, Any]]) -> Iterator[Piece]:
    for item in items:
        yield Piece(place, without_marks(item), next(iter(marks_in(item)), None))


def blocks(content: Any) -> list[Mapping[str, Any]]:
    """Content as a list of blocks; a string is one text block."""
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


def ttl_of(holder: Mapping[str, Any]) -> str | None:
    """The lifetime of the breakpoint that stands at this tool, block or request; None if there is none."""
    mark = holder.get("cache_control")
    return str(mark.get("ttl", "5m")) if mark else None


def marks_in(item: Mapping[str, Any]) -> list[str]:
    """The lifetimes of all breakpoints at a block and in the blocks of its tool result."""
    own = ttl_of(item)
    inner = item.get("content") if item.get("type") == "tool_result" else None
    nested = [ttl for block in (inner if isinstance(inner, list) else ()) if (ttl := ttl_of(block))]
    return ([own] if own else []) + nested


def without_marks(item: Any) -> Any:
    """The same value without any `cache_control`."""
    if isinstance(item, Mapping):
        return {name: without_marks(value) for name, value in item.items() if name != "cache_control"}
    return [without_marks(value) for value in item] if isinstance(item, list) else item


def digests_of(pieces: Iterable[Piece]) -> list[str]:
    """For every piece the digest of the prompt up to and with it."""
    running = hashlib.sha256()
    found = []
    for piece in pieces:
        running.update(piece.canonical.encode() + b"\n")
        found.append(running.hexdigest())
    return found


def extra_tokens(body: Mapping[str, Any]) -> int:
    """Tokens of the prompt beyond its pieces: the service's own, and the schema of the answer."""
    schema = schema_of(body)
    return OVERHEAD + (tokens_in(canonical(schema)) if schema else 0)


def prompt_tokens(body: Mapping[str, Any]) -> int:
    """The whole prompt's length in tokens; at most its bytes in UTF-8 plus OVERHEAD."""
    return sum(piece.tokens for piece in pieces_of(body)) + extra_tokens(body)


def schema_of(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The JSON schema that the answer must follow, if one is asked for."""
    wanted = (body.get("output_config") or {}).get("format")
    return wanted["schema"] if wanted else None


def question_of(body: Mapping[str, Any], number: int) -> ModelRequest:
    """The request in the form in which brains read it."""
    turns = tuple(_turn(message, body["messages"]) for message in body["messages"])
    system = "\n".join(str(block.get("text", "")) for block in blocks(body.get("system", ())))
    tools = {tool["name"]: tool.get("input_schema", {}) for tool in body.get("tools", ())}
    return ModelRequest(number, body["model"], system, turns, tools, schema_of(body), body["max_tokens"], body)


def _turn(message: Mapping[str, Any], messages: list[Mapping[str, Any]]) -> Turn:
    parts = blocks(message["content"])
    return Turn(
        message["role"],
        "\n".join(part["text"] for part in parts if part["type"] == "text"),
        tuple(ToolUse(part["name"], part["input"], part["id"]) for part in parts if part["type"] == "tool_use"),
        tuple(_tool_result(part, messages) for part in parts if part["type"] == "tool_result"),
    )


def _tool_result(part: Mapping[str, Any], messages: list[Mapping[str, Any]]) -> ToolResult:
    wanted = part["tool_use_id"]
    uses = (block for message in messages for block in blocks(message["content"]) if block["type"] == "tool_use")
    name = next((use["name"] for use in uses if use["id"] == wanted), "")
    text = "\n".join(str(block.get("text", "")) for block in blocks(part.get("content", "")))
    return ToolResult(wanted, name, text, bool(part.get("is_error")))

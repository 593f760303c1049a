"""What the Claude service refuses: the rules of the Messages API that go beyond the types of its parameters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from tests.fakes.claude_conversation import Memory, signature_problems
from tests.fakes.claude_models import ClaudeModel, model_named
from tests.fakes.claude_params import problems_of_count, problems_of_message
from tests.fakes.claude_prompt import (
    blocks,
    marks_in,
    prompt_tokens,
    schema_of,
    ttl_of,
)

API_VERSIONS = ("2023-06-01", "2026-10-21")
"""The second is what the client library of this edition sends."""
LARGEST_BODY = 32 << 20
MOST_BREAKPOINTS = 4
TOOL_NAME = re.compile(r"[a-zA-Z0-9_-]{1,128}")


class Refused(Exception):
    """The request is answered with an error: `kind` is `error.type` of the body."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.kind = kind
        self.message = message


def invalid(message: str) -> Refused:
    return Refused(400, "invalid_request_error", message)


def check_headers(headers: Mapping[str, str], key: str | None) -> None:
    """Raise Refused unless key and version are right; with `key` None any key will do."""
    given = headers.get("x-api-key") or headers.get("authorization", "").removeprefix("Bearer ")
    if not given or (key is not None and given != key):
        raise Refused(401, "authentication_error", "invalid x-api-key")
    if headers.get("anthropic-version") not in API_VERSIONS:
        raise invalid(f"anthropic-version: must be one of {API_VERSIONS}")
    if "json" not in headers.get("content-type", "application/json"):
        raise invalid("content-type: must be application/json")


def check_message(body: Any, memory: Memory) -> ClaudeModel:
    """Raise Refused unless the service would answer this body; returns the model that would."""
    if isinstance(body, dict) and body.get("stream") is not True:
        raise invalid("stream: this server answers streamed requests only")
    _raise_first(problems_of_message(body))
    model = _served(body["model"])
    _raise_first(_problems(body, model, memory))
    return model


def check_count(body: Any, memory: Memory) -> ClaudeModel:
    """Raise Refused unless the service would count this body's tokens."""
    _raise_first(problems_of_count(body))
    model = _served(body["model"])
    _raise_first(_prompt_problems(body, model, memory))
    return model


def _raise_first(problems: Iterator[str] | list[str]) -> None:
    for problem in problems:
        raise invalid(problem)


def _served(name: str) -> ClaudeModel:
    model = model_named(name)
    if model is None:
        raise Refused(404, "not_found_error", f"model: {name}")
    return model


def _problems(body: Mapping[str, Any], model: ClaudeModel, memory: Memory) -> Iterator[str]:
    if not 1 <= body["max_tokens"] <= model.max_output:
        yield f"max_tokens: {body['max_tokens']} > {model.max_output}, the most that {model.id} gives"
    yield from _prompt_problems(body, model, memory)
    length = prompt_tokens(body)
    if length > model.context:
        yield f"prompt is too long: {length} tokens > {model.context} maximum"


def _prompt_problems(body: Mapping[str, Any], model: ClaudeModel, memory: Memory) -> Iterator[str]:
    yield from _thinking_problems(body, model)
    yield from _tool_problems(body, model)
    yield from _conversation_problems(body["messages"], model, memory)
    yield from _breakpoint_problems(body)
    schema = schema_of(body)
    if schema is not None:
        yield from _schema_problems(schema, "output_config.format.schema")


def _thinking_problems(body: Mapping[str, Any], model: ClaudeModel) -> Iterator[str]:
    thinking = body.get("thinking") or {"type": "adaptive"}
    match thinking["type"]:
        case "enabled" if model.strict:
            yield f"thinking.budget_tokens: not supported by {model.id}; use thinking.type adaptive"
        case "enabled" if not 1024 <= thinking["budget_tokens"] < body.get("max_tokens", 1 << 30):
            yield "thinking.budget_tokens: must be at least 1024 and less than max_tokens"
        case "disabled" if model.always_thinks:
            yield f"thinking.type: {model.id} always thinks"
        case "between_tools":
            yield f"thinking.type: between_tools is not supported by {model.id}"
        case _:
            return


def _tool_problems(body: Mapping[str, Any], model: ClaudeModel) -> Iterator[str]:
    choice = body.get("tool_choice", {"type": "auto"})["type"]
    tools = body.get("tools", [])
    if choice in ("any", "tool") and model.strict:
        yield f"tool_choice: forced tool use is not supported by {model.id}"
    if choice != "none" and "tool_choice" in body and not tools:
        yield "tool_choice: may only be specified while providing tools"
    names = [tool["name"] for tool in tools]
    for place, tool in enumerate(tools):
        if not TOOL_NAME.fullmatch(tool["name"]):
            yield f"tools.{place}.name: should match {TOOL_NAME.pattern}"
        if names.count(tool["name"]) > 1:
            yield "tools: Tool names must be unique."
        if tool.get("input_schema", {"type": "object"}).get("type") != "object":
            yield f"tools.{place}.input_schema.type: must be object"
        if tool.get("strict"):
            yield from _schema_problems(tool["input_schema"], f"tools.{place}.input_schema")


def _conversation_problems(messages: Sequence[Mapping[str, Any]], model: ClaudeModel, memory: Memory) -> Iterator[str]:
    if not messages:
        yield "messages: at least one message is required"
        return
    if messages[0]["role"] != "user":
        yield "messages: first message must use the user role"
    yield from memory.problems(messages, prefill_allowed=not model.strict)
    yield from signature_problems(messages, model.id)
    for place, message in enumerate(messages):
        yield from _block_problems(message, f"messages.{place}")
    yield from _tool_result_problems(messages)


def _block_problems(message: Mapping[str, Any], where: str) -> Iterator[str]:
    parts = blocks(message["content"])
    if not parts:
        yield f"{where}: content must not be empty"
    for place, part in enumerate(parts):
        if part["type"] == "text" and not part["text"].strip():
            yield f"{where}.content.{place}: text content blocks must contain non-whitespace text"
        if part["type"] in ("thinking", "redacted_thinking", "tool_use") and message["role"] != "assistant":
            yield f"{where}.content.{place}: {part['type']} blocks belong to the assistant"
        if part["type"] == "tool_result" and message["role"] != "user":
            yield f"{where}.content.{place}: tool_result blocks belong to the user"


def _tool_result_problems(messages: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    open_ids: list[str] = []
    for place, (role, parts) in enumerate(_merged(messages)):
        answered = [part["tool_use_id"] for part in parts if part["type"] == "tool_result"]
        if missing := [one for one in open_ids if one not in answered]:
            yield f"messages.{place}: `tool_use` ids were found without `tool_result` blocks: {', '.join(missing)}"
        if strange := [one for one in answered if one not in open_ids]:
            yield f"messages.{place}: unexpected `tool_use_id` in `tool_result` blocks: {', '.join(strange)}"
        if len(set(answered)) != len(answered):
            yield f"messages.{place}: each tool_use must have a single result"
        if any(part["type"] != "tool_result" for part in parts[: len(answered)]):
            yield f"messages.{place}: tool_result blocks must come first"
        open_ids = [part["id"] for part in parts if part["type"] == "tool_use"] if role == "assistant" else []
    if open_ids:
        yield f"messages: `tool_use` ids were found without `tool_result` blocks: {', '.join(open_ids)}"


def _merged(messages: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Mapping[str, Any]]]]:
    """Neighbouring messages of one role count as one."""
    turns: list[tuple[str, list[Mapping[str, Any]]]] = []
    for message in messages:
        if not turns or turns[-1][0] != message["role"]:
            turns.append((message["role"], []))
        turns[-1][1].extend(blocks(message["content"]))
    return turns


def _breakpoint_problems(body: Mapping[str, Any]) -> Iterator[str]:
    items = [*body.get("tools", []), *blocks(body.get("system", []))]
    items += [block for message in body["messages"] for block in blocks(message["content"])]
    marks = [ttl for item in items for ttl in marks_in(item)]
    if top := ttl_of(body):
        marks.append(top)
    if len(marks) > MOST_BREAKPOINTS:
        yield f"A maximum of {MOST_BREAKPOINTS} blocks with cache_control may be provided. Found {len(marks)}."
    if any(first == "5m" and second == "1h" for first, second in pairwise(marks)):
        yield "cache_control.ttl: a ttl='1h' block must not come after a ttl='5m' block"


def _schema_problems(schema: Mapping[str, Any], where: str) -> Iterator[str]:
    """Structured output knows no recursion, no foreign references, and wants closed objects."""
    definitions: Mapping[str, Any] = {**schema.get("definitions", {}), **schema.get("$defs", {})}
    yield from _node_problems(schema, definitions, where, ())


def _node_problems(node: Any, definitions: Mapping[str, Any], where: str, path: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _node_problems(item, definitions, where, path)
    if not isinstance(node, dict):
        return
    if "$ref" in node:
        yield from _reference_problems(str(node["$ref"]), definitions, where, path)
    if node.get("type") == "object" and node.get("additionalProperties") is not False:
        yield f"{where}: for 'object' type, 'additionalProperties' must be explicitly set to false"
    for name, value in node.items():
        if name in ("$defs", "definitions", "enum", "const", "default", "examples"):
            continue
        inner = list(value.values()) if name == "properties" and isinstance(value, dict) else value
        yield from _node_problems(inner, definitions, where, path)


def _reference_problems(
    reference: str, definitions: Mapping[str, Any], where: str, path: tuple[str, ...]
) -> Iterator[str]:
    name = reference.rpartition("/")[2]
    if reference in path or reference == "#":
        yield f"{where}: recursive schemas are not supported ({reference})"
    elif not reference.startswith(("#/$defs/", "#/definitions/")) or name not in definitions:
        yield f"{where}: cannot resolve {reference}"
    else:
        yield from _node_problems(definitions[name], definitions, where, (*path, reference))

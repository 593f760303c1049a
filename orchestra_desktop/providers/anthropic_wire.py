"""A request in Claude's own form: system blocks with cache breakpoints, turns, tools, thinking and output schema."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestra_desktop.domain.messages import Message, ModelRequest, SystemBlock, ToolOutcome, ToolSpec
from orchestra_desktop.providers.streams import sendable

MOST_BREAKPOINTS = 4
CACHED = {"type": "ephemeral"}

# tool_choice, sampling parameters and prefill are never sent: the 5.5 models refuse them (models.md).


def prompt_params(request: ModelRequest, *, adaptive: bool, effort: str | None) -> dict[str, Any]:
    """What both a message and a count of its tokens take. `adaptive` is for models that decide their own thinking."""
    params: dict[str, Any] = {"model": request.model, "messages": turns(request.messages)}
    if request.system:
        params["system"] = system_blocks(request.system)
    if request.tools:
        params["tools"] = [tool_param(tool) for tool in request.tools]
    if adaptive:
        # Without "summarized" what the model says between its tool calls arrives empty.
        params["thinking"] = {"type": "adaptive", "display": "summarized"}
    output: dict[str, Any] = {"effort": effort} if effort else {}
    if request.json_schema is not None:
        output["format"] = {"type": "json_schema", "schema": request.json_schema}
    if output:
        params["output_config"] = output
    return params


def system_blocks(blocks: Sequence[SystemBlock]) -> list[dict[str, Any]]:
    """The system prompt; of more than four breakpoints the last four count, since they cover the longest prefixes."""
    marked = [place for place, block in enumerate(blocks) if block.cached][-MOST_BREAKPOINTS:]
    return [
        {"type": "text", "text": sendable(block.text), **({"cache_control": CACHED} if place in marked else {})}
        for place, block in enumerate(blocks)
        if block.text.strip()
    ]


def tool_param(tool: ToolSpec) -> dict[str, Any]:
    return {"name": tool.name, "description": tool.description, "input_schema": tool.input_schema}


def turns(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The conversation; a turn without any content is left out, for the service refuses it."""
    following = [*messages[1:], None]
    written = [
        {"role": message.role, "content": _content(message, after)}
        for message, after in zip(messages, following, strict=True)
    ]
    return [turn for turn in written if turn["content"]]


def _content(message: Message, after: Message | None) -> list[dict[str, Any]]:
    if message.role != "assistant":
        return _user_blocks(message)
    blocks = [dict(block) for block in message.native] or _plain_blocks(message)
    answered = {outcome.id for outcome in after.outcomes} if after is not None else set()
    return [block for block in blocks if _may_go_back(block, answered)]


def _may_go_back(block: dict[str, Any], answered: set[Any]) -> bool:
    """False for what the service itself hands out but does not take back: blank text, and a tool use without result.

    Such a use ends an answer that was cut and is being continued in words.
    """
    match block.get("type"):
        case "text":
            return bool(str(block.get("text", "")).strip())
        case "tool_use":
            return block.get("id") in answered
        case _:
            return True


def _user_blocks(message: Message) -> list[dict[str, Any]]:
    """Results first: the service wants them before anything else that the turn says."""
    blocks = [_outcome_block(outcome) for outcome in message.outcomes]
    if message.text.strip():
        blocks.append({"type": "text", "text": sendable(message.text)})
    return blocks


def _outcome_block(outcome: ToolOutcome) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "tool_result", "tool_use_id": outcome.id, "content": sendable(outcome.text)}
    return {**block, "is_error": True} if outcome.is_error else block


def _plain_blocks(message: Message) -> list[dict[str, Any]]:
    """A model's turn that has no native blocks, such as one from another provider."""
    blocks: list[dict[str, Any]] = []
    if message.text.strip():
        blocks.append({"type": "text", "text": sendable(message.text)})
    blocks += [{"type": "tool_use", "id": use.id, "name": use.name, "input": use.input or {}} for use in message.uses]
    return blocks

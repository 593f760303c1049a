"""What the Ollama stand-in refuses, and how a chat request reads as a question to the model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ollama import Message, Options
from ollama._types import ChatRequest, EmbedRequest, PullRequest, ShowRequest
from pydantic import BaseModel, ValidationError

from tests.fakes.brain import ModelRequest, ToolResult, ToolUse, Turn, tokens_in
from tests.fakes.ollama_models import OllamaModel, full_name

FORMS: Mapping[str, type[BaseModel]] = {
    "/api/chat": ChatRequest,
    "/api/embed": EmbedRequest,
    "/api/show": ShowRequest,
    "/api/pull": PullRequest,
}
ROLES = ("system", "user", "assistant", "tool")


class OllamaRefused(Exception):
    """The request is answered with this status and `{"error": message}`."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


def check_form(path: str, body: Any) -> None:
    """Raise OllamaRefused unless the body is what the client library would send, key by key."""
    if not isinstance(body, dict):
        raise OllamaRefused(400, "the body is no JSON object")
    form = FORMS[path]
    try:
        form.model_validate(body)
    except ValidationError as error:
        raise OllamaRefused(400, f"invalid request: {error.errors()[0]['loc']} {error.errors()[0]['msg']}") from error
    for problem in (*_strange(body, form, "body"), *_strange(body.get("options") or {}, Options, "options")):
        raise OllamaRefused(400, problem)


def _strange(body: Mapping[str, Any], form: type[BaseModel], where: str) -> Iterator[str]:
    for name in body:
        if name not in form.model_fields:
            yield f"{where}: unknown key {name!r}"


def check_chat(body: Mapping[str, Any], model: OllamaModel) -> None:
    """Raise OllamaRefused for what is wrong with a chat request to that model."""
    for problem in (*_model_problems(body, model), *_option_problems(body), *_message_problems(body)):
        raise OllamaRefused(400, problem)


def _model_problems(body: Mapping[str, Any], model: OllamaModel) -> Iterator[str]:
    if "completion" not in model.capabilities:
        yield f'"{body["model"]}" does not support chat'
    if body.get("tools") and "tools" not in model.capabilities:
        yield f"registry.ollama.ai/library/{model.name} does not support tools"
    if body.get("think") and "thinking" not in model.capabilities:
        yield f'"{body["model"]}" does not support thinking'


def _option_problems(body: Mapping[str, Any]) -> Iterator[str]:
    num_ctx = (body.get("options") or {}).get("num_ctx")
    if not isinstance(num_ctx, int) or num_ctx < 1:
        # The real one takes a small default and silently drops the beginning of the prompt.
        yield "options.num_ctx: must be set"


def _message_problems(body: Mapping[str, Any]) -> Iterator[str]:
    called: list[str] = []
    for place, message in enumerate(body.get("messages") or []):
        where = f"messages.{place}"
        yield from _strange(message, Message, where)
        role = message.get("role")
        if role not in ROLES:
            yield f"{where}.role: {role!r} is none of {ROLES}"
        if role == "tool" and not called:
            yield f"{where}: a tool result without a tool call"
        elif role == "tool" and message.get("tool_name") not in (None, *called):
            yield f"{where}: a result of {message.get('tool_name')!r}, which was not called"
        elif role == "tool":
            called.remove(message.get("tool_name") or called[0])
        elif called:
            yield f"{where}: tool calls without a result: {', '.join(called)}"
        for call in message.get("tool_calls") or []:
            yield from _strange(call, Message.ToolCall, f"{where}.tool_calls")
            called.append(call["function"]["name"])
    if called:
        yield f"messages: tool calls without a result: {', '.join(called)}"


def prompt_tokens(body: Mapping[str, Any]) -> int:
    """Tokens of the whole prompt by rule."""
    parts = [*(body.get("messages") or []), *(body.get("tools") or [])]
    return sum(tokens_in(str(part)) for part in parts)


def question_of(body: Mapping[str, Any], number: int) -> ModelRequest:
    """The chat request in the form in which brains read it."""
    messages = body.get("messages") or []
    options = body["options"]
    schema = body.get("format")
    return ModelRequest(
        number,
        full_name(body["model"]),
        "\n".join(message.get("content") or "" for message in messages if message["role"] == "system"),
        tuple(_turn(message) for message in messages if message["role"] != "system"),
        {tool["function"]["name"]: tool["function"].get("parameters") or {} for tool in body.get("tools") or []},
        schema if isinstance(schema, dict) else None,
        output_limit(options),
        body,
    )


def output_limit(options: Mapping[str, Any]) -> int:
    """The most tokens of an answer: `num_predict`, and never more than the context holds."""
    wanted = options.get("num_predict") or -1
    return int(wanted if wanted > 0 else options["num_ctx"])


def _turn(message: Mapping[str, Any]) -> Turn:
    text = message.get("content") or ""
    if message["role"] == "tool":
        name = message.get("tool_name") or ""
        return Turn("user", "", tool_results=(ToolResult("", name, text, text.lower().startswith("error")),))
    return Turn(message["role"], text, _tool_uses(message.get("tool_calls") or []))


def _tool_uses(calls: Sequence[Mapping[str, Any]]) -> tuple[ToolUse, ...]:
    return tuple(ToolUse(call["function"]["name"], call["function"]["arguments"]) for call in calls)

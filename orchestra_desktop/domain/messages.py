"""What is said between the program and a model, in the program's own words; providers translate."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from orchestra_desktop.domain.ids import ToolUseId


class StopReason(StrEnum):
    """Why a model stopped; an answer counts only with the first three (reliability.md R6)."""

    END_TURN = "end_turn"
    TOOL_USE = "tool_use"
    STOP_SEQUENCE = "stop_sequence"
    MAX_TOKENS = "max_tokens"
    REFUSAL = "refusal"
    PAUSE_TURN = "pause_turn"
    CONTEXT_EXCEEDED = "model_context_window_exceeded"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A model's wish to use a tool. `input` is None where its JSON was cut or unreadable: such a use is never run."""

    id: ToolUseId
    name: str
    input: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ToolOutcome:
    """What a tool use came to, as it is told to the model."""

    id: ToolUseId
    text: str
    is_error: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation.

    A user's turn holds `text` or `outcomes`; a model's turn holds `text` and `uses`, and in `native` the provider's own
    blocks (thinking with signatures), which go back unchanged to the model they came from.
    """

    role: str  # "user" or "assistant"
    text: str = ""
    uses: tuple[ToolUse, ...] = ()
    outcomes: tuple[ToolOutcome, ...] = ()
    native: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A tool as a model is told of it. An idempotent one may be run again after a crash."""

    name: str
    description: str
    input_schema: dict[str, Any]
    idempotent: bool = False


@dataclass(frozen=True, slots=True)
class SystemBlock:
    """A part of the system prompt; `cached` sets a breakpoint behind it, so that siblings read it from the cache."""

    text: str
    cached: bool = False


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request to a model. `max_tokens` bounds the whole output, thinking included; `timeout_s` is in seconds."""

    model: str
    system: tuple[SystemBlock, ...]
    messages: tuple[Message, ...]
    max_tokens: int
    tools: tuple[ToolSpec, ...] = ()
    json_schema: dict[str, Any] | None = None
    timeout_s: float = 600.0


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call. `input_tokens` are the uncached rest, `output_tokens` include `thinking_tokens`.

    `cache_breakdown` is False where the provider gave cache writes only as a sum: they then stand under 1 h, the
    dearer price.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0
    thinking_tokens: int = 0
    cache_breakdown: bool = True

    @property
    def prompt_tokens(self) -> int:
        """What decides the long-prompt band: input, cache reads and cache writes together."""
        return self.input_tokens + self.cache_read_tokens + self.cache_write_5m_tokens + self.cache_write_1h_tokens

    def is_sane(self, *, max_prompt: int, max_output: int) -> bool:
        """False for a negative count or one above what the model can do (reliability.md M6)."""
        parts = (
            self.input_tokens,
            self.output_tokens,
            self.cache_read_tokens,
            self.cache_write_5m_tokens,
            self.cache_write_1h_tokens,
        )
        return min(parts) >= 0 and self.prompt_tokens <= max_prompt and self.output_tokens <= max_output


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer. `usage` is None where the provider sent none or an unreadable one."""

    message: Message
    stop_reason: StopReason
    usage: Usage | None
    model: str
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """A piece of visible text, as it streams."""

    text: str


@dataclass(frozen=True, slots=True)
class ThinkingDelta:
    """A piece of the model's summarised thinking, as it streams."""

    text: str


StreamPiece = TextDelta | ThinkingDelta | Answer


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model a provider offers. Token limits are None where the provider does not say."""

    id: str
    line: str | None = None
    context_tokens: int | None = None
    max_output_tokens: int | None = None
    local: bool = False
    capabilities: frozenset[str] = field(default_factory=frozenset)


def request_bytes(request: ModelRequest) -> int:
    """The UTF-8 size of everything a request says, in bytes: never fewer than its tokens."""
    parts: list[Any] = [block.text for block in request.system]
    parts += [[m.text, _uses(m), [o.text for o in m.outcomes], list(m.native)] for m in request.messages]
    parts += [[t.name, t.description, t.input_schema] for t in request.tools]
    parts.append(request.json_schema)
    return len(json.dumps(parts, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def _uses(message: Message) -> list[Any]:
    return [[use.id, use.name, use.input] for use in message.uses]

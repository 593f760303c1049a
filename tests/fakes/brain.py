"""What stands in for the model behind a loopback server: its questions, its answers, and brains by script."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from tests.fakes.faults import Fault


@dataclass(frozen=True, slots=True)
class Text:
    """Text of an answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Thinking:
    """A thought; the client sees it only if it asked for summaries."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolUse:
    """A tool call. `input_text` replaces the JSON on the wire, for input that is none."""

    name: str
    input: Mapping[str, Any] = field(default_factory=dict)
    id: str | None = None
    input_text: str | None = None


Block = Text | Thinking | ToolUse


class Gate:
    """A door that a test opens from any thread; an answer held by it waits there. One gate may hold many answers."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    def open(self) -> None:
        """Let all pass, those that wait and those that come."""
        with self._lock:
            self._open = True
            for loop, event in self._waiting:
                loop.call_soon_threadsafe(event.set)
            self._waiting.clear()

    async def passed(self) -> None:
        """Wait until the gate is open."""
        event = asyncio.Event()
        with self._lock:
            if self._open:
                return
            self._waiting.append((asyncio.get_running_loop(), event))
        await event.wait()


@dataclass(frozen=True, slots=True)
class ScriptedAnswer:
    """What the model says, and how it gets onto the wire.

    blocks         content in order
    stop_reason    None: tool_use if there is a ToolUse, else end_turn
    input_tokens   None: counted from the request; else the prompt's length, all of it uncached
    output_tokens  None: counted from the blocks, which are cut at `max_tokens`; "max": just `max_tokens`;
                   a number is bounded by it
    latency        seconds before the first byte
    delay          seconds between two events
    text_chunk     characters per delta
    byte_chunk     bytes per piece on the connection, None: an event at a time
    fault          how it fails; wins over the server's own plan
    hold           a gate at which the answer waits, after `hold_after` events (0: before the first byte)
    """

    blocks: tuple[Block, ...] = ()
    stop_reason: str | None = None
    stop_sequence: str | None = None
    input_tokens: int | None = None
    output_tokens: int | Literal["max"] | None = None
    latency: float = 0.0
    delay: float = 0.0
    text_chunk: int = 24
    byte_chunk: int | None = None
    fault: Fault | None = None
    hold: Gate | None = None
    hold_after: int = 0

    @property
    def tool_uses(self) -> tuple[ToolUse, ...]:
        return tuple(block for block in self.blocks if isinstance(block, ToolUse))

    @property
    def ending(self) -> str:
        """The stop reason, by default the one that fits the blocks."""
        return self.stop_reason or ("tool_use" if self.tool_uses else "end_turn")


def says(text: str, **how: Any) -> ScriptedAnswer:
    """An answer of plain text; `how` are fields of ScriptedAnswer."""
    return ScriptedAnswer(blocks=(Text(text),), **how)


def calls(name: str, arguments: Mapping[str, Any], **how: Any) -> ScriptedAnswer:
    """An answer that calls one tool."""
    return ScriptedAnswer(blocks=(ToolUse(name, arguments),), **how)


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came back from a tool the model had called; `id` is empty where the service knows none (Ollama)."""

    id: str
    name: str
    text: str
    is_error: bool


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the conversation, whatever the service's form for it."""

    role: str
    text: str
    tool_uses: tuple[ToolUse, ...] = ()
    tool_results: tuple[ToolResult, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """A question to the model, the same for Claude and Ollama; `body` is the request as it came."""

    number: int
    model: str
    system: str
    turns: tuple[Turn, ...]
    tools: Mapping[str, Mapping[str, Any]]
    schema: Mapping[str, Any] | None
    max_tokens: int
    body: Mapping[str, Any]

    @property
    def prompt(self) -> str:
        """System text and everything the user side said, without tool results."""
        return "\n".join([self.system, *(turn.text for turn in self.turns if turn.role == "user")])

    @property
    def tool_results(self) -> tuple[ToolResult, ...]:
        """Every tool result of the conversation so far."""
        return tuple(result for turn in self.turns for result in turn.tool_results)

    @property
    def tool_uses(self) -> tuple[ToolUse, ...]:
        """Every tool call the model has made so far in this conversation."""
        return tuple(use for turn in self.turns for use in turn.tool_uses)

    @property
    def rounds(self) -> int:
        """How often the model has answered in this conversation."""
        return sum(turn.role == "assistant" for turn in self.turns)


class Brain(Protocol):
    """Answers one question; runs on the server's own loop, many at a time, and is cancelled when the client leaves."""

    async def answer(self, request: ModelRequest) -> ScriptedAnswer: ...


AnswerRule = Callable[[ModelRequest], ScriptedAnswer | Awaitable[ScriptedAnswer]]


class ScriptedBrain:
    """Answers from a list, in the order of the requests, or by a rule: a plain or coroutine function of the request.

    A list that is used up is a fault of the test and raises AssertionError, unless `repeat_last` is set.
    """

    def __init__(self, script: Iterable[ScriptedAnswer] | AnswerRule, *, repeat_last: bool = False) -> None:
        self._rule: AnswerRule | None = script if callable(script) else None
        self._answers: list[ScriptedAnswer] = [] if callable(script) else list(script)
        self._repeat_last = repeat_last

    async def answer(self, request: ModelRequest) -> ScriptedAnswer:
        if self._rule is None:
            return self._next(request)
        answer = self._rule(request)
        return await answer if inspect.isawaitable(answer) else answer

    def _next(self, request: ModelRequest) -> ScriptedAnswer:
        if not self._answers:
            raise AssertionError(f"request {request.number} is one more than the script has answers for")
        if self._repeat_last and len(self._answers) == 1:
            return self._answers[0]
        return self._answers.pop(0)


def tokens_in(text: str) -> int:
    """Tokens of a text by rule: a quarter of its UTF-8 bytes, rounded up. Never more than its bytes."""
    return -(-len(text.encode()) // 4)

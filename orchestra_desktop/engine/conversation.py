"""Runs the rounds of one attempt: ask, settle, use tools, ask again; each stop reason on its own path.

Every finished round is recorded before the next one begins, so that a resumed attempt goes on from there and nothing is
paid for twice.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from pydantic import TypeAdapter

from orchestra_desktop.calls.call import CallOutcome, Calls, CallSpec, OnPiece
from orchestra_desktop.calls.deadlines import Within
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import Refusal
from orchestra_desktop.domain.errors import UnpricedModel
from orchestra_desktop.domain.ids import Digest, TaskId
from orchestra_desktop.domain.ledger import Purpose
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    ModelRequest,
    StopReason,
    SystemBlock,
    ToolUse,
    request_bytes,
)
from orchestra_desktop.domain.plan import Complexity, PlanTask
from orchestra_desktop.domain.ports import Batch, Body, Clock, Ids, ToolContext
from orchestra_desktop.domain.run import Route, RunSpec
from orchestra_desktop.domain.texts import text
from orchestra_desktop.engine.bodies import BodyCache, body
from orchestra_desktop.engine.stimuli import (
    AttemptAnswered,
    AttemptEnd,
    AttemptGaveUp,
    AttemptNeedsPerson,
    AttemptParked,
    CallFaulted,
    HeadroomRefused,
    ModelUnpriced,
)
from orchestra_desktop.engine.tool_round import Log, ToolRounds, uses_of_round
from orchestra_desktop.prompts.task import continuation_message


class Recorder(Protocol):
    """Takes facts of the attempt into the run's state and the journal, in one transaction."""

    def __call__(self, events: Sequence[ev.Event], batch: Batch) -> Awaitable[object]: ...


@dataclass(frozen=True, slots=True)
class Ended:
    """How an attempt ended; what is still to be recorded goes into one transaction with what follows from it."""

    end: AttemptEnd
    scope: ev.Scope = field(default_factory=ev.Scope)
    events: tuple[ev.Event, ...] = ()
    batch: Batch = field(default_factory=Batch)


@dataclass(frozen=True, slots=True)
class Frame:
    """What all requests of tasks with the same tools begin with, and its size in UTF-8 bytes; made once a run."""

    system: tuple[SystemBlock, ...]
    tools: ToolRounds
    size: int


@dataclass(frozen=True, slots=True)
class Assignment:
    """What an attempt works on. `log` and `prompt` are what is stored of it already, where it goes on."""

    spec: RunSpec
    task: PlanTask
    attempt: int
    route: Route
    scope: ev.Scope
    log: Log
    prompt: Digest | None
    frame: Frame
    opening: Callable[[], Awaitable[Message]]
    tool_context: Callable[[], ToolContext]


@cache
def _messages() -> TypeAdapter[Message]:
    return TypeAdapter(Message)


def message_body(message: Message) -> Body:
    """A message in its stored form."""
    return body(_messages().serializer.to_json(message))


def stored_message(content: bytes) -> Message:
    """The inverse of `message_body`."""
    return _messages().validate_json(content)


class Conversation:
    """One attempt at one task."""

    def __init__(
        self,
        assignment: Assignment,
        calls: Calls,
        bodies: BodyCache,
        clock: Clock,
        ids: Ids,
        record: Recorder,
        may_call: Callable[[], bool],
        on_piece: OnPiece,
        within: Within,
    ) -> None:
        self._a = assignment
        self._calls = calls
        self._tools = assignment.frame.tools
        self._bodies = bodies
        self._clock = clock
        self._ids = ids
        self._record = record
        self._may_call = may_call
        self._on_piece = on_piece
        self._within = within
        self._messages: list[Message] = []
        self._size = assignment.frame.size  # of all that has been said, in bytes
        self._written = 0  # of that by the model
        self._opening: Body | None = None
        self._rounds = 0
        self._continued: list[str] = []  # texts of answers that were cut and are being continued

    async def run(self) -> Ended:
        """Goes on until the attempt ends; bounded by the rounds of the settings."""
        pending = await self._restore()
        if pending is not None:
            message, uses_log = pending
            unrepeatable = self._tools.unrepeatable(message.uses, uses_log)
            if unrepeatable is not None:
                return self._ended(AttemptNeedsPerson(self._task, self._a.attempt, unrepeatable))
            await self._use_tools(message, uses_log)
        while self._rounds <= self._max_rounds:  # the last one is for the answer
            ended = await self._round()
            if ended is not None:
                return ended
        return self._ended(self._rounds_used_up())

    @property
    def _max_rounds(self) -> int:
        return self._a.spec.settings.max_rounds

    def _rounds_used_up(self) -> AttemptGaveUp:
        reason = text("attempt.rounds_used_up", rounds=self._max_rounds)
        feedback = f"The attempt used all {self._max_rounds} rounds without finishing. Use fewer, larger steps."
        return AttemptGaveUp(self._task, self._a.attempt, reason, feedback)

    @property
    def _task(self) -> TaskId:
        return self._a.task.id

    def _ended(self, end: AttemptEnd, events: tuple[ev.Event, ...] = (), batch: Batch | None = None) -> Ended:
        return Ended(end, self._a.scope, events, batch or Batch())

    # -- one round --------------------------------------------------------------------------------------------------

    async def _round(self) -> Ended | None:
        if not self._may_call():
            return self._ended(AttemptParked(self._task, self._a.attempt))
        try:
            reserved = self._calls.reserve(self._call_spec())
            if isinstance(reserved, Refusal):
                reserved = await self._calls.reserve_counted(self._call_spec())
        except UnpricedModel as error:
            return self._ended(ModelUnpriced(self._task, self._a.attempt, error.model))
        if isinstance(reserved, Refusal):
            return self._ended(HeadroomRefused(self._task, self._a.attempt, reserved))
        outcome = await self._calls.send(reserved, self._on_piece, self._within)
        if outcome.answer is None:
            return self._faulted(outcome)
        return await self._take(outcome.answer, outcome.settlement)

    def _faulted(self, outcome: CallOutcome) -> Ended:
        assert outcome.fault is not None  # an outcome is an answer or a fault
        end = CallFaulted(self._task, self._a.attempt, outcome.fault, self._ids.uniform())
        return self._ended(end, batch=outcome.settlement)

    def _call_spec(self) -> CallSpec:
        a = self._a
        wanted = a.task.max_output_tokens or _output_limit(a.spec, a.task.complexity)
        request = ModelRequest(
            model=a.route.choice.model,
            system=a.frame.system,
            messages=tuple(self._messages),
            max_tokens=min(wanted, a.route.choice.max_output_tokens),
            tools=self._tools.specs,
            timeout_s=a.spec.settings.call_timeout_s,
        )
        limit = max(a.spec.settings.max_output_bytes - self._written, 1)
        return CallSpec(Purpose.TASK, a.scope, a.route.tier, a.route.choice, request, limit, self._size)

    def _say(self, message: Message, stored: bytes | None = None) -> None:
        """Adds to the conversation. Each message is measured once; the whole request in each round was quadratic."""
        self._messages.append(message)
        size = len(stored) if stored is not None else request_bytes(ModelRequest("", (), (message,), 0))
        self._size += size
        if message.role == "assistant":
            self._written += size

    async def _take(self, answer: Answer, settlement: Batch) -> Ended | None:
        """Takes a complete answer in: the round, its price and what follows are recorded together."""
        self._rounds += 1
        stored = message_body(answer.message)
        opening = self._opening if self._rounds == 1 else None
        finished = ev.RoundFinished(
            self._rounds, answer.stop_reason, stored.digest, opening.digest if opening is not None else None
        )
        batch = Batch(bodies=(stored,) if opening is None else (opening, stored)) + settlement
        match answer.stop_reason:
            case StopReason.TOOL_USE if answer.message.uses and self._rounds <= self._max_rounds:
                self._say(answer.message, stored.content)
                await self._record_round(finished, batch, answer.message.uses)
                await self._use_tools(answer.message)
                return None
            case StopReason.MAX_TOKENS if self._may_continue(answer.message):
                self._say(answer.message, stored.content)
                await self._record_round(finished, batch)
                self._continue_cut(answer.message)
                return None
            case StopReason.PAUSE_TURN:
                self._say(answer.message, stored.content)
                await self._record_round(finished, batch)
                return None
            case _:
                return self._final(answer, finished, batch)

    async def _record_round(self, finished: ev.RoundFinished, batch: Batch, uses: tuple[ToolUse, ...] = ()) -> None:
        called, inputs = self._tools.announce(uses)
        await self._record((finished, *called), Batch(bodies=inputs) + batch)

    async def _use_tools(self, message: Message, uses_log: Log = ()) -> None:
        self._continued = []
        outcomes = await self._tools.run(message.uses, uses_log, self._record, self._a.tool_context)
        self._say(Message("user", outcomes=outcomes))

    # -- the last round ---------------------------------------------------------------------------------------------

    def _final(self, answer: Answer, finished: ev.RoundFinished, batch: Batch) -> Ended:
        """A round after which nothing more is asked: success, or an honest reason why not."""
        whole = "".join([*self._continued, answer.message.text])
        result = body(whole.encode("utf-8", "surrogatepass"))
        if whole.strip():
            batch = Batch(bodies=(result,)) + batch
        output = result.digest if whole.strip() else None
        return self._ended(self._verdict_on(answer, whole, result, output), (finished,), batch)

    def _verdict_on(self, answer: Answer, whole: str, result: Body, output: Digest | None) -> AttemptEnd:
        task, attempt = self._task, self._a.attempt
        match answer.stop_reason:
            case StopReason.END_TURN | StopReason.STOP_SEQUENCE if output is not None:
                return AttemptAnswered(task, attempt, result.digest, len(whole))
            case StopReason.END_TURN | StopReason.STOP_SEQUENCE:
                return AttemptGaveUp(
                    task,
                    attempt,
                    text("attempt.empty"),
                    "The answer was empty. End with a text that says what was done.",
                )
            case StopReason.TOOL_USE if answer.message.uses:
                return self._rounds_used_up()
            case StopReason.TOOL_USE:
                return AttemptGaveUp(
                    task, attempt, text("attempt.no_tool_named"), "The answer asked for a tool but named none."
                )
            case StopReason.MAX_TOKENS:
                return AttemptGaveUp(
                    task,
                    attempt,
                    text("attempt.cut_off"),
                    "The answer reached the output limit and was cut. Be briefer, and write large files in parts.",
                    output,
                )
            case StopReason.REFUSAL:
                return AttemptNeedsPerson(task, attempt, text("attempt.refused"), output)
            case StopReason.CONTEXT_EXCEEDED:
                return AttemptNeedsPerson(task, attempt, text("attempt.context_exceeded"), output)
            case StopReason.PAUSE_TURN | StopReason.UNKNOWN:
                return AttemptGaveUp(
                    task, attempt, text("attempt.unknown_stop"), "The answer did not end properly.", output
                )

    def _may_continue(self, message: Message) -> bool:
        """A cut answer is continued if it has text and asks for no tool: a cut tool input would write half a file."""
        limit = self._a.spec.settings.max_continuations
        return bool(message.text.strip()) and not message.uses and len(self._continued) < limit

    def _continue_cut(self, message: Message) -> None:
        self._continued.append(message.text)
        self._say(continuation_message())

    # -- going on after a stored round ------------------------------------------------------------------------------

    async def _restore(self) -> tuple[Message, Log] | None:
        """Builds the conversation up to where it was stored; returns the answer whose tools are still to be used."""
        if self._a.prompt is None:
            opening = await self._a.opening()
            self._opening = message_body(opening)
            self._say(opening, self._opening.content)
            return None
        rounds = [entry for entry in self._a.log if isinstance(entry, ev.RoundFinished)]
        contents = await self._bodies.read([self._a.prompt, *(entry.message for entry in rounds)])
        self._say(stored_message(contents[self._a.prompt]), contents[self._a.prompt])
        self._rounds = len(rounds)
        for entry in rounds:
            pending = await self._replay(entry, contents[entry.message])
        return pending if rounds else None

    async def _replay(self, entry: ev.RoundFinished, stored: bytes) -> tuple[Message, Log] | None:
        message = stored_message(stored)
        self._say(message, stored)
        if entry.stop_reason is StopReason.MAX_TOKENS:
            self._continue_cut(message)
        if entry.stop_reason is not StopReason.TOOL_USE:
            return None
        self._continued = []
        uses_log = uses_of_round(self._a.log, entry)
        outcomes = await self._tools.stored_outcomes(message.uses, uses_log)
        if outcomes is None:
            return message, uses_log
        self._say(Message("user", outcomes=outcomes))
        return None


def _output_limit(spec: RunSpec, complexity: Complexity) -> int:
    limits = spec.settings.output_limits
    match complexity:
        case Complexity.SIMPLE:
            return limits.simple
        case Complexity.MEDIUM:
            return limits.medium
        case Complexity.COMPLEX:
            return limits.complex

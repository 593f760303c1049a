"""One task in full, folded from its own events: its attempts, rounds, tool uses, files, tokens and money."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import CallId, Digest, RunId, TaskId
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import ACTIVE_STATES, TaskState, VerdictName


class Outcome(StrEnum):
    """How an attempt stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"  # by a person, by the end of the process, or because the task waits


@dataclass(slots=True)
class ToolLine:
    """One tool use. `output` is None until it has returned."""

    attempt: int
    round: int
    tool: str
    summary: str
    input: Digest
    at: int
    use: str = ""
    output: Digest | None = None
    is_error: bool = False
    milliseconds: int = 0
    artifacts: tuple[Artifact, ...] = ()


@dataclass(slots=True)
class Round:
    """One answer of the model, with the tools it asked for."""

    number: int
    message: Digest
    at: int
    tools: list[ToolLine] = field(default_factory=list)


@dataclass(slots=True)
class Attempt:
    """One try at the task; amounts are nano-dollars, times microseconds since the epoch."""

    number: int
    tier: str
    provider: str
    model: str
    why: Text
    started_at: int
    ended_at: int | None = None
    outcome: Outcome = Outcome.RUNNING
    reason: Text | None = None
    charged: int = 0
    unconfirmed: int = 0
    calls: int = 0
    usage: Usage = field(default_factory=Usage)
    rounds: list[Round] = field(default_factory=list)

    @property
    def tools(self) -> list[ToolLine]:
        return [tool for one in self.rounds for tool in one.tools]


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file that the task wrote, as it was last."""

    artifact: Artifact
    attempt: int
    at: int
    times: int


@dataclass(slots=True)
class TaskDetail:
    """Fed with the events of one task of one run, in the order of their numbers."""

    task: TaskId
    run: RunId | None = None
    state: TaskState = TaskState.WAITING
    reason: Text | None = None
    attempts: list[Attempt] = field(default_factory=list)
    files: dict[str, FileLine] = field(default_factory=dict)
    guidance: list[str] = field(default_factory=list)
    verdict: VerdictName | None = None
    gaps: tuple[str, ...] = ()
    prompt: Digest | None = None
    result: Digest | None = None
    output: Digest | None = None
    reused_from: RunId | None = None
    held: dict[CallId, int] = field(default_factory=dict)
    seq: int = 0

    def take(self, stored: Iterable[ev.Stored]) -> bool:
        """Folds events in; whether there was a new one."""
        before = self.seq
        for one in stored:
            if one.seq > self.seq:
                self.seq = one.seq
                self._take(one)
        return self.seq != before

    # -- sums -------------------------------------------------------------------------------------------------------

    @property
    def current(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def charged(self) -> int:
        return sum(attempt.charged for attempt in self.attempts)

    @property
    def unconfirmed(self) -> int:
        return sum(attempt.unconfirmed for attempt in self.attempts)

    @property
    def holding(self) -> int:
        """Nano-dollars reserved for calls that are under way."""
        return sum(self.held.values())

    @property
    def usage(self) -> Usage:
        return summed(attempt.usage for attempt in self.attempts)

    @property
    def tools(self) -> list[ToolLine]:
        return [tool for attempt in self.attempts for tool in attempt.tools]

    def attempt(self, number: int) -> Attempt | None:
        return next((attempt for attempt in self.attempts if attempt.number == number), None)

    # -- folding ----------------------------------------------------------------------------------------------------

    def _take(self, stored: ev.Stored) -> None:
        match stored.event:
            case ev.TaskStateChanged() | ev.AttemptStarted() | ev.AttemptResumed() | ev.AttemptFailed():
                self._take_attempt(stored, stored.event)
            case ev.CallReserved() | ev.CallCharged() | ev.CallVoided() | ev.CallUnconfirmed():
                self._take_money(stored, stored.event)
            case ev.RoundFinished() | ev.ToolCalled() | ev.ToolReturned():
                self._take_work(stored, stored.event)
            case _:
                self._take_word(stored.event)

    def _take_attempt(
        self, stored: ev.Stored, event: ev.TaskStateChanged | ev.AttemptStarted | ev.AttemptResumed | ev.AttemptFailed
    ) -> None:
        match event:
            case ev.AttemptStarted():
                self._end(Outcome.STOPPED, stored.at)
                self.attempts.append(
                    Attempt(event.number, event.tier.value, event.provider, event.model, event.why, stored.at)
                )
            case ev.AttemptResumed():
                if self.current is not None:
                    self.current.ended_at, self.current.outcome = None, Outcome.RUNNING
            case ev.AttemptFailed():
                self.output = event.output or self.output
                self._end(Outcome.FAILED, stored.at, event.reason)
            case ev.TaskStateChanged():
                self.state, self.reason = event.to, event.reason
                if event.to not in ACTIVE_STATES and event.from_ in ACTIVE_STATES:
                    succeeded = event.to is TaskState.SUCCEEDED
                    self._end(Outcome.SUCCEEDED if succeeded else Outcome.STOPPED, stored.at, event.reason)

    def _end(self, outcome: Outcome, at: int, reason: Text | None = None) -> None:
        """Ends the attempt under way; one that has ended keeps how it ended."""
        attempt = self.current
        if attempt is not None and attempt.outcome is Outcome.RUNNING:
            attempt.outcome, attempt.ended_at, attempt.reason = outcome, at, reason

    def _take_money(
        self, stored: ev.Stored, event: ev.CallReserved | ev.CallCharged | ev.CallVoided | ev.CallUnconfirmed
    ) -> None:
        attempt = self.attempt(stored.scope.attempt) if stored.scope.attempt is not None else self.current
        match event:
            case ev.CallReserved():
                self.held[event.call] = event.amount
                if attempt is not None:
                    attempt.calls += 1
                return
            case ev.CallCharged() if attempt is not None:
                attempt.charged += event.amount
                attempt.usage = summed([attempt.usage, event.usage or Usage()])
            case ev.CallUnconfirmed() if attempt is not None:
                attempt.unconfirmed += event.amount
            case _:
                pass  # a voided call costs nothing; it only frees what was held
        self.held.pop(event.call, None)

    def _take_work(self, stored: ev.Stored, event: ev.RoundFinished | ev.ToolCalled | ev.ToolReturned) -> None:
        attempt = self.attempt(stored.scope.attempt) if stored.scope.attempt is not None else self.current
        if attempt is None:
            return
        match event:
            case ev.RoundFinished():
                attempt.rounds.append(Round(event.round, event.message, stored.at))
                self.prompt = event.prompt or self.prompt
            case ev.ToolCalled() if attempt.rounds:
                line = ToolLine(
                    attempt.number,
                    attempt.rounds[-1].number,
                    event.tool,
                    event.summary,
                    event.input,
                    stored.at,
                    event.use,
                )
                attempt.rounds[-1].tools.append(line)
            case ev.ToolReturned():
                self._returned(attempt, stored.at, event)
            case ev.ToolCalled():
                return

    def _returned(self, attempt: Attempt, at: int, event: ev.ToolReturned) -> None:
        """Ids of uses may repeat from round to round, so the first one still open is meant."""
        line = next((tool for tool in attempt.tools if tool.use == event.use and tool.output is None), None)
        if line is not None:
            line.output, line.is_error, line.milliseconds = event.output, event.is_error, event.milliseconds
            line.artifacts = event.artifacts
        for artifact in event.artifacts:
            times = self.files[artifact.path].times + 1 if artifact.path in self.files else 1
            self.files[artifact.path] = FileLine(artifact, attempt.number, at, times)

    def _take_word(self, event: ev.Event) -> None:
        match event:
            case ev.TaskSucceeded():
                self.result, self.output, self.verdict = event.result, event.result, event.verdict
                self.reused_from = event.reused_from
            case ev.VerdictGiven():
                self.verdict, self.gaps = event.verdict, event.gaps
            case ev.GuidanceGiven():
                self.guidance.append(event.guidance)
            case ev.CheckpointOpened():
                self.output = event.output or self.output
            case _:
                return  # what other events say is told by the list of events


def summed(parts: Iterable[Usage]) -> Usage:
    """Tokens of several calls together."""
    total = Usage()
    for part in parts:
        total = Usage(
            total.input_tokens + part.input_tokens,
            total.output_tokens + part.output_tokens,
            total.cache_read_tokens + part.cache_read_tokens,
            total.cache_write_5m_tokens + part.cache_write_5m_tokens,
            total.cache_write_1h_tokens + part.cache_write_1h_tokens,
            total.thinking_tokens + part.thinking_tokens,
        )
    return total

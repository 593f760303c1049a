"""Asks a model for a plan: paid for and kept before it is looked at, repeated after a passing fault, mended once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from orchestra_desktop.calls.call import CallOutcome, CallSpec, OnPiece
from orchestra_desktop.calls.retry import is_long_pause, retry_delay
from orchestra_desktop.domain.budget import Refusal
from orchestra_desktop.domain.errors import BudgetError, ModelFault, PlanError, PlanUnreadable
from orchestra_desktop.domain.events import Draft, RetryPlanned, Scope
from orchestra_desktop.domain.ids import CallId, Digest, ProjectId, TaskId
from orchestra_desktop.domain.ledger import Purpose
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    ModelRequest,
    StopReason,
    TextDelta,
    ThinkingDelta,
    ToolSpec,
)
from orchestra_desktop.domain.plan import Plan, Tier
from orchestra_desktop.domain.ports import Batch, Body, Clock, Ids, Journal
from orchestra_desktop.domain.projects import Requirement, Rigor
from orchestra_desktop.domain.run import ModelChoice
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.planning.problems import Problem, at_most
from orchestra_desktop.planning.requirements import headings_of
from orchestra_desktop.planning.routing import DEFAULT_TABLE, TierTable
from orchestra_desktop.planning.schema import plan_schema
from orchestra_desktop.planning.streaming import DraftedTask, DraftScanner
from orchestra_desktop.planning.validation import read_and_review
from orchestra_desktop.planning.versions import carried_over
from orchestra_desktop.prompts.planner import REQUEST_TOKENS, PlannerBrief, planner_prompt, repair_message

MOST_REPEATS = 2  # of one request, after faults that pass
_COUNTED = frozenset({StopReason.END_TURN, StopReason.STOP_SEQUENCE})


class AsksModels(Protocol):
    """The part of `calls.Calls` that a planner needs."""

    async def ask(self, spec: CallSpec, on_piece: OnPiece) -> CallOutcome | Refusal: ...


@dataclass(frozen=True, slots=True)
class PlanningRequest:
    """What a plan is wanted for. `requirements_text` adds the headings the requirements stood under.

    `previous` is the version to be replaced, `used_ids` the task ids of all versions; `answers` are pairs of question
    and answer.
    """

    project: ProjectId
    name: str
    requirements: tuple[Requirement, ...]
    rigor: Rigor
    tier: Tier
    choice: ModelChoice
    tools: Mapping[str, ToolSpec]
    instructions: str = ""
    requirements_text: str = ""
    table: TierTable = field(default_factory=lambda: DEFAULT_TABLE)
    previous: Plan | None = None
    used_ids: frozenset[TaskId] = frozenset()
    comment: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    timeout_s: float = 600.0


@dataclass(frozen=True, slots=True)
class PlanProgress:
    """What is there so far: `new` tasks since the last report, all of this answer, characters of thinking and text.

    `request` counts from 1; when it rises, the drafts of the one before are void.
    """

    request: int
    new: tuple[DraftedTask, ...]
    tasks: int
    characters: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A reviewed plan without errors, the calls it took, and the digest of the text it was read from."""

    plan: Plan
    problems: tuple[Problem, ...]
    calls: tuple[CallId, ...]
    raw: Digest


class NoPlan(PlanUnreadable):
    """No usable plan came of the request; `raw` is the digest of the last text, which is kept for the person."""

    def __init__(self, reason: Text, raw: Digest, calls: tuple[CallId, ...]) -> None:
        super().__init__(reason)
        self.raw = raw
        self.calls = calls


class PlanningRefused(BudgetError):
    """A cap does not let the planner ask; nothing was sent for this request."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(
            text(
                "budget.plan_refused",
                cap=refusal.account.kind.value,
                limit=refusal.limit,
                counted=refusal.counted,
                needed=refusal.needed,
                short_by=refusal.short_by,
            )
        )
        self.refusal = refusal


class Planner:
    """Turns requirements into a proposal; every request it makes is on the ledger, whatever becomes of it."""

    def __init__(self, calls: AsksModels, journal: Journal, clock: Clock, ids: Ids) -> None:
        self._calls = calls
        self._journal = journal
        self._clock = clock
        self._ids = ids

    async def propose(self, request: PlanningRequest, on_progress: Callable[[PlanProgress], None]) -> Proposal:
        """Asks, and asks once more with the errors if the first plan cannot be used.

        Raises NoPlan, ModelFault, PlanningRefused, UnpricedModel.
        """
        asking = _Asking(self._calls, self._journal, self._clock, self._ids, request, on_progress)
        model_request = model_request_for(request)
        raw = await asking.answer_text(model_request)
        try:
            return asking.proposal(raw)
        except _Unusable as unusable:
            raw = await asking.answer_text(_with_errors(model_request, unusable.errors, raw))
        try:
            return asking.proposal(raw)
        except _Unusable as unusable:
            raise NoPlan(unusable.errors[0], _digest(raw), tuple(asking.made)) from None


class _Unusable(Exception):
    """A plan that goes back to the model with these errors."""

    def __init__(self, errors: tuple[Text, ...]) -> None:
        super().__init__(errors)
        self.errors = errors


def model_request_for(request: PlanningRequest) -> ModelRequest:
    """The first request of a planning, as the quote may price it too."""
    system, messages = planner_prompt(_brief(request))
    return ModelRequest(
        model=request.choice.model,
        system=system,
        messages=messages,
        max_tokens=min(REQUEST_TOKENS[request.rigor], request.choice.max_output_tokens),
        json_schema=plan_schema(request.rigor),
        timeout_s=request.timeout_s,
    )


def _brief(request: PlanningRequest) -> PlannerBrief:
    return PlannerBrief(
        project_name=request.name,
        requirements=request.requirements,
        rigor=request.rigor,
        instructions=request.instructions,
        tools=tuple((tool.name, tool.description) for tool in request.tools.values()),
        tiers=request.table,
        headings=headings_of(request.requirements, request.requirements_text),
        previous=request.previous,
        comment=request.comment,
        answers=request.answers,
    )


def _with_errors(request: ModelRequest, errors: tuple[Text, ...], raw: str) -> ModelRequest:
    """The same question with the failed answer and its errors behind it, as one user turn.

    Sending the answer back as the model's own turn was rejected: an empty one is no valid turn, and its thinking
    would be paid for again.
    """
    first = request.messages[0]
    text_again = f"{first.text}\n\n{repair_message(errors, raw).text}"
    return replace(request, messages=(Message("user", text_again),))


class _Asking:
    """The requests of one planning."""

    def __init__(
        self,
        calls: AsksModels,
        journal: Journal,
        clock: Clock,
        ids: Ids,
        request: PlanningRequest,
        on_progress: Callable[[PlanProgress], None],
    ) -> None:
        self._calls = calls
        self._journal = journal
        self._clock = clock
        self._ids = ids
        self._request = request
        self._on_progress = on_progress
        self._scope = Scope(project=request.project)
        self._sent = 0
        self.made: list[CallId] = []

    async def answer_text(self, model_request: ModelRequest) -> str:
        """The text of a complete answer, durable together with its price before anything else is done with it."""
        for tries in range(MOST_REPEATS + 1):
            outcome = await self._ask(model_request)
            if outcome.answer is not None:
                return await self._kept(outcome, outcome.answer, model_request)
            await self._wait_after(outcome, tries)
        raise AssertionError("the last fault is always raised")

    async def _ask(self, model_request: ModelRequest) -> CallOutcome:
        self._sent += 1
        spec = CallSpec(Purpose.PLAN, self._scope, self._request.tier, self._request.choice, model_request)
        outcome = await self._calls.ask(spec, _Watcher(self._sent, self._on_progress))
        if isinstance(outcome, Refusal):
            raise PlanningRefused(outcome)
        self.made.append(outcome.call)
        return outcome

    async def _kept(self, outcome: CallOutcome, answer: Answer, model_request: ModelRequest) -> str:
        raw = answer.message.text
        body = Body(_digest(raw), raw.encode("utf-8", "surrogatepass"))
        await self._journal.append(outcome.settlement + Batch(bodies=(body,)))
        if answer.stop_reason not in _COUNTED:
            raise NoPlan(_stopped(answer.stop_reason, model_request.max_tokens), body.digest, tuple(self.made))
        return raw

    async def _wait_after(self, outcome: CallOutcome, tries: int) -> None:
        """Settles a fault and waits if it may pass. Raises ModelFault if the request is not to be repeated."""
        fault = outcome.fault
        delay = None if fault is None else retry_delay(fault, tries, self._ids.uniform())
        if fault is None or delay is None or tries == MOST_REPEATS or is_long_pause(delay, fault):
            await self._journal.append(outcome.settlement)
            raise ModelFault(fault) if fault is not None else AssertionError("neither answer nor fault")
        planned = RetryPlanned(fault.kind.value, fault.detail, delay, tries + 1)
        await self._journal.append(outcome.settlement + Batch(events=(Draft(self._scope, planned, self._clock.now()),)))
        await self._clock.sleep(delay)

    def proposal(self, raw: str) -> Proposal:
        """The plan in this text. Raises _Unusable with what is wrong with it."""
        request = self._request
        previous_ids = frozenset(task.id for task in request.previous.tasks) if request.previous else frozenset()
        try:
            reviewed = read_and_review(raw, request.tools, request.requirements, previous_ids, request.used_ids)
        except PlanError as error:
            raise _Unusable((error.text,)) from None
        if reviewed.errors:
            raise _Unusable(tuple(problem.text for problem in reviewed.errors))
        found = list(reviewed.problems)
        plan = carried_over(reviewed.plan, request.previous, found)
        return Proposal(plan, at_most(found), tuple(self.made), _digest(raw))


class _Watcher:
    """Reports drafted tasks as the answer streams; each report costs a listener something, so only news is told."""

    def __init__(self, request: int, on_progress: Callable[[PlanProgress], None]) -> None:
        self._request = request
        self._on_progress = on_progress
        self._scanner = DraftScanner()
        self._characters = 0
        self._told = -1

    def __call__(self, piece: TextDelta | ThinkingDelta) -> None:
        new = self._scanner.feed(piece.text) if isinstance(piece, TextDelta) else []
        self._characters += len(piece.text)
        if new or self._told < 0 or self._characters - self._told >= _TOLD_EVERY:
            self._told = self._characters
            self._on_progress(PlanProgress(self._request, tuple(new), len(self._scanner.tasks), self._characters))


_TOLD_EVERY = 500  # characters without a new task, so that thinking shows as life


def _stopped(reason: StopReason, max_tokens: int) -> Text:
    """Why an answer that ended in this way is no plan."""
    match reason:
        case StopReason.MAX_TOKENS:
            return text("plan.cut_off", max_tokens=max_tokens)
        case StopReason.REFUSAL:
            return text("plan.model_refused")
        case StopReason.CONTEXT_EXCEEDED:
            return text("plan.context_exceeded")
        case _:
            return text("plan.stopped", reason=reason.value)


def _digest(raw: str) -> Digest:
    return Digest(hashlib.sha256(raw.encode("utf-8", "surrogatepass")).hexdigest())

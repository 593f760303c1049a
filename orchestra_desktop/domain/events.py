"""Every fact that is stored: what happened to projects, plans, runs, tasks, calls and money, in order.

An event is stored before what it announces starts or shows. Bodies (prompts, answers, tool results) are stored beside
it by digest, so that memory stays flat. `resources/docs/events.md` is the table of these types.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, get_args

from pydantic import Field, TypeAdapter

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ids import (
    CallId,
    CheckpointId,
    Digest,
    PlanHash,
    ProjectId,
    RequirementId,
    RunId,
    TaskId,
    ToolUseId,
)
from orchestra_desktop.domain.ledger import Flag, Purpose
from orchestra_desktop.domain.messages import StopReason, Usage
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.projects import Rigor
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import RunStateName, TaskState, VerdictName

# -- projects and plans ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProjectCreated:
    name: str
    rigor: Rigor
    rehearsal: bool
    requirements: int


@dataclass(frozen=True, slots=True)
class RequirementsEdited:
    """The requirements were written anew; `requirements` counts them now. A removed id is never given again."""

    added: tuple[RequirementId, ...]
    removed: tuple[RequirementId, ...]
    changed: tuple[RequirementId, ...]
    requirements: int


@dataclass(frozen=True, slots=True)
class PlanRequested:
    rigor: Rigor
    tier: Tier
    model: str
    comment: str = ""


@dataclass(frozen=True, slots=True)
class PlanProposed:
    number: int
    hash: PlanHash
    tasks: int
    problems: int


@dataclass(frozen=True, slots=True)
class PlanFailed:
    """No plan came of a request; `raw` is the text the model sent, kept for the person."""

    reason: Text
    raw: Digest | None = None


@dataclass(frozen=True, slots=True)
class PlanEdited:
    number: int
    hash: PlanHash
    label: Text


@dataclass(frozen=True, slots=True)
class QuestionAnswered:
    number: int
    question: int
    answer: str


@dataclass(frozen=True, slots=True)
class PlanApproved:
    """Freezes one version by its content hash and signs a ceiling in nano-dollars; None is no ceiling."""

    number: int
    hash: PlanHash
    ceiling: int | None
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class PlanSuperseded:
    number: int


@dataclass(frozen=True, slots=True)
class PlanRejected:
    """A person will not have this draft; it stays to be read."""

    number: int


# -- runs -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RunStarted:
    plan_number: int
    plan_hash: PlanHash
    spec: Digest
    ceiling: int | None


@dataclass(frozen=True, slots=True)
class RunScoped:
    """Which tasks may start; None is all of them."""

    tasks: tuple[TaskId, ...] | None


@dataclass(frozen=True, slots=True)
class RunPaused:
    reason: Text


@dataclass(frozen=True, slots=True)
class RunResumed:
    reason: Text


@dataclass(frozen=True, slots=True)
class RunInterrupted:
    """Found at the next start: the process that ran it is gone."""


@dataclass(frozen=True, slots=True)
class RunReopened:
    reason: Text


@dataclass(frozen=True, slots=True)
class RunFinished:
    state: RunStateName


@dataclass(frozen=True, slots=True)
class CeilingChanged:
    before: int | None
    after: int | None


# -- tasks and attempts ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TaskStateChanged:
    from_: Annotated[TaskState, Field(alias="from")]
    to: TaskState
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class AttemptStarted:
    """`inputs_key` is the digest of all that the attempt depends on, the key for reuse by a later run."""

    number: int
    tier: Tier
    provider: str
    model: str
    why: Text
    inputs_key: str | None = None


@dataclass(frozen=True, slots=True)
class AttemptResumed:
    """The attempt goes on after its last stored round, on the same route."""

    number: int
    rounds: int


@dataclass(frozen=True, slots=True)
class AttemptFailed:
    """The attempt came to no result. `feedback` is what the next one is told, in the words of a prompt; `output` what
    it had written, which a person may accept."""

    number: int
    reason: Text
    feedback: str = ""
    output: Digest | None = None


@dataclass(frozen=True, slots=True)
class RetryPlanned:
    """A transient fault: the call is repeated after `delay_s` seconds; `tries` counts the faults of this call."""

    fault: str
    detail: str
    delay_s: float
    tries: int


@dataclass(frozen=True, slots=True)
class TaskSucceeded:
    """Stored in one transaction with the result's body and the verdict (None where verification is off)."""

    result: Digest
    characters: int
    verdict: VerdictName | None = None
    reused_from: RunId | None = None


@dataclass(frozen=True, slots=True)
class GuidanceGiven:
    guidance: str


@dataclass(frozen=True, slots=True)
class TierPinned:
    """A person moved a task to another tier for its further attempts."""

    tier: Tier


@dataclass(frozen=True, slots=True)
class VerdictGiven:
    verdict: VerdictName
    gaps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FindingAdded:
    kind: str
    title: str
    content: Digest


# -- calls and tools ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallReserved:
    call: CallId
    purpose: Purpose
    provider: str
    model: str
    amount: int
    max_tokens: int


@dataclass(frozen=True, slots=True)
class CallCharged:
    call: CallId
    amount: int
    usage: Usage | None
    request_id: str | None = None
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class CallVoided:
    call: CallId
    fault: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class CallUnconfirmed:
    """Nobody knows what this call cost: it counts whole. `known` is what was reported before it broke."""

    call: CallId
    amount: int
    fault: str
    detail: str = ""
    known: Usage | None = None


@dataclass(frozen=True, slots=True)
class RoundFinished:
    """One answer of a model, complete, with the digest of its message.

    `prompt` is the message that opened the conversation, with the first round only: a resumed attempt sends it again
    as it was.
    """

    round: int
    stop_reason: StopReason
    message: Digest
    prompt: Digest | None = None


@dataclass(frozen=True, slots=True)
class ToolCalled:
    use: ToolUseId
    tool: str
    input: Digest
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ToolReturned:
    use: ToolUseId
    tool: str
    output: Digest
    is_error: bool
    milliseconds: int
    artifacts: tuple[Artifact, ...] = ()


# -- asking, caps, health -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CheckpointOpened:
    checkpoint: CheckpointId
    kind: str
    question: Text
    actions: tuple[str, ...]
    output: Digest | None = None


@dataclass(frozen=True, slots=True)
class CheckpointResolved:
    checkpoint: CheckpointId
    action: str
    by: str = "person"


@dataclass(frozen=True, slots=True)
class CapReached:
    cap: CapKind
    account: str
    limit: int
    counted: int
    needed: int
    short_by: int


@dataclass(frozen=True, slots=True)
class CapNear:
    cap: CapKind
    account: str
    limit: int
    counted: int


@dataclass(frozen=True, slots=True)
class CapChanged:
    cap: CapKind
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class HealthChanged:
    """`service` is a provider; `next_check_s` seconds from now it is tried again, None when it is well."""

    service: str
    healthy: bool
    detail: str
    next_check_s: float | None = None


Event = (
    ProjectCreated
    | RequirementsEdited
    | PlanRequested
    | PlanProposed
    | PlanFailed
    | PlanEdited
    | QuestionAnswered
    | PlanApproved
    | PlanSuperseded
    | PlanRejected
    | RunStarted
    | RunScoped
    | RunPaused
    | RunResumed
    | RunInterrupted
    | RunReopened
    | RunFinished
    | CeilingChanged
    | TaskStateChanged
    | AttemptStarted
    | AttemptResumed
    | AttemptFailed
    | RetryPlanned
    | TaskSucceeded
    | GuidanceGiven
    | TierPinned
    | VerdictGiven
    | FindingAdded
    | CallReserved
    | CallCharged
    | CallVoided
    | CallUnconfirmed
    | RoundFinished
    | ToolCalled
    | ToolReturned
    | CheckpointOpened
    | CheckpointResolved
    | CapReached
    | CapNear
    | CapChanged
    | HealthChanged
)

EVENT_TYPES: dict[str, type[Any]] = {kind.__name__: kind for kind in get_args(Event)}


@dataclass(frozen=True, slots=True)
class Scope:
    """What an event is about; the wider parts may stand alone."""

    project: ProjectId | None = None
    run: RunId | None = None
    task: TaskId | None = None
    attempt: int | None = None


class Draft(NamedTuple):
    """An event on its way to the journal, which gives it its number.

    Drafts and stored events are tuples: a task has eight of each, and a frozen dataclass takes twice as long to make.
    """

    scope: Scope
    event: Event
    at: int  # microseconds since the epoch, UTC


class Stored(NamedTuple):
    """An event as the journal keeps it; `seq` rises strictly within a data folder."""

    seq: int
    at: int
    scope: Scope
    event: Event

    @property
    def type(self) -> str:
        return type(self.event).__name__


_adapters: dict[str, TypeAdapter[Any]] = {}


def _adapter(kind: str) -> TypeAdapter[Any]:
    """Built on first use: all of them at import would cost every start some 40 ms."""
    adapter = _adapters.get(kind)
    if adapter is None:
        adapter = _adapters[kind] = TypeAdapter(EVENT_TYPES[kind])
    return adapter


def event_json(event: Event) -> bytes:
    """The payload of an event as it is stored, keys as in cli.md (`from`, not `from_`)."""
    # The adapter's own `dump_json` passes twelve options on, which takes as long as the writing.
    return _adapter(type(event).__name__).serializer.to_json(event, by_alias=True)


def event_fields(event: Event) -> dict[str, Any]:
    """The same as plain data."""
    fields: dict[str, Any] = _adapter(type(event).__name__).dump_python(event, mode="json", by_alias=True)
    return fields


def event_from_json(kind: str, payload: bytes | str) -> Event:
    """The inverse of `event_json`. Raises KeyError for an unknown type, pydantic.ValidationError for a damaged one."""
    event: Event = _adapter(kind).validate_json(payload)
    return event

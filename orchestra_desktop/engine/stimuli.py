"""What can reach the rules of a run: ends of attempts, passing time, room and health, and what a person decides."""

from __future__ import annotations

from dataclasses import dataclass

from orchestra_desktop.domain.budget import Refusal
from orchestra_desktop.domain.errors import FaultFacts
from orchestra_desktop.domain.ids import CheckpointId, Digest, TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import Text

# -- the run as a whole ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Begin:
    """The run starts (`fresh`) or goes on.

    `only` are the tasks that may start, None is all; `fitting` are the parked tasks whose next calls fit now.
    """

    only: frozenset[TaskId] | None = None
    fitting: tuple[TaskId, ...] = ()
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class RoomMade:
    """These parked tasks' next calls fit now, all together."""

    fitting: tuple[TaskId, ...]


@dataclass(frozen=True, slots=True)
class RoomGone:
    """No open reservation is left that could make room for this parked task."""

    task: TaskId
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class WaitOver:
    """The pause before a repeated call has passed."""

    task: TaskId


@dataclass(frozen=True, slots=True)
class ProviderBack:
    provider: str


@dataclass(frozen=True, slots=True)
class ProviderStillDown:
    """It has been unreachable for `seconds` now, and is asked again after `next_check_s`."""

    provider: str
    seconds: float
    next_check_s: float
    detail: str


@dataclass(frozen=True, slots=True)
class SlotsFreed:
    """Another run of this process has given slots back."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The process is asked to end; state is kept."""


# -- ends of attempts -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AttemptAnswered:
    """The attempt came to a complete answer."""

    task: TaskId
    attempt: int
    result: Digest
    characters: int


@dataclass(frozen=True, slots=True)
class AttemptGaveUp:
    """The attempt came to no usable result; another one may."""

    task: TaskId
    attempt: int
    reason: Text
    feedback: str
    output: Digest | None = None


@dataclass(frozen=True, slots=True)
class AttemptNeedsPerson:
    """Trying again of one's own accord would not help."""

    task: TaskId
    attempt: int
    reason: Text
    output: Digest | None = None


@dataclass(frozen=True, slots=True)
class CallFaulted:
    """A call of the attempt did not answer; `uniform` in [0, 1) is the chance for the jitter."""

    task: TaskId
    attempt: int
    fault: FaultFacts
    uniform: float


@dataclass(frozen=True, slots=True)
class HeadroomRefused:
    """The attempt's next call does not fit under a cap."""

    task: TaskId
    attempt: int
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class ModelUnpriced:
    """The attempt's model has no price."""

    task: TaskId
    attempt: int
    model: str


@dataclass(frozen=True, slots=True)
class AttemptParked:
    """The attempt stopped between two rounds because the run is paused."""

    task: TaskId
    attempt: int


@dataclass(frozen=True, slots=True)
class AttemptCancelled:
    """The attempt's coroutine has ended after a cancellation."""

    task: TaskId
    attempt: int


# -- what a person decides ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pause:
    reason: Text


@dataclass(frozen=True, slots=True)
class Resume:
    pass


@dataclass(frozen=True, slots=True)
class StopNow:
    pass


@dataclass(frozen=True, slots=True)
class RetryTask:
    task: TaskId
    guidance: str = ""
    tier: Tier | None = None


@dataclass(frozen=True, slots=True)
class SkipTask:
    task: TaskId


@dataclass(frozen=True, slots=True)
class CancelTask:
    task: TaskId


@dataclass(frozen=True, slots=True)
class AcceptTask:
    task: TaskId


@dataclass(frozen=True, slots=True)
class Resolve:
    """Answers a checkpoint by one of its actions. A raised cap has been raised already; `fitting` is as in Begin.

    `output` is what the person made of the output that they accept; it is stored already.
    """

    checkpoint: CheckpointId
    action: str
    guidance: str = ""
    tier: Tier | None = None
    fitting: tuple[TaskId, ...] = ()
    output: Digest | None = None


@dataclass(frozen=True, slots=True)
class ChangeCeiling:
    ceiling: int | None


AttemptEnd = (
    AttemptAnswered
    | AttemptGaveUp
    | AttemptNeedsPerson
    | CallFaulted
    | HeadroomRefused
    | ModelUnpriced
    | AttemptParked
    | AttemptCancelled
)
PersonsVerb = Pause | Resume | StopNow | RetryTask | SkipTask | CancelTask | AcceptTask | Resolve | ChangeCeiling
RunStimulus = Begin | RoomMade | RoomGone | WaitOver | ProviderBack | ProviderStillDown | SlotsFreed | Interrupted
Stimulus = RunStimulus | AttemptEnd | PersonsVerb

"""What the rules want done; `executor.py` carries it out and feeds what happened back."""

from __future__ import annotations

from dataclasses import dataclass

from orchestra_desktop.domain.ids import TaskId


@dataclass(frozen=True, slots=True)
class StartAttempt:
    """Run this attempt's conversation, from the start or after its last stored round."""

    task: TaskId
    attempt: int


@dataclass(frozen=True, slots=True)
class CancelAttempt:
    """Close the attempt's request now; its end comes back as a stimulus."""

    task: TaskId
    attempt: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Come back with `WaitOver` after so many seconds."""

    task: TaskId
    seconds: float


@dataclass(frozen=True, slots=True)
class WatchProvider:
    """Ask the provider how it is until it is well."""

    provider: str


Instruction = StartAttempt | CancelAttempt | Wait | WatchProvider

"""The ledger's lines: one for each request, held before it and settled once after it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from orchestra_desktop.domain.ids import CallId, ProjectId, RunId, TaskId
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.periods import Period


class LineState(StrEnum):
    OPEN = "open"
    CHARGED = "charged"
    VOIDED = "voided"
    UNCONFIRMED = "unconfirmed"


class Purpose(StrEnum):
    """What a call was made for."""

    PLAN = "plan"
    TASK = "task"
    VERIFY = "verify"
    EXTRACT = "extract"
    DIGEST = "digest"
    TOOL = "tool"
    TEST = "test"


class Flag(StrEnum):
    """Why a line is not simply what the service reported."""

    USAGE_MISSING = "usage_missing"  # settled at the bound
    USAGE_IMPLAUSIBLE = "usage_implausible"  # negative or above the model's limits: settled at the bound
    ABOVE_RESERVATION = "above_reservation"  # charged exactly, though more than was held
    CACHE_WRITE_UNSPLIT = "cache_write_unsplit"  # priced as 1 h
    KNOWN_PART = "known_part"  # unconfirmed, with the tokens reported before it broke


class LineOpened(NamedTuple):
    """A reservation as it enters the ledger. Amounts are nano-dollars, times microseconds since the epoch.

    Both kinds of write are tuples: a frozen dataclass with so many fields takes four times as long to make.
    """

    call: CallId
    at: int
    period: Period
    project: ProjectId | None
    run: RunId | None
    task: TaskId | None
    attempt: int | None
    purpose: Purpose
    provider: str
    model: str
    tier: str
    reserved: int


class LineSettled(NamedTuple):
    """What a line came to. `charged` counts only in state charged; an unconfirmed line counts at its reservation."""

    call: CallId
    at: int
    state: LineState
    charged: int = 0
    usage: Usage | None = None
    request_id: str | None = None
    flags: tuple[Flag, ...] = ()


LedgerWrite = LineOpened | LineSettled


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """A whole line, as it is read."""

    opened: LineOpened
    settled: LineSettled | None

    @property
    def state(self) -> LineState:
        return self.settled.state if self.settled else LineState.OPEN

    @property
    def counts(self) -> int:
        """What the line counts against caps, in nano-dollars."""
        match self.state:
            case LineState.CHARGED:
                return self.settled.charged if self.settled else 0
            case LineState.VOIDED:
                return 0
            case LineState.OPEN | LineState.UNCONFIRMED:
                return self.opened.reserved

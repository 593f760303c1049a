"""The ports: what the rules and services ask of the world, as Protocols. Floors meet here and are wired in `app.py`."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from orchestra_desktop.domain.budget import Account, Balance
from orchestra_desktop.domain.events import Draft, Stored
from orchestra_desktop.domain.ids import CallId, Digest, ProjectId, RunId, TaskId
from orchestra_desktop.domain.ledger import LedgerLine, LedgerWrite
from orchestra_desktop.domain.messages import ModelInfo, ModelRequest, StreamPiece, ToolSpec, ToolUse
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import RunStateName

# -- time, chance, names --------------------------------------------------------------------------------------------


class Clock(Protocol):
    """Time. Waits follow the monotonic clock, so that sleep and clock jumps cause no burst (reliability.md R11)."""

    def now(self) -> int:
        """Wall clock: microseconds since the epoch, UTC."""

    def monotonic(self) -> float:
        """Seconds that never run backwards."""

    async def sleep(self, seconds: float) -> None: ...


class Ids(Protocol):
    """Names and chance, so that a simulated run can be repeated."""

    def new(self) -> str:
        """A new id: lower-case hexadecimal, unique."""

    def uniform(self) -> float:
        """A number in [0, 1)."""


# -- models ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Health:
    """What a service said when it was asked how it is."""

    healthy: bool
    detail: str
    models: tuple[ModelInfo, ...] = ()
    latency_ms: int = 0


class ModelProvider(Protocol):
    """Streams exactly one request; repeats nothing of its own accord."""

    @property
    def name(self) -> str:
        """`anthropic`, `ollama` or `rehearsal`."""

    @property
    def is_free(self) -> bool:
        """True where nobody sends a bill."""

    def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        """The pieces of one answer; the last one is the `Answer`, exactly once.

        Closing the generator closes the request. Raises ModelFault for everything the service or the network does
        instead of answering, and nothing else.
        """

    async def count_tokens(self, request: ModelRequest) -> int | None:
        """The prompt's tokens by the service's own count; None where it has none. Raises ModelFault."""

    async def check(self) -> Health:
        """How the service is, at no cost. Never raises but for cancellation."""


# -- tools ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ToolContext:
    """Where a tool works and what it has used up: files and bytes written by this run so far."""

    project: ProjectId
    run: RunId
    task: TaskId
    workspace: str
    files_written: int = 0
    bytes_written: int = 0
    quota_files: int = 1_000
    quota_bytes: int = 200_000_000


@dataclass(frozen=True, slots=True)
class ToolResult:
    text: str
    is_error: bool = False
    artifacts: tuple[Artifact, ...] = ()


class Toolbox(Protocol):
    """The tools a model may call."""

    def known(self) -> Mapping[str, ToolSpec]:
        """All tools that loaded, by name."""

    async def run(self, use: ToolUse, context: ToolContext) -> ToolResult:
        """Runs one tool. A refusal or failure is a result with `is_error`; only cancellation is raised."""


# -- storage --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Body:
    """A long text by its digest: prompts, answers, tool results, specs."""

    digest: Digest
    content: bytes


@dataclass(frozen=True, slots=True)
class RunRow:
    """A run as it is listed; everything else of it is the fold of its events."""

    run: RunId
    project: ProjectId
    plan_number: int
    plan_hash: str
    spec: Digest
    state: RunStateName
    started_at: int
    finished_at: int | None
    ceiling: int | None


@dataclass(frozen=True, slots=True)
class PlanRow:
    project: ProjectId
    version: PlanVersion


@dataclass(frozen=True, slots=True)
class ProjectRow:
    project: Project


Row = ProjectRow | PlanRow | RunRow  # written by key: a row replaces the one before


@dataclass(frozen=True, slots=True)
class Batch:
    """What becomes durable together, in one transaction."""

    events: tuple[Draft, ...] = ()
    bodies: tuple[Body, ...] = ()
    ledger: tuple[LedgerWrite, ...] = ()
    rows: tuple[Row, ...] = ()

    def __add__(self, other: Batch) -> Batch:
        return Batch(
            self.events + other.events, self.bodies + other.bodies, self.ledger + other.ledger, self.rows + other.rows
        )


class Journal(Protocol):
    """The one writer."""

    def append(self, batch: Batch) -> Awaitable[tuple[Stored, ...]]:
        """Takes the batch at once, in the order of the calls; awaiting it waits for the commit (synchronous=FULL).

        The awaitable may be dropped: the batch is written all the same. While the disk is full, read-only or locked
        the batch is kept and tried again, and `writable` is False; nothing is lost and nothing is reported committed.
        Subscribers hear of stored events after the commit, in order.
        """

    @property
    def writable(self) -> bool:
        """False while the last attempt to commit failed; no paid call may start meanwhile (reliability.md R9)."""

    def subscribe(self, listener: Callable[[Sequence[Stored]], None]) -> Callable[[], None]:
        """Calls `listener` on the loop with each committed group of events; returns what ends it."""

    def watch(self, watcher: Callable[[Text | None], None]) -> Callable[[], None]:
        """Calls `watcher` on the loop with why commits began to fail, and with None once they succeed again; returns
        what ends it."""

    async def wait_writable(self) -> None:
        """Returns once the database takes commits again."""


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events to read: of a project or run, after a number, of some types; `limit` None is all."""

    project: ProjectId | None = None
    run: RunId | None = None
    after: int = 0
    until: int | None = None
    types: frozenset[str] = frozenset()
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which ledger lines to read."""

    project: ProjectId | None = None
    run: RunId | None = None
    call: CallId | None = None
    state: str | None = None


class Archive(Protocol):
    """Reads what was stored; beside a running instance too."""

    async def projects(self) -> Sequence[Project]: ...

    async def project(self, project: ProjectId) -> Project | None: ...

    async def plans(self, project: ProjectId) -> Sequence[PlanVersion]:
        """All versions, lowest number first."""

    async def runs(self, project: ProjectId | None = None) -> Sequence[RunRow]:
        """Oldest first."""

    async def events(self, which: EventFilter) -> Sequence[Stored]: ...

    async def bodies(self, digests: Iterable[Digest]) -> Mapping[Digest, bytes]:
        """Raises StorageDamaged for one that is missing."""

    async def lines(self, which: LineFilter) -> Sequence[LedgerLine]:
        """Oldest first."""

    async def balances(self, accounts: Iterable[Account]) -> Mapping[Account, Balance]:
        """The ledger's sums, the only source of totals."""

    async def latest_period(self) -> Period | None:
        """The latest day that holds a reservation."""

    async def check(self) -> tuple[str, ...]:
        """What is wrong with the database; empty if nothing is."""


# -- the person's machine -------------------------------------------------------------------------------------------


class Keys(Protocol):
    """The operating system's keyring. Each method raises KeyringUnavailable where there is none that answers."""

    async def get(self, service: str) -> str | None: ...

    async def set(self, service: str, key: str) -> None: ...

    async def delete(self, service: str) -> bool:
        """False if there was none."""


@dataclass(frozen=True, slots=True)
class RefusedCall:
    """A connection the network guard did not allow."""

    at: int
    host: str
    port: int
    why: str


@dataclass(slots=True)
class NetworkLog:
    """What the guard refused, newest last."""

    refused: list[RefusedCall] = field(default_factory=list)


class Network(Protocol):
    """The one guard under every client."""

    @property
    def offline(self) -> bool: ...

    @property
    def log(self) -> NetworkLog: ...

    def check(self, url: str) -> None:
        """Raises NetworkRefused if nothing may be sent there; asks no name server."""

"""Everything that can go wrong, as one tree.

OrchestraError
|-- InvalidInput            the person gave something that cannot be used
|   |-- UnknownThing        no project, task, plan or checkpoint of that name
|   |-- AmbiguousName       more than one fits
|   |-- InvalidSettings     a settings file or --set that does not validate
|   `-- WrongMoment         the thing exists, but this cannot be done to it now
|-- PlanError               a plan that cannot be used
|   |-- GraphError
|   |   |-- DependencyCycle
|   |   |-- UnknownDependency
|   |   |-- DuplicateTask
|   |   `-- SelfDependency
|   |-- PlanTooLarge
|   `-- PlanUnreadable      not JSON, cut off, or not of the schema
|-- BudgetError
|   `-- UnpricedModel       a model without a price is refused, never free
|-- ModelFault              what a provider did instead of answering
|-- NetworkRefused          the guard forbids this host
|-- StorageError
|   |-- StorageUnavailable  full, read-only or locked: may pass
|   |-- StorageDamaged      a record that cannot be read, with its place
|   |-- NewerSchema         the data folder was written by a newer version
|   `-- DataFolderHeld      another process runs this data folder
|-- ToolError               a tool's refusal, told to the model
`-- KeyringUnavailable
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestra_desktop.domain.texts import Text

if TYPE_CHECKING:
    from orchestra_desktop.domain.messages import Usage


class OrchestraError(Exception):
    """Root of the tree; carries a `Text`, since floors below the window make no sentences."""

    def __init__(self, text: Text) -> None:
        super().__init__(text.key, text.args)
        self.text = text


class InvalidInput(OrchestraError):
    """The person gave something that cannot be used; nothing was changed."""


class UnknownThing(InvalidInput):
    """No project, task, plan or checkpoint of that name."""


class AmbiguousName(InvalidInput):
    """More than one thing fits the name or id prefix."""


class InvalidSettings(InvalidInput):
    """A settings file or a --set that does not validate, by section and key."""


class WrongMoment(InvalidInput):
    """The thing exists, but this cannot be done to it now."""


class PlanError(OrchestraError):
    """A plan that cannot be used."""


class GraphError(PlanError):
    """The tasks and their dependencies are no acyclic graph."""


class DependencyCycle(GraphError):
    """Dependencies that close a circle; `path` names it, first task repeated at the end."""

    def __init__(self, path: tuple[str, ...]) -> None:
        super().__init__(Text("graph.cycle", {"path": " -> ".join(path)}))
        self.path = path


class UnknownDependency(GraphError):
    """A task depends on one that is not in the plan."""

    def __init__(self, task: str, dependency: str) -> None:
        super().__init__(Text("graph.unknown_dependency", {"task": task, "dependency": dependency}))
        self.task, self.dependency = task, dependency


class DuplicateTask(GraphError):
    """Two tasks have one id."""

    def __init__(self, task: str) -> None:
        super().__init__(Text("graph.duplicate_task", {"task": task}))
        self.task = task


class SelfDependency(GraphError):
    """A task depends on itself."""

    def __init__(self, task: str) -> None:
        super().__init__(Text("graph.self_dependency", {"task": task}))
        self.task = task


class PlanTooLarge(PlanError):
    """More tasks, or longer texts, than the program accepts."""


class PlanUnreadable(PlanError):
    """Not JSON, cut off, or not of the schema."""


class BudgetError(OrchestraError):
    """A call that the rules of money do not let through."""


class UnpricedModel(BudgetError):
    """A model without a price: refused until the person gives one, never taken as free."""

    def __init__(self, model: str) -> None:
        super().__init__(Text("price.missing", {"model": model}))
        self.model = model


class FaultKind(StrEnum):
    """What a provider did instead of answering."""

    UNREACHABLE = "unreachable"  # no connection could be made: refused, no name, no route
    CONNECTION = "connection"  # made, then broken
    TIMEOUT = "timeout"
    RATE_LIMITED = "rate_limited"
    SPEND_LIMIT = "spend_limit"
    OVERLOADED = "overloaded"
    SERVER = "server"
    CUT_OFF = "cut_off"  # the stream ended, cleanly or not, without its last event
    UNREADABLE = "unreadable"  # bytes that are not the protocol
    KEY_REFUSED = "key_refused"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    TOO_LARGE = "too_large"
    BAD_REQUEST = "bad_request"
    OFFLINE = "offline"  # our own guard refused the host
    NO_KEY = "no_key"


TRANSIENT_FAULTS = frozenset(
    {
        FaultKind.CONNECTION,
        FaultKind.TIMEOUT,
        FaultKind.RATE_LIMITED,
        FaultKind.OVERLOADED,
        FaultKind.SERVER,
        FaultKind.CUT_OFF,
        FaultKind.UNREADABLE,
    }
)


OUTAGE_FAULTS = frozenset({FaultKind.OVERLOADED, FaultKind.SERVER})
"""Faults that are the service's own and no request's: a row of them means that it is down."""


class Owed(StrEnum):
    """What a call that did not answer leaves on the ledger (reliability.md M4)."""

    NOTHING = "nothing"  # failed before sending, or a complete answer with status >= 400
    UNKNOWN = "unknown"  # everything else: counts whole, as unconfirmed


@dataclass(frozen=True, slots=True)
class FaultFacts:
    """The facts of a fault, apart from the exception that carried them.

    `retry_after_s` is what the service asked for, in seconds; `known_usage` what it had reported before it broke.
    """

    kind: FaultKind
    owed: Owed
    detail: str
    status: int | None = None
    retry_after_s: float | None = None
    request_id: str | None = None
    known_usage: Usage | None = None


class ModelFault(OrchestraError):
    """A provider did not answer."""

    def __init__(self, facts: FaultFacts) -> None:
        super().__init__(Text(f"fault.{facts.kind.value}", {"detail": facts.detail}))
        self.facts = facts


class NetworkRefused(OrchestraError):
    """The network guard forbids this host; nothing was sent and no name was looked up."""

    def __init__(self, host: str, why: str) -> None:
        super().__init__(Text("network.refused", {"host": host, "why": why}))
        self.host = host


class StorageError(OrchestraError):
    """The database did not do what it was asked."""


class StorageUnavailable(StorageError):
    """Disk full, read-only or locked: may pass; nothing was lost."""


class StorageDamaged(StorageError):
    """A record that cannot be read; the text names its place."""


class NewerSchema(StorageError):
    """The data folder was written by a newer version; it is left untouched."""


class DataFolderHeld(StorageError):
    """Another process runs this data folder and does not answer."""


class ToolError(OrchestraError):
    """A tool's refusal; its text is told to the model, which may try otherwise."""


class KeyringUnavailable(OrchestraError):
    """The operating system's keyring is absent, locked or does not answer."""

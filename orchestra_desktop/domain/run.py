"""A run: the frozen plan, routes and settings it was started with, and what its tasks are given."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from orchestra_desktop.domain.ids import PlanHash, ProjectId, RunId, TaskId
from orchestra_desktop.domain.plan import Plan, Tier
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.domain.texts import Text


@dataclass(frozen=True, slots=True)
class ModelChoice:
    """A model to be asked: which provider's, what it can take and give, in tokens, and whether nobody bills it."""

    provider: str
    model: str
    max_output_tokens: int
    context_tokens: int
    free: bool = False


@dataclass(frozen=True, slots=True)
class Route:
    """Which tier does a task, on which model, and why."""

    tier: Tier
    choice: ModelChoice
    why: Text


@dataclass(frozen=True, slots=True)
class OutputLimits:
    """Output tokens by complexity, thinking included."""

    simple: int = 8_192
    medium: int = 16_384
    complex: int = 32_768


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The settings that a run keeps as they were when it started. Times are seconds, sizes tokens unless named.

    `transient_retries` repeats a call within its attempt; `further_attempts` come after the first one.
    """

    concurrency: int = 8
    per_provider: dict[str, int] = field(default_factory=lambda: {"anthropic": 4, "ollama": 1, "rehearsal": 8})
    max_rounds: int = 10
    max_continuations: int = 2
    transient_retries: int = 2
    further_attempts: int = 2
    task_timeout_s: int = 1_800
    call_timeout_s: int = 600
    output_limits: OutputLimits = field(default_factory=OutputLimits)
    max_output_bytes: int = 2_000_000
    dependency_tokens: int = 24_000
    write_quota_files: int = 1_000
    write_quota_bytes: int = 200_000_000
    provider_grace_s: int = 30
    shutdown_grace_s: int = 10


@dataclass(frozen=True, slots=True)
class ProjectBrief:
    """What tasks are told of their project."""

    id: ProjectId
    name: str
    requirements: tuple[Requirement, ...]
    workspace: str
    instructions: str = ""
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class RunSpec:
    """All a run needs to be folded and resumed; stored once as a body, by digest.

    `expected_seconds` orders ready tasks by their longest remaining path. `models` holds a choice for each tier that is
    available, so that a person may retry on another one.
    """

    run: RunId
    project: ProjectBrief
    plan: Plan
    plan_number: int
    plan_hash: PlanHash
    routes: dict[TaskId, Route]
    models: dict[Tier, ModelChoice]
    expected_seconds: dict[TaskId, float]
    settings: RunSettings


@cache
def _adapter() -> TypeAdapter[RunSpec]:
    return TypeAdapter(RunSpec)


def spec_json(spec: RunSpec) -> bytes:
    """The stored form of a spec."""
    return _adapter().dump_json(spec)


def spec_from_json(data: bytes | str) -> RunSpec:
    """The inverse of `spec_json`. Raises pydantic.ValidationError for anything else."""
    return _adapter().validate_json(data)


@dataclass(frozen=True, slots=True)
class DependencyResult:
    """What a task gets of one it depends on. A skipped dependency has no text."""

    task: TaskId
    state: str
    text: str
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TaskInputs:
    """What a task's prompt is built from besides the plan: everything that earlier work and people have said."""

    results: tuple[DependencyResult, ...] = ()
    feedback: tuple[str, ...] = ()
    guidance: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artifact:
    """A file that an attempt wrote: workspace-relative path with forward slashes, digest and size in bytes."""

    path: str
    sha256: str
    bytes: int
    before_sha256: str | None = None


Json = dict[str, Any]

"""A project: what a person wants, where the work goes and what it may use."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from orchestra_desktop.domain.ids import ProjectId, RequirementId


class Rigor(StrEnum):
    """How thorough a plan is asked for: quick, standard, thorough."""

    L1 = "L1"
    L2 = "L2"
    L3 = "L3"


class ProjectState(StrEnum):
    """What a project as a whole is doing; derived from its plans and its newest run."""

    DRAFT = "draft"
    PLANNING = "planning"
    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    NEEDS_PERSON = "needs_person"
    FINISHED = "finished"
    FINISHED_WITH_FAILURES = "finished_with_failures"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One numbered wish of the person."""

    id: RequirementId
    text: str


@dataclass(frozen=True, slots=True)
class Project:
    """What is kept of a project. Times are microseconds since the epoch, UTC.

    `overrides` holds what this project changes of the settings, by section and key
    (`{"budget": {"project": 2000000000}}`), already validated.
    """

    id: ProjectId
    name: str
    requirements_text: str
    requirements: tuple[Requirement, ...]
    rigor: Rigor
    workspace: str
    rehearsal: bool
    state: ProjectState
    created_at: int
    updated_at: int
    instructions: str = ""
    repository: str = ""
    base_branch: str = ""
    overrides: dict[str, dict[str, Any]] = field(default_factory=dict)

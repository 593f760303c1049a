"""A plan as the person reviews it: tasks, dependencies, phases, questions, risks and test strategy, all frozen."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestra_desktop.domain.ids import PhaseId, PlanHash, RequirementId, TaskId

if TYPE_CHECKING:
    from pydantic import TypeAdapter

MAX_TASKS = 500  # asked for are 3-15; more than this is refused before anything else looks at the plan


class TaskType(StrEnum):
    CODE = "code"
    RESEARCH = "research"
    ANALYSIS = "analysis"
    ASSET = "asset"
    INTEGRATION = "integration"
    DOCUMENTATION = "documentation"


class Complexity(StrEnum):
    SIMPLE = "simple"
    MEDIUM = "medium"
    COMPLEX = "complex"


class Level(StrEnum):
    """Likelihood and impact of a risk."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Tier(StrEnum):
    """How dear a model may be; `auto` lets the routing table choose."""

    AUTO = "auto"
    LOCAL = "local"
    HAIKU = "haiku"
    SONNET = "sonnet"
    OPUS = "opus"


class PlanState(StrEnum):
    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Phase:
    id: PhaseId
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class PlanTask:
    """One unit of work. The fields after `model_tier` are a person's; None means "as the settings say".

    `timeout_s` is in seconds, `priority` runs lower first, `layout` is the place of its picture and takes no part in
    the approval hash.
    """

    id: TaskId
    title: str
    description: str
    task_type: TaskType
    complexity: Complexity = Complexity.MEDIUM
    depends_on: tuple[TaskId, ...] = ()
    tools_needed: tuple[str, ...] = ()
    requirement_ids: tuple[RequirementId, ...] = ()
    verification_criteria: str = ""
    affected_files: tuple[str, ...] = ()
    phase: PhaseId | None = None
    model_tier: Tier = Tier.AUTO
    priority: int | None = None
    max_output_tokens: int | None = None
    retries: int | None = None
    timeout_s: int | None = None
    ask_before: bool = False
    local_only: bool = False
    layout: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Asked before approval; `answer` is the person's, and None takes the proposal."""

    question: str
    proposed_answer: str
    impact: str = ""
    answer: str | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    risk: str
    likelihood: Level
    impact: Level
    mitigation: str


@dataclass(frozen=True, slots=True)
class PlanTestStrategy:
    """How a thorough plan wants its result tested."""

    approach: str
    test_tasks: tuple[str, ...] = ()
    coverage_notes: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    summary: str
    tasks: tuple[PlanTask, ...]
    phases: tuple[Phase, ...] = ()
    open_questions: tuple[OpenQuestion, ...] = ()
    risk_assessment: tuple[Risk, ...] = ()
    test_strategy: PlanTestStrategy | None = None


_PERSONS_FIELDS = {
    "priority": None,
    "max_output_tokens": None,
    "retries": None,
    "timeout_s": None,
    "ask_before": False,
    "local_only": False,
    "layout": None,
}


@cache
def _adapter() -> TypeAdapter[Plan]:
    from pydantic import TypeAdapter  # 80 ms that the first painted window need not wait for

    return TypeAdapter(Plan)


def plan_json(plan: Plan, *, layout: bool = True) -> dict[str, Any]:
    """The Plan JSON of cli.md. A person's fields appear only where they differ from their default."""
    data: dict[str, Any] = _adapter().dump_python(plan, mode="json")
    for task in data["tasks"]:
        for name, default in _PERSONS_FIELDS.items():
            if task[name] == default or (name == "layout" and not layout):
                del task[name]
    for question in data["open_questions"]:
        if question["answer"] is None:
            del question["answer"]
    return data


def plan_from_json(data: dict[str, Any]) -> Plan:
    """The inverse of `plan_json`, for plans this program wrote. Raises pydantic.ValidationError on anything else."""
    return _adapter().validate_python(data)


def plan_hash(plan: Plan) -> PlanHash:
    """What an approval signs: sha256 of the canonical JSON (sorted keys, no spaces, UTF-8) without layout."""
    canonical = json.dumps(plan_json(plan, layout=False), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return PlanHash(hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest())


@dataclass(frozen=True, slots=True)
class PlanVersion:
    """One numbered version of a project's plan. `problems` are what was found and what was repaired, as Text rows.

    `ceiling` is what an approval signed, in nano-dollars.
    """

    number: int
    state: PlanState
    hash: PlanHash
    plan: Plan
    problems: tuple[dict[str, Any], ...]
    created_at: int
    comment: str = ""
    ceiling: int | None = None

    @property
    def counts(self) -> bool:
        """Whether it is more than history: a draft, or signed."""
        return self.state in {PlanState.DRAFT, PlanState.APPROVED}


def with_hash(version: PlanVersion) -> bool:
    """True if the stored hash is the plan's own: a run starts only then."""
    return plan_hash(version.plan) == version.hash


def task_fields(task: PlanTask) -> dict[str, Any]:
    """A task as a plain dictionary, for edits by field name."""
    return asdict(task)

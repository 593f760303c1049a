"""Reads the fields of a plan out of plain JSON, guessing what was meant and noting each guess."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from orchestra_desktop.domain.ids import PhaseId, RequirementId, TaskId
from orchestra_desktop.domain.plan import (
    Complexity,
    Level,
    OpenQuestion,
    Phase,
    Plan,
    PlanTask,
    PlanTestStrategy,
    Risk,
    TaskType,
    Tier,
)
from orchestra_desktop.planning.fields import (
    choice_of,
    clean,
    first_text,
    names_of,
    number_of,
    place_of,
    records_of,
    text_of,
)
from orchestra_desktop.planning.problems import Problem, repaired

_TYPE_SYNONYMS = {
    "coding": TaskType.CODE,
    "implementation": TaskType.CODE,
    "development": TaskType.CODE,
    "programming": TaskType.CODE,
    "script": TaskType.CODE,
    "test": TaskType.CODE,
    "testing": TaskType.CODE,
    "config": TaskType.CODE,
    "configuration": TaskType.CODE,
    "csharp_method": TaskType.CODE,
    "csharp_assembly": TaskType.INTEGRATION,
    "investigation": TaskType.RESEARCH,
    "design": TaskType.ANALYSIS,
    "planning": TaskType.ANALYSIS,
    "review": TaskType.ANALYSIS,
    "summary": TaskType.ANALYSIS,
    "image": TaskType.ASSET,
    "integrate": TaskType.INTEGRATION,
    "assembly": TaskType.INTEGRATION,
    "docs": TaskType.DOCUMENTATION,
    "doc": TaskType.DOCUMENTATION,
    "writing": TaskType.DOCUMENTATION,
}
_COMPLEXITY_SYNONYMS = {
    "low": Complexity.SIMPLE,
    "easy": Complexity.SIMPLE,
    "trivial": Complexity.SIMPLE,
    "small": Complexity.SIMPLE,
    "moderate": Complexity.MEDIUM,
    "normal": Complexity.MEDIUM,
    "high": Complexity.COMPLEX,
    "hard": Complexity.COMPLEX,
    "large": Complexity.COMPLEX,
    "difficult": Complexity.COMPLEX,
}
_TIER_SYNONYMS = {"ollama": Tier.LOCAL, "default": Tier.AUTO, "none": Tier.AUTO}
_LEVEL_SYNONYMS = {"moderate": Level.MEDIUM, "severe": Level.HIGH, "critical": Level.HIGH, "minor": Level.LOW}

Member = TypeVar("Member", TaskType, Complexity, Tier)


def plan_of(flat: Mapping[str, Any], tasks: Sequence[object], found: list[Problem], *, by_person: bool) -> Plan:
    """The plan of a flat JSON object and its list of tasks; what had to be guessed is added to `found`."""
    read = _TaskReader(found, by_person)
    return Plan(
        summary=first_text(flat, "summary", "description"),
        tasks=tuple(read.task(task, place) for place, task in enumerate(tasks, start=1)),
        phases=tuple(_phase(phase, place) for place, phase in enumerate(records_of(flat.get("phases")), start=1)),
        open_questions=_questions(flat.get("open_questions"), by_person),
        risk_assessment=tuple(_risk(risk) for risk in records_of(flat.get("risk_assessment"))),
        test_strategy=_test_strategy(flat.get("test_strategy")),
    )


@dataclass(slots=True)
class _TaskReader:
    """Reads tasks and notes what it had to guess."""

    found: list[Problem]
    by_person: bool

    def task(self, data: object, place: int) -> PlanTask:
        if not isinstance(data, dict):
            self.found.append(repaired("plan.task_no_object", TaskId(f"#{place}")))
            data = {"title": text_of(data)}
        by_place = TaskId(f"#{place}")  # problems name it so until it has its final id
        task = PlanTask(
            id=TaskId(first_text(data, "id")) or by_place,
            title=first_text(data, "title", "name"),
            description=first_text(data, "description"),
            task_type=self._choice(data, "task_type", "type", TaskType.ANALYSIS, _TYPE_SYNONYMS, by_place),
            complexity=self._choice(data, "complexity", "", Complexity.MEDIUM, _COMPLEXITY_SYNONYMS, by_place),
            depends_on=tuple(TaskId(name) for name in names_of(data.get("depends_on"))),
            tools_needed=names_of(data.get("tools_needed")),
            requirement_ids=tuple(RequirementId(name) for name in names_of(data.get("requirement_ids"))),
            verification_criteria=_prose(data.get("verification_criteria")),
            affected_files=names_of(data.get("affected_files")),
            phase=PhaseId(first_text(data, "phase")) or None,
            model_tier=self._choice(data, "model_tier", "tier", Tier.AUTO, _TIER_SYNONYMS, by_place),
        )
        return _with_persons_fields(task, data) if self.by_person else task

    def _choice(
        self,
        data: Mapping[str, Any],
        name: str,
        other_name: str,
        default: Member,
        synonyms: Mapping[str, Member],
        task: TaskId,
    ) -> Member:
        """One of a few words; what is missing or unknown takes the default, and unknown words are listed."""
        given = data.get(name, data.get(other_name))
        meant = choice_of(given, type(default), synonyms)
        if meant is None and text_of(given):
            shown = text_of(given)[:60]
            self.found.append(repaired("plan.unknown_value", task, field=name, given=shown, used=default.value))
        return default if meant is None else meant


def _with_persons_fields(task: PlanTask, data: Mapping[str, Any]) -> PlanTask:
    """Fields of an imported file that no model may set; what is out of bounds falls back to the settings."""
    return replace(
        task,
        priority=number_of(data.get("priority"), -1_000_000, 1_000_000),
        max_output_tokens=number_of(data.get("max_output_tokens"), 1, 1_000_000),
        retries=number_of(data.get("retries"), 0, 100),
        timeout_s=number_of(data.get("timeout_s"), 1, 7 * 86_400),
        ask_before=data.get("ask_before") is True,
        local_only=data.get("local_only") is True,
        layout=place_of(data.get("layout")),
    )


def _prose(value: object) -> str:
    """Criteria come as text or as a list of points."""
    if isinstance(value, list):
        return "\n".join(f"- {point}" for entry in value if (point := text_of(entry)))
    return text_of(value)


def _phase(data: Mapping[str, Any], place: int) -> Phase:
    name = first_text(data, "name", "title", "id")
    return Phase(PhaseId(first_text(data, "id") or f"P{place}"), name, first_text(data, "description"))


def _questions(value: object, by_person: bool) -> tuple[OpenQuestion, ...]:
    questions = []
    for data in records_of(value):
        question = first_text(data, "question")
        answer = clean(data["answer"]) if by_person and isinstance(data.get("answer"), str) else None
        if question:
            proposed = first_text(data, "proposed_answer")
            questions.append(OpenQuestion(question, proposed, first_text(data, "impact"), answer))
    return tuple(questions)


def _risk(data: Mapping[str, Any]) -> Risk:
    return Risk(
        risk=first_text(data, "risk", "description"),
        likelihood=choice_of(data.get("likelihood"), Level, _LEVEL_SYNONYMS) or Level.MEDIUM,
        impact=choice_of(data.get("impact"), Level, _LEVEL_SYNONYMS) or Level.MEDIUM,
        mitigation=first_text(data, "mitigation"),
    )


def _test_strategy(value: object) -> PlanTestStrategy | None:
    if not isinstance(value, dict):
        return None
    strategy = PlanTestStrategy(
        first_text(value, "approach"), names_of(value.get("test_tasks")), _prose(value.get("coverage_notes"))
    )
    return None if strategy == PlanTestStrategy("") else strategy

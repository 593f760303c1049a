"""Cuts what a plan says to sizes that prompts, screens and the database bear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import TypeVar

from orchestra_desktop.domain.ids import PhaseId
from orchestra_desktop.domain.plan import OpenQuestion, Phase, Plan, PlanTask, PlanTestStrategy, Risk
from orchestra_desktop.planning.problems import Problem, repaired

TITLE = 200
PROSE = 20_000  # description of a task, summary of a plan
NOTE = 4_000  # criteria, questions, risks
NAME = 200  # phases, tools, requirement ids
PATH = 400
MOST_DEPENDENCIES = 500
MOST_FILES = 100
MOST_NAMES = 100  # tools and requirements of one task
MOST_ENTRIES = 50  # phases, questions, risks, test tasks

T = TypeVar("T")


def cut(text: str, limit: int) -> str:
    """At most `limit` characters, the last one an ellipsis if something is missing."""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def bounded(plan: Plan, found: list[Problem]) -> Plan:
    """The plan with every text and list within its bounds; each task that lost something is listed once."""
    small = replace(
        plan,
        summary=cut(plan.summary, PROSE),
        tasks=tuple(_task(task, found) for task in plan.tasks),
        phases=tuple(_phase(phase) for phase in plan.phases[:MOST_ENTRIES]),
        open_questions=tuple(_question(question) for question in plan.open_questions[:MOST_ENTRIES]),
        risk_assessment=tuple(_risk(risk) for risk in plan.risk_assessment[:MOST_ENTRIES]),
        test_strategy=_strategy(plan.test_strategy),
    )
    if replace(small, tasks=()) != replace(plan, tasks=()):
        found.append(repaired("plan.cut_to_size"))
    return small


def _task(task: PlanTask, found: list[Problem]) -> PlanTask:
    """Fields first, so that the title may still come from a whole description."""
    title = " ".join(task.title.split())
    small = replace(
        task,
        title=cut(title, TITLE),
        description=cut(task.description, PROSE),
        verification_criteria=cut(task.verification_criteria, NOTE),
        depends_on=task.depends_on[:MOST_DEPENDENCIES],
        tools_needed=_names(task.tools_needed, NAME, MOST_NAMES),
        requirement_ids=_names(task.requirement_ids, NAME, MOST_NAMES),
        phase=PhaseId(cut(task.phase, NAME)) if task.phase else None,
    )
    if replace(small, title=title) != replace(task, title=title) or small.title != title:
        found.append(repaired("plan.task_cut_to_size", task.id))
    return _titled(_with_safe_files(small, found), found)


def _names(names: Sequence[T], limit: int, most: int) -> tuple[T, ...]:
    return tuple(name for name in dict.fromkeys(names) if len(str(name)) <= limit)[:most]


def _titled(task: PlanTask, found: list[Problem]) -> PlanTask:
    """A task without a title is called by the beginning of its description."""
    if task.title:
        return task
    first_line = next((line.strip() for line in task.description.splitlines() if line.strip()), "")
    sentence, _, _ = first_line.partition(". ")
    title = cut(" ".join(sentence.split()), 80) or task.id
    found.append(repaired("plan.title_missing", task.id, used=title))
    return replace(task, title=title)


def _with_safe_files(task: PlanTask, found: list[Problem]) -> PlanTask:
    """Paths inside the workspace, with forward slashes; the tools refuse all others anyway, but later and dearer."""
    files: dict[str, None] = {}
    for given in task.affected_files:
        path = _inside(given)
        if path is None:
            found.append(repaired("plan.file_outside", task.id, given=cut(given, 100)))
        else:
            files[path] = None
    kept = tuple(files)[:MOST_FILES]
    if len(kept) < len(files):
        found.append(repaired("plan.task_cut_to_size", task.id))
    return replace(task, affected_files=kept)


def _inside(given: str) -> str | None:
    path = PurePosixPath(given.replace("\\", "/"))
    drive = len(given) > 1 and given[1] == ":"
    if drive or path.is_absolute() or ".." in path.parts or not path.parts or len(str(path)) > PATH:
        return None
    return str(path)


def _phase(phase: Phase) -> Phase:
    return replace(
        phase, id=PhaseId(cut(phase.id, NAME)), name=cut(phase.name, NAME), description=cut(phase.description, NOTE)
    )


def _question(question: OpenQuestion) -> OpenQuestion:
    return OpenQuestion(
        cut(question.question, NOTE),
        cut(question.proposed_answer, NOTE),
        cut(question.impact, NOTE),
        None if question.answer is None else cut(question.answer, NOTE),
    )


def _risk(risk: Risk) -> Risk:
    return replace(risk, risk=cut(risk.risk, NOTE), mitigation=cut(risk.mitigation, NOTE))


def _strategy(strategy: PlanTestStrategy | None) -> PlanTestStrategy | None:
    if strategy is None:
        return None
    tests = tuple(cut(task, TITLE) for task in strategy.test_tasks[:MOST_ENTRIES])
    return PlanTestStrategy(cut(strategy.approach, NOTE), tests, cut(strategy.coverage_notes, NOTE))

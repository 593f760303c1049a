"""How one version of a plan follows from the others: which counts, what number the next has, which was signed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from orchestra_desktop.domain.errors import WrongMoment
from orchestra_desktop.domain.events import Event, PlanApproved
from orchestra_desktop.domain.plan import Plan, PlanState, PlanVersion, plan_hash, with_hash
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import text


def newest(project: Project, versions: Sequence[PlanVersion]) -> PlanVersion:
    """The newest version that counts, draft or approved. Raises WrongMoment if there is none.

    A draft that another approval has superseded may have a higher number than the approved one: it is history.
    """
    counts = newest_or_none(versions)
    if counts is None:
        raise WrongMoment(text("plan.none", project=project.name))
    return counts


def newest_or_none(versions: Sequence[PlanVersion]) -> PlanVersion | None:
    """The same, for whoever can do without one: all there were may have been rejected."""
    return next((version for version in reversed(versions) if version.counts), None)


def next_number(versions: Sequence[PlanVersion]) -> int:
    return versions[-1].number + 1 if versions else 1


def first_draft(plan: Plan, versions: Sequence[PlanVersion], at: int, comment: str) -> PlanVersion:
    """A plan that has just arrived, as the version after all others. `at` is microseconds since the epoch."""
    return PlanVersion(next_number(versions), PlanState.DRAFT, plan_hash(plan), plan, (), at, comment)


def as_draft(project: Project, versions: Sequence[PlanVersion], plan: Plan, at: int) -> PlanVersion:
    """The newest version with this plan; where that one is signed, a draft of its own. Raises WrongMoment."""
    version = newest(project, versions)
    changed = replace(version, state=PlanState.DRAFT, hash=plan_hash(plan), plan=plan, ceiling=None)
    if version.state is PlanState.DRAFT:
        return changed
    return replace(changed, number=next_number(versions), created_at=at)


def with_proposed_answers(plan: Plan) -> Plan:
    """Questions nobody answered take their proposals."""
    questions = tuple(
        replace(question, answer=question.proposed_answer) if question.answer is None else question
        for question in plan.open_questions
    )
    return replace(plan, open_questions=questions)


def is_signed(version: PlanVersion, events: Iterable[Event]) -> bool:
    """True if the plan is, by content, the one that the approval with its number signed (reliability.md R4)."""
    signed = {event.number: event.hash for event in events if isinstance(event, PlanApproved)}
    return with_hash(version) and signed.get(version.number) == version.hash

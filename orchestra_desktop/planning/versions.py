"""Compares two versions of a plan, and carries over to a new one what a person had set in the old."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Plan, PlanTask, Tier
from orchestra_desktop.planning.problems import Problem, repaired, warning

_PERSONS = ("priority", "max_output_tokens", "retries", "timeout_s", "ask_before", "local_only", "layout")
_PLAN_FIELDS = ("summary", "phases", "open_questions", "risk_assessment", "test_strategy")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as the plan holds it."""

    field: str
    before: object
    after: object


@dataclass(frozen=True, slots=True)
class TaskChange:
    task: TaskId
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class PlanDiff:
    """What lies between two versions; ids in the order of the version they stand in."""

    added: tuple[TaskId, ...]
    removed: tuple[TaskId, ...]
    changed: tuple[TaskChange, ...]
    plan: tuple[FieldChange, ...]

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.removed or self.changed or self.plan)


def diff(before: Plan, after: Plan) -> PlanDiff:
    """Tasks added, removed and changed by field, and the plan's own fields; layout is a picture and no change."""
    old = {task.id: task for task in before.tasks}
    new = {task.id: task for task in after.tasks}
    changes = [(id_, _task_changes(old[id_], task)) for id_, task in new.items() if id_ in old]
    return PlanDiff(
        added=tuple(id_ for id_ in new if id_ not in old),
        removed=tuple(id_ for id_ in old if id_ not in new),
        changed=tuple(TaskChange(id_, changed) for id_, changed in changes if changed),
        plan=_changes(before, after, _PLAN_FIELDS),
    )


def _task_changes(before: PlanTask, after: PlanTask) -> tuple[FieldChange, ...]:
    return _changes(before, after, tuple(field.name for field in fields(PlanTask) if field.name != "layout"))


def _changes(before: object, after: object, names: tuple[str, ...]) -> tuple[FieldChange, ...]:
    pairs = [(name, getattr(before, name), getattr(after, name)) for name in names]
    return tuple(FieldChange(name, was, now) for name, was, now in pairs if was != now)


def carried_over(plan: Plan, previous: Plan | None, found: list[Problem]) -> Plan:
    """A model's plan with what the person had set for the tasks that stay: limits, pins, "ask me before", "local only".

    Without it a replan would quietly send a task to the cloud that was marked local; where such a task is gone, its
    work may now stand in another one, which is said. A model may not pin a task to the dearest tier by itself.
    """
    before = {task.id: task for task in previous.tasks} if previous else {}
    gone = before.keys() - {task.id for task in plan.tasks}
    found += [
        warning("plan.local_only_gone", given=id_) for id_, task in before.items() if task.local_only and id_ in gone
    ]
    return replace(plan, tasks=tuple(_carried(task, before.get(task.id), found) for task in plan.tasks))


def _carried(task: PlanTask, before: PlanTask | None, found: list[Problem]) -> PlanTask:
    if before is not None:
        task = replace(task, **{name: getattr(before, name) for name in _PERSONS})
        if before.model_tier is not Tier.AUTO:
            return replace(task, model_tier=before.model_tier)
    if task.model_tier is Tier.OPUS:
        found.append(repaired("plan.opus_unasked", task.id))
        return replace(task, model_tier=Tier.AUTO)
    return task

"""What lies between two versions of a plan, as lines of text and as a sign for each task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Plan, PlanTask
from orchestra_desktop.viewmodels.harmless import harmless

_PLAN_FIELDS = ("summary", "phases", "open_questions", "risk_assessment", "test_strategy")
_TASK_FIELDS = tuple(field.name for field in fields(PlanTask) if field.name not in {"id", "layout"})
_LONGEST_VALUE = 160  # characters of one side of a change; the task's own page has it whole


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a comparison. `sign` is `+`, `-` or `~`; `field` is empty where a whole task came or went."""

    sign: str
    task: TaskId | None
    title: str
    field: str = ""
    before: str = ""
    after: str = ""


def changes(before: Plan, after: Plan) -> tuple[Change, ...]:
    """Tasks added, removed and changed by field, then the plan's own fields; where a task lies in the picture is no
    change."""
    old = {task.id: task for task in before.tasks}
    new = {task.id: task for task in after.tasks}
    lines = [Change("+", task.id, harmless(task.title)) for id_, task in new.items() if id_ not in old]
    lines += [Change("-", task.id, harmless(task.title)) for id_, task in old.items() if id_ not in new]
    for id_, task in new.items():
        if id_ in old:
            lines += _fields_changed(old[id_], task, _TASK_FIELDS, id_, harmless(task.title))
    lines += _fields_changed(before, after, _PLAN_FIELDS, None, "")
    return tuple(lines)


def _fields_changed(
    before: object, after: object, names: Sequence[str], task: TaskId | None, title: str
) -> Iterator[Change]:
    for name in names:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            yield Change("~", task, title, name, _as_words(was), _as_words(now))


def _as_words(value: object) -> str:
    """A field's value on one short line; empty for nothing."""
    match value:
        case None | () | "":
            return ""
        case tuple() if all(isinstance(one, str) for one in value):
            words = ", ".join(str(one) for one in value)
        case tuple():
            words = ", ".join(_named(one) for one in value)
        case str() | int() | float():
            words = str(value)
        case _:
            words = _named(value)
    words = harmless(words)
    return words if len(words) <= _LONGEST_VALUE else f"{words[: _LONGEST_VALUE - 1]}…"


def _named(value: object) -> str:
    """A phase, question, risk or strategy by the words it is known by."""
    return next(
        (str(getattr(value, name)) for name in ("name", "question", "risk", "approach") if hasattr(value, name)),
        str(value),
    )


def task_signs(before: Plan | None, after: Plan) -> Mapping[TaskId, str]:
    """`+` and `~` for the tasks of a version against the one before; none where there was none."""
    if before is None:
        return {}
    old = {task.id: replace(task, layout=None) for task in before.tasks}
    pairs = ((task.id, old.get(task.id), replace(task, layout=None)) for task in after.tasks)
    return {id_: "+" if was is None else "~" for id_, was, task in pairs if was != task}


@dataclass(frozen=True, slots=True)
class ChangedTask:
    task: TaskId


@dataclass(frozen=True, slots=True)
class TaskDifference:
    """Which tasks came, went or changed, for the picture of the plan."""

    added: tuple[TaskId, ...]
    removed: tuple[TaskId, ...]
    changed: tuple[ChangedTask, ...]


def task_difference(before: Plan | None, after: Plan) -> TaskDifference | None:
    """None where there is nothing to compare with."""
    if before is None:
        return None
    signs = task_signs(before, after)
    kept = {task.id for task in after.tasks}
    return TaskDifference(
        added=tuple(id_ for id_, sign in signs.items() if sign == "+"),
        removed=tuple(task.id for task in before.tasks if task.id not in kept),
        changed=tuple(ChangedTask(id_) for id_, sign in signs.items() if sign == "~"),
    )

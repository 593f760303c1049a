"""What a person changes in a draft by hand; each edit gives a new plan or says why not."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

from orchestra_desktop.domain.errors import AmbiguousName, InvalidInput, UnknownThing
from orchestra_desktop.domain.graph import check_graph
from orchestra_desktop.domain.ids import RequirementId, TaskId
from orchestra_desktop.domain.plan import Complexity, Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.texts import text
from orchestra_desktop.planning import bounds
from orchestra_desktop.planning.fields import clean, place_of


def find_task(plan: Plan, name: str) -> PlanTask:
    """The task of that id or unique title, case aside. Raises UnknownThing, AmbiguousName."""
    wanted = " ".join(name.split()).casefold()
    by_id = [task for task in plan.tasks if task.id.casefold() == wanted]
    found = by_id or [task for task in plan.tasks if task.title.casefold() == wanted]
    if not found:
        raise UnknownThing(text("task.unknown", name=name))
    if len(found) > 1:
        raise AmbiguousName(text("task.ambiguous", name=name, matches=", ".join(task.id for task in found)))
    return found[0]


def edited(plan: Plan, task_id: TaskId, known_tools: Collection[str] | None = None, /, **changes: object) -> Plan:
    """The plan with fields of one task replaced.

    Raises UnknownThing for the task, InvalidInput for a field or value that cannot be, GraphError for dependencies
    that are unknown, circular or the task itself. Nothing is repaired: what a person types is taken or refused.
    """
    before = find_task(plan, task_id)
    values = {name: _checked(plan, name, value, known_tools) for name, value in changes.items()}
    after = replace(before, **cast("dict[str, Any]", values))
    changed = replace(plan, tasks=tuple(after if task is before else task for task in plan.tasks))
    check_graph((task.id, task.depends_on) for task in changed.tasks)
    return changed


def answered(plan: Plan, question: int, answer: str) -> Plan:
    """The plan with the answer to its `question`th open question, counted from 1; an empty one takes the proposal."""
    if not 1 <= question <= len(plan.open_questions):
        raise UnknownThing(text("question.unknown", number=question, count=len(plan.open_questions)))
    given = bounds.cut(clean(answer).strip(), bounds.NOTE) or None
    questions = list(plan.open_questions)
    questions[question - 1] = replace(questions[question - 1], answer=given)
    return replace(plan, open_questions=tuple(questions))


def _checked(plan: Plan, name: str, value: object, known_tools: Collection[str] | None) -> object:
    """One new value, of the type its field has. Raises InvalidInput."""
    reader = _READERS.get(name)
    if reader is not None:
        return reader(name, value)
    match name:
        case "tools_needed":
            return _tools(name, value, known_tools)
        case "depends_on":
            return tuple(dict.fromkeys(_dependency(plan, given) for given in _names(name, value)))
        case "phase":
            return _phase(plan, value)
        case _:
            raise InvalidInput(text("edit.unknown_field", field=name))


def _refused(name: str, value: object, expected: str) -> InvalidInput:
    return InvalidInput(text("edit.bad_value", field=name, given=str(value)[:100], expected=expected))


def _line(name: str, value: object) -> str:
    line = " ".join(clean(value).split()) if isinstance(value, str) else ""
    if not line or len(line) > bounds.TITLE:
        raise _refused(name, value, f"1-{bounds.TITLE} characters")
    return line


def _prose(limit: int) -> Callable[[str, object], object]:
    def read(name: str, value: object) -> str:
        if not isinstance(value, str) or len(value) > limit:
            raise _refused(name, value, f"0-{limit} characters")
        return clean(value).strip()

    return read


def _member(kind: type[Tier] | type[TaskType] | type[Complexity]) -> Callable[[str, object], object]:
    def read(name: str, value: object) -> object:
        word = str(value).strip().casefold()
        if word == "ollama" and kind is Tier:
            return Tier.LOCAL
        if word not in {member.value for member in kind}:
            raise _refused(name, value, ", ".join(member.value for member in kind))
        return kind(word)

    return read


def _whole(lowest: int, highest: int) -> Callable[[str, object], object]:
    """None is allowed: the settings decide again."""

    def read(name: str, value: object) -> int | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not lowest <= value <= highest:
            raise _refused(name, value, f"{lowest}-{highest}")
        return value

    return read


def _yes_or_no(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _refused(name, value, "true, false")
    return value


def _layout(name: str, value: object) -> tuple[float, float] | None:
    place = place_of(list(value) if isinstance(value, tuple) else value)
    if place is None and value is not None:
        raise _refused(name, value, "x, y")
    return place


def _names(name: str, value: object) -> Sequence[str]:
    if isinstance(value, str) or not isinstance(value, Collection) or not all(isinstance(one, str) for one in value):
        raise _refused(name, value, "a list")
    if len(value) > bounds.MOST_DEPENDENCIES or any(len(one) > bounds.PATH for one in value):
        raise _refused(name, value, f"0-{bounds.MOST_DEPENDENCIES} names")
    return [" ".join(clean(one).split()) for one in value if one.strip()]


def _names_read(name: str, value: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_names(name, value)))


def _requirements(name: str, value: object) -> tuple[RequirementId, ...]:
    return tuple(RequirementId(one) for one in _names_read(name, value))


def _tools(name: str, value: object, known_tools: Collection[str] | None) -> tuple[str, ...]:
    tools = _names_read(name, value)
    for tool in tools:
        if known_tools is not None and tool not in known_tools:
            raise InvalidInput(text("edit.unknown_tool", tool=tool, known=", ".join(sorted(known_tools))))
    return tools


def _dependency(plan: Plan, given: str) -> TaskId:
    """By id or title where there is such a task; the graph's own check names what is unknown."""
    try:
        return find_task(plan, given).id
    except UnknownThing:
        return TaskId(given)


def _phase(plan: Plan, value: object) -> object:
    ids = [phase.id for phase in plan.phases]
    if value is not None and value not in ids:
        raise _refused("phase", value, ", ".join(ids))
    return value


_READERS: Mapping[str, Callable[[str, object], object]] = {
    "title": _line,
    "description": _prose(bounds.PROSE),
    "verification_criteria": _prose(bounds.NOTE),
    "task_type": _member(TaskType),
    "complexity": _member(Complexity),
    "model_tier": _member(Tier),
    "requirement_ids": _requirements,
    "affected_files": _names_read,
    "priority": _whole(-1_000_000, 1_000_000),
    "max_output_tokens": _whole(1, 1_000_000),
    "retries": _whole(0, 100),
    "timeout_s": _whole(1, 7 * 86_400),
    "ask_before": _yes_or_no,
    "local_only": _yes_or_no,
    "layout": _layout,
}

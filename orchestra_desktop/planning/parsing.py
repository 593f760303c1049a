"""Reads a plan from text, a model's answer or a file: sizes first, then shape; nothing but a PlanError is raised."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from orchestra_desktop.domain.errors import PlanTooLarge, PlanUnreadable
from orchestra_desktop.domain.plan import MAX_TASKS, Plan
from orchestra_desktop.domain.texts import text
from orchestra_desktop.planning.import_forms import flat_plan
from orchestra_desktop.planning.problems import Problem
from orchestra_desktop.planning.reading import plan_of

MAX_BYTES = 5_000_000
MAX_DEPTH = 64


@dataclass(frozen=True, slots=True)
class Parsed:
    """A plan with fields of the right types, but not yet reviewed, and what was put right while reading it.

    Its ids are the writer's and may be double, so the problems name tasks by place: `#1` is the first.
    """

    plan: Plan
    problems: tuple[Problem, ...]


def read_plan(raw: str, *, by_person: bool = False) -> Parsed:
    """The plan in this text. `by_person` takes over the fields that only a person may set, for files.

    Raises PlanTooLarge and PlanUnreadable, with the reason, and nothing else.
    """
    _check_size(raw)
    flat = flat_plan(_object(raw))
    tasks = _task_list(flat)
    found: list[Problem] = []
    plan = plan_of(flat, tasks, found, by_person=by_person)
    return Parsed(plan, tuple(found))


def _check_size(raw: str) -> None:
    size = len(raw) if raw.isascii() else len(raw.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        raise PlanTooLarge(text("plan.too_long", bytes=size, limit=MAX_BYTES))
    if not raw.strip():
        raise PlanUnreadable(text("plan.empty_answer"))


def _object(raw: str) -> dict[str, Any]:
    data = _decoded(raw)
    if isinstance(data, list):
        data = {"tasks": data}
    if not isinstance(data, dict):
        raise PlanUnreadable(text("plan.not_an_object"))
    _check_depth(data)
    return data


def _decoded(raw: str) -> object:
    """The JSON of the text: all of it, or within a Markdown fence, or from its first brace on."""
    try:
        return _decode(raw.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        inside = _within_fence(raw)
        if inside is not None:
            with contextlib.suppress(json.JSONDecodeError):
                return _decode(inside)
        return _from_first_brace(raw, error)


def _within_fence(raw: str) -> str | None:
    """What stands between the first fence mark's line and the last mark; strings of the JSON may hold marks too."""
    start, end = raw.find("```"), raw.rfind("```")
    line_end = raw.find("\n", start)
    return raw[line_end + 1 : end] if 0 <= start < line_end < end else None


def _from_first_brace(raw: str, error: json.JSONDecodeError) -> object:
    """Some local models talk before they answer. Where this fails too, the error tells of the likeliest place."""
    start = raw.find("{")
    if start < 0:
        _unreadable(error)
    try:
        return _decode(raw[start:], whole=False)
    except json.JSONDecodeError as inner:
        _unreadable(error if start == 0 else inner)


def _decode(raw: str, *, whole: bool = True) -> object:
    """Raises JSONDecodeError, and PlanUnreadable for numbers and nesting that Python refuses."""
    try:
        return _DECODER.decode(raw) if whole else _DECODER.raw_decode(raw)[0]
    except json.JSONDecodeError:
        raise
    except RecursionError:
        raise PlanUnreadable(text("plan.too_deep", limit=MAX_DEPTH)) from None
    except ValueError as error:  # an integer of more than 4,300 digits
        raise PlanUnreadable(text("plan.not_json", detail=str(error)[:200], line=0, column=0)) from None


def _refuse_constant(name: str) -> NoReturn:
    raise json.JSONDecodeError(f"{name} is not JSON", name, 0)


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


def _unreadable(error: json.JSONDecodeError) -> NoReturn:
    raise PlanUnreadable(text("plan.not_json", detail=error.msg, line=error.lineno, column=error.colno)) from None


def _check_depth(data: object) -> None:
    """Level by level, not by recursion: depth is what is being bounded here."""
    level: list[object] = [data]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in _children(parent)]
        if not level:
            return
    raise PlanUnreadable(text("plan.too_deep", limit=MAX_DEPTH))


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return [child for child in value.values() if isinstance(child, dict | list)]
    return [child for child in value if isinstance(child, dict | list)] if isinstance(value, list) else []


def _task_list(flat: Mapping[str, Any]) -> list[object]:
    tasks = flat.get("tasks")
    if not isinstance(tasks, list):
        raise PlanUnreadable(text("plan.not_an_object"))
    if len(tasks) > MAX_TASKS:
        raise PlanTooLarge(text("plan.too_many_tasks", tasks=len(tasks), limit=MAX_TASKS))
    return tasks

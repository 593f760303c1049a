"""Brings the forms in which other planners write a plan into the one of cli.md, still as plain JSON.

Understood are phases with their tasks nested inside and `depends_on` as global 0-based indices, a whole project
exported by the Orchestration Engine, and the answer of `plan --json`.
"""

from __future__ import annotations

import json
from typing import Any

from orchestra_desktop.domain.plan import MAX_TASKS
from orchestra_desktop.planning.fields import first_text, records_of, text_of

Json = dict[str, Any]


def flat_plan(data: Json) -> Json:
    """A plan with `tasks` as one list and `depends_on` as ids, whatever it was before. The input is not changed."""
    body = _unwrapped(data)
    nested = any(isinstance(phase.get("tasks"), list) for phase in records_of(body.get("phases")))
    return _with_ids(_flattened(body) if nested else body)


def _unwrapped(data: Json) -> Json:
    """The plan within an export or within what `plan --json` prints."""
    if isinstance(data.get("plans"), list):
        return _newest(records_of(data["plans"]))
    inner = data.get("plan")
    if isinstance(inner, dict) and "tasks" not in data and "phases" not in data:
        return inner
    return data


def _newest(plans: tuple[Json, ...]) -> Json:
    """The approved version of an export, else its highest; only what an approval was given for is worth importing."""

    def rank(plan: Json) -> tuple[bool, float]:
        version = plan.get("version", plan.get("number", 0))
        return plan.get("status", plan.get("state")) == "approved", version if isinstance(version, int | float) else 0

    return next((_body(plan) for plan in sorted(plans, key=rank, reverse=True)), {})


def _body(plan: Json) -> Json:
    body = plan.get("plan", plan.get("plan_json", plan))
    if isinstance(body, str):
        try:
            body = json.loads(body)
        except (ValueError, RecursionError):
            return {}
    return body if isinstance(body, dict) else {}


def _flattened(body: Json) -> Json:
    """Tasks out of their phases, in order, each with the id of its phase."""
    phases: list[Json] = []
    tasks: list[Any] = []
    for place, phase in enumerate(records_of(body.get("phases")), start=1):
        phase_id = text_of(phase.get("id")) or f"P{place}"
        phases.append({key: value for key, value in phase.items() if key != "tasks"} | {"id": phase_id})
        inside = phase.get("tasks")
        inside = inside if isinstance(inside, list) else []
        tasks += [{**task, "phase": phase_id} if isinstance(task, dict) else task for task in inside]
    further = body.get("tasks")
    return {**body, "phases": phases, "tasks": tasks + (further if isinstance(further, list) else [])}


def _with_ids(body: Json) -> Json:
    """Ids for tasks that have none, and indices among the dependencies turned into ids."""
    tasks = body.get("tasks")
    if not isinstance(tasks, list) or len(tasks) > MAX_TASKS:  # refused by the reader; no time is spent on them
        return body
    given = {first_text(task, "id") for task in tasks if isinstance(task, dict)}
    ids = [_id(task, place, given) for place, task in enumerate(tasks)]
    by_index = given == {""}  # no ids at all: then digits in quotes are indices too
    return {**body, "tasks": [_linked(task, ids[place], ids, by_index) for place, task in enumerate(tasks)]}


def _id(task: object, place: int, given: set[str]) -> str:
    own = first_text(task, "id") if isinstance(task, dict) else ""
    free = f"T{place + 1}"
    return own or (free if free not in given else f"#{place + 1}")


def _linked(task: object, task_id: str, ids: list[str], by_index: bool) -> object:
    if not isinstance(task, dict):
        return task
    wanted = task.get("depends_on")
    wanted = wanted if isinstance(wanted, list) else [] if wanted is None else [wanted]
    return {**task, "id": task_id, "depends_on": [_target(one, ids, by_index) for one in wanted]}


def _target(wanted: object, ids: list[str], by_index: bool) -> object:
    if by_index and isinstance(wanted, str) and wanted.strip().isascii() and wanted.strip().isdigit():
        wanted = int(wanted[:9])
    if isinstance(wanted, int) and not isinstance(wanted, bool):
        return ids[wanted] if 0 <= wanted < len(ids) else f"#{wanted}"
    return wanted

"""The tasks of a project, filtered and sorted, as a table."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence
from typing import Any

from orchestra_desktop.cli.output import table
from orchestra_desktop.domain.money import shown
from orchestra_desktop.viewmodels.amounts import plural

Json = dict[str, Any]

_SORT_FIELDS = {"type": "task_type", "started": "started_at", "finished": "finished_at"}
_DIGITS = re.compile(r"(\d+)")


def chosen_tasks(tasks: Sequence[Json], given: argparse.Namespace) -> list[Json]:
    """Those that every given filter lets through, in the plan's order unless another is asked for."""
    chosen = [task for task in tasks if _fits(task, given)]
    if given.sort is not None:
        name = given.sort.removeprefix("-")
        field = _SORT_FIELDS.get(name, name)
        chosen.sort(key=lambda task: _rank(task[field]), reverse=given.sort.startswith("-"))
    return chosen


def _fits(task: Json, given: argparse.Namespace) -> bool:
    wanted = {
        "state": given.state.replace("-", "_") if given.state else None,
        "wave": given.wave,
        "phase": given.phase,
        "tier": given.tier,
        "task_type": given.type,
    }
    if any(value is not None and task[field] != value for field, value in wanted.items()):
        return False
    said = " ".join(str(task[field] or "") for field in ("id", "title", "reason", "error"))
    return given.text is None or given.text.casefold() in said.casefold()


def _rank(value: Any) -> tuple[bool, list[tuple[int, Any]]]:
    """Nothing comes last; T2 comes before T10."""
    if isinstance(value, int):
        return False, [(0, value)]
    parts = _DIGITS.split(value or "")
    return value is None, [(0, int(part)) if part.isdigit() else (1, part) for part in parts]


def task_lines(tasks: Sequence[Json]) -> list[str]:
    if not tasks:
        return ["No such task."]
    rows = [
        [
            task["id"],
            task["title"],
            task["state"].replace("_", " "),
            str(task["wave"]),
            task["phase"] or "",
            task["task_type"],
            task["tier"],
            task["model"] or "",
            str(task["attempts"]),
            shown(task["charged"]) if task["attempts"] else "",
            task["error"] or task["reason"] or "",
        ]
        for task in tasks
    ]
    head = ["task", "title", "state", "wave", "phase", "type", "tier", "model", "tries", "cost", "why"]
    return [*table(head, rows, right=["wave", "tries", "cost"]), "", f"{plural(len(tasks), 'task')}."]

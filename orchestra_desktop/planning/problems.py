"""What was found about a plan: repaired, worth knowing, or in the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.texts import Text, TextArg, text

MOST_LISTED = 300


class Severity(StrEnum):
    REPAIRED = "repaired"  # was wrong, has been put right
    WARNING = "warning"  # can be approved, should be read
    ERROR = "error"  # cannot be approved


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding; `task` is the task it is about, by its id in the reviewed plan, or None for the plan."""

    severity: Severity
    text: Text
    task: TaskId | None = None


def repaired(key: str, /, task: TaskId | None = None, **args: TextArg) -> Problem:
    return Problem(Severity.REPAIRED, text(key, **_named(task, args)), task)


def warning(key: str, /, task: TaskId | None = None, **args: TextArg) -> Problem:
    return Problem(Severity.WARNING, text(key, **_named(task, args)), task)


def error(key: str, /, task: TaskId | None = None, **args: TextArg) -> Problem:
    return Problem(Severity.ERROR, text(key, **_named(task, args)), task)


def _named(task: TaskId | None, args: dict[str, TextArg]) -> dict[str, TextArg]:
    """Every sentence about a task may name it."""
    return args if task is None else {"task": task, **args}


def at_most(problems: Sequence[Problem], limit: int = MOST_LISTED) -> tuple[Problem, ...]:
    """Errors always; of the rest as many as a person may still read, and how many more there were."""
    errors = [problem for problem in problems if problem.severity is Severity.ERROR]
    others = [problem for problem in problems if problem.severity is not Severity.ERROR]
    if len(others) <= limit:
        return tuple(problems)
    return (*errors, *others[:limit], warning("plan.more_problems", count=len(others) - limit))


def problem_row(problem: Problem) -> dict[str, Any]:
    """The stored form, kept with the plan version: `{"severity", "key", "args", "task"}`."""
    return {
        "severity": problem.severity.value,
        "key": problem.text.key,
        "args": dict(problem.text.args),
        "task": problem.task,
    }


def problem_from_row(row: dict[str, Any]) -> Problem:
    """The inverse of `problem_row`."""
    return Problem(Severity(row["severity"]), Text(row["key"], dict(row["args"])), row["task"])

"""Puts ids and dependencies in order: ids T1… that are never given to another task, edges that lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import PlanTask
from orchestra_desktop.planning.problems import Problem, repaired

_NUMBERED = re.compile(r"T([1-9][0-9]{0,8})")


def numbered(
    tasks: Sequence[PlanTask], kept: Collection[TaskId], used: Collection[TaskId], found: list[Problem]
) -> tuple[PlanTask, ...]:
    """The tasks with ids of the form T1…, and their dependencies led over to them.

    A task whose id is in `kept` (the version that is being replaced) keeps it; every other gets a number above all of
    `kept` and `used`, so that T4 of yesterday never becomes another T4 today.
    """
    ids = _new_ids([task.id for task in tasks], set(kept), used)
    _list_renamed(tasks, ids, found)
    lookup = _lookup(tasks, ids)
    return tuple(
        replace(task, id=new, depends_on=_linked(task, new, lookup, found))
        for task, new in zip(tasks, ids, strict=True)
    )


def _new_ids(given: Sequence[TaskId], kept: set[TaskId], used: Iterable[TaskId]) -> list[TaskId]:
    highest = max((number_of_task(id_) for id_ in (*kept, *used)), default=0)
    taken: set[TaskId] = set()
    ids: list[TaskId] = []
    for id_ in given:
        if id_ in kept and id_ not in taken:
            ids.append(id_)
        else:
            highest += 1
            ids.append(TaskId(f"T{highest}"))
        taken.add(id_)
    return ids


def number_of_task(id_: TaskId) -> int:
    """17 for T17, 0 for anything else."""
    match = _NUMBERED.fullmatch(id_)
    return int(match.group(1)) if match else 0


def _list_renamed(tasks: Sequence[PlanTask], ids: Sequence[TaskId], found: list[Problem]) -> None:
    """Only what a reader could stumble over is listed: an id given twice, or one that meant something else."""
    seen: set[TaskId] = set()
    for task, new in zip(tasks, ids, strict=True):
        if task.id in seen:
            found.append(repaired("plan.duplicate_id", new, given=task.id[:60]))
        elif number_of_task(task.id) and task.id != new:
            found.append(repaired("plan.renumbered", new, given=task.id))
        seen.add(task.id)


def _lookup(tasks: Sequence[PlanTask], ids: Sequence[TaskId]) -> dict[str, TaskId]:
    """From everything a dependency may be called by to the task's new id; the surest names win."""
    lookup: dict[str, TaskId] = {}
    for names in (
        [task.id for task in tasks],
        [plain(task.id) for task in tasks],
        [plain(task.title) for task in tasks],
    ):
        for name, new in zip(names, ids, strict=True):
            if name:
                lookup.setdefault(name, new)
    return lookup


def plain(name: str) -> str:
    """`Task 3`, `task-3` and `#3` are `3` and so is `T3`; other names lose case and punctuation."""
    letters = re.sub(r"[\W_]+", "", name.casefold())
    match = re.fullmatch(r"(?:task|t)?0*([0-9]+)", letters)
    return match.group(1) if match else letters


def _linked(task: PlanTask, new: TaskId, lookup: dict[str, TaskId], found: list[Problem]) -> tuple[TaskId, ...]:
    targets: dict[TaskId, None] = {}
    for name in task.depends_on:
        target = lookup.get(name) or lookup.get(plain(name))
        if target is None:
            found.append(repaired("plan.unknown_dependency", new, given=name[:60]))
        elif target == new:
            found.append(repaired("plan.self_dependency", new))
        elif target in targets:
            found.append(repaired("plan.duplicate_dependency", new, given=target))
        else:
            targets[target] = None
    return tuple(targets)

"""Finds the tasks of a plan while its JSON is still arriving, in time linear in its length."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import TaskType
from orchestra_desktop.planning.bounds import TITLE, cut
from orchestra_desktop.planning.fields import choice_of, first_text

_OUTSIDE = re.compile(r'["{}\[\]:]')
_INSIDE = re.compile(r'["\\]')
_MAX_DEPTH = 64
_MAX_TASK_CHARACTERS = 200_000
_KEY_CHARACTERS = 64


@dataclass(frozen=True, slots=True)
class DraftedTask:
    """A task as it was just written; not validated, and its id may still change."""

    id: TaskId
    title: str
    task_type: TaskType


@dataclass(slots=True)
class DraftScanner:
    """Takes the pieces of an answer as they come; gives each task once, when its last brace has arrived.

    It never raises and never looks at a character twice: parsing what has arrived again and again was rejected, it
    is quadratic. What it misses (a plan in an unusual form) is only missed on the screen, not in the plan.
    """

    tasks: list[DraftedTask] = field(default_factory=list)
    _stack: list[tuple[str, str]] = field(default_factory=list)  # open brackets with the key they stand under
    _key: str = ""
    _string: str = ""  # the last string outside of tasks, which may turn out to be a key
    _in_string: bool = False
    _escaped: bool = False  # the last piece ended in a backslash
    _task: list[str] | None = None  # pieces of the task under way
    _task_length: int = 0
    _task_depth: int = 0
    _lost: bool = False

    def feed(self, piece: str) -> list[DraftedTask]:
        """The tasks that this piece completed."""
        before = len(self.tasks)
        copied = position = 0  # up to where the piece was copied into the task, and looked at
        if self._escaped and piece:
            self._escaped, position = False, 1
        while not self._lost and (match := (_INSIDE if self._in_string else _OUTSIDE).search(piece, position)):
            at, sign = match.start(), match.group()
            if self._in_string:
                self._remember(piece[position:at])
                position = self._string_sign(piece, at, sign)
                continue
            if sign == "{" and self._task is None and self._stack and self._stack[-1] == ("[", "tasks"):
                self._task, self._task_length, self._task_depth, copied = [], 0, len(self._stack), at
            self._bracket(sign)
            position = at + 1
            if self._task is not None and len(self._stack) == self._task_depth:
                self._keep(piece[copied:position])
                self._complete()
        if self._in_string:
            self._remember(piece[position:])
        self._keep(piece[copied:])
        return self.tasks[before:]

    def _string_sign(self, piece: str, at: int, sign: str) -> int:
        """Goes over a backslash with what follows it, or ends the string; the place to go on from."""
        if sign == '"':
            self._in_string = False
            return at + 1
        self._escaped = at + 1 == len(piece)
        return at + 2

    def _bracket(self, sign: str) -> None:
        match sign:
            case '"':
                self._in_string, self._string = True, ""
            case ":":
                self._key = self._string
            case "{" | "[":
                self._stack.append((sign, self._key))
                self._key = ""
                self._lost = len(self._stack) > _MAX_DEPTH
            case _:
                if self._stack:
                    self._stack.pop()

    def _remember(self, text: str) -> None:
        if len(self._string) < _KEY_CHARACTERS:
            self._string += text[:_KEY_CHARACTERS]

    def _keep(self, text: str) -> None:
        if self._task is None or self._task_length > _MAX_TASK_CHARACTERS:
            return
        self._task.append(text)
        self._task_length += len(text)

    def _complete(self) -> None:
        written, self._task = "".join(self._task or []), None
        try:
            data: Any = json.loads(written)
        except (ValueError, RecursionError):
            return
        title = cut(first_text(data, "title", "name", "description"), TITLE)
        task_type = choice_of(data.get("task_type"), TaskType, {}) or TaskType.ANALYSIS
        self.tasks.append(DraftedTask(TaskId(first_text(data, "id") or f"T{len(self.tasks) + 1}"), title, task_type))

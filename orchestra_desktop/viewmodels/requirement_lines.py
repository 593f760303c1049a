"""The requirements beside their text: which number stands at which line, what an edit changes, and what is covered."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from orchestra_desktop.domain.ids import RequirementId, TaskId
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.services.overview import Overview
from orchestra_desktop.services.projects import requirements_of
from orchestra_desktop.viewmodels.status import status_json

# What the numbering takes away from the first line of a requirement: bullet or number, tick box, heading's hashes.
_MARKS = re.compile(r"^(?:#{1,6} |(?:[-*+•‣◦]|\(?\d{1,4}[.)]) (?:\[[ xX]\] )?)?")
_FARTHEST = 2_000  # lines between the beginnings of two requirements
_HASHES_BEHIND = re.compile(r" #+$")


@dataclass(frozen=True, slots=True)
class NumberedLine:
    """`id` stands beside line `line`, counted from 0. `sign` is `+` for a new one, `~` for one with other words."""

    line: int
    id: RequirementId
    sign: str = ""


@dataclass(frozen=True, slots=True)
class RequirementsDiff:
    """What saving would change, by ids in order."""

    added: tuple[RequirementId, ...] = ()
    changed: tuple[RequirementId, ...] = ()
    removed: tuple[RequirementId, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True, slots=True)
class Numbering:
    """A text as it would be numbered."""

    requirements: tuple[Requirement, ...]
    lines: tuple[NumberedLine, ...]
    diff: RequirementsDiff


def numbering(text: str, before: Sequence[Requirement] = (), taken: Collection[RequirementId] = ()) -> Numbering:
    """Linear in the text's length but for the comparison with `before`. Without a before no line has a sign."""
    requirements = requirements_of(text, before, taken)
    diff = _diff(before, requirements)
    signs = dict.fromkeys(diff.added, "+") | dict.fromkeys(diff.changed, "~") if before else {}
    lines = _places(text, [requirement.text for requirement in requirements])
    numbered = (
        NumberedLine(line, requirement.id, signs.get(requirement.id, ""))
        for line, requirement in zip(lines, requirements, strict=True)
        if line is not None
    )
    return Numbering(requirements, tuple(numbered), diff)


def _diff(before: Sequence[Requirement], after: Sequence[Requirement]) -> RequirementsDiff:
    was = {requirement.id: requirement.text for requirement in before}
    now = {requirement.id: requirement.text for requirement in after}
    return RequirementsDiff(
        added=tuple(id_ for id_ in now if id_ not in was),
        changed=tuple(id_ for id_, wish in now.items() if id_ in was and was[id_] != wish),
        removed=tuple(id_ for id_ in was if id_ not in now),
    )


# -- finding the lines ------------------------------------------------------------------------------------------------


def _places(text: str, wishes: Sequence[str]) -> list[int | None]:
    """The line at which each wish begins. Found from the end: what only looks like a wish, the heading above it or the
    sentence that leads into its list, always stands before it."""
    lines = [_plain(line) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    filled = [number for number, line in enumerate(lines) if line]
    place = len(filled)
    found: list[int | None] = []
    for wish in reversed(wishes):
        body = [_plain(line) for line in wish.split("\n") if line.strip()]
        at = next((at for at in _backwards(place) if _begins(lines, filled, at, body)), None)
        found.append(None if at is None else filled[at])
        place = place if at is None else at
    return found[::-1]


def _plain(line: str) -> str:
    return " ".join(line.split())


def _backwards(place: int) -> range:
    """Bounded, so that a text whose lines are not found again costs no more than one whose lines are."""
    return range(place - 1, max(place - 1 - _FARTHEST, -1), -1)


def _begins(lines: Sequence[str], filled: Sequence[int], at: int, body: Sequence[str]) -> bool:
    """Whether the wish begins at this filled line: its first line without its marks, the others as they stand."""
    if not body or at + len(body) > len(filled):
        return False
    first = lines[filled[at]]
    if body[0] not in {first, _MARKS.sub("", first), _HASHES_BEHIND.sub("", _MARKS.sub("", first))}:
        return False
    return all(lines[filled[at + step]] == line for step, line in enumerate(body) if step)


# -- what is covered --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One requirement: the tasks that claim it, whether they have ended well, and whether each was verified."""

    id: RequirementId
    text: str
    planned_by: tuple[TaskId, ...]
    done: bool
    verified: bool


def coverage_rows(view: Overview) -> tuple[CoverageRow, ...]:
    """In the order of the requirements; the same answers as the command line's `status` gives."""
    rows = status_json(view)["project"]["requirements"]
    return tuple(
        CoverageRow(row["id"], row["text"], tuple(row["planned_by"]), row["done"], row["verified"]) for row in rows
    )

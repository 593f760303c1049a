"""Caps as the settings place has them: what is in force, what was typed, and what of it is a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.money import from_dollars, in_dollars
from orchestra_desktop.domain.texts import text
from orchestra_desktop.services.money import Standing


class CapChoice(StrEnum):
    """The three things a cap can be."""

    AMOUNT = "amount"
    NONE = "none"
    BLOCK = "block"  # 0: no paid call is let through


@dataclass(frozen=True, slots=True)
class CapRow:
    """A cap of nano-dollars or none. `own` is the picked project's own cap, not the one for each project."""

    kind: CapKind
    cap: int | None
    own: bool = False

    @property
    def id(self) -> str:
        return "own" if self.own else self.kind.value


def cap_rows(standing: Standing, each_project: int | None) -> tuple[CapRow, ...]:
    """Day, month, each project and, where one is picked, its own."""
    rows = [
        CapRow(CapKind.DAILY, standing.daily_cap),
        CapRow(CapKind.MONTHLY, standing.monthly_cap),
        CapRow(CapKind.PROJECT, each_project),
    ]
    if standing.project is not None:
        rows.append(CapRow(CapKind.PROJECT, standing.project_cap, own=True))
    return tuple(rows)


def choice_of(cap: int | None) -> CapChoice:
    if cap is None:
        return CapChoice.NONE
    return CapChoice.AMOUNT if cap else CapChoice.BLOCK


def amount_text(cap: int | None) -> str:
    """What stands in the field: `5.00`, `0.125`; empty for none and for 0."""
    if not cap:
        return ""
    whole, _, decimals = f"{in_dollars(cap):f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def typed_cap(choice: CapChoice, typed: str) -> int | None:
    """Nano-dollars, None for no cap. Raises InvalidInput for what is no amount.

    An empty field is no amount either: a cap that was wiped by accident must not come to mean "none".
    """
    match choice:
        case CapChoice.NONE:
            return None
        case CapChoice.BLOCK:
            return 0
        case CapChoice.AMOUNT:
            if not typed.strip():
                raise InvalidInput(text("money.not_an_amount", given=""))
            return from_dollars(typed)


@dataclass(frozen=True, slots=True)
class CapChanges:
    """What is to be changed for everybody and, in a step of its own, for the picked project."""

    general: dict[CapKind, int | None]
    own: dict[CapKind, int | None]

    def __bool__(self) -> bool:
        return bool(self.general or self.own)


def changes(before: tuple[CapRow, ...], after: Mapping[str, int | None]) -> CapChanges:
    """By the id of each row; rows that stayed as they were are left out."""
    moved = [row for row in before if row.id in after and after[row.id] != row.cap]
    general = {row.kind: after[row.id] for row in moved if not row.own}
    return CapChanges(general, {row.kind: after[row.id] for row in moved if row.own})


def undone(before: tuple[CapRow, ...], made: CapChanges) -> CapChanges:
    """What takes the changes back."""
    caps = {(row.kind, row.own): row.cap for row in before}
    general = {kind: caps[(kind, False)] for kind in made.general}
    return CapChanges(general, {kind: caps[(kind, True)] for kind in made.own})

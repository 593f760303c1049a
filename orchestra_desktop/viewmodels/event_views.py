"""A stored event as plain data and as one readable line."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from orchestra_desktop.domain.events import Event, Scope, Stored, event_fields
from orchestra_desktop.domain.money import shown
from orchestra_desktop.domain.periods import rfc3339, utc
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.viewmodels.english import english
from orchestra_desktop.viewmodels.harmless import harmless

Json = dict[str, Any]

_AMOUNTS = frozenset({"amount", "ceiling", "p50", "p90", "limit", "counted", "needed", "short_by", "before", "after"})
_LONGEST_VALUE = 100  # characters of one value in a line for people; `--jsonl` has it whole


def event_json(stored: Stored) -> Json:
    """The event of cli.md: its envelope, then its own fields, texts as English sentences."""
    return {
        "seq": stored.seq,
        "at": rfc3339(stored.at),
        "type": stored.type,
        **scope_json(stored.scope),
        **_own_fields(stored.event),
    }


def scope_json(scope: Scope) -> Json:
    return {"project": scope.project, "run": scope.run, "task": scope.task, "attempt": scope.attempt}


def _own_fields(event: Event) -> Json:
    data = event_fields(event)
    for field in fields(event):
        value = getattr(event, field.name)
        if isinstance(value, Text):
            data[field.name] = english(value)
    return data


def event_line(stored: Stored) -> str:
    """What happened, without its time: `T1 TaskStateChanged from=ready to=running`."""
    about = stored.scope.task or ""
    if stored.scope.attempt is not None:
        about += f".{stored.scope.attempt}"
    said = " ".join(
        f"{name}={_value(name, value)}"
        for name, value in _own_fields(stored.event).items()
        if value not in (None, "", [])
    )
    return " ".join(part for part in (about, stored.type, said) if part)


def _value(name: str, value: object) -> str:
    if name in _AMOUNTS and isinstance(value, int):
        return shown(value)
    if isinstance(value, dict):
        value = "/".join(f"{key}:{part}" for key, part in value.items() if part and part is not True)
    words = harmless(str(value))
    return words if len(words) <= _LONGEST_VALUE else f"{words[:_LONGEST_VALUE]}…"


def local_time(at: int) -> str:
    """`12:03:11` on this machine's clock."""
    return utc(at).astimezone().strftime("%H:%M:%S")


def local_date_time(at: int) -> str:
    """`2026-11-23 12:03` on this machine's clock."""
    return utc(at).astimezone().strftime("%Y-%m-%d %H:%M")


def local_moment(at: int) -> str:
    """`2026-11-23 12:03:11` on this machine's clock."""
    return utc(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")

"""Events: each type keeps everything on its way through JSON, and the page lists exactly what there is."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from orchestra_desktop.domain.events import (
    EVENT_TYPES,
    CallCharged,
    Event,
    HealthChanged,
    RetryPlanned,
    Scope,
    Stored,
    TaskStateChanged,
    event_fields,
    event_from_json,
    event_json,
)
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.domain.transitions import TaskState
from tests.pages import page

_SECONDS = st.floats(min_value=0, max_value=1e6)
_TEXTS = st.builds(Text, st.text(), st.dictionaries(st.text(), st.text() | st.integers() | _SECONDS, max_size=3))
_OWN_STRATEGIES: dict[type, dict[str, st.SearchStrategy[Any]]] = {
    RetryPlanned: {"delay_s": _SECONDS},
    HealthChanged: {"next_check_s": st.none() | _SECONDS},
}
st.register_type_strategy(Text, _TEXTS)


def events_of(kind: type[Event]) -> st.SearchStrategy[Event]:
    return st.builds(kind, **_OWN_STRATEGIES.get(kind, {}))


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
@given(data=st.data())
def test_every_event_survives_the_way_to_json_and_back(name: str, data: st.DataObject) -> None:
    event = data.draw(events_of(EVENT_TYPES[name]))
    assert event_from_json(name, event_json(event)) == event
    assert json.loads(event_json(event)) == event_fields(event)


def test_every_class_of_the_union_stands_in_the_table_of_types() -> None:
    assert set(EVENT_TYPES.values()) == set(get_args(Event))
    assert all(name == kind.__name__ for name, kind in EVENT_TYPES.items())


def test_a_change_of_state_says_from_and_to_as_the_command_line_promises() -> None:
    event = TaskStateChanged(TaskState.READY, TaskState.RUNNING, text("slot.free", tier="haiku"))
    assert event_fields(event) == {
        "from": "ready",
        "to": "running",
        "reason": {"key": "slot.free", "args": {"tier": "haiku"}},
    }


@pytest.mark.parametrize("name", sorted(EVENT_TYPES))
def test_names_of_keys_are_plain_snake_case(name: str) -> None:
    keys = TypeAdapter(EVENT_TYPES[name]).json_schema().get("properties", {})
    assert [key for key in keys if not re.fullmatch(r"[a-z][a-z0-9_]*[a-z0-9]", key)] == []


def test_no_field_of_an_event_hides_what_stands_on_every_line() -> None:
    envelope = {"seq", "at", "type"} | {field.name for field in dataclasses.fields(Scope)}
    fields = {field.name.rstrip("_") for kind in EVENT_TYPES.values() for field in dataclasses.fields(kind)}
    assert fields & envelope == set()


@pytest.mark.parametrize("payload", ["", "{", "[]", '{"call": "c"}', '{"call": "c", "amount": "much", "usage": null}'])
def test_a_damaged_event_is_refused(payload: str) -> None:
    with pytest.raises(ValidationError):
        event_from_json("CallCharged", payload)


def test_an_event_of_an_unknown_type_is_refused() -> None:
    with pytest.raises(KeyError):
        event_from_json("SomethingElse", b"{}")


def test_a_stored_event_knows_the_name_of_its_type() -> None:
    stored = Stored(7, 0, Scope(), CallCharged(CallId("c"), 5, Usage(1, 2)))
    assert stored.type == "CallCharged"


def test_the_page_lists_every_event_with_its_fields_in_order() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|", page("events.md"), flags=re.MULTILINE)
    listed = {name: re.findall(r"`(\w+)`", cell) for name, cell in rows}
    expected = {
        name: [field.name.rstrip("_") for field in dataclasses.fields(kind)] for name, kind in EVENT_TYPES.items()
    }
    assert listed == expected
    assert [name for name, _ in rows] == list(EVENT_TYPES)

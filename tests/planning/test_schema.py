"""The schemas keep the rules of structured output and ask for what each rigor promises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from orchestra_desktop.domain.plan import Complexity, TaskType, Tier
from orchestra_desktop.domain.projects import Rigor
from orchestra_desktop.planning.schema import plan_schema
from tests.pages import table_under

ALLOWED = {"type", "properties", "required", "additionalProperties", "items", "enum"}
PERSONS = {"priority", "max_output_tokens", "retries", "timeout_s", "ask_before", "local_only", "layout", "answer"}


def parts(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from parts(inner)
    if "items" in schema:
        yield from parts(schema["items"])


@pytest.mark.parametrize("rigor", Rigor)
def test_every_object_is_closed_and_every_property_required(rigor: Rigor) -> None:
    for part in parts(plan_schema(rigor)):
        assert set(part) <= ALLOWED
        if part["type"] == "object":
            assert part["additionalProperties"] is False
            assert part["required"] == list(part["properties"])


@pytest.mark.parametrize(
    ("rigor", "fields"),
    [
        (Rigor.L1, {"summary", "tasks"}),
        (Rigor.L2, {"summary", "tasks", "phases", "open_questions"}),
        (Rigor.L3, {"summary", "tasks", "phases", "open_questions", "risk_assessment", "test_strategy"}),
    ],
)
def test_each_rigor_asks_for_its_fields(rigor: Rigor, fields: set[str]) -> None:
    assert set(plan_schema(rigor)["properties"]) == fields


@pytest.mark.parametrize("rigor", Rigor)
def test_no_schema_asks_a_model_for_what_a_person_decides(rigor: Rigor) -> None:
    assert not {name for part in parts(plan_schema(rigor)) for name in part.get("properties", {})} & PERSONS


def test_choices_are_those_of_the_plan() -> None:
    task = plan_schema(Rigor.L2)["properties"]["tasks"]["items"]["properties"]
    assert task["task_type"]["enum"] == [member.value for member in TaskType]
    assert task["complexity"]["enum"] == [member.value for member in Complexity]
    assert task["model_tier"]["enum"] == [member.value for member in Tier]
    assert "phase" in task
    assert "phase" not in plan_schema(Rigor.L1)["properties"]["tasks"]["items"]["properties"]


def test_the_page_names_the_fields_of_a_task() -> None:
    task = plan_schema(Rigor.L3)["properties"]["tasks"]["items"]["properties"]
    assert {row[0].strip("`") for row in table_under("plan-schema.md", "A task")} == set(task) | PERSONS - {"answer"}

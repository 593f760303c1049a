"""The plan as JSON and by its hash: what an approval signs, and what it does not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestra_desktop.domain.ids import PhaseId, PlanHash, RequirementId, TaskId
from orchestra_desktop.domain.plan import (
    Complexity,
    Level,
    OpenQuestion,
    Phase,
    Plan,
    PlanState,
    PlanTask,
    PlanTestStrategy,
    PlanVersion,
    Risk,
    TaskType,
    Tier,
    plan_from_json,
    plan_hash,
    plan_json,
    task_fields,
    with_hash,
)

FIRST = PlanTask(TaskId("T1"), "Write the script", "It greets.", TaskType.CODE)
SECOND = PlanTask(
    TaskId("T2"),
    "Describe it",
    "Exact steps.",
    TaskType.DOCUMENTATION,
    complexity=Complexity.SIMPLE,
    depends_on=(TaskId("T1"),),
    tools_needed=("write_file",),
    requirement_ids=(RequirementId("R2"),),
    verification_criteria="The steps work.",
    affected_files=("RUN.md",),
    phase=PhaseId("P1"),
    model_tier=Tier.HAIKU,
    priority=3,
    max_output_tokens=4_096,
    retries=0,
    timeout_s=60,
    ask_before=True,
    local_only=True,
    layout=(1.5, -2.0),
)
PLAN = Plan(
    summary="A greeting — ünïcode 🎻",
    tasks=(FIRST, SECOND),
    phases=(Phase(PhaseId("P1"), "All of it"),),
    open_questions=(OpenQuestion("Which greeting?", "Hello", "wording", answer="Hi"), OpenQuestion("When?", "Now")),
    risk_assessment=(Risk("None", Level.LOW, Level.HIGH, "Look again"),),
    test_strategy=PlanTestStrategy("Run it", ("T1",), "all"),
)
MODELS_KEYS = [
    *["id", "title", "description", "task_type", "complexity", "depends_on", "tools_needed", "requirement_ids"],
    *["verification_criteria", "affected_files", "phase", "model_tier"],
]
CHANGES = [
    ("title", "Another"),
    ("description", "Another"),
    ("task_type", TaskType.RESEARCH),
    ("complexity", Complexity.COMPLEX),
    ("depends_on", ()),
    ("tools_needed", ()),
    ("requirement_ids", ()),
    ("verification_criteria", ""),
    ("affected_files", ()),
    ("phase", None),
    ("model_tier", Tier.OPUS),
    ("priority", None),
    ("max_output_tokens", None),
    ("retries", None),
    ("timeout_s", None),
    ("ask_before", False),
    ("local_only", False),
]


def plans() -> st.SearchStrategy[Plan]:
    numbers = st.floats(allow_nan=False, allow_infinity=False)
    tasks = st.builds(PlanTask, layout=st.none() | st.tuples(numbers, numbers))
    return st.builds(Plan, tasks=st.lists(tasks, max_size=4).map(tuple))


def test_a_task_a_person_did_not_touch_has_the_models_keys_alone() -> None:
    assert list(plan_json(PLAN)["tasks"][0]) == MODELS_KEYS


def test_what_a_person_set_stands_in_the_json() -> None:
    task = plan_json(PLAN)["tasks"][1]
    persons = {name: task[name] for name in task if name not in MODELS_KEYS}
    assert persons == {
        "priority": 3,
        "max_output_tokens": 4_096,
        "retries": 0,
        "timeout_s": 60,
        "ask_before": True,
        "local_only": True,
        "layout": [1.5, -2.0],
    }


def test_an_answer_stands_in_the_json_only_once_it_was_given() -> None:
    first, second = plan_json(PLAN)["open_questions"]
    assert first["answer"] == "Hi"
    assert "answer" not in second


@given(plans())
def test_every_plan_survives_the_way_to_json_and_back(plan: Plan) -> None:
    data = json.loads(json.dumps(plan_json(plan)))
    assert plan_from_json(data) == plan
    assert plan_hash(plan_from_json(data)) == plan_hash(plan)


@pytest.mark.parametrize("damage", [{"summary": 1}, {"tasks": [{"id": "T1"}]}, {"tasks": None}])
def test_json_that_is_no_plan_is_refused(damage: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        plan_from_json(plan_json(PLAN) | damage)


def test_the_hash_is_that_of_the_canonical_json_without_layout() -> None:
    data = plan_json(PLAN)
    del data["tasks"][1]["layout"]
    canonical = json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")
    assert plan_hash(PLAN) == hashlib.sha256(canonical).hexdigest()


def test_moving_a_picture_does_not_ask_for_a_new_approval() -> None:
    moved = replace(PLAN, tasks=(replace(FIRST, layout=(9.0, 9.0)), replace(SECOND, layout=None)))
    assert plan_hash(moved) == plan_hash(PLAN)
    assert plan_json(moved) != plan_json(PLAN)


@pytest.mark.parametrize(("name", "value"), CHANGES, ids=[name for name, _ in CHANGES])
def test_every_other_change_of_a_task_does(name: str, value: object) -> None:
    changed = PlanTask(**{**{field.name: getattr(SECOND, field.name) for field in fields(SECOND)}, name: value})
    assert plan_hash(replace(PLAN, tasks=(FIRST, changed))) != plan_hash(PLAN)


def test_the_table_of_changes_above_names_every_field() -> None:
    assert {name for name, _ in CHANGES} | {"id", "layout"} == {field.name for field in fields(PlanTask)}


def test_the_order_of_tasks_is_part_of_what_is_approved() -> None:
    assert plan_hash(replace(PLAN, tasks=(SECOND, FIRST))) != plan_hash(PLAN)


def test_a_version_whose_plan_was_tampered_with_does_not_run() -> None:
    version = PlanVersion(1, PlanState.APPROVED, plan_hash(PLAN), PLAN, (), created_at=0)
    assert with_hash(version)
    assert not with_hash(replace(version, hash=PlanHash("0" * 64)))
    assert not with_hash(replace(version, plan=replace(PLAN, summary="Something else")))


def test_a_task_is_given_as_a_dictionary_by_field_name() -> None:
    assert PlanTask(**task_fields(SECOND)) == SECOND

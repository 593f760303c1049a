"""A person's edit is taken or refused, never repaired, and leaves the plan it came from as it was."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestra_desktop.domain.errors import (
    AmbiguousName,
    DependencyCycle,
    InvalidInput,
    SelfDependency,
    UnknownDependency,
    UnknownThing,
)
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Complexity, Tier
from orchestra_desktop.planning.edits import answered, edited, find_task
from tests.prompts.examples import HELLO, a_plan, a_task

T1, T2 = TaskId("T1"), TaskId("T2")


@pytest.mark.parametrize(
    ("field", "given", "stored"),
    [
        ("title", "  A new   title ", "A new title"),
        ("description", "Two\r\nlines ", "Two\nlines"),
        ("model_tier", "opus", Tier.OPUS),
        ("model_tier", "ollama", Tier.LOCAL),
        ("model_tier", Tier.AUTO, Tier.AUTO),
        ("complexity", "Complex", Complexity.COMPLEX),
        ("priority", -5, -5),
        ("priority", None, None),
        ("max_output_tokens", 4_096, 4_096),
        ("tools_needed", ["read_file", "read_file"], ("read_file",)),
        ("depends_on", [], ()),
        ("local_only", True, True),
        ("layout", (3, 4.5), (3.0, 4.5)),
        ("phase", "P1", "P1"),
    ],
)
def test_a_field_takes_a_value_of_its_kind(field: str, given: object, stored: object) -> None:
    changed = edited(HELLO, T2, {"read_file", "write_file"}, **{field: given})
    assert getattr(changed.tasks[1], field) == stored
    assert changed.tasks[0] is HELLO.tasks[0]


@pytest.mark.parametrize(
    ("field", "given", "key"),
    [
        ("title", "", "edit.bad_value"),
        ("title", "x" * 201, "edit.bad_value"),
        ("title", 7, "edit.bad_value"),
        ("model_tier", "platinum", "edit.bad_value"),
        ("priority", "first", "edit.bad_value"),
        ("priority", True, "edit.bad_value"),
        ("max_output_tokens", 0, "edit.bad_value"),
        ("timeout_s", -1, "edit.bad_value"),
        ("local_only", "yes", "edit.bad_value"),
        ("layout", (float("nan"), 0), "edit.bad_value"),
        ("phase", "P9", "edit.bad_value"),
        ("tools_needed", "read_file", "edit.bad_value"),
        ("tools_needed", ["teleport"], "edit.unknown_tool"),
        ("depends_on", [1], "edit.bad_value"),
        ("id", "T9", "edit.unknown_field"),
        ("colour", "red", "edit.unknown_field"),
    ],
)
def test_a_value_that_cannot_be_is_refused(field: str, given: object, key: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        edited(HELLO, T2, {"read_file"}, **{field: given})
    assert refused.value.text.key == key


def test_dependencies_may_be_named_by_title() -> None:
    free = replace(HELLO, tasks=(HELLO.tasks[0], replace(HELLO.tasks[1], depends_on=())))
    assert edited(free, T2, depends_on=["write hello_world.py"]).tasks[1].depends_on == ("T1",)


def test_dependencies_that_cannot_be_are_refused_by_name() -> None:
    with pytest.raises(DependencyCycle) as refused:
        edited(HELLO, T1, depends_on=["T2"])
    assert set(refused.value.path) == {"T1", "T2"}
    with pytest.raises(SelfDependency):
        edited(HELLO, T1, depends_on=["T1"])
    with pytest.raises(UnknownDependency):
        edited(HELLO, T1, depends_on=["T9"])


def test_a_task_is_found_by_id_or_title_whatever_the_case() -> None:
    assert find_task(HELLO, "t1") is HELLO.tasks[0]
    assert find_task(HELLO, " write  RUN.md") is HELLO.tasks[1]
    with pytest.raises(UnknownThing):
        find_task(HELLO, "nothing")
    with pytest.raises(AmbiguousName):
        find_task(a_plan(a_task("T1", title="Same"), a_task("T2", title="Same")), "same")


def test_an_open_question_is_answered_by_its_number() -> None:
    assert answered(HELLO, 1, " Good morning ").open_questions[0].answer == "Good morning"
    assert answered(HELLO, 2, "").open_questions[1].answer is None
    for number in (0, 3):
        with pytest.raises(UnknownThing):
            answered(HELLO, number, "x")

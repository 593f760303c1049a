"""Two versions of a plan are compared by task and field, and a person's settings outlive a replan."""

from __future__ import annotations

from dataclasses import replace

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.planning.problems import Problem
from orchestra_desktop.planning.versions import FieldChange, TaskChange, carried_over, diff
from tests.prompts.examples import HELLO, a_plan, a_task

ONE, TWO, THREE = a_task("T1"), a_task("T2", "T1"), a_task("T3")


def test_a_plan_does_not_differ_from_itself() -> None:
    assert diff(HELLO, HELLO).is_empty


def test_added_removed_and_changed_tasks_are_told_apart() -> None:
    after = a_plan(replace(ONE, title="Other", depends_on=(TaskId("T3"),)), THREE, summary="New.")
    found = diff(a_plan(ONE, TWO), after)
    assert found.added == ("T3",)
    assert found.removed == ("T2",)
    assert found.changed == (
        TaskChange(
            TaskId("T1"), (FieldChange("title", "Do T1", "Other"), FieldChange("depends_on", (), (TaskId("T3"),)))
        ),
    )
    assert found.plan == (FieldChange("summary", "A small plan.", "New."),)


def test_moving_a_picture_is_no_change() -> None:
    assert diff(a_plan(ONE), a_plan(replace(ONE, layout=(1.0, 2.0)))).is_empty


def test_what_a_person_set_is_carried_over_to_tasks_that_stay() -> None:
    pinned = replace(ONE, local_only=True, priority=3, timeout_s=60, ask_before=True, model_tier=Tier.OPUS)
    found: list[Problem] = []
    after = carried_over(a_plan(replace(ONE, title="Reworded"), TWO), a_plan(pinned, TWO), found)
    assert after.tasks[0] == replace(pinned, title="Reworded")
    assert after.tasks[1] == TWO
    assert found == []


def test_a_local_only_task_that_is_gone_is_said() -> None:
    found: list[Problem] = []
    carried_over(a_plan(TWO), a_plan(replace(ONE, local_only=True)), found)
    assert [(problem.text.key, problem.text.args) for problem in found] == [("plan.local_only_gone", {"given": "T1"})]


def test_a_model_cannot_pin_the_dearest_tier_by_itself() -> None:
    found: list[Problem] = []
    after = carried_over(a_plan(replace(ONE, model_tier=Tier.OPUS), replace(TWO, model_tier=Tier.LOCAL)), None, found)
    assert [task.model_tier for task in after.tasks] == [Tier.AUTO, Tier.LOCAL]
    assert [problem.text.key for problem in found] == ["plan.opus_unasked"]

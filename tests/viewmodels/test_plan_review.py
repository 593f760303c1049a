"""A plan as rows: signs against the version before, ticks that can run, findings in order, amounts as ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.ids import RequirementId, TaskId
from orchestra_desktop.domain.money import shown
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.viewmodels.plan_changes import changes, task_difference
from orchestra_desktop.viewmodels.plan_review import (
    claims,
    findings,
    forecast,
    kept_ticks,
    minutes_range,
    money_range,
    task_rows,
    ticked,
)
from tests.ui.review import examples

PLAN, OLDER = examples.plan(), examples.plan(newer=False)
ALL = frozenset(task.id for task in PLAN.tasks)


def test_rows_stand_in_the_plans_order_with_their_signs() -> None:
    rows = task_rows(examples.version(2), OLDER, {}, None)
    assert [row.task.id for row in rows] == [task.id for task in PLAN.tasks]
    assert {row.task.id: row.sign for row in rows if row.sign} == {"T3": "~", "T6": "+", "T8": "+"}


def test_a_first_plan_has_no_signs() -> None:
    assert {row.sign for row in task_rows(examples.version(1), None, {}, None)} == {""}


def test_unticking_a_task_takes_along_what_depends_on_it() -> None:
    assert ALL - ticked(PLAN, ALL, TaskId("T10"), on=False) == {"T10", "T11", "T12"}


def test_ticking_a_task_takes_along_what_it_needs() -> None:
    assert ticked(PLAN, frozenset(), TaskId("T8"), on=True) == {"T8", "T5", "T2"}


@given(st.lists(st.tuples(st.sampled_from(sorted(ALL)), st.booleans()), max_size=20))
def test_whatever_is_ticked_has_all_it_needs_ticked_too(clicks: list[tuple[TaskId, bool]]) -> None:
    ticks = ALL
    for task, on in clicks:
        ticks = ticked(PLAN, ticks, task, on=on)
        assert (task in ticks) is on
    assert all(set(task.depends_on) <= ticks for task in PLAN.tasks if task.id in ticks)
    assert kept_ticks(PLAN, ALL - ticks) == ticks


def test_warnings_are_read_before_what_was_repaired() -> None:
    assert [one.severity for one in findings(examples.version(1))] == ["warning", "repaired"]


def test_a_requirement_that_no_task_claims_is_there_with_nothing() -> None:
    wishes = [Requirement(RequirementId("R2"), "two"), Requirement(RequirementId("R3"), "three")]
    assert claims(PLAN, wishes) == {"R2": (), "R3": ("T6",)}


def test_versions_are_compared_as_lines_of_text() -> None:
    lines = [(line.sign, line.task, line.field) for line in changes(OLDER, PLAN)]
    assert lines == [("+", "T6", ""), ("+", "T8", ""), ("-", "T13", ""), ("~", "T3", "description")]
    (changed,) = [line for line in changes(OLDER, PLAN) if line.sign == "~"]
    assert (changed.before, changed.after) == ("The script itself.", "The script itself. With the week number.")


def test_the_picture_is_told_which_tasks_came_went_and_changed() -> None:
    found = task_difference(OLDER, PLAN)
    assert found is not None
    assert (found.added, found.removed, [one.task for one in found.changed]) == (("T6", "T8"), ("T13",), ["T3"])
    assert task_difference(None, PLAN) is None


def test_a_plan_differs_in_nothing_from_itself() -> None:
    assert changes(PLAN, PLAN) == ()


CENT = 10_000_000


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (14 * CENT, 27 * CENT, "$0.14–0.27"),
        (CENT // 4, CENT, "$0.00–0.01"),
        (CENT // 10, CENT // 5, "<$0.01"),
        (0, 0, "free"),
        (120_000 * CENT, 130_000 * CENT, "$1,200.00–1,300.00"),
        (CENT + 1, CENT + 2, "$0.01"),
    ],
)
def test_a_range_of_money_reads_as_one(low: int, high: int, words: str) -> None:
    assert money_range(low, high, shown) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(0.05, 0.1, "3–6 s"), (0.5, 1.5, "30–90 s"), (4, 7, "4–7 min"), (3, 3.2, "3 min"), (60, 120, "1.0–2.0 h")],
)
def test_a_range_of_time_takes_the_unit_of_the_longer_one(low: float, high: float, words: str) -> None:
    assert minutes_range(low, high) == words


def test_a_bar_begins_when_the_last_task_before_it_is_expected_to_end() -> None:
    from dataclasses import replace

    rows = [replace(row, minutes=(1.0, 2.0)) for row in task_rows(examples.version(1), None, {}, None)]
    bars = {bar.task: bar for bar in forecast(rows)}
    assert (bars[TaskId("T1")].start, bars[TaskId("T3")].start, bars[TaskId("T12")].start) == (0.0, 1.0, 4.0)
    assert bars[TaskId("T12")].late == 6.0

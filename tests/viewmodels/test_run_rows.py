"""The rows of a run: folded once, grouped, filtered and ordered; times and forecasts from the events alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import Digest, RunId, TaskId
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.viewmodels.run_rows import Column, Grouping, Heading, RunRows, Wish, arranged
from tests.viewmodels.happenings import PROJECT, RUN, SECOND, START, Happenings, a_plan, a_task

PLAN = a_plan(
    a_task(1, phase="P1"), a_task(2, 1, phase="P2"), a_task(3, phase="P1", title="Write RUN.md"), a_task(4, 2, 3)
)


def words(text: Text) -> str:
    return f"because {text.key}"


def rows_of(happened: Happenings) -> RunRows:
    rows = RunRows(PROJECT, PLAN, 1, RUN)
    rows.take(happened.events)
    return rows


def tasks_of(rows: RunRows, wish: Wish) -> list[str]:
    return [line for line in arranged(rows, wish, words, START) if not isinstance(line, Heading)]


def test_waves_are_counted_from_one_by_the_longest_way_to_a_task() -> None:
    rows = RunRows(PROJECT, PLAN, 1)
    assert [rows.facts[TaskId(task)].wave for task in ("T1", "T2", "T3", "T4")] == [1, 2, 1, 3]


def test_an_event_that_was_taken_already_is_passed_over() -> None:
    happened = Happenings()
    happened.begun(1)
    happened.called(1, amount=700)
    rows = rows_of(happened)
    rows.take(happened.events)
    assert rows.board.charged == 700
    assert len(rows.history[TaskId("T1")]) == 4


def test_events_of_another_run_of_the_same_project_are_not_this_ones() -> None:
    other = Happenings(run=RunId("x" * 32))
    other.begun(1)
    rows = RunRows(PROJECT, PLAN, 1, RUN)
    assert rows.take(other.events) == set()
    assert rows.board.rows[TaskId("T1")].state is TaskState.WAITING


def test_a_task_at_work_gets_older_and_one_that_asks_does_not() -> None:
    happened = Happenings()
    happened.begun(1)
    rows = rows_of(happened)
    assert rows.task_seconds(TaskId("T1"), START + 9 * SECOND) == 9
    happened.now = START + 20 * SECOND
    happened.moved(1, TaskState.RUNNING, TaskState.NEEDS_PERSON)
    rows.take(happened.events)
    assert rows.task_seconds(TaskId("T1"), START + 500 * SECOND) == 20


def test_a_run_stops_its_clock_when_it_ends_and_goes_on_when_it_is_reopened() -> None:
    happened = Happenings()
    happened.add(ev.RunStarted(1, "hash", Digest("spec"), None))  # type: ignore[arg-type]
    happened.now = START + 60 * SECOND
    happened.add(ev.RunFinished(RunStateName.FINISHED))
    rows = rows_of(happened)
    assert rows.elapsed(START + 999 * SECOND) == 60
    happened.add(ev.RunReopened(Text("run.reopened")))
    rows.take(happened.events)
    assert rows.elapsed(START + 999 * SECOND) == 999


def test_what_is_reused_is_known_as_such() -> None:
    happened = Happenings()
    happened.add(ev.TaskSucceeded(Digest("d"), 10, reused_from=RunId("old")), 1)
    assert rows_of(happened).reused == {"T1"}


def test_groups_stand_in_the_plans_order_with_what_has_no_phase_last() -> None:
    happened = Happenings()
    happened.begun(1)
    happened.called(1, amount=300)
    happened.succeeded(1)
    lines = arranged(rows_of(happened), Wish(Grouping.PHASE), words, START)
    headings = [line for line in lines if isinstance(line, Heading)]
    assert [(heading.name, heading.tasks, heading.done, heading.charged) for heading in headings] == [
        ("Make", 2, 1, 300),
        ("Finish", 1, 0, 0),
        ("", 1, 0, 0),
    ]
    assert [line for line in lines if not isinstance(line, Heading)] == ["T1", "T3", "T2", "T4"]


def test_a_filter_looks_into_titles_and_reasons_and_keeps_the_order() -> None:
    happened = Happenings()
    happened.moved(2, TaskState.WAITING, TaskState.BLOCKED, "blocked.behind")
    rows = rows_of(happened)
    assert tasks_of(rows, Wish(words="run.md")) == ["T3"]
    assert tasks_of(rows, Wish(words="because BEHIND")) == ["T2"]
    assert tasks_of(rows, Wish(states=frozenset({TaskState.WAITING}))) == ["T1", "T3", "T4"]


def test_what_needs_a_person_comes_first_by_state() -> None:
    happened = Happenings()
    happened.begun(3)
    happened.moved(4, TaskState.WAITING, TaskState.NEEDS_PERSON)
    rows = rows_of(happened)
    assert tasks_of(rows, Wish(column=Column.STATE)) == ["T4", "T3", "T1", "T2"]
    assert tasks_of(rows, Wish(column=Column.STATE, descending=True))[-1] == "T4"


@pytest.mark.parametrize("column", list(Column))
@pytest.mark.parametrize("descending", [False, True])
def test_every_column_can_be_sorted_by_before_and_while_it_runs(column: Column, *, descending: bool) -> None:
    happened = Happenings()
    happened.begun(1)
    for rows in (RunRows(PROJECT, PLAN, 1), rows_of(happened)):
        assert set(tasks_of(rows, Wish(column=column, descending=descending))) == set(rows.facts)


def test_the_rest_takes_its_critical_path_or_its_work_over_the_limit() -> None:
    from tests.engine.world import spec_of  # the engine's own way to a spec

    spec = replace(spec_of(PLAN), expected_seconds={TaskId(f"T{n}"): 10.0 for n in range(1, 5)})
    rows = RunRows(PROJECT, PLAN, 1, spec.run, spec)
    wide = replace(spec, settings=replace(spec.settings, concurrency=8))
    narrow = replace(spec, settings=replace(spec.settings, concurrency=1))
    assert RunRows(PROJECT, PLAN, 1, spec.run, wide).seconds_left(START) == 30
    assert RunRows(PROJECT, PLAN, 1, spec.run, narrow).seconds_left(START) == 40
    assert rows.progress(TaskId("T1"), START) is None

"""What a reviewed plan promises, and the table of broken plans with what is repaired in each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import PlanTooLarge
from orchestra_desktop.domain.graph import check_graph, upstream
from orchestra_desktop.domain.ids import PhaseId, RequirementId, TaskId
from orchestra_desktop.domain.plan import MAX_TASKS, OpenQuestion, Phase, Plan, PlanTask, TaskType
from orchestra_desktop.planning.coverage import coverage
from orchestra_desktop.planning.parsing import read_plan
from orchestra_desktop.planning.problems import Severity, problem_from_row, problem_row
from orchestra_desktop.planning.validation import Reviewed, read_and_review, review
from tests.prompts.examples import HELLO, REQUIREMENTS, a_plan, a_task

TOOLS = ("read_file", "write_file")


def reviewed(
    *tasks: dict[str, Any], previous: tuple[str, ...] = (), used: tuple[str, ...] = (), **plan: Any
) -> Reviewed:
    """Reads and reviews a plan given as JSON; tasks claim all requirements unless they say otherwise."""
    told = [{"title": "Some task", "requirement_ids": ["R1", "R2"], "task_type": "code", **task} for task in tasks]
    raw = json.dumps({"summary": "s", "tasks": told, **plan})
    kept, taken = {TaskId(id_) for id_ in previous}, {TaskId(id_) for id_ in used}
    return read_and_review(raw, TOOLS, REQUIREMENTS, kept, taken)


def keys(result: Reviewed) -> list[str]:
    return [problem.text.key for problem in result.problems]


def ids(result: Reviewed) -> list[str]:
    return [task.id for task in result.plan.tasks]


def edges(result: Reviewed) -> dict[str, tuple[str, ...]]:
    return {task.id: task.depends_on for task in result.plan.tasks}


def test_a_sound_plan_passes_without_a_word() -> None:
    result = review(HELLO, TOOLS, REQUIREMENTS)
    assert result == Reviewed(HELLO, ())


# Each row: what is wrong, the tasks, the problems that are listed, and the edges afterwards.
BROKEN: list[tuple[str, list[dict[str, Any]], list[str], dict[str, tuple[str, ...]]]] = [
    ("ids in any form", [{"id": "a"}, {"id": "task-b", "depends_on": ["a"]}], [], {"T1": (), "T2": ("T1",)}),
    ("no ids at all", [{}, {"depends_on": [0]}], [], {"T1": (), "T2": ("T1",)}),
    (
        "ids out of order",
        [{"id": "T2"}, {"id": "T1", "depends_on": ["T2"]}],
        ["plan.renumbered"] * 2,
        {"T1": (), "T2": ("T1",)},
    ),
    (
        "one id twice",
        [{"id": "T1"}, {"id": "T1"}, {"id": "T3", "depends_on": ["T1"]}],
        ["plan.duplicate_id"],
        {"T1": (), "T2": (), "T3": ("T1",)},
    ),
    ("case and blanks in an id", [{"id": "T1"}, {"id": "T2", "depends_on": [" t1 "]}], [], {"T1": (), "T2": ("T1",)}),
    ("a number for an id", [{"id": "T1"}, {"id": "T2", "depends_on": ["Task 1"]}], [], {"T1": (), "T2": ("T1",)}),
    (
        "a title for an id",
        [{"id": "T1", "title": "Draw it"}, {"id": "T2", "depends_on": ["draw it"]}],
        [],
        {"T1": (), "T2": ("T1",)},
    ),
    ("an unknown dependency", [{"id": "T1", "depends_on": ["T9"]}], ["plan.unknown_dependency"], {"T1": ()}),
    ("a dependency on itself", [{"id": "T1", "depends_on": ["T1"]}], ["plan.self_dependency"], {"T1": ()}),
    (
        "one dependency by two names",
        [{"id": "T1"}, {"id": "T2", "depends_on": ["T1", "t1"]}],
        ["plan.duplicate_dependency"],
        {"T1": (), "T2": ("T1",)},
    ),
    ("an index beyond the end", [{"depends_on": [5]}], ["plan.unknown_dependency"], {"T1": ()}),
    ("an unknown tool", [{"tools_needed": ["teleport", "read_file"]}], ["plan.unknown_tool"], {"T1": ()}),
    ("a tool by another name", [{"tools_needed": ["write", "readfile"]}], ["plan.tool_renamed"] * 2, {"T1": ()}),
    ("an unknown type", [{"task_type": "levitation"}], ["plan.unknown_value"], {"T1": ()}),
    ("an unknown complexity", [{"complexity": "galactic"}], ["plan.unknown_value"], {"T1": ()}),
    (
        "an unknown requirement",
        [{"requirement_ids": ["R1", "R2", "R7", "x"]}],
        ["plan.unknown_requirement"] * 2,
        {"T1": ()},
    ),
    ("requirements in other forms", [{"requirement_ids": ["r1", "[R2]"]}], [], {"T1": ()}),
    ("no title", [{"title": "", "description": "Write it. Then test it."}], ["plan.title_missing"], {"T1": ()}),
    ("no title and no description", [{"title": ""}], ["plan.title_missing"], {"T1": ()}),
    ("a title too long", [{"title": "x" * 1_000}], ["plan.task_cut_to_size"], {"T1": ()}),
    ("a description too long", [{"description": "x" * 50_000}], ["plan.task_cut_to_size"], {"T1": ()}),
    (
        "a file outside",
        [{"affected_files": ["/etc/passwd", "../x", "C:\\x", "ok.py"]}],
        ["plan.file_outside"] * 3,
        {"T1": ()},
    ),
    ("a task that is only text", [], ["plan.task_no_object"], {"T1": ()}),
    ("an uncovered requirement", [{"requirement_ids": ["R1"]}], ["plan.uncovered"], {"T1": ()}),
    (
        "files without the tool for them",
        [{"tools_needed": ["read_file"], "affected_files": ["a"]}],
        ["plan.cannot_write"],
        {"T1": ()},
    ),
]


@pytest.mark.parametrize(("tasks", "listed", "left"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_what_can_be_repaired_is_repaired_and_listed(
    tasks: list[dict[str, Any]], listed: list[str], left: dict[str, tuple[str, ...]]
) -> None:
    result = reviewed(*tasks) if tasks else _only_text()
    assert [key for key in keys(result) if key != "plan.uncovered" or key in listed] == listed
    assert edges(result) == left
    assert result.errors == ()


def _only_text() -> Reviewed:
    return read_and_review('{"tasks": ["Write the script"]}', TOOLS, ())


def test_a_cycle_is_an_error_that_names_its_path() -> None:
    result = reviewed(
        {"id": "a", "depends_on": ["c"]}, {"id": "b", "depends_on": ["a"]}, {"id": "c", "depends_on": ["b"]}
    )
    (cycle,) = result.errors
    assert cycle.text.key == "graph.cycle"
    path = str(cycle.text.args["path"]).split(" -> ")
    assert path[0] == path[-1]
    assert sorted(path[:-1]) == ["T1", "T2", "T3"]


def test_a_plan_without_tasks_is_an_error() -> None:
    assert [problem.text.key for problem in reviewed().errors] == ["plan.no_tasks"]


def test_a_title_comes_from_the_description() -> None:
    result = reviewed({"title": " ", "description": "\nWrite the parser. It reads dates.\nMore."})
    assert result.plan.tasks[0].title == "Write the parser"


def test_more_tasks_than_allowed_are_refused() -> None:
    with pytest.raises(PlanTooLarge):
        review(a_plan(*[a_task(f"T{n}") for n in range(MAX_TASKS + 1)]), TOOLS, ())


# -- ids over versions ----------------------------------------------------------------------------------------------


def test_a_task_of_the_previous_version_keeps_its_id_and_new_ones_count_on() -> None:
    result = reviewed(
        {"id": "T2"},
        {"id": "new", "depends_on": ["T2"]},
        {"id": "T5", "depends_on": ["new"]},
        previous=("T1", "T2", "T3"),
    )
    assert edges(result) == {"T2": (), "T4": ("T2",), "T5": ("T4",)}


def test_an_id_of_an_older_version_is_never_given_to_another_task() -> None:
    result = reviewed({"id": "T1"}, {"id": "T3"}, previous=("T1", "T2"), used=("T1", "T2", "T3", "T7"))
    assert ids(result) == ["T1", "T8"]


def test_two_tasks_that_claim_one_previous_id_do_not_both_get_it() -> None:
    result = reviewed({"id": "T1"}, {"id": "T1"}, previous=("T1", "T2"))
    assert ids(result) == ["T1", "T3"]
    assert "plan.duplicate_id" in keys(result)


# -- tools ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("task_type", "tools"),
    [
        ("code", ("read_file", "write_file")),
        ("research", ()),
        ("analysis", ("read_file",)),
        ("asset", ()),
        ("integration", ("read_file", "write_file")),
        ("documentation", ("read_file", "write_file")),
    ],
)
def test_a_plan_that_names_no_tools_gets_those_of_the_type_without_a_word(
    task_type: str, tools: tuple[str, ...]
) -> None:
    result = reviewed({"task_type": task_type})
    assert result.plan.tasks[0].tools_needed == tools
    assert keys(result) == []


# -- phases ---------------------------------------------------------------------------------------------------------


def in_phases(*tasks: tuple[str, str, str], phases: str) -> Reviewed:
    """Tasks as (id, phase, what it needs) in phases named by letters."""
    return reviewed(
        *[{"id": id_, "phase": phase, "depends_on": needs.split()} for id_, phase, needs in tasks],
        phases=[{"id": name, "name": f"Phase {name}", "description": ""} for name in phases],
    )


def test_phases_that_run_backwards_are_put_in_order() -> None:
    result = in_phases(("T1", "B", ""), ("T2", "A", "T1"), ("T3", "C", ""), phases="ABC")
    assert [phase.id for phase in result.plan.phases] == ["B", "A", "C"]
    assert keys(result) == ["plan.phases_reordered"]


def test_phases_that_need_each_other_move_tasks_instead() -> None:
    result = in_phases(("T1", "A", ""), ("T2", "B", "T1"), ("T3", "A", "T2"), phases="AB")
    assert [task.phase for task in result.plan.tasks] == ["A", "B", "B"]
    assert keys(result) == ["plan.phase_moved"]


def test_a_missing_phase_is_that_of_the_latest_dependency_or_the_first() -> None:
    result = in_phases(("T1", "B", ""), ("T2", "", "T1"), ("T3", "nowhere", ""), ("T4", "phase b", ""), phases="AB")
    assert [task.phase for task in result.plan.tasks] == ["B", "B", "A", "B"]
    assert keys(result) == ["plan.phase_missing"] * 2


def test_phases_that_only_tasks_know_are_made() -> None:
    result = in_phases(("T1", "Build", ""), ("T2", "Test", ""), phases="")
    assert [phase.name for phase in result.plan.phases] == ["Build", "Test"]


def test_one_phase_id_twice_is_told_apart() -> None:
    result = in_phases(("T1", "A", ""), phases="AA")
    assert [phase.id for phase in result.plan.phases] == ["A", "P2"]
    assert keys(result) == ["plan.duplicate_phase"]


# -- files ----------------------------------------------------------------------------------------------------------


def test_two_parallel_tasks_that_name_one_file_are_warned_about() -> None:
    result = reviewed({"affected_files": ["README.md"]}, {"affected_files": ["readme.md"]})
    (problem,) = result.problems
    assert problem.severity is Severity.WARNING
    assert problem.text.args == {"file": "README.md", "tasks": "T1, T2", "count": 2}


def test_tasks_in_a_row_may_name_one_file() -> None:
    names = {"affected_files": ["a.py"]}
    assert keys(reviewed(names, {"depends_on": [0]}, {"depends_on": [1], **names})) == []


def test_500_tasks_that_share_one_file_are_one_problem_and_not_one_per_pair() -> None:
    plan = a_plan(*[a_task(f"T{n}", affected_files=("a.py",)) for n in range(1, 501)])
    result = review(plan, TOOLS, REQUIREMENTS[:1])
    assert keys(result) == ["plan.shared_file"]
    assert result.problems[0].text.args["count"] == 500


def test_a_flood_of_problems_is_listed_up_to_a_bound_and_errors_always() -> None:
    tasks = [{"id": f"T{n}", "depends_on": [f"X{m}" for m in range(50)]} for n in range(1, 101)]
    tasks.append({"id": "T101", "depends_on": ["T102"]})
    tasks.append({"id": "T102", "depends_on": ["T101"]})
    result = review(read_plan(json.dumps({"tasks": tasks})).plan, TOOLS, ())
    assert len(result.problems) < 400
    assert [problem.text.key for problem in result.errors] == ["graph.cycle"]
    assert result.problems[-1].text.key == "plan.more_problems"


# -- coverage -------------------------------------------------------------------------------------------------------


def test_coverage_names_the_tasks_of_each_requirement() -> None:
    assert coverage(HELLO, REQUIREMENTS) == {"R1": ("T1",), "R2": ("T2",)}
    assert coverage(a_plan(), REQUIREMENTS) == {"R1": (), "R2": ()}


def test_problems_survive_being_stored() -> None:
    for problem in reviewed({"depends_on": ["x"], "requirement_ids": []}).problems:
        assert problem_from_row(json.loads(json.dumps(problem_row(problem)))) == problem


# -- whatever the plan ----------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["T1", "T2", "T3", "t2", "Task 3", "a", "b", "", "#1", "T007"])
TEXTS = st.one_of(st.text(max_size=12), st.sampled_from(["x" * 300, "A. B.", " \n "]))


@st.composite
def tasks(draw: st.DrawFn) -> PlanTask:
    return PlanTask(
        id=TaskId(draw(NAMES)),
        title=draw(TEXTS),
        description=draw(TEXTS),
        task_type=draw(st.sampled_from(TaskType)),
        depends_on=tuple(TaskId(name) for name in draw(st.lists(NAMES, max_size=4))),
        tools_needed=tuple(draw(st.lists(st.sampled_from(["read_file", "write", "fly", "x" * 300]), max_size=3))),
        requirement_ids=tuple(
            RequirementId(id_) for id_ in draw(st.lists(st.sampled_from(["R1", "r2", "9", ""]), max_size=3))
        ),
        affected_files=tuple(draw(st.lists(st.sampled_from(["a", "A", "./b", "../c", "", "d\\e"]), max_size=3))),
        phase=draw(st.sampled_from([None, PhaseId("P1"), PhaseId("P2"), PhaseId("Build"), PhaseId("nowhere")])),
    )


PHASES = st.lists(
    st.builds(Phase, st.sampled_from([PhaseId("P1"), PhaseId("P2"), PhaseId("")]), st.sampled_from(["Build", ""])),
    max_size=4,
)
QUESTIONS = st.lists(st.builds(OpenQuestion, TEXTS, TEXTS), max_size=2)
PLANS = st.builds(
    Plan,
    TEXTS,
    st.lists(tasks(), max_size=8).map(tuple),
    PHASES.map(tuple),
    QUESTIONS.map(tuple),
)
PREVIOUS = st.sets(st.sampled_from([TaskId("T1"), TaskId("T2"), TaskId("T5")]))


@given(PLANS, PREVIOUS)
def test_a_reviewed_plan_is_acyclic_and_its_ids_unique_or_it_says_what_is_wrong(
    plan: Plan, previous: set[TaskId]
) -> None:
    result = review(plan, TOOLS, REQUIREMENTS, previous, {TaskId("T9")})
    assert len({task.id for task in result.plan.tasks}) == len(plan.tasks)
    new = {task.id for task in result.plan.tasks} - previous
    assert all(int(id_[1:]) > 9 for id_ in new)
    if result.errors:
        return
    graph = check_graph((task.id, task.depends_on) for task in result.plan.tasks)
    places = {phase.id: place for place, phase in enumerate(result.plan.phases)}
    phase_of = {task.id: task.phase for task in result.plan.tasks}
    for task in result.plan.tasks:
        assert task.title.strip()
        assert set(task.tools_needed) <= set(TOOLS)
        assert (task.phase in places) if places else task.phase is None
        for other in upstream(graph, [task.id]):
            mine, theirs = task.phase, phase_of[TaskId(other)]
            assert mine is None or theirs is None or places[theirs] <= places[mine]


@given(PLANS, PREVIOUS)
def test_reviewing_a_reviewed_plan_changes_nothing(plan: Plan, previous: set[TaskId]) -> None:
    once = review(plan, TOOLS, REQUIREMENTS, previous)
    twice = review(once.plan, TOOLS, REQUIREMENTS, previous)
    assert twice.plan == once.plan
    assert [problem for problem in twice.problems if problem.severity is Severity.REPAIRED] == []


@given(PLANS)
def test_every_dependency_of_a_reviewed_plan_was_meant(plan: Plan) -> None:
    """No repair invents an edge: as many as were given, or fewer."""
    result = review(replace(plan, phases=()), TOOLS, ())
    for before, after in zip(plan.tasks, result.plan.tasks, strict=True):
        assert len(after.depends_on) <= len(set(before.depends_on))

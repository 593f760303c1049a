"""Any text becomes a plan or a PlanError, and plans in other planners' forms are understood."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import PlanError, PlanTooLarge, PlanUnreadable
from orchestra_desktop.domain.graph import check_graph, critical_path, waves
from orchestra_desktop.domain.plan import Complexity, Level, Plan, TaskType, Tier, plan_from_json, plan_hash, plan_json
from orchestra_desktop.planning.parsing import MAX_BYTES, read_plan
from orchestra_desktop.planning.validation import review
from tests.prompts.examples import HELLO


def plan_of(data: object, **how: Any) -> Plan:
    return read_plan(json.dumps(data), **how).plan


def test_a_plan_this_program_wrote_reads_back_equal() -> None:
    read = read_plan(json.dumps(plan_json(HELLO)), by_person=True)
    assert read.plan == HELLO
    assert read.problems == ()


FENCED = json.dumps({"summary": "```py\nx\n```", "tasks": [{"id": "T1", "title": "One"}]}, indent=1)


@pytest.mark.parametrize(
    "raw",
    [
        FENCED,
        f"```json\n{FENCED}\n```",
        f"```\n{FENCED}\n```\n",
        f"Here is the plan:\n\n```json\n{FENCED}\n```\nGood luck!",
        f"Sure! {FENCED} Anything else?",
        "\ufeff" + FENCED,
    ],
    ids=["bare", "json fence", "plain fence", "fence with talk", "talk only", "byte order mark"],
)
def test_a_plan_is_found_within_a_fence_or_talk(raw: str) -> None:
    plan = read_plan(raw).plan
    assert [task.title for task in plan.tasks] == ["One"]
    assert plan.summary.startswith("```py")


@pytest.mark.parametrize(
    ("raw", "key"),
    [
        ("", "plan.empty_answer"),
        (" \n ", "plan.empty_answer"),
        ("I cannot do that.", "plan.not_json"),
        ('{"summary": "cut of', "plan.not_json"),
        ('{"tasks": [{"title": NaN}]}', "plan.not_json"),
        ('{"tasks": [' + "9" * 5_000 + "]}", "plan.not_json"),
        ("42", "plan.not_an_object"),
        ('"text"', "plan.not_an_object"),
        ('{"summary": "no tasks at all"}', "plan.not_an_object"),
        ('{"tasks": {"T1": {}}}', "plan.not_an_object"),
        ("[" * 100_000, "plan.too_deep"),
        ('{"tasks": [' + "[" * 80 + "]" * 80 + "]}", "plan.too_deep"),
    ],
)
def test_what_is_no_plan_is_refused_with_its_reason(raw: str, key: str) -> None:
    with pytest.raises(PlanUnreadable) as refused:
        read_plan(raw)
    assert refused.value.text.key == key


def test_the_place_of_a_fault_in_the_json_is_told() -> None:
    with pytest.raises(PlanUnreadable) as refused:
        read_plan('{"summary": "x",\n "tasks": [}')
    assert refused.value.text.args["line"] == 2


def test_too_many_tasks_are_refused_and_counted() -> None:
    raw = json.dumps({"summary": "", "tasks": [{"id": f"T{n}", "title": "x" * 100} for n in range(10_000)]})
    with pytest.raises(PlanTooLarge) as refused:
        read_plan(raw)
    assert refused.value.text.args == {"tasks": 10_000, "limit": 500}


@pytest.mark.parametrize("nested", [False, True])
def test_a_million_empty_tasks_are_refused_for_their_number(nested: bool) -> None:
    tasks = "[" + ",".join(["{}"] * 1_000_000) + "]"
    raw = f'{{"phases": [{{"tasks": {tasks}}}]}}' if nested else f'{{"tasks": {tasks}}}'
    with pytest.raises(PlanTooLarge) as refused:
        read_plan(raw)
    assert refused.value.text.args == {"tasks": 1_000_000, "limit": 500}


def test_a_text_beyond_the_limit_is_refused_unread() -> None:
    with pytest.raises(PlanTooLarge) as refused:
        read_plan("ä" * (MAX_BYTES // 2 + 1))
    assert refused.value.text.key == "plan.too_long"


def test_five_hundred_tasks_are_accepted() -> None:
    assert len(plan_of({"tasks": [{"title": "x"}] * 500}).tasks) == 500


def test_a_chain_of_5000_meets_no_recursion_limit() -> None:
    chain = check_graph((f"T{n}", [f"T{n - 1}"] if n else []) for n in range(5_000))
    assert max(waves(chain).values()) == 5_000
    assert len(critical_path(chain, {})) == 5_000


def test_megabytes_of_fence_marks_are_no_plan() -> None:
    with pytest.raises(PlanUnreadable) as refused:
        read_plan("x```\n" * 900_000)
    assert refused.value.text.key == "plan.not_json"


# -- values ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_", "read", "told"),
    [
        ("code", TaskType.CODE, False),
        ("Code ", TaskType.CODE, False),
        ("coding", TaskType.CODE, False),
        ("documentaton", TaskType.DOCUMENTATION, False),
        ("csharp_method", TaskType.CODE, False),
        ("deploy", TaskType.ANALYSIS, True),
        (None, TaskType.ANALYSIS, False),
        (["code"], TaskType.ANALYSIS, False),
    ],
)
def test_a_type_is_read_as_what_is_meant_and_an_unknown_one_is_told(given_: object, read: TaskType, told: bool) -> None:
    parsed = read_plan(json.dumps({"tasks": [{"id": "T1", "title": "x", "task_type": given_}]}))
    assert parsed.plan.tasks[0].task_type is read
    assert [problem.text.key for problem in parsed.problems] == ["plan.unknown_value"] * told


def test_ollama_is_read_as_local_without_a_word() -> None:
    parsed = read_plan('{"tasks": [{"title": "x", "model_tier": "ollama", "complexity": "hard"}]}')
    assert parsed.plan.tasks[0].model_tier is Tier.LOCAL
    assert parsed.plan.tasks[0].complexity is Complexity.COMPLEX
    assert parsed.problems == ()


def test_a_model_cannot_set_what_is_a_persons() -> None:
    task = {
        "title": "x",
        "priority": -1,
        "local_only": True,
        "ask_before": True,
        "max_output_tokens": 7,
        "layout": [1, 2],
    }
    by_model, by_person = (plan_of({"tasks": [task]}, by_person=who).tasks[0] for who in (False, True))
    assert (by_model.priority, by_model.local_only, by_model.layout) == (None, False, None)
    assert (by_person.priority, by_person.local_only, by_person.ask_before) == (-1, True, True)
    assert (by_person.max_output_tokens, by_person.layout) == (7, (1.0, 2.0))


def test_a_persons_fields_out_of_bounds_fall_back_to_the_settings() -> None:
    task = {
        "title": "x",
        "priority": "high",
        "retries": -1,
        "timeout_s": True,
        "max_output_tokens": 1.5,
        "layout": [1, None],
    }
    read = plan_of({"tasks": [task]}, by_person=True).tasks[0]
    assert (read.priority, read.retries, read.timeout_s, read.max_output_tokens, read.layout) == (None,) * 5


def test_lists_written_as_text_and_text_written_as_list_are_read() -> None:
    task = {"title": "x", "tools_needed": "read_file, write_file", "verification_criteria": ["it runs", "it prints"]}
    read = plan_of({"tasks": [task | {"affected_files": [{"path": "a.py"}, "b.py", 3, None]}]}).tasks[0]
    assert read.tools_needed == ("read_file", "write_file")
    assert read.verification_criteria == "- it runs\n- it prints"
    assert read.affected_files == ("a.py", "b.py", "3")


def test_risks_questions_and_test_strategy_are_read() -> None:
    plan = plan_of(
        {
            "tasks": [],
            "open_questions": [
                {"question": "Which?", "proposed_answer": "This", "impact": "Much", "answer": "That"},
                {},
            ],
            "risk_assessment": [{"risk": "Rain", "likelihood": "HIGH", "impact": "unknown", "mitigation": "Umbrella"}],
            "test_strategy": {"approach": "Run it", "test_tasks": ["T3"], "coverage_notes": "All"},
        }
    )
    assert plan.open_questions[0].answer is None
    assert len(plan.open_questions) == 1
    assert (plan.risk_assessment[0].likelihood, plan.risk_assessment[0].impact) == (Level.HIGH, Level.MEDIUM)
    assert plan.test_strategy is not None
    assert plan.test_strategy.test_tasks == ("T3",)


def test_what_cannot_be_stored_is_taken_out_of_texts() -> None:
    plan = plan_of({"summary": "a\ud800b\x00c\r\nd", "tasks": [{"title": "\udfff\x1b[31mred"}]})
    assert plan.summary == "abc\nd"
    assert plan.tasks[0].title == "[31mred"
    plan_hash(plan)


# -- forms of other planners ----------------------------------------------------------------------------------------

NESTED = {
    "summary": "Two phases.",
    "phases": [
        {
            "name": "Foundation",
            "description": "First",
            "tasks": [{"title": "A", "depends_on": []}, {"title": "B", "depends_on": [0]}],
        },
        {"name": "Use", "tasks": [{"title": "C", "task_type": "integration", "depends_on": ["1", 0]}]},
    ],
    "open_questions": [{"question": "Which?", "proposed_answer": "This"}],
}


def edges(plan: Plan) -> dict[str, tuple[str, ...]]:
    return {task.id: task.depends_on for task in plan.tasks}


def test_phases_with_nested_tasks_and_global_indices_are_understood() -> None:
    plan = plan_of(NESTED)
    assert edges(plan) == {"T1": (), "T2": ("T1",), "T3": ("T2", "T1")}
    assert [task.phase for task in plan.tasks] == ["P1", "P1", "P2"]
    assert [phase.name for phase in plan.phases] == ["Foundation", "Use"]


def test_indices_in_a_flat_list_are_understood_beside_ids() -> None:
    plan = plan_of({"tasks": [{"id": "X", "title": "A"}, {"id": "Y", "title": "B", "depends_on": [0, "X"]}]})
    assert edges(plan) == {"X": (), "Y": ("X",)}


def test_an_index_that_leads_nowhere_stays_visible_as_unknown() -> None:
    plan = plan_of({"tasks": [{"title": "A", "depends_on": [7, -1]}]})
    assert edges(plan) == {"T1": ("#7", "#-1")}


def test_digits_are_ids_where_tasks_have_ids() -> None:
    plan = plan_of({"tasks": [{"id": "1", "title": "A"}, {"id": "2", "title": "B", "depends_on": ["1"]}]})
    assert edges(plan) == {"1": (), "2": ("1",)}


def test_a_project_of_the_orchestration_engine_is_understood_by_its_approved_plan() -> None:
    other = {"version": 3, "status": "draft", "plan": {"summary": "newer", "tasks": []}}
    approved = {"version": 2, "status": "approved", "plan": NESTED, "model_used": "m", "cost_usd": 0.1}
    export = {"exported_at": 1.0, "project": {"id": "p", "requirements": "x"}, "plans": [other, approved]}
    empty: dict[str, list[object]] = {name: [] for name in ("tasks", "events", "checkpoints", "usage", "knowledge")}
    assert plan_of(export | empty).summary == "Two phases."
    assert len(plan_of(export | empty).tasks) == 3


def test_without_an_approved_plan_the_highest_version_counts_and_its_json_may_be_text() -> None:
    plans = [
        {"version": version, "plan_json": json.dumps({"summary": f"v{version}", "tasks": []})} for version in (1, 3, 2)
    ]
    assert plan_of({"project": {}, "plans": plans}).summary == "v3"


def test_what_plan_json_prints_can_be_imported_again() -> None:
    assert plan_of({"project": {"id": "p"}, "plan": plan_json(HELLO), "problems": []}, by_person=True) == HELLO


# -- anything at all ------------------------------------------------------------------------------------------------

KEYS = st.one_of(
    st.sampled_from(["summary", "tasks", "phases", "open_questions", "risk_assessment", "test_strategy"]),
    st.sampled_from(["plans", "plan", "plan_json", "version", "status", "id", "title", "name", "description", "phase"]),
    st.sampled_from(
        ["task_type", "complexity", "depends_on", "tools_needed", "affected_files", "model_tier", "layout"]
    ),
    st.sampled_from(["requirement_ids", "verification_criteria", "priority", "question", "answer", "risk", "approach"]),
)
JSON = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=8),
        st.sampled_from(["T1", "T2", "0", "P1"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=6)),
    max_leaves=25,
)
PLANLIKE = st.fixed_dictionaries(
    {"tasks": st.lists(st.dictionaries(KEYS, JSON, max_size=8), max_size=6)}, optional={"phases": JSON, "summary": JSON}
)


@given(st.one_of(JSON, PLANLIKE))
@example({"tasks": [{"layout": [float("inf"), 0]}]})
def test_json_of_any_shape_raises_nothing_but_plan_errors(data: object) -> None:
    raw = json.dumps(data)
    for by_person in (False, True):
        try:
            parsed = read_plan(raw, by_person=by_person)
        except PlanError:
            continue
        reviewed = review(parsed.plan, ["read_file", "write_file"], ())
        assert plan_from_json(json.loads(json.dumps(plan_json(reviewed.plan)))) == reviewed.plan


@given(st.text())
@example('{"tasks": [}')
@example("{" * 2_000)
def test_text_of_any_kind_raises_nothing_but_plan_errors(raw: str) -> None:
    try:
        read_plan(raw)
    except PlanError:
        return


@given(st.integers(0, 400), st.sampled_from([json.dumps(NESTED), f"```json\n{FENCED}\n```"]))
def test_a_plan_cut_off_anywhere_raises_nothing_but_plan_errors(length: int, raw: str) -> None:
    try:
        read_plan(raw[:length])
    except PlanError:
        return

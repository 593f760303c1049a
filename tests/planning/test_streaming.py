"""Tasks are found in a plan as it streams, however it is cut into pieces."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.plan import TaskType, plan_json
from orchestra_desktop.planning.streaming import DraftedTask, DraftScanner
from tests.prompts.examples import HELLO

AWKWARD = {
    "summary": 'He said "tasks": [{"title": "no task"}] \\" {[',
    "tasks": [
        {"id": "T1", "title": 'A "quoted" } title \\', "task_type": "code", "nested": {"tasks": [{"title": "inner"}]}},
        {"id": "T2", "title": "[brackets] {braces}", "task_type": "documentation", "depends_on": ["T1"]},
    ],
    "test_strategy": {"test_tasks": ["T2"], "note": "tasks"},
}
NESTED = {"phases": [{"name": "P", "tasks": [{"title": "One"}, {"title": "Two"}]}, {"tasks": [{"title": "Three"}]}]}


def drafted(text: str, cuts: list[int]) -> list[DraftedTask]:
    scanner = DraftScanner()
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    found = [task for start, end in itertools.pairwise(places) for task in scanner.feed(text[start:end])]
    assert found == scanner.tasks
    return found


@given(st.lists(st.integers(0, 500)), st.sampled_from([None, 1]))
def test_tasks_are_found_whatever_the_pieces(cuts: list[int], indent: int | None) -> None:
    titles = [(task.id, task.title) for task in drafted(json.dumps(AWKWARD, indent=indent), cuts)]
    assert titles == [("T1", 'A "quoted" } title \\'), ("T2", "[brackets] {braces}")]
    assert [task.title for task in drafted(json.dumps(NESTED), cuts)] == ["One", "Two", "Three"]


def test_each_task_is_told_as_soon_as_its_last_brace_is_there() -> None:
    scanner = DraftScanner()
    text = json.dumps(plan_json(HELLO))
    told = [len(scanner.feed(character)) for character in text]
    assert sum(told) == 2
    assert all(text[place] == "}" for place, count in enumerate(told) if count)
    assert scanner.tasks[1].task_type is TaskType.DOCUMENTATION


def test_a_fence_and_talk_around_the_plan_do_no_harm() -> None:
    text = f"Here is my plan:\n```json\n{json.dumps(NESTED)}\n```"
    assert len(drafted(text, [10, 20])) == 3


@given(
    st.lists(
        st.one_of(
            st.text(max_size=6), st.sampled_from(['{"tasks":[', "{", "}", "]", '"', "\\", ":", '"tasks"', "[{", "}]"])
        ),
        max_size=40,
    )
)
def test_no_text_makes_it_fail(pieces: list[str]) -> None:
    scanner = DraftScanner()
    for piece in pieces:
        scanner.feed(piece)


@pytest.mark.parametrize("size", [1, 16, 4_096])
def test_all_tasks_of_a_long_plan_are_found_in_pieces_of_any_size(size: int) -> None:
    titles = [f"Write part {number}" for number in range(250)]
    text = json.dumps({"tasks": [{"title": title, "description": 'y\\n"z" ' * 60} for title in titles]})
    assert [task.title for task in drafted(text, list(range(0, len(text), size)))] == titles


def test_a_hostile_depth_is_followed_no_further_than_any_plan_goes() -> None:
    scanner = DraftScanner()
    for _ in range(200):
        assert scanner.feed('{"tasks":[' * 500) == []
    assert len(scanner._stack) < 100


def test_a_task_without_an_end_is_kept_up_to_a_bound() -> None:
    scanner = DraftScanner()
    scanner.feed('{"tasks":[{"title":"')
    for _ in range(2_000):
        scanner.feed("x" * 1_000)
    assert sum(len(piece) for piece in scanner._task or []) < 250_000
    assert scanner.feed('"}]}') == []

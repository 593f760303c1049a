"""The words on nodes: tier, time and cost, what is waited for, what changed, and nothing that could be markup."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.canvas import captions
from orchestra_desktop.ui.canvas.frame_painter import phase_title
from orchestra_desktop.viewmodels.graph_faces import Mark, NodeFace, live_face, planned_graph
from tests.ui.canvas.stage import (
    CENT,
    NOW,
    SECOND,
    board_of,
    hello_plan,
    hello_states,
    set_state,
    task,
    with_tasks,
    without,
)

PLANNED = NodeFace(TaskId("T1"), "Write it", "sonnet")
RUNNING = replace(PLANNED, state=TaskState.RUNNING, started_at=NOW - 24 * SECOND, charged=2 * CENT)


@dataclass(frozen=True)
class Change:
    task: TaskId


@dataclass(frozen=True)
class Found:
    added: tuple[TaskId, ...] = ()
    removed: tuple[TaskId, ...] = ()
    changed: tuple[Change, ...] = ()


@pytest.mark.parametrize(
    ("face", "line"),
    [
        (PLANNED, "sonnet"),
        (replace(PLANNED, quoted=(3 * CENT, 6 * CENT)), "sonnet · $0.03–0.06"),
        (replace(PLANNED, quoted=(0, CENT)), "sonnet · $0.00–0.01"),
        (replace(PLANNED, quoted=(0, 0), expected_s=50.0), "sonnet · free · 0:50"),
        (RUNNING, "sonnet · 0:24 · $0.02"),
        (replace(RUNNING, state=TaskState.SUCCEEDED, finished_at=NOW + 14 * SECOND), "sonnet · 38 s · $0.02"),
        (replace(RUNNING, state=TaskState.SUCCEEDED, finished_at=NOW, charged=0), "sonnet · 24 s · free"),
        (replace(PLANNED, state=TaskState.WAITING, after=(TaskId("T5"),)), "sonnet · after T5"),
        (replace(PLANNED, state=TaskState.WAITING, after=(TaskId("T5"), TaskId("T6"))), "sonnet · after 2 tasks"),
        (replace(PLANNED, state=TaskState.NEEDS_PERSON), "sonnet · asks you"),
        (replace(PLANNED, state=TaskState.SKIPPED), "sonnet"),
    ],
)
def test_the_second_line_says_what_matters_in_each_state(face: NodeFace, line: str) -> None:
    assert captions.line(face, NOW) == line


def test_the_state_is_a_word_and_a_planned_task_says_how_its_plan_is() -> None:
    assert captions.word(PLANNED, "draft") == "draft"
    assert captions.word(RUNNING, "draft") == "running"
    assert captions.word(replace(PLANNED, mark=Mark.REMOVED), "draft") == "removed"


def test_a_badge_says_what_changed_or_how_often_was_tried() -> None:
    assert captions.badge(replace(PLANNED, mark=Mark.ADDED)) == "+"
    assert captions.badge(replace(PLANNED, mark=Mark.REMOVED)) == "−"
    assert captions.badge(replace(RUNNING, attempts=2)) == "try 2"
    assert captions.badge(replace(RUNNING, attempts=1)) == ""


def test_progress_is_a_share_of_the_expected_time_and_never_whole() -> None:
    assert replace(RUNNING, expected_s=48.0).share(NOW) == 0.5
    assert replace(RUNNING, expected_s=1.0).share(NOW) == 0.95
    assert RUNNING.share(NOW) is None
    assert replace(RUNNING, state=TaskState.SUCCEEDED, expected_s=48.0).share(NOW) is None


def test_a_title_from_a_model_shows_its_control_characters() -> None:
    assert captions.title(replace(PLANNED, title="a\u202eb\nc")) == "a\\u202eb c"


def test_the_tool_tip_says_everything_uncut() -> None:
    face = replace(RUNNING, title="x" * 300, state=TaskState.WAITING, reason=text("task.gaps"), mark=Mark.CHANGED)
    words = captions.tool_tip(face, NOW, "draft")
    assert "x" * 300 in words
    assert "changed since the version before" in words


def test_a_running_clock_keeps_its_width() -> None:
    assert [captions.clock(seconds) for seconds in (0, 24, 72, 7_509)] == ["0:00", "0:24", "1:12", "2:05:09"]


def test_a_phase_is_numbered_unless_its_name_is() -> None:
    assert phase_title(1, "Foundation") == "Phase 1 · Foundation"
    assert phase_title(2, "Phase B: docs") == "Phase B: docs"
    assert phase_title(3, "") == "Phase 3"


# -- faces ----------------------------------------------------------------------------------------------------------


def test_a_waiting_task_names_only_what_is_not_done_yet() -> None:
    plan = hello_plan()
    board = board_of(plan, hello_states())
    graph = planned_graph(plan, {})
    states = {id_: row.state for id_, row in board.rows.items()}
    last = TaskId("T9")
    assert live_face(graph.faces[last], board.rows[last], graph.needs[last], states).after == ("T6", "T7", "T8")
    for done in ("T6", "T7"):
        set_state(board, done, TaskState.SUCCEEDED)
    states = {id_: row.state for id_, row in board.rows.items()}
    assert live_face(graph.faces[last], board.rows[last], graph.needs[last], states).after == ("T8",)


def test_a_compared_plan_marks_tasks_keeps_removed_ones_and_finds_new_edges() -> None:
    now = hello_plan()
    before = with_tasks(without(now, ["T6"]), task("T10", "Old", "T3", phase="P2"))
    found = Found((TaskId("T6"),), (TaskId("T10"),), (Change(TaskId("T3")),))
    graph = planned_graph(now, {}, found, before)
    marks = {id_: face.mark for id_, face in graph.faces.items() if face.mark is not Mark.SAME}
    assert marks == {"T6": Mark.ADDED, "T10": Mark.REMOVED, "T3": Mark.CHANGED}
    assert graph.new_edges == {("T3", "T6"), ("T4", "T6")}
    assert graph.needs["T10"] == ("T3",)


def test_without_the_plan_before_the_edges_of_added_tasks_are_new() -> None:
    graph = planned_graph(hello_plan(), {}, Found((TaskId("T6"),)))
    assert graph.new_edges == {("T3", "T6"), ("T4", "T6"), ("T6", "T9")}
    assert planned_graph(hello_plan(), {}).new_edges == frozenset()


def test_a_plan_of_the_same_shape_is_drawn_at_the_same_places() -> None:
    plan = hello_plan()
    renamed = replace(plan, tasks=tuple(replace(one, title="Other") for one in plan.tasks))
    assert planned_graph(plan, {}).shape == planned_graph(renamed, {}).shape
    assert planned_graph(plan, {}).shape != planned_graph(without(plan, ["T9"]), {}).shape

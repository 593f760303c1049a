"""What nodes say: planned, compared with the version before, live, without Qt."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass, replace

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.viewmodels.graph_faces import Mark, NodeFace, live_face, planned_graph
from tests.ui.canvas.plans import (
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

RUNNING = NodeFace(
    TaskId("T1"), "Write it", "sonnet", state=TaskState.RUNNING, started_at=NOW - 24 * SECOND, charged=2 * CENT
)


@dataclass(frozen=True)
class Change:
    task: TaskId


@dataclass(frozen=True)
class Found:
    added: tuple[TaskId, ...] = ()
    removed: tuple[TaskId, ...] = ()
    changed: tuple[Change, ...] = ()


def test_progress_is_a_share_of_the_expected_time_and_never_whole() -> None:
    assert replace(RUNNING, expected_s=48.0).share(NOW) == 0.5
    assert replace(RUNNING, expected_s=1.0).share(NOW) == 0.95
    assert RUNNING.share(NOW) is None
    assert replace(RUNNING, state=TaskState.SUCCEEDED, expected_s=48.0).share(NOW) is None


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


def test_expected_times_come_from_the_run_where_there_is_no_quote() -> None:
    graph = planned_graph(hello_plan(), {}, expected_seconds={TaskId("T1"): 40.0})
    assert graph.faces[TaskId("T1")].expected_s == 40.0
    assert graph.faces[TaskId("T2")].expected_s is None


def test_what_the_picture_is_made_of_needs_neither_qt_nor_numpy() -> None:
    modules = "graph_faces, graph_heights, graph_layout, graph_order, graph_ranks, graph_walk"
    code = f"import sys; from orchestra_desktop.viewmodels import {modules}; print([*sys.modules])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "PySide6" not in ran.stdout
    assert "numpy" not in ran.stdout

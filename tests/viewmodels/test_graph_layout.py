"""The graph's picture without Qt: nothing overlaps, edges run to the right, the same plan is drawn alike."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.viewmodels.graph_layout import (
    FRAME_TOP,
    NODE_HEIGHT,
    NODE_WIDTH,
    ROW_GAP,
    Box,
    GraphLayout,
    lay_out,
)
from orchestra_desktop.viewmodels.graph_order import Columns, crossings, ordered
from orchestra_desktop.viewmodels.graph_ranks import ranked
from orchestra_desktop.viewmodels.graph_walk import Step, Walk
from tests.viewmodels.large_graphs import Graph, layered_graph, random_graph, two_hubs

HELLO: Graph = {
    "T1": [],
    "T2": [],
    "T3": ["T1"],
    "T4": ["T1", "T2"],
    "T5": ["T2"],
    "T6": ["T3", "T4"],
    "T7": ["T4"],
    "T8": ["T5"],
    "T9": ["T6", "T7", "T8"],
}
HELLO_PHASES: dict[str, str | None] = {task: "A" if task <= "T5" else "B" for task in HELLO}


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    """Up to 14 tasks whose needs stand before them, in any order of the plan."""
    count = draw(st.integers(1, 14))
    ids = [f"T{number}" for number in range(count)]
    needs = {
        task: draw(st.lists(st.sampled_from(ids[:at]), unique=True, max_size=4)) if at else []
        for at, task in enumerate(ids)
    }
    return {task: needs[task] for task in draw(st.permutations(ids))}


def phases(graph: Graph) -> st.SearchStrategy[dict[str, str | None]]:
    return st.fixed_dictionaries({task: st.sampled_from(["A", "B", "C", None]) for task in graph})


def boxes(layout: GraphLayout) -> dict[str, Box]:
    return {task: Box(x, y, NODE_WIDTH, NODE_HEIGHT) for task, (x, y) in layout.places.items()}


# -- what always holds ----------------------------------------------------------------------------------------------


@given(st.data())
def test_no_two_tasks_overlap_and_every_edge_runs_to_the_right(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    layout = lay_out(graph, data.draw(phases(graph)))
    drawn = boxes(layout)
    assert drawn.keys() == graph.keys()
    assert not any(one.overlaps(other) for one, other in itertools.combinations(drawn.values(), 2))
    assert all(drawn[edge.source].right < drawn[edge.target].x for edge in layout.edges)
    assert {(edge.source, edge.target) for edge in layout.edges} == {(n, t) for t, ns in graph.items() for n in ns}


@given(st.data())
def test_frames_never_overlap_and_hold_their_own_tasks_alone(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    phase_of = data.draw(phases(graph))
    layout = lay_out(graph, phase_of)
    assert not any(one.box.overlaps(other.box) for one, other in itertools.combinations(layout.frames, 2))
    for frame in layout.frames:
        inside = {task for task, box in boxes(layout).items() if box.overlaps(frame.box)}
        assert inside == {task for task, phase in phase_of.items() if phase == frame.phase}


@pytest.mark.parametrize("seed", [1, 2, 7, 9, 14])
def test_more_rounds_never_cross_more_and_none_more_than_the_plans_own_order(seed: int) -> None:
    graph = random_graph(200, seed)
    rank = ranked(graph, {}).rank
    number = {task: at for at, task in enumerate(graph)}
    near = [(number[n], number[t]) for t, ns in graph.items() for n in set(ns) if rank[t] - rank[n] == 1]
    columns: list[list[int]] = [[] for _ in range(max(rank.values()) + 1)]
    for task, at in number.items():
        columns[rank[task]].append(at)
    before = [[n for n, t in near if t == at] for at in number.values()]
    after = [[t for n, t in near if n == at] for at in number.values()]
    lane = [0] * len(graph)
    found = [ordered(Columns(columns, before, after, lane), rounds) for rounds in range(12)]
    counts = [crossings(Columns(one, before, after, lane)) for one in found]
    assert counts == sorted(counts, reverse=True)
    assert counts[0] == crossings(Columns(columns, before, after, lane))
    assert counts[-1] < counts[0] / 2
    assert [sorted(column) for column in found[-1]] == [sorted(column) for column in columns]


@given(graphs())
def test_an_edge_passes_a_column_between_its_tasks_and_not_through_them(graph: Graph) -> None:
    layout = lay_out(graph)
    for edge in layout.edges:
        for (x, y), (right, other_y) in zip(edge.points[1:-1:2], edge.points[2:-1:2], strict=True):
            assert y == other_y
            assert right - x == NODE_WIDTH
            passed = [box for box in boxes(layout).values() if box.x == x]
            assert not any(box.y < y < box.bottom for box in passed)


@given(st.data())
def test_no_edge_runs_along_a_frames_title(data: st.DataObject) -> None:
    graph = data.draw(graphs())
    phase_of = data.draw(phases(graph))
    layout = lay_out(graph, phase_of)
    for frame in layout.frames:
        inside = [edge for edge in layout.edges if phase_of[edge.source] == phase_of[edge.target] == frame.phase]
        for _, y in (point for edge in inside for point in edge.points):
            assert frame.box.y + FRAME_TOP < y < frame.box.bottom


# -- examples -------------------------------------------------------------------------------------------------------


def test_the_picture_of_the_design_has_two_frames_side_by_side_and_no_crossing() -> None:
    layout = lay_out(HELLO, HELLO_PHASES)
    assert [frame.phase for frame in layout.frames] == ["A", "B"]
    assert layout.frames[0].box.right < layout.frames[1].box.x
    assert layout.columns == (("T1", "T2"), ("T3", "T4", "T5"), ("T6", "T7", "T8"), ("T9",))
    assert layout.places["T1"][1] < layout.places["T2"][1]


def test_a_task_of_the_second_phase_that_needs_nothing_stands_in_its_frame() -> None:
    layout = lay_out({"T1": [], "T2": ["T1"], "T3": ["T2"], "T4": []}, {"T1": "A", "T2": "A", "T3": "B", "T4": "B"})
    assert [column for column in layout.columns if "T4" in column] == [("T3", "T4")]
    assert len(layout.frames) == 2


def test_phases_that_do_not_need_each_other_stand_one_below_the_other() -> None:
    layout = lay_out({"T1": [], "T2": ["T1"], "T3": [], "T4": ["T3"]}, {"T1": "A", "T2": "A", "T3": "B", "T4": "B"})
    upper, lower = (frame.box for frame in layout.frames)
    assert upper.bottom < lower.y
    assert upper.x == lower.x


def test_phases_that_need_each_other_in_a_circle_get_no_frames() -> None:
    layout = lay_out({"T1": [], "T2": ["T1"], "T3": ["T2"]}, {"T1": "A", "T2": "B", "T3": "A"})
    assert layout.frames == ()
    assert [len(column) for column in layout.columns] == [1, 1, 1]


def test_a_circle_through_a_task_of_no_phase_ends_too() -> None:
    graph = {"T1": [], "T2": ["T1"], "T3": [], "T4": ["T3"], "T5": ["T4"]}
    layout = lay_out(graph, {"T1": "A", "T2": "B", "T3": "B", "T4": None, "T5": "A"})
    assert layout.frames == ()


def test_a_chain_is_a_straight_line() -> None:
    layout = lay_out({"T1": [], "T2": ["T1"], "T3": ["T2"], "T4": ["T3"]})
    assert len({y for _, y in layout.places.values()}) == 1


def test_no_task_makes_an_empty_picture_and_one_task_a_small_one() -> None:
    assert lay_out({}) == GraphLayout()
    assert lay_out({"T1": []}).bounds == Box(0.0, 0.0, NODE_WIDTH, NODE_HEIGHT)


def test_a_circle_of_tasks_is_drawn_all_the_same() -> None:
    layout = lay_out({"T1": ["T3"], "T2": ["T1"], "T3": ["T2"], "T4": ["T4", "T9"]})
    assert layout.places.keys() == {"T1", "T2", "T3", "T4"}
    assert len(layout.edges) == 3


def test_tasks_of_one_column_keep_their_distance() -> None:
    layout = lay_out({f"T{number}": [] for number in range(6)})
    tops = sorted(y for _, y in layout.places.values())
    assert {below - above for above, below in itertools.pairwise(tops)} == {NODE_HEIGHT + ROW_GAP}


def test_the_same_plan_is_always_drawn_alike() -> None:
    graph = random_graph(120, seed=7)
    assert lay_out(graph) == lay_out(dict(graph))


def test_a_task_added_at_the_end_leaves_the_others_in_their_columns_and_order() -> None:
    before = lay_out(HELLO, HELLO_PHASES)
    after = lay_out(HELLO | {"T10": ["T9"]}, HELLO_PHASES | {"T10": "B"})
    assert after.columns == (*before.columns, ("T10",))
    assert all(abs(after.places[task][1] - y) < NODE_HEIGHT / 4 for task, (_, y) in before.places.items())


@pytest.mark.parametrize(
    "graph",
    [layered_graph(1_000, 25), layered_graph(5_000, 60), random_graph(5_000, 3), two_hubs(2_000)],
    ids=["1,000 in layers", "5,000 in layers", "5,000 at random", "2,000 between hubs"],
)
def test_of_a_large_plan_no_two_tasks_overlap_and_edges_bend_a_bounded_number_of_times(graph: Graph) -> None:
    layout = lay_out(graph)
    assert layout.places.keys() == graph.keys()
    tops = sorted(layout.places.values())
    assert all(x != right or y + NODE_HEIGHT < below for (x, y), (right, below) in itertools.pairwise(tops))
    bends = {(edge.source, x) for edge in layout.edges for x, _ in edge.points[1:-1:2]}
    assert len(bends) < 3 * len(graph)


# -- walking --------------------------------------------------------------------------------------------------------


def test_arrows_walk_along_edges_and_within_a_column() -> None:
    walk = Walk(lay_out(HELLO, HELLO_PHASES))
    assert walk.first() == "T1"
    assert walk.step("T7", Step.LEFT) == "T4"
    assert walk.step("T7", Step.RIGHT) == "T9"
    assert walk.step("T7", Step.UP) == "T6"
    assert walk.step("T7", Step.DOWN) == "T8"
    assert walk.step("T9", Step.RIGHT) is None
    assert walk.step("T1", Step.UP) is None


def test_a_walk_that_begins_nowhere_begins_at_the_first_task() -> None:
    assert Walk(lay_out(HELLO)).step("gone", Step.RIGHT) == "T1"
    assert Walk(lay_out({})).first() is None


@given(graphs())
def test_every_task_can_be_reached_by_arrows_within_its_part_of_the_graph(graph: Graph) -> None:
    walk = Walk(lay_out(graph))
    for task in graph:
        for needed in graph[task]:
            assert needed in walk.needs(task)
            assert task in walk.needed_by(needed)

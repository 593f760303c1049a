"""The task graph: each fault by its name, waves and paths checked against networkx, long chains without recursion."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import (
    DependencyCycle,
    DuplicateTask,
    GraphError,
    SelfDependency,
    UnknownDependency,
)
from orchestra_desktop.domain.graph import (
    check_graph,
    critical_path,
    dependants_of,
    downstream,
    remaining_path,
    topological_order,
    upstream,
    waves,
)

DIAMOND = {"T1": (), "T2": ("T1",), "T3": ("T1",), "T4": ("T2", "T3"), "T5": ()}


@st.composite
def acyclic_graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    """Each task depends on some of those before it; the plan's order is shuffled."""
    count = draw(st.integers(min_value=1, max_value=14))
    graph = {
        f"T{n}": tuple(f"T{m}" for m in sorted(draw(st.sets(st.integers(min_value=1, max_value=n - 1)))))
        if n > 1
        else ()
        for n in range(1, count + 1)
    }
    return {task: graph[task] for task in draw(st.permutations(sorted(graph)))}


def as_networkx(graph: dict[str, tuple[str, ...]]) -> nx.DiGraph:
    digraph = nx.DiGraph()
    digraph.add_nodes_from(graph)
    digraph.add_edges_from((dependency, task) for task in graph for dependency in graph[task])
    return digraph


def test_a_sound_graph_is_given_back_with_double_dependencies_merged() -> None:
    assert check_graph([("T1", []), ("T2", ["T1", "T1"])]) == {"T1": (), "T2": ("T1",)}


def test_a_cycle_is_named_with_its_path_and_nothing_beside_it() -> None:
    tasks = [("T1", ["T4"]), ("T2", ["T1"]), ("T4", ["T2"]), ("T5", []), ("T6", ["T4", "T5"])]
    with pytest.raises(DependencyCycle) as found:
        check_graph(tasks)
    path = found.value.path
    assert path[0] == path[-1]
    assert set(path) == {"T1", "T2", "T4"}
    assert found.value.text.args == {"path": " -> ".join(path)}


def test_the_path_of_a_cycle_runs_from_a_task_to_what_it_needs() -> None:
    tasks = {"T1": ["T4"], "T2": ["T1"], "T4": ["T2"]}
    with pytest.raises(DependencyCycle) as found:
        check_graph(tasks.items())
    assert all(needed in tasks[task] for task, needed in pairwise(found.value.path))


def test_an_unknown_dependency_is_named_with_its_task() -> None:
    with pytest.raises(UnknownDependency) as found:
        check_graph([("T1", ["T9"])])
    assert (found.value.task, found.value.dependency) == ("T1", "T9")


def test_two_tasks_of_one_id_are_named() -> None:
    with pytest.raises(DuplicateTask) as found:
        check_graph([("T1", []), ("T1", [])])
    assert found.value.task == "T1"


def test_a_task_that_needs_itself_is_named() -> None:
    with pytest.raises(SelfDependency) as found:
        check_graph([("T1", []), ("T2", ["T1", "T2"])])
    assert found.value.task == "T2"


def test_waves_count_from_one_by_the_deepest_dependency() -> None:
    assert waves(DIAMOND) == {"T1": 1, "T2": 2, "T3": 2, "T4": 3, "T5": 1}


def test_the_critical_path_follows_the_dearest_tasks() -> None:
    seconds = {"T1": 10.0, "T2": 1.0, "T3": 5.0, "T4": 2.0, "T5": 16.0}
    assert critical_path(DIAMOND, seconds) == ("T1", "T3", "T4")
    assert remaining_path(DIAMOND, seconds) == {"T1": 17.0, "T2": 3.0, "T3": 7.0, "T4": 2.0, "T5": 16.0}


def test_of_equal_paths_the_first_in_the_plans_order_is_taken() -> None:
    assert critical_path(DIAMOND, dict.fromkeys(DIAMOND, 1.0)) == ("T1", "T2", "T4")


def test_a_plan_without_tasks_has_no_path() -> None:
    assert check_graph([]) == {}
    assert critical_path({}, {}) == ()
    assert waves({}) == {}


@given(acyclic_graphs())
def test_dependencies_come_first_in_the_order(graph: dict[str, tuple[str, ...]]) -> None:
    assert check_graph(graph.items()) == graph
    order = topological_order(graph)
    assert sorted(order) == sorted(graph)
    assert all(order.index(dependency) < order.index(task) for task in graph for dependency in graph[task])


@given(acyclic_graphs())
def test_waves_are_the_generations_that_networkx_finds(graph: dict[str, tuple[str, ...]]) -> None:
    expected = {
        task: number
        for number, tasks in enumerate(nx.topological_generations(as_networkx(graph)), start=1)
        for task in tasks
    }
    assert waves(graph) == expected


@given(acyclic_graphs(), st.data())
def test_the_critical_path_is_as_long_as_the_one_networkx_finds(
    graph: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    seconds = {task: float(data.draw(st.integers(min_value=0, max_value=50), label=task)) for task in graph}
    digraph = nx.DiGraph()
    digraph.add_weighted_edges_from((f"{task} begins", f"{task} ends", seconds[task]) for task in graph)
    digraph.add_weighted_edges_from((f"{d} ends", f"{task} begins", 0) for task in graph for d in graph[task])
    path = critical_path(graph, seconds)
    assert sum(seconds[task] for task in path) == nx.dag_longest_path_length(digraph)
    assert all(before in graph[after] for before, after in pairwise(path))
    assert max(remaining_path(graph, seconds).values()) == sum(seconds[task] for task in path)


@given(acyclic_graphs(), st.data())
def test_up_and_downstream_are_ancestors_and_descendants(
    graph: dict[str, tuple[str, ...]], data: st.DataObject
) -> None:
    task = data.draw(st.sampled_from(sorted(graph)))
    digraph = as_networkx(graph)
    assert downstream(graph, [task]) == nx.descendants(digraph, task)
    assert upstream(graph, [task]) == nx.ancestors(digraph, task)


@given(st.dictionaries(st.sampled_from("ABCDE"), st.lists(st.sampled_from("ABCDEF"), max_size=4), max_size=5))
def test_whatever_the_dependencies_a_graph_is_sound_or_its_fault_is_named(graph: dict[str, list[str]]) -> None:
    fault = fault_of(graph)
    match fault:
        case None:
            assert nx.is_directed_acyclic_graph(as_networkx({task: tuple(of) for task, of in graph.items()}))
        case DependencyCycle(path=path):
            assert all(needed in graph[task] for task, needed in pairwise(path))
        case _:
            assert any(d == task or d not in graph for task in graph for d in graph[task])


def fault_of(graph: dict[str, list[str]]) -> GraphError | None:
    try:
        check_graph(graph.items())
    except GraphError as error:
        return error
    return None


def test_a_chain_of_5000_tasks_meets_no_recursion_limit() -> None:
    chain = {f"T{n}": ((f"T{n - 1}",) if n > 1 else ()) for n in range(1, 5_001)}
    assert check_graph(chain.items()) == chain
    assert waves(chain)["T5000"] == 5_000
    assert len(critical_path(chain, dict.fromkeys(chain, 1.0))) == 5_000
    assert len(downstream(chain, ["T1"])) == len(upstream(chain, ["T5000"])) == 4_999


def test_a_cycle_of_5000_tasks_is_named_too() -> None:
    circle = [(f"T{n}", [f"T{n % 5_000 + 1}"]) for n in range(1, 5_001)]
    with pytest.raises(DependencyCycle) as found:
        check_graph(circle)
    assert len(found.value.path) == 5_001


def test_10000_tasks_that_need_five_each_are_checked_and_put_in_waves() -> None:
    tasks = [(f"T{n}", [f"T{m}" for m in range(max(1, n - 5), n)]) for n in range(1, 10_001)]
    graph = check_graph(tasks)
    assert waves(graph)["T10000"] == 10_000
    assert len(dependants_of(graph)["T1"]) == 5

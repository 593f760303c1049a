"""One attempt from its first request to its end: stop reasons, tools, bounds, pauses, and room under the caps."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import replace

import pytest

from orchestra_desktop.domain.ids import TaskId, ToolUseId
from orchestra_desktop.domain.messages import ModelRequest, StopReason, StreamPiece, TextDelta, ToolUse, Usage
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.executor import Executor
from orchestra_desktop.engine.stimuli import (
    Begin,
    Pause,
    Resume,
)
from tests.calls.desk import BOUND
from tests.engine.virtual_time import run_virtually
from tests.engine.world import FREE, World, plan_of, spec_of, states
from tests.fakes.scripted_provider import Reply, ScriptedProvider, answer, wants_tool

T1, T2 = TaskId("T1"), TaskId("T2")


def _world(edges: dict[str, tuple[str, ...]], provider: ScriptedProvider | None = None, **settings: int) -> World:
    spec = spec_of(plan_of(edges), RunSettings(**settings))  # type: ignore[arg-type]
    return World(spec, provider or ScriptedProvider(lambda _request, _number: answer()))


async def _going(world: World) -> tuple[Executor, asyncio.Task[RunStateName]]:
    executor = await world.start()
    return executor, asyncio.get_running_loop().create_task(executor.run(Begin(fresh=True)))


# -- one attempt ------------------------------------------------------------------------------------------------------


def test_a_tool_input_of_a_cut_answer_is_never_run() -> None:
    cut = answer("Writing", stop=StopReason.MAX_TOKENS, uses=(ToolUse(ToolUseId("u1"), "write_file", {}),))
    world = _world({"T1": ()}, ScriptedProvider(lambda _r, _n: cut))
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.NEEDS_PERSON}
    assert world.toolbox.uses == []
    assert all(len(request.messages) == 1 for request in world.provider.requests)  # nor is it said again


def test_a_tool_the_task_was_not_given_is_refused_to_the_model() -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        return answer() if request.messages[-1].outcomes else wants_tool("delete_everything", {})

    world = _world({"T1": ()}, ScriptedProvider(script))
    run_virtually(world.run())
    outcome = world.provider.requests[1].messages[-1].outcomes[0]
    assert outcome.is_error
    assert world.toolbox.uses == []


@pytest.mark.parametrize(
    ("stop", "state"),
    [
        (StopReason.END_TURN, "succeeded"),
        (StopReason.STOP_SEQUENCE, "succeeded"),
        (StopReason.REFUSAL, "needs_person"),
        (StopReason.CONTEXT_EXCEEDED, "needs_person"),
        (StopReason.UNKNOWN, "needs_person"),
        (StopReason.PAUSE_TURN, "needs_person"),
        (StopReason.MAX_TOKENS, "needs_person"),
        (StopReason.TOOL_USE, "needs_person"),
    ],
)
def test_r6_only_an_answer_that_ended_properly_counts(stop: StopReason, state: str) -> None:
    world = _world({"T1": ()}, ScriptedProvider(lambda _r, _n: answer("words", stop=stop)), further_attempts=0)
    executor = run_virtually(world.run())
    assert states(executor)["T1"].value == state
    assert len(world.provider.requests) <= 11


def test_r5_rounds_are_bounded() -> None:
    uses = iter(range(1_000))
    script: Callable[[ModelRequest, int], Reply] = lambda _r, _n: wants_tool("write_file", {}, f"use_{next(uses)}")  # noqa: E731
    world = _world({"T1": ()}, ScriptedProvider(script), max_rounds=4, further_attempts=1)
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.NEEDS_PERSON}
    assert executor.state.tasks[T1].error == text("attempt.rounds_used_up", rounds=4)
    assert len(world.toolbox.uses) == 8
    assert len(world.provider.requests) == 10  # each attempt was asked for its answer once more


def test_an_answer_after_the_last_round_of_tools_counts() -> None:
    script: Callable[[ModelRequest, int], Reply] = lambda _r, n: answer() if n == 5 else wants_tool("write_file", {})  # noqa: E731
    world = _world({"T1": ()}, ScriptedProvider(script), max_rounds=4)
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.SUCCEEDED}


def test_r5_the_output_of_an_attempt_is_bounded() -> None:
    world = _world(
        {"T1": ()},
        ScriptedProvider(lambda _r, _n: answer("x" * 2_000)),
        max_output_bytes=1_000,
        further_attempts=0,
        transient_retries=0,
    )
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.NEEDS_PERSON}


def test_r5_the_output_of_all_rounds_of_an_attempt_is_bounded_together() -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        words = "x" * 600
        return answer(words, stop=StopReason.MAX_TOKENS) if len(request.messages) == 1 else answer(words)

    for limit, state in ((1_000, TaskState.NEEDS_PERSON), (2_000, TaskState.SUCCEEDED)):
        settings = {"max_output_bytes": limit, "further_attempts": 0, "transient_retries": 0}
        executor = run_virtually(_world({"T1": ()}, ScriptedProvider(script), **settings).run())
        assert states(executor) == {"T1": state}


def test_r5_an_attempt_has_its_time_and_no_more() -> None:
    world = _world(
        {"T1": ()}, ScriptedProvider(lambda _r, _n: answer(), seconds=500), task_timeout_s=60, further_attempts=0
    )
    executor = run_virtually(world.run())
    assert executor.state.tasks[T1].error == text("attempt.timed_out", seconds=60)
    assert not world.accounts.balances.holds


class Broken(ScriptedProvider):
    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        self.requests.append(request)
        yield TextDelta("so far")
        raise IndexError("a mistake of the provider")


@pytest.mark.logs_errors("attempt 1 of T1 broke")
def test_a_mistake_of_a_provider_ends_its_attempt_and_not_its_siblings() -> None:
    broken = Broken(lambda _r, _n: answer(), name="ollama", is_free=True)
    plan = plan_of({"T1": (), "T2": ()})
    spec = spec_of(plan, RunSettings(further_attempts=0))
    spec = replace(spec, routes={**spec.routes, T1: replace(spec.routes[T1], choice=FREE)})
    world = World(spec, ScriptedProvider(lambda _r, _n: answer()), local=broken)
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.NEEDS_PERSON, "T2": TaskState.SUCCEEDED}


def test_while_a_run_is_paused_no_round_begins_and_the_attempt_goes_on_afterwards() -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        return answer() if request.messages[-1].outcomes else wants_tool("write_file", {"path": "a"})

    async def story() -> None:
        world = _world({"T1": ()}, ScriptedProvider(script))
        executor, going = await _going(world)
        await asyncio.sleep(0.5)
        executor.submit(Pause(text("run.paused_by_person")))
        await asyncio.sleep(3_600)
        assert len(world.provider.requests) == 1
        assert not going.done()
        executor.submit(Resume())
        assert await going is RunStateName.FINISHED
        assert executor.state.tasks[T1].attempt == 1
        assert len(world.provider.requests) == 2

    run_virtually(story())


# -- memory -----------------------------------------------------------------------------------------------------------


def test_what_a_finished_task_had_said_is_not_kept_in_memory() -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        return answer() if request.messages[-1].outcomes else wants_tool("write_file", {"path": "a"})

    world = _world({f"T{n}": () for n in range(1, 101)}, ScriptedProvider(script))
    executor = run_virtually(world.run())
    assert all(record.log == [] for record in executor.state.tasks.values())
    assert executor._attempts == {}


# -- money ------------------------------------------------------------------------------------------------------------


def test_at_a_cap_local_tasks_go_on_and_paid_ones_wait_in_their_order() -> None:
    plan = plan_of({"T1": (), "T2": (), "T3": (), "T4": ("T3",)})
    spec = spec_of(plan)
    local = {name: replace(spec.routes[TaskId(name)], choice=FREE) for name in ("T3", "T4")}
    spec = replace(spec, routes={**spec.routes, **{TaskId(name): route for name, route in local.items()}})
    free = ScriptedProvider(lambda _r, _n: answer(), name="ollama", is_free=True)
    world = World(spec, ScriptedProvider(lambda _r, _n: answer()), local=free, ceiling=0)
    executor = run_virtually(world.run())
    assert states(executor)["T4"] is TaskState.SUCCEEDED
    assert executor.state.name is RunStateName.AT_CAP
    assert world.provider.requests == []


class SlowCount(ScriptedProvider):
    async def count_tokens(self, request: ModelRequest) -> int | None:
        await asyncio.sleep(5)
        return None


def test_room_that_came_free_while_a_count_was_asked_for_is_seen() -> None:
    tasks = plan_of({"T1": (), "T2": ()}, max_output_tokens=4_096).tasks
    provider = SlowCount(lambda _r, _n: answer(usage=Usage(10, 10)))
    world = World(spec_of(replace(plan_of({}), tasks=tasks)), provider, ceiling=BOUND + BOUND // 2)
    executor = run_virtually(world.run())
    assert executor.state.name is RunStateName.FINISHED


def test_room_that_comes_free_is_given_to_those_who_waited_in_the_order_of_their_rank() -> None:
    order: list[str] = []

    def script(request: ModelRequest, _number: int) -> Reply:
        order.append(request.messages[0].text.split()[3])
        return answer(usage=Usage(10, 10))

    tasks = plan_of({f"T{n}": () for n in range(1, 9)}, max_output_tokens=4_096).tasks
    plan = replace(plan_of({}), tasks=tasks)
    world = World(spec_of(plan), ScriptedProvider(script), ceiling=BOUND + BOUND // 2)
    executor = run_virtually(world.run())
    assert executor.state.name is RunStateName.FINISHED
    assert order == [f"T{n}" for n in range(1, 9)]

"""A run from start to end over a store in memory and a scripted provider, on virtual time."""

from __future__ import annotations

import asyncio

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import FaultKind, Owed
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.messages import ModelRequest, StopReason, Usage
from orchestra_desktop.domain.plan import Plan
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.stimuli import Begin, Pause, Resume, StopNow
from tests.engine.virtual_time import run_virtually
from tests.engine.world import World, plan_of, spec_of, states
from tests.fakes.scripted_provider import Reply, ScriptedProvider, answer, fault, wants_tool

DIAMOND = {"T1": (), "T2": ("T1",), "T3": ("T1",), "T4": ("T2", "T3")}


def test_a_diamond_runs_in_the_order_of_its_edges_and_passes_results_on() -> None:
    world = World(spec_of(plan_of(DIAMOND)), ScriptedProvider(lambda _request, number: answer(f"result {number}")))
    executor = run_virtually(world.run())
    assert executor.state.name is RunStateName.FINISHED
    assert world.provider.peak == 2  # T2 and T3 overlapped
    last = world.provider.requests[-1].messages[0].text
    assert "result 2" in last
    assert "result 3" in last


def test_the_fold_of_the_stored_events_is_the_state_byte_for_byte() -> None:
    world = World(spec_of(plan_of(DIAMOND)), ScriptedProvider(lambda _request, _number: answer()))
    executor = run_virtually(world.run())
    assert world.folded().snapshot() == executor.state.snapshot()


def test_every_call_is_reserved_before_it_is_sent_and_charged_once() -> None:
    world = World(spec_of(plan_of(DIAMOND)), ScriptedProvider(lambda _request, _number: answer()))
    run_virtually(world.run())
    kinds = [type(stored.event) for stored in world.store.stored]
    assert kinds.count(ev.CallReserved) == kinds.count(ev.CallCharged) == 4
    assert not world.accounts.balances.holds


def test_a_tool_round_is_recorded_and_the_answer_after_it_is_the_result() -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        return answer("wrote it") if request.messages[-1].outcomes else wants_tool("write_file", {"path": "a.py"})

    world = World(spec_of(plan_of({"T1": ()})), ScriptedProvider(script))
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.SUCCEEDED}
    assert [use.name for use in world.toolbox.uses] == ["write_file"]
    assert world.provider.requests[1].messages[-1].outcomes[0].text == "written"


def test_a_cut_answer_is_continued_and_its_parts_are_joined() -> None:
    replies = [answer("first ", stop=StopReason.MAX_TOKENS), answer("second")]
    world = World(spec_of(plan_of({"T1": ()})), ScriptedProvider(lambda _request, number: replies[number - 1]))
    executor = run_virtually(world.run())
    result = executor.state.tasks[TaskId("T1")].result
    assert result is not None
    contents = run_virtually(world.store.archive.bodies([result]))
    assert contents[result] == b"first second"


def test_an_empty_answer_is_tried_again_and_then_asks_a_person() -> None:
    world = World(spec_of(plan_of({"T1": (), "T2": ("T1",)})), ScriptedProvider(lambda _request, _number: answer(" ")))
    executor = run_virtually(world.run())
    assert executor.state.name is RunStateName.NEEDS_PERSON
    assert len(world.provider.requests) == 3
    assert states(executor) == {"T1": TaskState.NEEDS_PERSON, "T2": TaskState.WAITING}


def test_a_transient_fault_repeats_the_call_within_its_attempt() -> None:
    def script(_request: ModelRequest, number: int) -> Reply:
        return answer() if number == 3 else fault(FaultKind.OVERLOADED, Owed.NOTHING)

    world = World(spec_of(plan_of({"T1": ()})), ScriptedProvider(script))
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.SUCCEEDED}
    assert executor.state.tasks[TaskId("T1")].attempt == 1


def test_an_unreachable_provider_uses_up_no_retry_and_the_task_goes_on_when_it_is_back() -> None:
    def script(_request: ModelRequest, number: int) -> Reply:
        return answer() if number > 4 else fault(FaultKind.UNREACHABLE, Owed.NOTHING)

    world = World(spec_of(plan_of({"T1": ()})), ScriptedProvider(script))
    executor = run_virtually(world.run())
    assert states(executor) == {"T1": TaskState.SUCCEEDED}
    assert executor.state.tasks[TaskId("T1")].faults == 0


def test_a_provider_that_stays_down_is_asked_about_once() -> None:
    provider = ScriptedProvider(lambda _request, _number: fault(FaultKind.UNREACHABLE, Owed.NOTHING), healthy=False)
    world = World(spec_of(plan_of({"T1": (), "T2": ()})), provider)
    executor = run_virtually(world.run())
    assert executor.state.name is RunStateName.NEEDS_PERSON
    assert [c.kind for c in executor.state.checkpoints.values()] == ["provider_down"]
    provider.script = lambda _request, _number: answer()
    again = run_virtually(world.run(fresh=False))
    assert again.state.name is RunStateName.FINISHED


def test_a_refused_key_pauses_the_run_and_asks_once() -> None:
    provider = ScriptedProvider(lambda _request, _number: fault(FaultKind.KEY_REFUSED, Owed.NOTHING))
    world = World(spec_of(plan_of({"T1": (), "T2": (), "T3": ()})), provider)
    executor = run_virtually(world.run())
    assert executor.state.name is RunStateName.NEEDS_PERSON
    assert [c.kind for c in executor.state.checkpoints.values()] == ["key"]


def test_a_failed_task_blocks_only_its_own_descendants() -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        return fault(FaultKind.BAD_REQUEST, Owed.NOTHING) if "T1 Task" in request.messages[0].text else answer()

    world = World(spec_of(plan_of({"T1": (), "T2": ("T1",), "T3": (), "T4": ("T3",)})), ScriptedProvider(script))
    executor = run_virtually(world.run())
    assert states(executor)["T4"] is TaskState.SUCCEEDED
    assert states(executor)["T1"] is TaskState.NEEDS_PERSON


def test_stop_closes_the_calls_and_a_late_answer_changes_nothing() -> None:
    world = World(spec_of(plan_of({"T1": (), "T2": ()})), ScriptedProvider(lambda _r, _n: answer(), seconds=60))

    async def story() -> None:
        executor = await world.start()
        going = asyncio.get_running_loop().create_task(executor.run(Begin(fresh=True)))
        await asyncio.sleep(1)
        executor.submit(StopNow())
        before = asyncio.get_running_loop().time()
        assert await going is RunStateName.CANCELLED
        assert asyncio.get_running_loop().time() - before < 2

    run_virtually(story())
    assert world.provider.cancelled == 2
    assert not world.accounts.balances.holds
    assert {stored.type for stored in world.store.stored} >= {"CallUnconfirmed"}


def test_pause_lets_running_calls_finish_and_starts_no_new_one() -> None:
    world = World(spec_of(plan_of({"T1": (), "T2": ("T1",)})), ScriptedProvider(lambda _r, _n: answer(), seconds=10))

    async def story() -> None:
        executor = await world.start()
        going = asyncio.get_running_loop().create_task(executor.run(Begin(fresh=True)))
        await asyncio.sleep(1)
        executor.submit(Pause(text("run.paused_by_person")))
        await asyncio.sleep(100)
        assert states(executor) == {"T1": TaskState.SUCCEEDED, "T2": TaskState.READY}
        assert executor.state.name is RunStateName.PAUSED
        executor.submit(Resume())
        assert await going is RunStateName.FINISHED

    run_virtually(story())


def test_at_a_cap_never_more_is_in_flight_than_fits_and_one_checkpoint_says_by_how_much() -> None:
    # A call is bounded by about 2 + 8192 * 10 thousand nano-dollars; there is room for three.
    plan = plan_of({f"T{i}": () for i in range(1, 51)})
    bound = _reservation(plan)
    provider = ScriptedProvider(lambda request, _n: answer(usage=_near_bound(request)))
    world = World(spec_of(plan), provider, ceiling=bound * 3)
    executor = run_virtually(world.run())
    assert executor.state.name is RunStateName.AT_CAP
    assert provider.peak <= 3
    assert 3 <= len(provider.requests) <= 4
    assert len(executor.state.checkpoints) == 1
    question = next(iter(executor.state.checkpoints.values())).question
    assert question.args["cap"] == "run"
    assert int(question.args["short_by"]) > 0
    world.accounts.set_ceiling(world.spec.run, bound * 60)
    again = run_virtually(world.run(fresh=False))
    assert again.state.name is RunStateName.FINISHED
    assert len(provider.requests) == 50


def _reservation(plan: Plan) -> int:
    """The reservation of one call of such a plan."""
    world = World(spec_of(plan), ScriptedProvider(lambda _r, _n: answer()))
    run_virtually(world.run())
    return max(s.event.amount for s in world.store.stored if isinstance(s.event, ev.CallReserved))


def _near_bound(request: ModelRequest) -> Usage:
    return Usage(input_tokens=3_000, output_tokens=request.max_tokens - 1)


def test_only_the_chosen_task_runs_and_the_rest_follows_later() -> None:
    world = World(spec_of(plan_of(DIAMOND)), ScriptedProvider(lambda _r, _n: answer()))
    executor = run_virtually(world.run(only=frozenset({TaskId("T1")})))
    assert executor.state.name is RunStateName.PAUSED
    assert states(executor)["T2"] is TaskState.WAITING
    again = run_virtually(world.run(fresh=False))
    assert again.state.name is RunStateName.FINISHED


def test_the_limits_in_all_and_per_provider_hold() -> None:
    provider = ScriptedProvider(lambda _r, _n: answer())
    settings = RunSettings(concurrency=5, per_provider={"anthropic": 3})
    world = World(spec_of(plan_of({f"T{i}": () for i in range(1, 21)}), settings), provider)
    run_virtually(world.run())
    assert provider.peak == 3

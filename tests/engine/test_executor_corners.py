"""Moments in which a run is easily lost: cancellations, late ends, full disks, two runs at once, the very end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import FaultKind, Owed, StorageDamaged
from orchestra_desktop.domain.ids import Digest, RunId, TaskId
from orchestra_desktop.domain.messages import ModelRequest, StopReason, StreamPiece
from orchestra_desktop.domain.ports import Batch, RunRow
from orchestra_desktop.domain.run import RunSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.executor import EnginePorts, Executor
from orchestra_desktop.engine.run_state import fold
from orchestra_desktop.engine.slots import Slots
from orchestra_desktop.engine.stimuli import (
    Begin,
    CancelTask,
    Resolve,
    Resume,
    RetryTask,
    SkipTask,
    StopNow,
)
from tests.engine.virtual_time import run_virtually
from tests.engine.world import PRICE, PROJECT, World, plan_of, spec_of, states
from tests.fakes.journal import MemoryStore
from tests.fakes.scripted_provider import Reply, ScriptedProvider, answer, fault, wants_tool

T1, T2 = TaskId("T1"), TaskId("T2")


def _world(edges: dict[str, tuple[str, ...]], provider: ScriptedProvider | None = None, **settings: int) -> World:
    spec = spec_of(plan_of(edges), RunSettings(**settings))  # type: ignore[arg-type]
    return World(spec, provider or ScriptedProvider(lambda _request, _number: answer()))


async def _going(world: World) -> tuple[Executor, asyncio.Task[RunStateName]]:
    executor = await world.start()
    return executor, asyncio.get_running_loop().create_task(executor.run(Begin(fresh=True)))


async def _turns(count: int) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


# -- cancellation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("turns", range(8))
@pytest.mark.parametrize("verb", [SkipTask(T1), CancelTask(T1), StopNow()])
def test_a_decision_at_any_turn_ends_the_attempt_and_gives_its_slot_back(verb: SkipTask, turns: int) -> None:
    """An attempt that is cancelled before its first step never runs a line, not even its `finally`."""

    async def story() -> None:
        world = _world({"T1": (), "T2": ()}, concurrency=1)
        executor, going = await _going(world)
        await _turns(turns)
        if not executor.state.active:
            await asyncio.sleep(0)
        executor.submit(verb)
        assert (await going) in {
            RunStateName.FINISHED,
            RunStateName.FINISHED_WITH_FAILURES,
            RunStateName.CANCELLED,
        }
        assert not world.accounts.balances.holds
        assert states(executor)["T2"] is (TaskState.CANCELLED if isinstance(verb, StopNow) else TaskState.SUCCEEDED)

    run_virtually(story())


@pytest.mark.parametrize("turns", range(40))
def test_a_run_that_is_cancelled_at_any_turn_leaks_nothing_and_is_resumed(turns: int) -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        return answer() if request.messages[-1].outcomes else wants_tool("write_file", {"path": "a"})

    async def story() -> None:
        provider = ScriptedProvider(script, seconds=0)
        world = World(spec_of(plan_of({"T1": (), "T2": ("T1",)})), provider)
        _, going = await _going(world)
        await _turns(turns)
        going.cancel()
        result = (await asyncio.gather(going, return_exceptions=True))[0]
        assert isinstance(result, asyncio.CancelledError | RunStateName)
        await asyncio.sleep(0)
        assert not world.accounts.balances.holds
        assert provider.in_flight == 0
        again = await world.run(fresh=False)
        assert again.state.name is RunStateName.FINISHED
        assert world.folded().snapshot() == again.state.snapshot()

    run_virtually(story())


class SlowToEnd(ScriptedProvider):
    """A provider whose requests take a second to be closed."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        try:
            async for piece in super().stream(request):
                yield piece
        finally:
            await asyncio.sleep(1)


def test_a_retry_while_the_cancelled_attempt_is_still_ending_starts_the_next_one_in_its_turn() -> None:
    async def story() -> None:
        world = _world({"T1": ()}, SlowToEnd(lambda _r, _n: answer(), seconds=60), concurrency=1)
        executor, going = await _going(world)
        await asyncio.sleep(10)
        executor.submit(CancelTask(T1))
        executor.submit(RetryTask(T1))
        assert states(executor) == {"T1": TaskState.READY}  # the only slot is still held
        assert await going is RunStateName.FINISHED
        assert executor.state.tasks[T1].attempt == 2
        assert world.provider.peak == 1

    run_virtually(story())


def test_stop_and_resume_at_once_go_on_in_the_same_run() -> None:
    async def story() -> None:
        world = _world({"T1": (), "T2": ("T1",)}, SlowToEnd(lambda _r, _n: answer(), seconds=60))
        executor, going = await _going(world)
        await asyncio.sleep(10)
        executor.submit(StopNow())
        executor.submit(Resume())
        assert await going is RunStateName.FINISHED
        assert [record.attempt for record in executor.state.tasks.values()] == [2, 1]

    run_virtually(story())


def test_an_attempt_that_ends_by_itself_while_the_run_is_being_stopped_changes_nothing() -> None:
    async def story() -> None:
        world = _world({"T1": ()}, ScriptedProvider(lambda _r, _n: fault(FaultKind.UNREACHABLE, Owed.NOTHING)))
        executor, going = await _going(world)
        await asyncio.sleep(1)  # the fault comes in this very turn
        executor.submit(StopNow())
        assert await going is RunStateName.CANCELLED
        assert not executor.state.down

    run_virtually(story())


@pytest.mark.parametrize("kind", [FaultKind.UNREACHABLE, FaultKind.OVERLOADED, FaultKind.KEY_REFUSED])
def test_a_fault_that_comes_while_the_process_ends_starts_no_pause(kind: FaultKind) -> None:
    async def story() -> None:
        world = _world({"T1": (), "T2": ()}, ScriptedProvider(lambda _r, _n: fault(kind, Owed.NOTHING)))
        _, going = await _going(world)
        await asyncio.sleep(1)
        going.cancel()
        with pytest.raises(asyncio.CancelledError):
            await going
        assert not world.accounts.balances.holds

    run_virtually(story())


# -- the very end -----------------------------------------------------------------------------------------------------


def test_a_decision_while_the_last_commit_is_waited_for_is_carried_out() -> None:
    async def story() -> None:
        world = _world({"T1": ()})
        executor, going = await _going(world)
        await asyncio.sleep(0.5)
        world.store.hold()
        await asyncio.sleep(10)
        assert executor.state.finished is RunStateName.FINISHED
        executor.submit(RetryTask(T1))
        world.store.release()
        assert await going is RunStateName.FINISHED
        assert executor.state.tasks[T1].attempt == 2

    run_virtually(story())


def test_a_decision_after_the_end_is_recorded_for_the_next_run() -> None:
    async def story() -> None:
        world = _world({"T1": ()})
        executor = await world.run()
        executor.submit(RetryTask(T1))
        assert states(executor) == {"T1": TaskState.READY}
        await asyncio.sleep(0)
        again = await world.run(fresh=False)
        assert again.state.tasks[T1].attempt == 2

    run_virtually(story())


def test_a_run_ends_at_once_though_a_task_that_was_skipped_had_a_long_pause_before_it() -> None:
    def script(request: ModelRequest, _number: int) -> Reply:
        if "T1 Task" in request.messages[0].text:
            return fault(FaultKind.RATE_LIMITED, Owed.NOTHING, retry_after_s=3_600.0)
        return answer(stop=StopReason.REFUSAL)

    async def story() -> None:
        world = _world({"T1": (), "T2": ()}, ScriptedProvider(script))
        executor, going = await _going(world)
        await asyncio.sleep(10)
        executor.submit(SkipTask(T1))
        assert await going is RunStateName.NEEDS_PERSON
        assert world.clock.monotonic() < 20

    run_virtually(story())


def test_a_new_pause_of_a_task_takes_the_place_of_the_one_before() -> None:
    replies = iter(
        [fault(FaultKind.RATE_LIMITED, Owed.NOTHING, 100.0), fault(FaultKind.RATE_LIMITED, Owed.NOTHING, 500.0)]
    )

    async def story() -> None:
        world = _world({"T1": ()}, ScriptedProvider(lambda _r, _n: next(replies, answer())))
        executor, going = await _going(world)
        await asyncio.sleep(50)
        executor.submit(SkipTask(T1))
        executor.submit(RetryTask(T1))
        assert await going is RunStateName.FINISHED
        assert world.clock.monotonic() > 550

    run_virtually(story())


def test_an_answered_question_about_a_provider_is_carried_out_though_the_run_was_just_leaving() -> None:
    async def story() -> None:
        provider = ScriptedProvider(lambda _r, _n: fault(FaultKind.UNREACHABLE, Owed.NOTHING), healthy=False)
        world = _world({"T1": ()}, provider)
        executor, going = await _going(world)
        while not executor.state.checkpoints:
            await asyncio.sleep(1)
            world.store.hold()
        provider.script = lambda _request, _number: answer()
        executor.submit(Resolve(next(iter(executor.state.checkpoints)), "retry"))
        world.store.release()
        assert await going is RunStateName.FINISHED

    run_virtually(story())


# -- the disk ---------------------------------------------------------------------------------------------------------


def test_a_full_disk_uses_up_no_attempt_however_long_it_lasts() -> None:
    async def story() -> None:
        world = _world({"T1": (), "T2": ("T1",)}, task_timeout_s=60)
        executor, going = await _going(world)
        await asyncio.sleep(0.5)
        world.store.fail()
        await asyncio.sleep(7_180)
        assert len(world.provider.requests) == 1
        assert executor.state.tasks[T2].tried <= 1
        world.store.recover()
        assert await going is RunStateName.FINISHED
        assert len(world.provider.requests) == 2
        assert world.folded().snapshot() == executor.state.snapshot()

    run_virtually(story())


class DyingStore(MemoryStore):
    """A database that takes nothing more from some moment on."""

    dead = False

    def append(self, batch: Batch) -> asyncio.Future[tuple[ev.Stored, ...]]:
        if not self.dead:
            return super().append(batch)
        refused: asyncio.Future[tuple[ev.Stored, ...]] = asyncio.get_running_loop().create_future()
        refused.set_exception(StorageDamaged(text("storage.damaged", place="page 7")))
        refused.exception()
        return refused


@pytest.mark.logs_errors("broke")
def test_a_database_that_takes_nothing_more_is_told_to_whoever_started_the_run() -> None:
    async def story() -> None:
        store = DyingStore()
        world = World(
            spec_of(plan_of({"T1": (), "T2": ("T1",)})), ScriptedProvider(lambda _r, _n: answer()), store=store
        )
        _, going = await _going(world)
        await asyncio.sleep(0.5)
        store.dead = True
        with pytest.raises(StorageDamaged):
            await going
        assert len(world.provider.requests) == 1
        assert not world.accounts.balances.holds

    run_virtually(story())


# -- two runs ---------------------------------------------------------------------------------------------------------


async def _in_one_process(world: World, run: str, edges: dict[str, tuple[str, ...]], slots: Slots) -> Executor:
    """A run of its own over the same store, calls and slots."""
    spec = replace(spec_of(plan_of(edges)), run=RunId(run))
    started = ev.RunStarted(1, spec.plan_hash, Digest(""), None)
    stored = await world.store.append(Batch(events=(ev.Draft(ev.Scope(PROJECT, spec.run), started, 0),)))
    row = RunRow(spec.run, PROJECT, 1, spec.plan_hash, Digest(""), RunStateName.RUNNING, 0, None, None)
    ports = EnginePorts(world.calls, world.store, world.store, world.toolbox, world.clock, world.ids)
    return Executor(fold(spec, stored), row, ports, slots, lambda *_piece: None)


def test_two_runs_share_the_slots_and_wake_each_other() -> None:
    async def story() -> None:
        world, slots = _world({}), Slots(3, {"anthropic": 2})
        eight: dict[str, tuple[str, ...]] = {f"T{n}": () for n in range(1, 9)}
        one, other = [await _in_one_process(world, run, eight, slots) for run in ("r1", "r2")]
        await asyncio.gather(one.run(Begin(fresh=True)), other.run(Begin(fresh=True)))
        assert one.state.name is other.state.name is RunStateName.FINISHED
        assert world.provider.peak == 2
        assert slots.used == 0

    run_virtually(story())


def test_a_run_with_a_question_open_waits_for_slots_that_another_run_holds() -> None:
    async def story() -> None:
        script = lambda r, n: answer(stop=StopReason.REFUSAL) if n == 1 else answer()  # noqa: E731
        world, slots = _world({}, ScriptedProvider(script, seconds=10)), Slots(3, {"anthropic": 1})
        one = await _in_one_process(world, "r1", {"T1": (), "T2": ()}, slots)
        other = await _in_one_process(world, "r2", {"T1": ()}, slots)
        first = asyncio.get_running_loop().create_task(one.run(Begin(fresh=True)))
        await asyncio.sleep(5)
        second = asyncio.get_running_loop().create_task(other.run(Begin(fresh=True)))
        assert await first is RunStateName.NEEDS_PERSON
        assert states(one) == {"T1": TaskState.NEEDS_PERSON, "T2": TaskState.SUCCEEDED}
        assert await second is RunStateName.FINISHED

    run_virtually(story())


def test_two_runs_share_a_daily_cap_and_the_one_without_room_waits_for_the_other() -> None:
    async def story() -> None:
        world, slots = _world({}, ScriptedProvider(lambda _r, _n: answer(), seconds=10)), Slots(8, {})
        world.accounts.daily = PRICE.bound(4_000, 8_192)
        one, other = [await _in_one_process(world, run, {"T1": ()}, slots) for run in ("r1", "r2")]
        ends = await asyncio.gather(one.run(Begin(fresh=True)), other.run(Begin(fresh=True)))
        assert list(ends) == [RunStateName.FINISHED] * 2
        assert world.provider.peak == 1

    run_virtually(story())

"""A six-task run with tool rounds, killed after each of its commits in turn and resumed from what was stored."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import pytest

from orchestra_desktop.calls.recovery import settle_abandoned
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import TaskId, ToolUseId
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.messages import ModelRequest, StopReason, ToolUse
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.executor import Executor
from orchestra_desktop.engine.stimuli import Resolve
from tests.engine.judge import ledger
from tests.engine.virtual_time import SeededIds, run_virtually
from tests.engine.world import PRICE, PROJECT, RUN, RecordingToolbox, World, plan_of, spec_of, states
from tests.fakes.journal import MemoryStore
from tests.fakes.scripted_provider import Reply, ScriptedProvider, answer

SIX = {"T1": (), "T2": ("T1",), "T3": ("T1",), "T4": ("T2",), "T5": ("T2", "T3"), "T6": ("T4", "T5")}
Round = tuple[str, int]  # a task and how many answers it has had


def _round(request: ModelRequest) -> Round:
    task = re.match(r"# Your task: (\S+)", request.messages[0].text)
    assert task is not None
    return task[1], sum(message.role == "assistant" for message in request.messages)


def _script(request: ModelRequest, _number: int) -> Reply:
    """Two rounds of two tools, whose ids come again, and then the answer; each task its own words."""
    task, answers = _round(request)
    uses = tuple(ToolUse(ToolUseId(use), "write_file", {"path": f"{task}.{answers}.{use}"}) for use in ("a", "b"))
    return answer(f"result of {task}") if answers == 2 else answer("", stop=StopReason.TOOL_USE, uses=uses)


def _world(store: MemoryStore | None = None, *, idempotent: bool = True) -> World:
    provider = ScriptedProvider(_script)
    toolbox = RecordingToolbox(idempotent=idempotent)
    ids = SeededIds(1 if store is None else 2)
    return World(spec_of(plan_of(SIX)), provider, store=store or MemoryStore(), toolbox=toolbox, ids=ids)


@cache
def _whole_run(idempotent: bool) -> MemoryStore:
    world = _world(idempotent=idempotent)
    assert run_virtually(world.run()).state.name is RunStateName.FINISHED
    return world.store


def _killed_after(store: MemoryStore, commits: int) -> MemoryStore:
    """The disk as it was after so many batches."""
    cut = MemoryStore()
    cut.batches = store.batches[:commits]
    cut.stored = store.stored[: sum(len(batch.events) for batch in cut.batches)]
    return cut.after_kill()


async def _resume(world: World) -> Executor:
    await settle_abandoned(world.store, world.store, world.clock)
    await world.accounts.load(world.store, [PROJECT], [RUN], world.clock.now())
    executor = await world.run(fresh=False)
    while executor.state.checkpoints:  # a tool that may not be run again: a person says so
        for checkpoint in tuple(executor.state.checkpoints):
            executor.submit(Resolve(checkpoint, "retry"))
        executor = await world.run(fresh=False)
    return executor


def _finished_rounds(store: MemoryStore) -> set[Round]:
    found = set()
    for stored in store.stored:
        if isinstance(stored.event, ev.RoundFinished):
            assert stored.scope.task is not None
            found.add((str(stored.scope.task), stored.event.round - 1))
    return found


def _judge_ledger(store: MemoryStore, requests: int) -> None:
    """What is above the bill is marked as unconfirmed; each answer costs the same here."""
    lines = ledger(store).values()
    cost = PRICE.cost(_USAGE)
    assert all(line.state is not LineState.OPEN for line in lines)
    assert sum(line.counts for line in lines if line.state is LineState.CHARGED) == cost * requests
    assert {line.state for line in lines} <= {LineState.CHARGED, LineState.UNCONFIRMED}


_ANSWERED = answer()
assert _ANSWERED.usage is not None
_USAGE = _ANSWERED.usage
COMMITS = len(_whole_run(idempotent=True).batches)


@pytest.mark.parametrize("commits", range(1, COMMITS + 1))
def test_a_run_that_is_killed_after_any_commit_goes_on_and_asks_no_finished_round_again(commits: int) -> None:
    disk = _killed_after(_whole_run(idempotent=True), commits)
    finished = _finished_rounds(disk)
    returned = sum(isinstance(stored.event, ev.ToolReturned) for stored in disk.stored)
    done = {task for task, record in _world(disk).folded().tasks.items() if record.state is TaskState.SUCCEEDED}
    world = _world(disk)
    executor = run_virtually(_resume(world))
    assert executor.state.name is RunStateName.FINISHED
    asked = Counter(_round(request) for request in world.provider.requests)
    assert set(asked.values()) <= {1}
    assert not set(asked) & finished
    assert set(asked) | finished == {(task, answers) for task in SIX for answers in range(3)}
    assert not done & {TaskId(task) for task, _ in asked}
    assert world.folded().snapshot() == executor.state.snapshot()
    assert len(world.toolbox.uses) == len(SIX) * 4 - returned
    _judge_ledger(world.store, len(SIX) * 3)


@pytest.mark.parametrize("commits", range(1, COMMITS + 1, 2))
def test_a_resumed_task_is_given_what_it_had_been_given(commits: int) -> None:
    world = _world(_killed_after(_whole_run(idempotent=True), commits))
    executor = run_virtually(_resume(world))
    for request in world.provider.requests:
        task, answers = _round(request)
        outcomes = [outcome.text for message in request.messages for outcome in message.outcomes]
        assert outcomes == ["written"] * answers * 2
        for dependency in SIX[task]:
            assert f"result of {dependency}" in request.messages[0].text
    assert set(states(executor).values()) == {TaskState.SUCCEEDED}


def test_a_tool_that_was_interrupted_and_is_not_known_to_be_harmless_twice_is_asked_about() -> None:
    whole = _whole_run(idempotent=False)
    announced = next(
        n for n, b in enumerate(whole.batches, 1) if any(isinstance(d.event, ev.ToolCalled) for d in b.events)
    )
    world = _world(_killed_after(whole, announced), idempotent=False)

    async def story() -> None:
        await settle_abandoned(world.store, world.store, world.clock)
        executor = await world.run(fresh=False)
        (question,) = executor.state.checkpoints.values()
        assert (question.task, question.question.key) == ("T1", "tool.interrupted")
        assert world.toolbox.uses == []

    run_virtually(story())
    again = run_virtually(_resume(world))
    assert again.state.name is RunStateName.FINISHED


@pytest.mark.parametrize("commits", range(1, COMMITS + 1))
def test_no_tool_runs_twice_that_may_not(commits: int) -> None:
    disk = _killed_after(_whole_run(idempotent=False), commits)
    returned = sum(isinstance(stored.event, ev.ToolReturned) for stored in disk.stored)
    world = _world(disk, idempotent=False)
    executor = run_virtually(_resume(world))
    assert executor.state.name is RunStateName.FINISHED
    retried = sum(record.attempt - 1 for record in executor.state.tasks.values())
    assert len(world.toolbox.uses) <= len(SIX) * 4 - returned + retried * 4

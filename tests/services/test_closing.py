"""The end of the process: what is being answered may finish, nothing else begins, and the next process goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import WrongMoment
from orchestra_desktop.domain.projects import Project, ProjectState
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.stimuli import Resolve, Resume
from orchestra_desktop.services.session import Session
from tests.fakes import ClaudeServer, Fault, Gate, ModelRequest, ScriptedAnswer
from tests.services.house import (
    HeldBrain,
    Watch,
    approved,
    is_work,
    is_work_of,
    new_project,
    row_of,
    run,
    states_of,
    tasks,
    types_of,
    with_claude,
)

CLOSES = r"session\.closes"


async def _held(session: Session, number: int) -> tuple[Project, Watch, Awaitable[tuple[object]]]:
    """A run whose first call is under way, and the run's end."""
    project = await approved(session, tasks(number, files=False), rehearsal=False)
    watch = Watch(session)
    going = asyncio.gather(run(session, project), return_exceptions=True)
    await watch.wait_for("CallReserved")
    return project, watch, going


class Refusing(HeldBrain):
    """Holds every task but the first, whose key it refuses."""

    async def answer(self, request: ModelRequest) -> ScriptedAnswer:
        return ScriptedAnswer(fault=Fault.UNAUTHORIZED) if is_work_of("T1")(request) else await super().answer(request)


async def test_calls_under_way_finish_and_the_run_is_left_to_be_resumed(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work)) as server:
        house = with_claude(tmp_path / "data", server, "anthropic.concurrent_calls=1")
        async with house.opened() as session:
            project, watch, going = await _held(session, 2)
            closing = asyncio.gather(session.close())
            await watch.wait_for("RunPaused")
            with pytest.raises(WrongMoment, match=CLOSES):
                await run(session, await new_project(session))
            gate.open()
            await closing
            assert isinstance((await going)[0], asyncio.CancelledError)
        async with house.opened() as session:
            assert (await row_of(session, project)).state is RunStateName.INTERRUPTED
            total = (await session.money.usage()).total
            assert (total.charged, total.unconfirmed) == (server.billed, 0)
            assert sorted((await states_of(session, project)).values()) == [TaskState.READY, TaskState.SUCCEEDED]
            assert await run(session, project) is RunStateName.FINISHED
            assert (await session.money.usage()).total.charged == server.billed


async def test_no_decision_lets_a_run_go_on_whose_last_calls_are_awaited(tmp_path: Path) -> None:
    """A refused key has paused it, and an answer to that question ends the pause as well as going on does."""
    gate = Gate()
    with ClaudeServer(Refusing(gate, is_work)) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project, watch, going = await _held(session, 3)
            await watch.wait_for("CheckpointOpened")
            asked = len(server.requests)
            winding = asyncio.gather(session.wind_down())
            await asyncio.sleep(0)
            row = await row_of(session, project)
            question = next(iter((await session.runs.state(row)).checkpoints))
            for verb in (Resume(), Resolve(question, "retry")):
                with pytest.raises(WrongMoment, match=CLOSES):
                    await session.runs.decide(row, verb)
            gate.open()
            await winding
            await going
            assert len(server.requests) == asked
            assert (await session.money.usage()).total.unconfirmed == 0


async def test_a_planning_that_does_not_come_to_its_end_is_ended(tmp_path: Path) -> None:
    gate = Gate()
    brain = HeldBrain(gate, lambda request: not is_work(request))
    with ClaudeServer(brain) as server:
        house = with_claude(tmp_path / "data", server, "execution.shutdown_grace_s=0")
        async with house.opened() as session:
            project = await new_project(session, rehearsal=False)
            watch = Watch(session)
            asking = asyncio.gather(session.plans.propose(project, lambda _progress: None), return_exceptions=True)
            await watch.wait_for("CallReserved")
            await session.close()
            assert isinstance((await asking)[0], asyncio.CancelledError)
            with pytest.raises(WrongMoment, match=CLOSES):
                await session.plans.propose(project, lambda _progress: None)
        gate.open()
        async with house.opened() as session:
            assert (await session.projects.find(project.id)).state is ProjectState.DRAFT
            assert (await types_of(session, project)).count("PlanFailed") == 1


async def test_the_grace_is_not_waited_out_for_longer(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work)) as server:
        house = with_claude(tmp_path / "data", server, "execution.shutdown_grace_s=0")
        async with house.opened() as session:
            project, _, going = await _held(session, 1)
            await session.close()
            await going
        gate.open()
        async with house.opened() as session:
            assert (await row_of(session, project)).state is RunStateName.INTERRUPTED
            lines = (await session.money.usage()).lines
            assert [line.state for line in lines if line.opened.task] in (["unconfirmed"], ["voided"])

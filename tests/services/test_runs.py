"""Runs: started once, resumed from wherever they were left, several at a time under one set of limits."""

from __future__ import annotations

import asyncio
import shutil
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import AmbiguousName, InvalidInput, StorageDamaged, UnknownThing, WrongMoment
from orchestra_desktop.domain.events import RunStarted
from orchestra_desktop.domain.ids import Digest, TaskId
from orchestra_desktop.domain.ports import Batch, Body
from orchestra_desktop.domain.projects import ProjectState
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.run_state import fold
from orchestra_desktop.engine.stimuli import CancelTask, Pause, PersonsVerb, Resume, RetryTask, SkipTask, StopNow
from orchestra_desktop.services.runs import RunChoice
from tests.fakes import ClaudeServer, Fault, Gate, HelpfulBrain, ModelRequest, ScriptedAnswer, says
from tests.services.house import (
    NANO,
    HeldBrain,
    House,
    Watch,
    approved,
    events_of,
    is_work,
    is_work_of,
    planned,
    row_of,
    run,
    states_of,
    tasks,
    types_of,
    with_claude,
)


class Picky:
    """Helpful, but one task's requests are answered `otherwise` as long as it is `spoiled`."""

    def __init__(self, task: str, otherwise: ScriptedAnswer) -> None:
        self.spoiled = True
        self._which = is_work_of(task)
        self._otherwise = otherwise
        self._helpful = HelpfulBrain()

    async def answer(self, request: ModelRequest) -> ScriptedAnswer:
        hit = self.spoiled and self._which(request)
        return self._otherwise if hit else await self._helpful.answer(request)


# -- starting -------------------------------------------------------------------------------------------------------


async def test_a_run_does_the_work_and_says_how_it_ended(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
        pieces: list[tuple[TaskId, int]] = []
        ended = await session.runs.run(project, RunChoice(), lambda _run, task, n, _piece: pieces.append((task, n)))
        assert ended is RunStateName.FINISHED
        assert set(pieces) == {(TaskId(name), 1) for name in await states_of(session, project)}
        assert (Path(project.workspace) / "hello_world.py").is_file()
        assert (await session.projects.find(project.id)).state is ProjectState.FINISHED
        assert session.runs.live == {}
        row = await row_of(session, project)
        assert (row.state, row.plan_number, row.ceiling) == (RunStateName.FINISHED, 1, 0)
        found = await session.projects.find(project.id)
        assert found.updated_at == row.finished_at
        assert await run(session, project) is RunStateName.FINISHED  # nothing is left to do
        assert (await types_of(session, project)).count("RunStarted") == 1


async def test_a_double_click_makes_one_run(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
        came = await asyncio.gather(*(run(session, project) for _ in range(5)), return_exceptions=True)
        assert came.count(RunStateName.FINISHED) == 1
        assert sum(isinstance(one, WrongMoment) and one.text.key == "run.is_live" for one in came) == 4
        assert len(await session.context.archive.runs(project.id)) == 1


@pytest.mark.parametrize(
    ("choice", "kind", "key"),
    [
        ({"concurrency": 0}, InvalidInput, "run.concurrency"),
        ({"concurrency": 1_001}, InvalidInput, "run.concurrency"),
        ({"ceiling": -1}, InvalidInput, "amount.negative"),
        ({"only": ("T2",)}, WrongMoment, "run.only_needs"),
        ({"start_at": "T2"}, WrongMoment, "run.start_at_needs"),
        ({"only": ("T9",)}, UnknownThing, "task.unknown"),
        ({"only": ("",)}, UnknownThing, "task.unknown"),
    ],
)
async def test_what_cannot_be_chosen_starts_nothing(
    house: House, choice: dict[str, object], kind: type[Exception], key: str
) -> None:
    async with house.opened() as session:
        project = await approved(session)
        with pytest.raises(kind, match=key.replace(".", r"\.")):
            await run(session, project, **choice)
        assert "RunStarted" not in await types_of(session, project)
        assert session.context.writer.busy == set()


async def test_two_tasks_of_one_title_are_told_apart_by_id(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session, tasks(2))
        for task in ("T1", "T2"):
            await session.plans.edit(project, task, {"title": "Twin"})
        await session.plans.approve(project)
        with pytest.raises(AmbiguousName, match=r"task\.ambiguous"):
            await run(session, project, only=("twin",))
        assert await run(session, project, only=("t1",)) is RunStateName.PAUSED
        assert await states_of(session, project) == {"T1": TaskState.SUCCEEDED, "T2": TaskState.WAITING}


async def test_a_chosen_part_runs_first_and_the_rest_on_the_next_word(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session, tasks(3))
        assert await run(session, project, only=("T2",)) is RunStateName.PAUSED
        assert await run(session, project, start_at="T3") is RunStateName.PAUSED
        states = await states_of(session, project)
        assert [states[name] for name in ("T1", "T2", "T3")] == [
            TaskState.WAITING,
            TaskState.SUCCEEDED,
            TaskState.SUCCEEDED,
        ]
        assert await run(session, project) is RunStateName.FINISHED
        assert (await types_of(session, project)).count("AttemptStarted") == 3


async def test_starting_at_a_task_takes_everything_behind_it(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)  # T2 builds on T1; T3 on neither, or on both
        state = (await session.plans.approved(project)) or pytest.fail("nothing approved")
        behind = {task.id for task in state.plan.tasks if "T1" in task.depends_on}
        await run(session, project, start_at="T1")
        done = {name for name, found in (await states_of(session, project)).items() if found is TaskState.SUCCEEDED}
        assert done >= {"T1", *behind}


# -- resuming -------------------------------------------------------------------------------------------------------


async def test_a_cancelled_run_is_left_interrupted_and_goes_on_with_the_next(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work_of("T2"))) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, tasks(3), rehearsal=False)
            watch = Watch(session)
            running = asyncio.gather(run(session, project))
            await watch.wait_for("TaskSucceeded", 2)
            running.cancel()
            with pytest.raises(asyncio.CancelledError):
                await running
            await watch.wait_for("CallUnconfirmed")  # whoever is told to stop does not wait for the disk
            row = await row_of(session, project)
            assert row.state is RunStateName.INTERRUPTED
            assert (await session.projects.find(project.id)).state is ProjectState.PAUSED
            (lost,) = [line for line in (await session.money.usage()).lines if line.state == "unconfirmed"]
            assert lost.counts > 0
            gate.open()
            asked = len(server.requests)
            assert await run(session, project) is RunStateName.FINISHED
            assert len(server.requests) - asked <= 2  # the lost call once more, and what it had still to say


async def test_a_run_that_was_killed_is_resumed_from_what_was_stored(tmp_path: Path) -> None:
    """The folder is copied in mid-run: that is what a kill at this moment leaves."""
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work_of("T2"))) as server:
        house = with_claude(tmp_path / "data", server)
        async with house.opened() as session:
            project = await approved(session, tasks(3), rehearsal=False)
            watch = Watch(session)
            running = asyncio.gather(run(session, project), return_exceptions=True)
            await watch.wait_for("TaskSucceeded", 2)
            killed = house.moved(tmp_path / "killed")
            shutil.copytree(house.folder, killed.folder, ignore=shutil.ignore_patterns("*.sock", "instance.json"))
            gate.open()
            await running
            done = len(server.requests)
        async with killed.looked_at() as session:  # nobody runs it
            assert (await row_of(session, project)).state is RunStateName.INTERRUPTED
        async with killed.opened() as session:
            row = await row_of(session, project)
            assert row.state is RunStateName.INTERRUPTED
            assert (await types_of(session, project))[-1] == "RunInterrupted"
            open_lines = [line for line in (await session.money.usage()).lines if line.state == "open"]
            lost = [line for line in (await session.money.usage()).lines if line.state == "unconfirmed"]
            assert (len(open_lines), len(lost)) == (0, 1)
            assert await run(session, project) is RunStateName.FINISHED
            assert len(server.requests) - done <= 2
            assert (await types_of(session, project)).count("RunInterrupted") == 1
            attempts = [e.scope.task for e in await events_of(session, project) if e.type == "AttemptStarted"]
            assert sorted(str(task) for task in attempts) == ["T1", "T2", "T3"]


async def test_a_newly_approved_plan_is_a_new_run_and_ends_the_one_that_was_left(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session, tasks(2))
        await run(session, project, only=("T1",))
        first = await row_of(session, project)
        await session.plans.edit(project, "T1", {"title": "Anew"})
        await session.plans.approve(project)
        assert (await session.projects.find(project.id)).state is ProjectState.READY
        assert await run(session, project) is RunStateName.FINISHED
        old, new = await session.context.archive.runs(project.id)
        assert (old.run, old.state) == (first.run, RunStateName.CANCELLED)
        assert (new.plan_number, new.state) == (2, RunStateName.FINISHED)
        assert (await session.projects.find(project.id)).state is ProjectState.FINISHED


async def test_a_run_that_failed_does_nothing_until_a_decision_made_work_again(tmp_path: Path) -> None:
    brain = Picky("T1", says("", fault=Fault.REFUSAL))
    with ClaudeServer(brain) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, tasks(2), rehearsal=False)
            assert await run(session, project) is RunStateName.NEEDS_PERSON
            await session.runs.decide(await row_of(session, project), CancelTask(TaskId("T1")))
            assert (await row_of(session, project)).state is RunStateName.FINISHED_WITH_FAILURES
            asked = len(server.requests)
            assert await run(session, project) is RunStateName.FINISHED_WITH_FAILURES
            assert len(server.requests) == asked
            brain.spoiled = False
            await session.runs.decide(await row_of(session, project), RetryTask(TaskId("T1"), "try harder"))
            reopened = await row_of(session, project)
            assert reopened.state is RunStateName.INTERRUPTED  # nobody carries it out yet
            assert (await session.projects.find(project.id)).state is ProjectState.PAUSED
            assert await run(session, project) is RunStateName.FINISHED
            assert len(server.requests) > asked
            assert "try harder" in str(server.requests[-1].body)


async def test_resume_after_stop_now_is_recorded_and_run_carries_it_out(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work_of("T2"))) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, tasks(2), rehearsal=False)
            watch = Watch(session)
            running = asyncio.gather(run(session, project))
            await watch.wait_for("TaskSucceeded")
            await session.runs.decide(await row_of(session, project), StopNow())
            assert list(await running) == [RunStateName.CANCELLED]
            assert await run(session, project) is RunStateName.CANCELLED
            await session.runs.decide(await row_of(session, project), Resume())
            assert (await row_of(session, project)).state is RunStateName.INTERRUPTED
            gate.open()
            assert await run(session, project) is RunStateName.FINISHED


async def test_another_ceiling_on_resuming_is_signed_and_counts(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(output_tokens="max")) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project, _ = await planned(session, tasks(2), rehearsal=False)
            await session.plans.approve(project, ceiling=1_000)
            assert await run(session, project) is RunStateName.AT_CAP
            asked = len(server.requests)
            assert await run(session, project) is RunStateName.AT_CAP
            assert len(server.requests) == asked
            assert await run(session, project, ceiling=9 * NANO) is RunStateName.FINISHED
            row = await row_of(session, project)
            assert row.ceiling == 9 * NANO
            assert (await types_of(session, project)).count("CeilingChanged") == 1
            assert (await session.runs.state(row)).ceiling == 9 * NANO


async def test_how_many_at_once_counts_for_this_process_on_resuming_too(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.05)) as server:
        house = with_claude(tmp_path / "data", server, "anthropic.concurrent_calls=6")
        async with house.opened() as session:
            project = await approved(session, tasks(6, files=False), rehearsal=False)
            await run(session, project, only=("T1", "T2", "T3"), concurrency=1)
            assert server.in_flight_peak == 1
            await run(session, project, concurrency=2)
            assert server.in_flight_peak == 2


# -- several at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("in_all", "of_claude", "most"), [(3, 2, 2), (3, 64, 3)])
async def test_two_projects_share_the_limits_of_one_session(
    tmp_path: Path, in_all: int, of_claude: int, most: int
) -> None:
    limits = (f"execution.concurrency={in_all}", f"anthropic.concurrent_calls={of_claude}")
    with ClaudeServer(HelpfulBrain(latency=0.05)) as server:
        async with with_claude(tmp_path / "data", server, *limits).opened() as session:
            one = await approved(session, tasks(4, files=False), rehearsal=False)
            other = await approved(session, tasks(4, files=False), rehearsal=False)
            rehearsed = await approved(session, tasks(2, files=False))
            ended = await asyncio.gather(run(session, one), run(session, other), run(session, rehearsed))
            assert list(ended) == [RunStateName.FINISHED] * 3
            assert server.in_flight_peak == most


async def test_two_projects_share_a_daily_cap_and_neither_overspends_it(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(output_tokens="max")) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            one = await approved(session, tasks(6, files=False), rehearsal=False)
            other = await approved(session, tasks(6, files=False), rehearsal=False)
            counted = session.money.standing().today.counted
            cap = counted + NANO // 100
            await session.money.change_caps({CapKind.DAILY: cap})
            ended = await asyncio.gather(run(session, one), run(session, other))
            assert RunStateName.AT_CAP in ended
            assert server.billed <= cap
            assert session.money.standing().today.counted <= cap
            await session.money.change_caps({CapKind.DAILY: None})
            assert list(await asyncio.gather(run(session, one), run(session, other))) == [RunStateName.FINISHED] * 2
            total = (await session.money.usage()).total
            assert (total.charged, total.unconfirmed) == (server.billed, 0)


# -- deciding -------------------------------------------------------------------------------------------------------


async def test_a_decision_on_a_live_run_is_carried_out_at_once_and_is_stored_when_it_returns(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work)) as server:
        house = with_claude(tmp_path / "data", server)
        async with house.opened() as session:
            project = await approved(session, tasks(3, files=False), rehearsal=False)
            watch = Watch(session)
            running = asyncio.gather(run(session, project))
            await watch.wait_for("CallReserved", 3)
            row = await row_of(session, project)
            await session.runs.decide(row, SkipTask(TaskId("T2")))
            skipped = [e.scope.task for e in await events_of(session, project) if e.type == "TaskStateChanged"]
            assert skipped[-1] == "T2"
            await session.runs.decide(row, Pause(text("run.paused_by_person")))
            assert (await row_of(session, project)).state is RunStateName.PAUSED
            with pytest.raises(WrongMoment):
                await run(session, project)
            await session.runs.decide(row, Resume())
            gate.open()
            assert list(await running) == [RunStateName.FINISHED]
            assert (await states_of(session, project))["T2"] is TaskState.SKIPPED


@pytest.mark.parametrize("live", [False, True])
async def test_several_decisions_are_all_made_or_none(tmp_path: Path, live: bool) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work)) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, tasks(3, files=False), rehearsal=False)
            watch = Watch(session)
            running = asyncio.gather(run(session, project), return_exceptions=True)
            await watch.wait_for("CallReserved", 3)
            if not live:
                running.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await running
                await watch.wait_for("CallUnconfirmed", 3)
            row = await row_of(session, project)
            before = await states_of(session, project)
            verbs: list[PersonsVerb] = [
                SkipTask(TaskId("T1")),
                SkipTask(TaskId("T2")),
                RetryTask(TaskId("T3")),
            ]  # T3 is under way
            if not live:
                verbs[2] = SkipTask(TaskId("T9"))
            with pytest.raises((WrongMoment, UnknownThing)):
                await session.runs.decide(row, *verbs)
            assert await states_of(session, project) == before
            await session.runs.decide(row, *verbs[:2])
            after = await states_of(session, project)
            assert [after[name] for name in ("T1", "T2")] == [TaskState.SKIPPED] * 2
            gate.open()
            if live:
                assert list(await running) == [RunStateName.FINISHED]


async def test_a_decision_and_a_run_at_the_same_moment_lose_nothing(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session, tasks(3))
        await run(session, project, only=("T1",))
        row = await row_of(session, project)
        ended, _ = await asyncio.gather(run(session, project), session.runs.decide(row, SkipTask(TaskId("T3"))))
        states = await states_of(session, project)
        assert ended is RunStateName.FINISHED
        assert states["T3"] is TaskState.SKIPPED
        spec, stored = (await session.runs.state(row)).spec, await events_of(session, project)
        again = fold(spec, [e for e in stored if e.scope.run == row.run])
        assert again.snapshot() == (await session.runs.state(row)).snapshot()


async def test_a_ceiling_below_nothing_is_refused_and_changes_nothing(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session, tasks(1))
        await run(session, project)
        with pytest.raises(InvalidInput):
            await session.runs.change_ceiling(await row_of(session, project), -1)
        assert (await row_of(session, project)).ceiling == 0
        await session.runs.change_ceiling(await row_of(session, project), None)
        assert (await row_of(session, project)).ceiling is None


async def test_checkpoints_are_found_by_unique_prefix_and_lapse_with_their_run(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project, _ = await planned(session, tasks(12), rehearsal=False)
            for number in range(1, 13):
                await session.plans.edit(project, f"T{number}", {"ask_before": True})
            await session.plans.approve(project)
            assert await run(session, project) is RunStateName.NEEDS_PERSON
            row = await row_of(session, project)
            found, checkpoint = await session.runs.find_checkpoint(f"{row.run}-1")  # though it begins -10, -11, -12 too
            assert (found.run, checkpoint) == (row.run, f"{row.run}-1")
            assert (await session.runs.find_checkpoint(f"{row.run}-12"))[1] == f"{row.run}-12"
            with pytest.raises(AmbiguousName):
                await session.runs.find_checkpoint(row.run)
            for name in ("", "nothing", f"{row.run}-13"):
                with pytest.raises(UnknownThing):
                    await session.runs.find_checkpoint(name)
            await session.runs.decide(row, StopNow())
            with pytest.raises(UnknownThing):
                await session.runs.find_checkpoint(f"{row.run}-1")


# -- looking back ---------------------------------------------------------------------------------------------------


async def test_the_state_at_every_number_is_the_fold_of_the_events_up_to_it(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
        await run(session, project)
        row = await row_of(session, project)
        live = (await session.runs.state(row)).spec
        stored = [e for e in await events_of(session, project) if e.scope.run == row.run]
        for last in [0, *(e.seq for e in stored), stored[-1].seq + 100]:
            at = await session.runs.state_at(row, last)
            assert at.snapshot() == fold(live, [e for e in stored if e.seq <= last]).snapshot()
        begun = await session.runs.state_at(row, stored[0].seq)
        assert isinstance(stored[0].event, RunStarted)
        assert set(begun.counts.values()) == {0, len(begun.tasks)}
        assert (await session.runs.state_at(row, stored[-1].seq)).finished is RunStateName.FINISHED


async def test_a_spec_that_cannot_be_read_is_damage_and_says_of_which_run(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session, tasks(1))
        await run(session, project)
        row = await row_of(session, project)
        content = b'{"run": "x"}'
        other = Body(Digest(sha256(content).hexdigest()), content)
        await session.context.journal.append(Batch(bodies=(other,), rows=(replace(row, spec=other.digest),)))
        with pytest.raises(StorageDamaged, match=row.run):
            await session.runs.state(await row_of(session, project))

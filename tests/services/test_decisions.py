"""Every deciding verb as data: what it does, and that no request, however wrong, is anything but a plain refusal."""

from __future__ import annotations

import asyncio
import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import InvalidInput, OrchestraError, WrongMoment
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.services import requests as rq
from orchestra_desktop.services.decisions import LONG_VERBS, VERBS, decide
from orchestra_desktop.services.session import Session
from tests.fakes import ClaudeServer, Fault, Gate, HelpfulBrain, says
from tests.services.house import (
    HELLO,
    NANO,
    HeldBrain,
    House,
    Watch,
    approved,
    events_of,
    is_work,
    planned,
    run,
    tasks,
    types_of,
    with_claude,
)

Json = dict[str, Any]


async def _states(session: Session, project: Project) -> dict[str, TaskState]:
    row = await session.runs.newest(project)
    assert row is not None
    return {name: record.state for name, record in (await session.runs.state(row)).tasks.items()}


# -- the verbs ------------------------------------------------------------------------------------------------------


async def test_from_requirements_to_a_finished_run_by_verbs_alone(house: House, tmp_path: Path) -> None:
    async with house.opened() as session:
        place = tmp_path / "work"
        made = await decide(
            session,
            {
                "verb": "plan",
                "text": HELLO,
                "name": "By verbs",
                "rigor": "l3",
                "workspace": str(place),
                "planner": "ollama",
                "repo": None,
                "base": None,
                "rehearse": True,
            },
        )
        name = made["project"]
        project = await session.projects.find("By verbs")
        assert (project.id, project.workspace, made["number"]) == (name, str(place), 1)
        again = {"verb": "replan", "project": name, "rigor": "L1", "planner": None, "comment": "shorter"}
        assert (await decide(session, again))["number"] == 2
        edit = {"verb": "edit", "project": name, "task": "T1", "changes": {"title": "Changed"}}
        assert (await decide(session, edit))["number"] == 2
        approve = {"verb": "approve", "project": name, "plan": 1, "ceiling": 5}
        signed = await decide(session, approve)
        assert (signed["number"], signed["ceiling"], signed["p50"], signed["p90"]) == (1, 5, 0, 0)
        ran = await decide(session, {"verb": "run", "project": name, "only": [], "from": None, "concurrency": 3})
        assert ran == {"project": name, "state": "finished"}
        assert (place / "hello_world.py").is_file()
        answer = {"verb": "answer", "project": name, "question": 1, "text": "French"}
        assert (await decide(session, answer))["number"] == 3
        json.dumps([made, signed, ran])  # all of it travels


async def test_verbs_about_a_run_and_its_tasks(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work)) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project, _ = await planned(session, tasks(4, files=False), rehearsal=False)
            await session.plans.approve(project, ceiling=NANO)
            watch = Watch(session)
            running = asyncio.gather(run(session, project))
            await watch.wait_for("CallReserved", 4)

            async def do(verb: str, **more: Any) -> Json:
                return await decide(session, {"verb": verb, "project": project.id, **more})

            await do("pause")
            await do("resume")
            assert (await do("skip", tasks=["T1", "t1", "T2"]))["tasks"] == ["T1", "T2"]
            await do("cancel", tasks=("T3",))
            with pytest.raises(WrongMoment):
                await do("accept", tasks=["T4"])
            await do("retry", tasks=["T3"], guidance="once more", tier="sonnet")
            gate.open()
            await running
            found = await _states(session, project)
            assert [found[name] for name in ("T1", "T2", "T3", "T4")] == [
                TaskState.SKIPPED,
                TaskState.SKIPPED,
                TaskState.SUCCEEDED,
                TaskState.SUCCEEDED,
            ]
            assert "once more" in str(server.requests[-1].body)
            with pytest.raises(WrongMoment):
                await do("stop")
            kinds = await types_of(session, project)
            assert {"RunPaused", "RunResumed", "GuidanceGiven", "TierPinned"} <= set(kinds)


async def test_what_was_cut_short_can_be_accepted_as_it_is(tmp_path: Path) -> None:
    class Refuses(HelpfulBrain):
        async def answer(self, request: Any) -> Any:
            if is_work(request):
                return says("half of it", fault=Fault.CONTEXT_EXCEEDED)
            return await super().answer(request)

    with ClaudeServer(Refuses()) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, tasks(2, files=False), rehearsal=False)
            assert (await run(session, project)).value == "needs_person"
            await decide(session, {"verb": "accept", "project": project.id, "tasks": ["T1"]})
            row = await session.runs.newest(project)
            assert row is not None
            (checkpoint,) = (await session.runs.state(row)).checkpoints
            answer = {"verb": "resolve", "checkpoint": checkpoint, "action": "accept"}
            assert await decide(session, answer) == {"checkpoint": checkpoint, "action": "accept", "run": row.run}
            assert set((await _states(session, project)).values()) == {TaskState.SUCCEEDED}


@pytest.mark.parametrize("live", [False, True])
@pytest.mark.parametrize("kind", ["run", "daily", "project"])
async def test_resolving_a_budget_checkpoint_raises_the_very_cap_it_is_about(
    tmp_path: Path, kind: str, live: bool
) -> None:
    gate = Gate()
    brain = HeldBrain(gate, lambda request: is_work(request) and live and "# Your task: T2 " in request.prompt)
    with ClaudeServer(brain) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project, _ = await planned(session, tasks(2, files=False), rehearsal=False)
            await session.plans.edit(project, "T2", {"model_tier": "haiku"})
            await session.plans.edit(project, "T1", {"model_tier": "opus", "priority": 200})
            await session.plans.approve(project, ceiling=20_000_000 if kind == "run" else None)
            counted = session.money.standing(project).today.counted
            if kind != "run":
                await session.money.change_caps({CapKind(kind): counted + 20_000_000}, project)
            watch = Watch(session)
            running = asyncio.gather(run(session, project))
            if live:
                await watch.wait_for("TaskStateChanged", 3)
            else:
                await running
            row = await session.runs.newest(project)
            assert row is not None
            if live:
                gate.open()
                opened = (await watch.wait_for("CheckpointOpened")).event
            else:
                opened = next(e.event for e in await events_of(session, project) if e.type == "CheckpointOpened")
            wanted = {"verb": "resolve", "checkpoint": f"{row.run}-1", "action": "raise_cap", "cap": 30 * NANO}
            assert opened.question.args["cap"] == kind  # type: ignore[union-attr]
            with pytest.raises(WrongMoment, match=r"checkpoint\.no_such_action"):
                await decide(session, {**wanted, "action": "accept"})
            with pytest.raises(InvalidInput, match=r"checkpoint\.cap_without_raise"):
                await decide(session, {**wanted, "action": "stop"})
            with pytest.raises(InvalidInput, match=r"checkpoint\.output_without_accept"):
                await decide(session, {**wanted, "cap": None, "action": "stop", "output": "mine"})
            assert (await decide(session, wanted))["action"] == "raise_cap"
            if live:
                await running
            await run(session, project)
            standing = session.money.standing(project, await session.runs.newest(project))
            raised = {"run": standing.ceiling, "daily": standing.daily_cap, "project": standing.project_cap}
            assert raised[kind] == 30 * NANO
            assert [name for name, cap in raised.items() if cap == 30 * NANO] == [kind]
            assert set((await _states(session, project)).values()) == {TaskState.SUCCEEDED}


async def test_an_output_put_right_by_hand_is_never_empty(house: House) -> None:
    async with house.opened() as session:
        digest = await session.outputs.keep("What I would have written.")
        assert await session.outputs.body(digest) == "What I would have written."
        for nothing in ("", " \n\t"):
            with pytest.raises(InvalidInput, match=r"output\.empty"):
                await session.outputs.keep(nothing)


async def test_caps_by_verb(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        changes = {"verb": "caps", "project": None, "changes": {"daily": 5, "monthly": None}}
        assert (await decide(session, changes))["caps"] == {"daily": 5, "monthly": None, "project": 10 * NANO}
        own = {"verb": "caps", "project": project.id, "changes": {"project": 0}}
        assert (await decide(session, own))["caps"]["project"] == 0
        assert (await decide(session, {"verb": "caps"}))["caps"]["project"] == 10 * NANO
        with pytest.raises(InvalidInput, match=r"cap\.of_run"):
            await decide(session, {"verb": "caps", "changes": {"run": 5}})
        with pytest.raises(InvalidInput, match=r"cap\.unknown"):
            await decide(session, {"verb": "caps", "changes": {"weekly": 5}})


# -- requests that are none -----------------------------------------------------------------------------------------

WHOLE: dict[str, Json] = {
    "plan": {"text": "- a wish", "rehearse": True},
    "replan": {"project": "?"},
    "edit": {"project": "?", "task": "T1", "changes": {"title": "x"}},
    "answer": {"project": "?", "question": 1, "text": "x"},
    "approve": {"project": "?"},
    "run": {"project": "?"},
    "pause": {"project": "?"},
    "resume": {"project": "?"},
    "stop": {"project": "?"},
    "retry": {"project": "?", "tasks": ["T1"]},
    "skip": {"project": "?", "tasks": ["T1"]},
    "accept": {"project": "?", "tasks": ["T1"]},
    "cancel": {"project": "?", "tasks": ["T1"]},
    "resolve": {"checkpoint": "?", "action": "retry"},
    "caps": {"changes": {"daily": 1}},
}
WRONG: tuple[Any, ...] = (7, -1, 1.5, True, [], [1], {}, {"a": None}, "\x00", "\ud800", "x" * 300)


MODELS: dict[str, type[rq.Request]] = {
    "plan": rq.PlanRequest,
    "replan": rq.ReplanRequest,
    "edit": rq.EditRequest,
    "answer": rq.AnswerRequest,
    "approve": rq.ApproveRequest,
    "run": rq.RunRequest,
    "retry": rq.RetryRequest,
    "resolve": rq.ResolveRequest,
    "caps": rq.CapsRequest,
    **dict.fromkeys(("skip", "accept", "cancel"), rq.TasksRequest),
    **dict.fromkeys(("pause", "resume", "stop"), rq.RunVerbRequest),
}


def _names(verb: str) -> set[str]:
    return {info.alias or name for name, info in MODELS[verb].model_fields.items()}


def test_every_verb_has_a_request_here() -> None:
    assert set(MODELS) == set(WHOLE)
    assert set(WHOLE) == set(VERBS) - {"raise_window"}
    assert set(VERBS) >= LONG_VERBS


async def test_a_request_with_a_field_missing_unknown_or_of_the_wrong_kind_is_refused_by_name(house: House) -> None:
    async with house.opened() as session:
        for verb, fields in WHOLE.items():
            for name in [name for name in fields if (verb, name) not in {("plan", "rehearse"), ("caps", "changes")}]:
                missing = {"verb": verb, **{key: value for key, value in fields.items() if key != name}}
                with pytest.raises(InvalidInput) as refused:
                    await decide(session, missing)
                assert refused.value.text.key == "request.malformed"
                assert (refused.value.text.args["verb"], refused.value.text.args["field"]) == (verb, name)
            with pytest.raises(InvalidInput, match=r"request\.malformed"):
                await decide(session, {"verb": verb, **fields, "surprise": 1})
        assert await events_of(session) == []


@pytest.mark.parametrize("verb", WHOLE)
async def test_a_wrong_value_in_any_field_is_an_error_of_ours_and_changes_nothing(house: House, verb: str) -> None:
    """KeyError, TypeError or a validation error of a library would reach the person as a traceback."""
    async with house.opened() as session:
        for name in sorted(_names(verb) - {"verb", "text", "name", "base", "repo"}):
            for value in WRONG:
                if (name, value) in (("rehearse", True), ("changes", {})):
                    continue  # which are right
                with pytest.raises(OrchestraError):
                    await decide(session, {"verb": verb, **WHOLE[verb], name: value})
        assert await events_of(session) == []


@pytest.mark.parametrize("verb", [None, "", "fly", 7, ["run"], {"run": 1}, "RUN", "__class__", "x" * 10_000])
async def test_an_unknown_verb_is_refused_and_not_repeated_at_length(house: House, verb: object) -> None:
    async with house.opened() as session:
        with pytest.raises(InvalidInput) as refused:
            await decide(session, {"verb": verb, "project": "x"})
        assert refused.value.text.key == "verb.unknown"
        assert len(str(refused.value.text.args["verb"])) <= 80


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
NAMES = st.sampled_from(["project", "tasks", "changes", "plan", "ceiling", "only", "from", "question", "task", "tier"])


@given(st.sampled_from(sorted(MODELS)), st.dictionaries(NAMES | st.text(max_size=5), JSON, max_size=5))
def test_any_json_is_read_or_refused_with_a_text(verb: str, fields: Json) -> None:
    with contextlib.suppress(InvalidInput):  # and nothing else is raised
        assert rq.read(MODELS[verb], {**fields, "verb": verb}).verb == verb


async def test_a_relative_workspace_is_refused_as_it_may_mean_another_place_there(house: House) -> None:
    async with house.opened() as session:
        for place in ("work", "./work", "../work"):
            with pytest.raises(InvalidInput, match=r"workspace\.not_absolute"):
                await decide(session, {"verb": "plan", "text": "- x", "rehearse": True, "workspace": place})
        assert await session.projects.all() == []


async def test_a_slip_in_one_of_several_tasks_changes_nothing(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session, tasks(2))
        await session.plans.approve(project)
        await run(session, project, only=("T1",))
        before = await types_of(session, project)
        for names in (["T2", "T9"], ["T2", "T1"], []):
            with pytest.raises(InvalidInput):
                await decide(session, {"verb": "cancel", "project": project.id, "tasks": names})
        assert await types_of(session, project) == before
        assert (await _states(session, project))[TaskId("T2")] is TaskState.WAITING

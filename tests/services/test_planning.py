"""Asking for a plan: what comes of it, and every way in which nothing does."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.errors import ModelFault, OrchestraError, WrongMoment
from orchestra_desktop.domain.events import PlanFailed, PlanProposed, PlanRequested
from orchestra_desktop.domain.plan import PlanState, Tier, plan_hash
from orchestra_desktop.domain.ports import Batch
from orchestra_desktop.domain.projects import Project, ProjectState, Rigor
from orchestra_desktop.planning.planner import NoPlan, PlanningRefused, PlanProgress
from orchestra_desktop.services.session import Session
from tests.fakes import ClaudeServer, Fault, Gate, HelpfulBrain, OllamaServer, ScriptedAnswer, ScriptedBrain, says
from tests.fakes.ollama_models import MODELS, OllamaModel
from tests.services.house import (
    House,
    Watch,
    approved,
    events_of,
    new_project,
    planned,
    types_of,
    with_claude,
    with_ollama,
)


async def _propose(session: Session, project: Project, **more: Any) -> Any:
    return await session.plans.propose(project, lambda _progress: None, **more)


async def test_a_plan_that_comes_is_the_next_draft_and_says_so(house: House) -> None:
    async with house.opened() as session:
        watch = Watch(session)
        project = await new_project(session)
        told: list[PlanProgress] = []
        asking = asyncio.gather(session.plans.propose(project, told.append, rigor=Rigor.L3, comment="be brief"))
        requested = (await watch.wait_for("PlanRequested")).event
        assert (await session.projects.find(project.id)).state is ProjectState.PLANNING
        (version,) = await asking
        assert requested == PlanRequested(Rigor.L3, Tier.SONNET, "rehearsal", "be brief")
        assert (version.number, version.state, version.hash) == (1, PlanState.DRAFT, plan_hash(version.plan))
        assert version.plan.test_strategy is not None
        assert version.comment == "be brief"
        assert told[-1].tasks == len(version.plan.tasks)
        assert (await session.projects.find(project.id)).state is ProjectState.DRAFT
        proposed = (await events_of(session, project))[-1].event
        assert isinstance(proposed, PlanProposed)
        assert (proposed.number, proposed.hash) == (1, version.hash)
    async with house.looked_at() as session:
        assert await session.plans.versions(project) == [version]


async def test_a_replan_is_a_further_version_and_keeps_the_earlier_one(house: House) -> None:
    async with house.opened() as session:
        project, first = await planned(session)
        second = await _propose(session, project, comment="other")
        assert (second.number, second.state) == (2, PlanState.DRAFT)
        assert await session.plans.versions(project) == [first, second]


# -- nothing comes of it --------------------------------------------------------------------------------------------

FAILURES: dict[str, tuple[list[ScriptedAnswer], type[NoPlan | ModelFault], str]] = {
    "refused": ([says("", fault=Fault.REFUSAL)], NoPlan, "plan.model_refused"),
    "cut": ([says('{"summary": "x", "tasks": [', fault=Fault.TEXT_CUT)], NoPlan, "plan.cut_off"),
    "unreadable": ([says("no JSON"), says("none again")], NoPlan, "plan.not_json"),
    "context": ([says("x", fault=Fault.CONTEXT_EXCEEDED)], NoPlan, "plan.context_exceeded"),
    "key": ([says("x", fault=Fault.UNAUTHORIZED)], ModelFault, "fault.key_refused"),
    "lost": ([says("x y z", fault=Fault.RESET_IN_STREAM)] * 3, ModelFault, "fault.connection"),
}


@pytest.mark.parametrize("way", FAILURES)
async def test_a_plan_that_does_not_come_leaves_its_cost_and_its_reason(tmp_path: Path, way: str) -> None:
    answers, kind, key = FAILURES[way]
    with ClaudeServer(ScriptedBrain(list(answers))) as server:
        house = with_claude(tmp_path / "data", server)
        async with house.opened() as session:
            project = await new_project(session, rehearsal=False)
            with pytest.raises(kind) as failed:
                await _propose(session, project)
            assert failed.value.text.key == key
            assert (await session.projects.find(project.id)).state is ProjectState.DRAFT
            assert await session.plans.versions(project) == []
            noted = (await events_of(session, project))[-1].event
            assert isinstance(noted, PlanFailed)
            assert noted.reason == failed.value.text
            if isinstance(failed.value, NoPlan):  # the text that was paid for is kept
                assert noted.raw is not None
                assert noted.raw in await session.context.archive.bodies([noted.raw])
            total = (await session.money.usage()).total
            assert total.charged == server.billed_complete
            assert total.charged + total.unconfirmed >= server.billed
            assert len(server.requests) == len(answers)


async def test_a_cap_that_leaves_no_room_for_the_planner_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server, "budget.daily=0").opened() as session:
            project = await new_project(session, rehearsal=False)
            with pytest.raises(PlanningRefused) as refused:
                await _propose(session, project)
            assert refused.value.text.args["cap"] == "daily"
            assert (await session.projects.find(project.id)).state is ProjectState.DRAFT
            assert (await types_of(session, project))[-2:] == ["PlanRequested", "PlanFailed"]
            assert (await session.money.usage()).lines == ()
        assert [seen for seen in server.requests if seen.path.endswith("/messages")] == []


async def test_without_any_model_nothing_is_asked_and_the_person_is_told_what_to_do(house: House) -> None:
    async with house.opened() as session:
        project = await new_project(session, rehearsal=False)
        with pytest.raises(WrongMoment) as refused:
            await _propose(session, project)
        assert refused.value.text.key == "models.none"
        assert await types_of(session, project) == ["ProjectCreated"]


async def test_a_tier_that_is_not_there_does_not_plan_by_another(tmp_path: Path) -> None:
    with OllamaServer(HelpfulBrain()) as server:
        async with with_ollama(tmp_path / "data", server).opened() as session:
            project = await new_project(session, rehearsal=False)
            with pytest.raises(WrongMoment, match=r"tier\.unavailable"):
                await _propose(session, project, planner=Tier.HAIKU)
            assert server.requests == []


async def test_a_failed_replan_leaves_what_was_approved_approved(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, rehearsal=False)
            server.brain = ScriptedBrain([says("", fault=Fault.REFUSAL)])
            with pytest.raises(NoPlan):
                await _propose(session, project)
            assert (await session.projects.find(project.id)).state is ProjectState.READY
            assert await session.plans.approved(project) is not None


async def test_planning_that_is_cancelled_goes_back_and_counts_what_was_asked(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(ScriptedBrain(lambda _request: says("late", hold=gate))) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await new_project(session, rehearsal=False)
            watch = Watch(session)
            asking = asyncio.gather(_propose(session, project))
            await watch.wait_for("CallReserved")
            await asyncio.to_thread(server.wait_for_requests, 1)
            asking.cancel()
            with pytest.raises(asyncio.CancelledError):
                await asking
            await watch.wait_for("PlanFailed")
            assert (await session.projects.find(project.id)).state is ProjectState.DRAFT
            (line,) = (await session.money.usage()).lines
            assert line.state == "unconfirmed"
        gate.open()


async def test_a_project_whose_planner_was_killed_is_a_draft_again(house: House) -> None:
    async with house.opened() as session:
        project = await new_project(session)
        row = session.context.writer.changed(project.id, state=ProjectState.PLANNING)
        await session.context.journal.append(Batch(rows=(row,)))
    async with house.looked_at() as session:  # nobody plans
        assert (await session.projects.find(project.id)).state is ProjectState.DRAFT
    async with house.opened() as session:
        assert (await session.projects.find(project.id)).state is ProjectState.DRAFT
        assert (await types_of(session, project))[-1] == "PlanFailed"
    async with house.opened() as session:  # noted once
        assert (await types_of(session, project)).count("PlanFailed") == 1


# -- at the same time -----------------------------------------------------------------------------------------------


async def test_a_second_click_while_a_plan_is_made_is_refused_but_another_project_may_plan(house: House) -> None:
    async with house.opened() as session:
        project, other = await new_project(session), await new_project(session)
        answers = await asyncio.gather(
            _propose(session, project), _propose(session, project), _propose(session, other), return_exceptions=True
        )
        refused = [answer for answer in answers if isinstance(answer, OrchestraError)]
        assert [type(answer) for answer in refused] == [WrongMoment]
        assert refused[0].text.key == "plan.under_way"
        assert len(await session.plans.versions(project)) == len(await session.plans.versions(other)) == 1
        assert (await _propose(session, project)).number == 2


async def test_what_is_edited_while_a_plan_is_made_is_not_lost(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
        asking = asyncio.gather(_propose(session, project))
        await Watch(session).wait_for("PlanRequested")
        edited = await session.plans.edit(project, "T1", {"title": "Mine"})
        (proposed,) = await asking
        assert (edited.number, proposed.number) == (2, 3)
        titles = [version.plan.tasks[0].title for version in await session.plans.versions(project)]
        assert titles[1] == "Mine"
        assert len(titles) == 3


# -- who plans ------------------------------------------------------------------------------------------------------


async def test_the_planner_is_the_settings_unless_another_is_asked_for(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server, "routing.planner=haiku").opened() as session:
            project = await new_project(session, rehearsal=False)
            await _propose(session, project)
            await _propose(session, project, planner=Tier.OPUS)
            models = session.context.settings.anthropic.models
            assert [seen.model for seen in server.requests] == [models.haiku, models.opus]


async def test_opus_never_plans_unasked(tmp_path: Path) -> None:
    unpriced = ("anthropic.models.haiku=claude-unheard-of", "anthropic.models.sonnet=claude-unheard-of")
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server, *unpriced).opened() as session:
            project = await new_project(session, rehearsal=False)
            with pytest.raises(WrongMoment) as refused:
                await _propose(session, project)
            assert refused.value.text.args["tier"] == "sonnet"
            assert server.requests == []


async def test_a_project_may_have_a_planner_of_its_own(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await new_project(session, rehearsal=False)
            session.context.writer.changed(project.id, overrides={"routing": {"planner": "haiku"}})
            await session.projects.edit_requirements(project, "- another wish")
            await _propose(session, await session.projects.find(project.id))
            assert [seen.model for seen in server.requests] == [session.context.settings.anthropic.models.haiku]


async def test_local_plans_are_made_by_the_planner_model_where_one_is_set(tmp_path: Path) -> None:
    with OllamaServer(HelpfulBrain(), models=[*MODELS, OllamaModel("thinker:8b")]) as server:
        house = with_ollama(tmp_path / "data", server, "ollama.planner_model=thinker:8b")
        async with house.opened() as session:
            project, version = await planned(session, rehearsal=False)
            assert [seen.model for seen in server.requests] == ["thinker:8b"]
            requested = (await events_of(session, project))[1].event
            assert isinstance(requested, PlanRequested)
            assert requested.model == "thinker:8b"
            routes = (await session.plans.route(project, version)).spec.routes
            assert {route.choice.model for route in routes.values()} == {"qwen2.5-coder:14b"}


async def test_a_model_that_stands_in_for_the_wanted_one_is_named_in_the_plan(tmp_path: Path) -> None:
    with OllamaServer(HelpfulBrain(), models=[OllamaModel("qwen2.5-coder:7b")]) as server:
        async with with_ollama(tmp_path / "data", server).opened() as session:
            _, version = await planned(session, rehearsal=False)
            found = [problem for problem in version.problems if problem["key"] == "ollama.model.instead"]
            assert [problem["args"]["model"] for problem in found] == ["qwen2.5-coder:7b"]


async def test_a_wanted_model_without_its_tag_is_no_stand_in(tmp_path: Path) -> None:
    with OllamaServer(HelpfulBrain(), models=[OllamaModel("mine:latest")]) as server:
        async with with_ollama(tmp_path / "data", server, "ollama.default_model=mine").opened() as session:
            _, version = await planned(session, rehearsal=False)
            assert [problem for problem in version.problems if problem["key"].startswith("ollama.")] == []


async def test_ollamas_cloud_models_are_not_local_even_where_one_is_the_default(tmp_path: Path) -> None:
    with OllamaServer(HelpfulBrain(), models=[OllamaModel("big:480b-cloud")]) as server:
        async with with_ollama(tmp_path / "data", server, "ollama.default_model=big:480b-cloud").opened() as session:
            with pytest.raises(WrongMoment, match=r"models\.none"):
                await planned(session, rehearsal=False)
            assert server.requests == []

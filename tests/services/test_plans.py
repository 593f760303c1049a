"""Drafts are edited and answered, one is signed, and what was signed cannot be changed behind the person's back."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.errors import GraphError, InvalidInput, PlanError, UnknownThing, WrongMoment
from orchestra_desktop.domain.events import PlanApproved
from orchestra_desktop.domain.plan import Plan, PlanState, plan_from_json, plan_hash, plan_json
from orchestra_desktop.domain.projects import Project, ProjectState
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.services.session import Session
from tests.fakes import ClaudeServer, Gate
from tests.services.house import (
    HeldBrain,
    House,
    Watch,
    approved,
    events_of,
    is_work,
    new_project,
    planned,
    run,
    types_of,
    with_claude,
)


async def _states(session: Session, project: Project) -> list[str]:
    return [version.state.value for version in await session.plans.versions(project)]


# -- drafts ---------------------------------------------------------------------------------------------------------


async def test_an_edit_changes_the_draft_in_place_and_its_hash(house: House) -> None:
    async with house.opened() as session:
        project, before = await planned(session)
        after = await session.plans.edit(project, before.plan.tasks[0].title.upper(), {"title": "New", "priority": 1})
        assert (after.number, after.plan.tasks[0].title, after.plan.tasks[0].priority) == (1, "New", 1)
        assert after.hash == plan_hash(after.plan) != before.hash
        assert await session.plans.versions(project) == [after]
        assert (await types_of(session, project))[-1] == "PlanEdited"


async def test_a_plan_is_put_back_in_place_of_the_one_that_was_meant_and_of_no_other(house: House) -> None:
    async with house.opened() as session:
        project, before = await planned(session)
        after = await session.plans.edit(project, "T1", {"title": "New"})
        label = text("plan.edit_undone")
        with pytest.raises(WrongMoment, match=r"plan\.is_another"):
            await session.plans.replace(project, after.plan, label, instead_of=before.hash)
        back = await session.plans.replace(project, before.plan, label, instead_of=after.hash)
        assert (back.number, back.plan, back.hash) == (before.number, before.plan, before.hash)
        assert (await types_of(session, project))[-1] == "PlanEdited"


async def test_a_rejected_draft_stays_to_be_read_and_counts_no_more(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
        draft = await session.plans.edit(project, "T1", {"title": "New"})
        rejected = await session.plans.reject(project)
        assert (rejected.number, rejected.state, rejected.plan) == (draft.number, PlanState.REJECTED, draft.plan)
        assert (await session.plans.newest(project)).state is PlanState.APPROVED
        assert (await types_of(session, project))[-1] == "PlanRejected"
        for verb in (session.plans.approve, session.plans.reject):
            with pytest.raises(WrongMoment, match=r"plan\.no_draft"):
                await verb(project, draft.number)


async def test_another_plan_can_be_asked_for_when_all_were_rejected(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        await session.plans.reject(project)
        with pytest.raises(WrongMoment, match=r"plan\.none"):
            await session.plans.edit(project, "T1", {"title": "New"})
        again = await session.plans.propose(project, lambda _piece: None, comment="Otherwise")
        assert (again.number, again.state) == (2, PlanState.DRAFT)


async def test_an_edit_of_an_approved_plan_is_a_new_draft_and_what_was_signed_stays(house: House) -> None:
    async with house.opened() as session:
        project = await approved(session)
        signed = await session.plans.approved(project)
        draft = await session.plans.edit(project, "T1", {"title": "New"})
        assert (draft.number, draft.state, draft.ceiling) == (2, PlanState.DRAFT, None)
        assert await session.plans.approved(project) == signed
        assert (await session.plans.newest(project)).number == 2
        assert (await session.projects.find(project.id)).state is ProjectState.READY
        assert await run(session, project) is RunStateName.FINISHED
        row = await session.runs.newest(project)
        assert row is not None
        assert row.plan_number == 1


async def test_an_edit_builds_on_what_counts_and_not_on_a_newer_version_that_was_passed_over(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        await session.plans.propose(project, lambda _progress: None)
        await session.plans.approve(project, 1)
        assert await _states(session, project) == ["approved", "superseded"]
        assert (await session.plans.newest(project)).number == 1
        assert (await session.plans.edit(project, "T1", {"title": "On the first"})).number == 3


@pytest.mark.parametrize(
    ("changes", "kind", "key"),
    [
        ({}, InvalidInput, "edit.nothing"),
        ({"id": "T9"}, InvalidInput, "edit.unknown_field"),
        ({"known_tools": ["x"]}, InvalidInput, "edit.unknown_field"),
        ({"plan": 1}, InvalidInput, "edit.unknown_field"),
        ({"task_id": "T2"}, InvalidInput, "edit.unknown_field"),
        ({"title": ""}, InvalidInput, "edit.bad_value"),
        ({"title": None}, InvalidInput, "edit.bad_value"),
        ({"priority": True}, InvalidInput, "edit.bad_value"),
        ({"depends_on": "T2"}, InvalidInput, "edit.bad_value"),
        ({"depends_on": ["T1"]}, GraphError, "graph.self_dependency"),
        ({"depends_on": ["T2"]}, GraphError, "graph.cycle"),
        ({"tools_needed": ["rm"]}, InvalidInput, "edit.unknown_tool"),
        ({"model_tier": "dear"}, InvalidInput, "edit.bad_value"),
    ],
)
async def test_an_edit_that_cannot_be_changes_nothing(
    house: House, changes: dict[str, Any], kind: type[Exception], key: str
) -> None:
    async with house.opened() as session:
        project, before = await planned(session)
        assert "T1" in before.plan.tasks[1].depends_on
        with pytest.raises(kind, match=key.replace(".", r"\.")):
            await session.plans.edit(project, "T1", changes)
        assert await session.plans.versions(project) == [before]


async def test_edits_made_at_once_are_all_kept(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        changes: list[tuple[str, dict[str, Any]]] = [
            ("T1", {"title": "One"}),
            ("T1", {"priority": 7}),
            ("T2", {"title": "Two"}),
        ]
        await asyncio.gather(
            *(session.plans.edit(project, task, change) for task, change in changes),
            session.plans.answer(project, 1, "In French."),
        )
        plan = (await session.plans.newest(project)).plan
        assert (plan.tasks[0].title, plan.tasks[0].priority, plan.tasks[1].title) == ("One", 7, "Two")
        assert plan.open_questions[0].answer == "In French."


async def test_answers_go_into_the_draft_and_an_empty_one_takes_the_proposal_back(house: House) -> None:
    async with house.opened() as session:
        project, before = await planned(session)
        answered = await session.plans.answer(project, 1, "  In French.\x1b ")
        assert answered.plan.open_questions[0].answer == "In French."
        assert answered.hash != before.hash
        assert (await session.plans.answer(project, 1, " ")).hash == before.hash
        for number in (0, -1, 2, 10**9):
            with pytest.raises(UnknownThing):
                await session.plans.answer(project, number, "x")


async def test_a_project_without_a_plan_has_nothing_to_edit_answer_quote_or_approve(house: House) -> None:
    async with house.opened() as session:
        project = await new_project(session)
        for attempt in (
            session.plans.edit(project, "T1", {"title": "x"}),
            session.plans.answer(project, 1, "x"),
            session.plans.newest(project),
            session.plans.approve(project),
            run(session, project),
        ):
            with pytest.raises(WrongMoment):
                await attempt


# -- approving ------------------------------------------------------------------------------------------------------


async def test_approving_signs_by_content_with_the_quotes_ceiling_and_proposed_answers(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project, draft = await planned(session, rehearsal=False)
            quoted = await session.plans.quote(project, draft)
            signed, at_signing = await session.plans.approve(project)
            assert signed.state is PlanState.APPROVED
            assert signed.ceiling == at_signing.ceiling >= quoted.p90 > 0
            assert [q.answer for q in signed.plan.open_questions] == [
                q.proposed_answer for q in draft.plan.open_questions
            ]
            event = (await events_of(session, project))[-1].event
            assert isinstance(event, PlanApproved)
            assert (event.hash, event.ceiling) == (plan_hash(signed.plan), signed.ceiling)
            assert (await session.projects.find(project.id)).state is ProjectState.READY


async def test_a_ceiling_of_ones_own_is_signed_instead_and_cannot_be_negative(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        with pytest.raises(InvalidInput, match=r"amount\.negative"):
            await session.plans.approve(project, ceiling=-1)
        assert await _states(session, project) == ["draft"]
        signed, _ = await session.plans.approve(project, ceiling=0)
        assert signed.ceiling == 0


async def test_approving_twice_signs_once(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        both = await asyncio.gather(
            session.plans.approve(project), session.plans.approve(project), return_exceptions=True
        )
        assert sorted(type(came).__name__ for came in both) == ["WrongMoment", "tuple"]
        with pytest.raises(WrongMoment, match=r"plan\.no_draft"):
            await session.plans.approve(project)
        assert (await types_of(session, project)).count("PlanApproved") == 1


async def test_an_edit_at_the_moment_of_signing_is_either_in_the_signed_plan_or_a_new_draft(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        came = await asyncio.gather(
            session.plans.approve(project),
            session.plans.edit(project, "T1", {"title": "Changed"}),
            return_exceptions=True,
        )
        versions = await session.plans.versions(project)
        assert versions[-1].plan.tasks[0].title == "Changed"
        if isinstance(came[0], WrongMoment):
            assert came[0].text.key == "plan.changed_meanwhile"
            assert [version.state for version in versions] == [PlanState.DRAFT]
        else:
            assert [version.state for version in versions] == [PlanState.APPROVED, PlanState.DRAFT]


async def test_the_nth_draft_can_be_signed_and_all_others_are_superseded(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        for _ in range(2):
            await session.plans.propose(project, lambda _progress: None)
        with pytest.raises(WrongMoment, match=r"plan\.no_draft"):
            await session.plans.approve(project, 4)
        signed, _ = await session.plans.approve(project, 2)
        assert signed.number == 2
        assert await _states(session, project) == ["superseded", "approved", "superseded"]
        for number in (1, 2, 3):
            with pytest.raises(WrongMoment, match=r"plan\.no_draft"):
                await session.plans.approve(project, number)


async def test_a_task_that_no_model_may_do_keeps_the_plan_from_being_signed(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project, _ = await planned(session, rehearsal=False)
            await session.plans.edit(project, "T1", {"local_only": True})
            with pytest.raises(PlanError, match=r"route\.no_local_model"):
                await session.plans.approve(project)
            assert await _states(session, project) == ["draft"]


async def test_a_plan_is_not_replaced_while_its_run_goes_on_but_may_be_edited(tmp_path: Path) -> None:
    gate = Gate()
    with ClaudeServer(HeldBrain(gate, is_work)) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            project = await approved(session, rehearsal=False)
            watch = Watch(session)
            running = asyncio.gather(run(session, project))
            await watch.wait_for("CallReserved")
            draft = await session.plans.edit(project, "T1", {"title": "Next time"})
            with pytest.raises(WrongMoment, match=r"plan\.run_goes_on"):
                await session.plans.approve(project)
            assert await _states(session, project) == ["approved", "draft"]
            gate.open()
            assert list(await running) == [RunStateName.FINISHED]
            row = await session.runs.newest(project)
            assert row is not None
            assert (await session.runs.state(row)).spec.plan.tasks[0].title != "Next time"
            signed, _ = await session.plans.approve(project)
            assert (signed.number, signed.plan.tasks[0].title) == (draft.number, "Next time")


# -- behind the person's back ---------------------------------------------------------------------------------------


def _tampered(plan: Plan) -> Plan:
    data = plan_json(plan)
    data["tasks"][0]["description"] = "Delete everything."
    return plan_from_json(data)


@pytest.mark.parametrize("also_the_hash", [False, True])
async def test_a_plan_that_was_changed_in_the_database_after_it_was_signed_is_not_run(
    house: House, also_the_hash: bool
) -> None:
    async with house.opened() as session:
        project = await approved(session)
        signed = await session.plans.approved(project)
        assert signed is not None
    plan = _tampered(signed.plan)
    with sqlite3.connect(house.folder / "orchestra.db") as database:
        database.execute("UPDATE plans SET plan = ? WHERE project = ?", (json.dumps(plan_json(plan)), project.id))
        if also_the_hash:
            database.execute("UPDATE plans SET hash = ? WHERE project = ?", (plan_hash(plan), project.id))
    database.close()
    async with house.opened() as session:
        found = await session.plans.approved(project)
        assert found is not None
        assert found.plan == plan  # the database really says so now
        with pytest.raises(WrongMoment, match=r"plan\.hash_differs"):
            await run(session, project)
        assert await session.runs.newest(project) is None
        assert "RunStarted" not in await types_of(session, project)

"""Money: reports that equal the ledger, and caps that count at once, survive a restart and never half-change."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import (
    InvalidInput,
    InvalidSettings,
    StorageUnavailable,
    UnknownThing,
    WrongMoment,
)
from orchestra_desktop.domain.events import CapChanged
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LedgerLine
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.services.money import GROUPINGS, UsageSum
from orchestra_desktop.services.session import Session
from tests.fakes import ClaudeServer, Fault, FaultScript, HelpfulBrain
from tests.services.house import NANO, House, approved, events_of, new_project, planned, run, tasks, with_claude


def _file(house: House) -> dict[str, object]:
    content = json.loads((house.folder / "settings.json").read_text("utf-8"))
    return dict(content["budget"])


async def _caps(session: Session, project: Project | None = None) -> tuple[int | None, int | None, int | None]:
    caps = await session.money.caps(project)
    return caps.daily, caps.monthly, caps.project


def _in_force(session: Session, project: Project) -> tuple[int | None, int | None, int | None]:
    """What the next reservation is held against."""
    limits = session.context.writer.limits
    return limits.daily, limits.monthly, limits.project_cap(project.id)


# -- reports --------------------------------------------------------------------------------------------------------


def _counted(lines: list[LedgerLine]) -> dict[str, int]:
    """The sums written once more, by the words of cli.md."""
    paid = [line.settled for line in lines if line.settled is not None and line.settled.state == "charged"]
    used = [settled.usage for settled in paid if settled.usage is not None]
    return {
        "charged": sum(settled.charged for settled in paid),
        "unconfirmed": sum(line.opened.reserved for line in lines if line.state == "unconfirmed"),
        "calls": len(lines),
        "input_tokens": sum(usage.input_tokens for usage in used),
        "output_tokens": sum(usage.output_tokens for usage in used),
        "cache_read_tokens": sum(usage.cache_read_tokens for usage in used),
        "cache_write_5m_tokens": sum(usage.cache_write_5m_tokens for usage in used),
        "cache_write_1h_tokens": sum(usage.cache_write_1h_tokens for usage in used),
    }


def _fields(found: UsageSum) -> dict[str, int]:
    return {name: getattr(found, name) for name in _counted([])}


async def test_every_grouping_adds_up_to_the_ledger_and_the_ledger_to_the_bill(tmp_path: Path) -> None:
    faults = FaultScript([None, None, Fault.RESET_IN_STREAM, Fault.OVERLOADED])
    with ClaudeServer(HelpfulBrain(think=True), faults=faults) as server:
        async with with_claude(tmp_path / "data", server).opened() as session:
            paid = await approved(session, tasks(4), rehearsal=False)
            free = await approved(session)
            await asyncio.gather(run(session, paid), run(session, free))
            for by, key in GROUPINGS.items():
                report = await session.money.usage(by)
                lines = list(report.lines)
                assert _fields(report.total) == _counted(lines)
                assert [row.key for row in report.rows] == sorted({key(line) for line in lines})
                for row in report.rows:
                    assert _fields(row) == _counted([line for line in lines if key(line) == row.key])
            assert report.total.charged == server.billed_complete
            assert report.total.charged + report.total.unconfirmed >= server.billed
            assert report.total.unconfirmed > 0
            of_one = await session.money.usage(project=paid.id)
            assert {line.opened.project for line in of_one.lines} == {paid.id}
            balance = await session.money.project_balance(paid.id)
            assert (balance.charged, balance.unconfirmed) == (of_one.total.charged, of_one.total.unconfirmed)
            assert (await session.money.project_charges([paid.id, free.id])) == {
                paid.id: of_one.total.charged,
                free.id: 0,
            }
            ran = await session.runs.newest(paid)
            assert ran is not None
            costs = await session.money.task_costs(paid.id, ran.run)
            planning = sum((await session.money.plan_costs(paid.id)).values())
            assert sum(costs.values()) + planning == of_one.total.charged
            standing = session.money.standing(paid, ran)
            assert standing.today.counted == standing.month.counted == report.total.charged + report.total.unconfirmed
            assert standing.project == balance


async def test_another_grouping_is_refused_by_name(house: House) -> None:
    async with house.opened() as session:
        with pytest.raises(InvalidInput, match=r"usage\.unknown_grouping"):
            await session.money.usage("colour")
        assert (await session.money.usage()).total == UsageSum()


# -- caps -----------------------------------------------------------------------------------------------------------


async def test_caps_go_into_the_file_count_at_once_and_survive_a_restart(house: House) -> None:
    async with house.opened() as session:
        project = await new_project(session)
        assert await _caps(session) == (5 * NANO, 50 * NANO, 10 * NANO)
        await session.money.change_caps({CapKind.DAILY: 1, CapKind.MONTHLY: None, CapKind.PROJECT: 0})
        assert await _caps(session, project) == _in_force(session, project) == (1, None, 0)
        assert (_file(house)["daily"], _file(house)["monthly"], _file(house)["project"]) == (
            "0.000000001",
            None,
            "0.00",
        )
        changes = [e.event for e in await events_of(session) if isinstance(e.event, CapChanged)]
        assert changes == [
            CapChanged(CapKind.DAILY, 5 * NANO, 1),
            CapChanged(CapKind.MONTHLY, 50 * NANO, None),
            CapChanged(CapKind.PROJECT, 10 * NANO, 0),
        ]
    async with house.opened() as session:
        assert await _caps(session, project) == _in_force(session, project) == (1, None, 0)


async def test_a_projects_own_cap_is_kept_with_it_and_is_nobody_elses(house: House) -> None:
    async with house.opened() as session:
        project, other = await new_project(session), await new_project(session)
        await session.money.change_caps({CapKind.PROJECT: 7, CapKind.DAILY: 9}, project)
        assert "project" not in _file(house)
        again = await session.projects.find(project.id)
        assert await _caps(session, again) == _in_force(session, project) == (9, 50 * NANO, 7)
        assert _in_force(session, other) == (9, 50 * NANO, 10 * NANO)
        own = [e.scope.project for e in await events_of(session) if e.type == "CapChanged"]
        assert sorted(str(scope) for scope in own) == sorted(["None", project.id])
        await session.money.change_caps({CapKind.PROJECT: 3})  # everybody's, but of who has one
        assert (_in_force(session, project)[2], _in_force(session, other)[2]) == (7, 3)
    async with house.opened() as session:
        assert (_in_force(session, project)[2], _in_force(session, other)[2]) == (7, 3)
        await session.money.change_caps({CapKind.PROJECT: None}, await session.projects.find(project.id))
        assert _in_force(session, project)[2] is None


async def test_a_cap_that_is_changed_while_a_plan_is_made_is_not_forgotten(house: House) -> None:
    async with house.opened() as session:
        project, _ = await planned(session)
        asking = asyncio.gather(session.plans.propose(project, lambda _progress: None))
        await asyncio.sleep(0)
        await session.money.change_caps({CapKind.PROJECT: 7}, project)
        await asking
        await session.plans.approve(project)
    async with house.opened() as session:
        assert _in_force(session, project)[2] == 7
        assert (await session.projects.find(project.id)).overrides == {"budget": {"project": 7}}


async def test_what_was_set_for_this_process_stays_in_force_while_the_file_changes(house: House) -> None:
    async with house.opened("budget.daily=1.00") as session:
        project = await new_project(session)
        await session.money.change_caps({CapKind.DAILY: 9 * NANO, CapKind.MONTHLY: 8 * NANO})
        assert _in_force(session, project)[:2] == (1 * NANO, 8 * NANO)
        assert (await _caps(session))[:2] == (1 * NANO, 8 * NANO)
        assert (_file(house)["daily"], _file(house)["monthly"]) == ("9.00", "8.00")
    async with house.opened() as session:
        assert (await _caps(session))[:2] == (9 * NANO, 8 * NANO)


async def test_with_an_invalid_file_no_cap_changes_and_the_file_stays_as_it_is(house: House) -> None:
    house.folder.mkdir()
    path = house.folder / "settings.json"
    path.write_text('{"version": 1, "budget": {"daily": "lots"}, "unknown": 1}', "utf-8")
    before = path.read_bytes()
    async with house.opened() as session:
        project = await new_project(session)
        assert "settings.not_an_amount" in [notice.key for notice in session.notices]
        for of in (None, project):
            with pytest.raises(InvalidSettings):
                await session.money.change_caps({CapKind.PROJECT: 1, CapKind.MONTHLY: 1}, of)
        assert _in_force(session, project) == (5 * NANO, 50 * NANO, 10 * NANO)
        assert [e for e in await events_of(session) if e.type == "CapChanged"] == []
        await session.money.change_caps({CapKind.PROJECT: 1}, project)  # which is not in the file
        assert _in_force(session, project)[2] == 1
    assert path.read_bytes() == before


@pytest.mark.parametrize("changes", [{CapKind.DAILY: -1}, {CapKind.RUN: 5}, {CapKind.DAILY: 1, CapKind.PROJECT: -5}])
async def test_what_is_no_cap_is_refused_and_nothing_changes(house: House, changes: dict[CapKind, int | None]) -> None:
    async with house.opened() as session:
        project = await new_project(session)
        for of in (None, project):
            with pytest.raises(InvalidInput):
                await session.money.change_caps(changes, of)
        assert _in_force(session, project) == (5 * NANO, 50 * NANO, 10 * NANO)
        assert "daily" not in _file(house)


async def test_a_file_that_cannot_be_written_is_named_and_the_caps_stay(tmp_path: Path, house: House) -> None:
    async with house.opened() as session:
        project = await new_project(session)
        path = house.folder / "settings.json"
        path.unlink()
        path.mkdir()  # what is no file can be neither read nor replaced
        with pytest.raises((StorageUnavailable, InvalidSettings)) as refused:
            await session.money.change_caps({CapKind.DAILY: 1})
        assert str(path) in str(refused.value.text.args.values())
        assert _in_force(session, project) == (5 * NANO, 50 * NANO, 10 * NANO)
        path.rmdir()


# -- what nobody knows ----------------------------------------------------------------------------------------------


async def test_an_unconfirmed_amount_is_taken_back_by_a_person_alone_and_once(tmp_path: Path) -> None:
    faults = FaultScript([None, Fault.RESET_IN_STREAM])
    with ClaudeServer(faults=faults) as server:
        house = with_claude(tmp_path / "data", server)
        async with house.opened() as session:
            project = await approved(session, tasks(2, files=False), rehearsal=False)
            await run(session, project)
            (lost,) = [line for line in (await session.money.usage()).lines if line.state == "unconfirmed"]
            ran = await session.runs.newest(project)
            before = session.money.standing(project, ran)
            came = await asyncio.gather(
                session.money.release(lost.opened.call),
                session.money.release(lost.opened.call),
                return_exceptions=True,
            )
            assert sorted(type(one).__name__ for one in came) == ["NoneType", "WrongMoment"]
            after = session.money.standing(project, ran)
            for was, now in (
                (before.today, after.today),
                (before.month, after.month),
                (before.project, after.project),
                (before.run, after.run),
            ):
                assert was is not None
                assert now is not None
                assert (was.unconfirmed - now.unconfirmed, was.charged) == (lost.opened.reserved, now.charged)
            paid = next(line for line in (await session.money.usage()).lines if line.state == "charged")
            with pytest.raises(WrongMoment):
                await session.money.release(paid.opened.call)
            with pytest.raises(UnknownThing):
                await session.money.release(CallId("nobody"))
        async with house.opened() as session:  # the stored sums say the same
            assert session.money.standing(project, ran) == after
            assert (await session.money.usage()).total.unconfirmed == 0
            assert await session.context.archive.check() == ()

"""Which runs a start tells of: those that were broken off and that nothing newer has taken the place of."""

from __future__ import annotations

from pathlib import Path

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.engine.stimuli import RetryTask
from orchestra_desktop.services.session import Session
from orchestra_desktop.viewmodels.interruptions import read_interruptions, taken_up
from tests.services.house import House, approved, events_of, run


async def _broken_off(session: Session) -> Project:
    """Ended, and opened again by a decision that nobody has carried out."""
    project = await approved(session)
    await run(session, project)
    row = await session.runs.newest(project)
    assert row is not None
    await session.runs.decide(row, RetryTask(TaskId("T1")))
    return project


async def test_a_run_that_was_broken_off_is_told_with_how_far_it_had_come(tmp_path: Path) -> None:
    async with House(tmp_path).opened() as session:
        finished = await approved(session)
        await run(session, finished)
        assert await read_interruptions(session) == []
        project = await _broken_off(session)
        (found,) = await read_interruptions(session)
        assert (found.project, found.name, found.unconfirmed) == (project.id, project.name, 0)
        assert 0 <= found.done < found.tasks


async def test_one_that_a_newer_approval_has_superseded_is_not(tmp_path: Path) -> None:
    async with House(tmp_path).opened() as session:
        project = await _broken_off(session)
        await session.plans.propose(project, lambda _piece: None)
        await session.plans.approve(project)
        assert await session.runs.next_up(project) is None
        assert await read_interruptions(session) == []


async def test_going_on_ends_what_is_told_of_it(tmp_path: Path) -> None:
    async with House(tmp_path).opened() as session:
        project = await _broken_off(session)
        (found,) = await read_interruptions(session)
        before = len(await events_of(session, project))
        await run(session, project)
        assert taken_up((await events_of(session, project))[before:]) == {found.run}
        assert await read_interruptions(session) == []

"""The live model: current after every event, and the same as what a fresh reading of the archive would show."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

from orchestra_desktop.app import App
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ids import RunId
from orchestra_desktop.domain.ports import Archive, EventFilter
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.run_choice import RunChoice
from orchestra_desktop.services.session import Session
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.viewmodels.task_board import TaskBoard
from orchestra_desktop.viewmodels.workspace import Topic, Workspace

WISHES = "1. A file hello.py that prints hello\n2. A page README.md that says how it is started\n"


class Listener:
    """Keeps the topics that were told, and whether something has to be read again."""

    def __init__(self) -> None:
        self.topics: list[Topic] = []
        self.stale = 0

    def on_change(self, topic: Topic) -> None:
        self.topics.append(topic)

    def on_stale(self) -> None:
        self.stale += 1


async def _session(folder: Path) -> Session:
    return await App(StartOptions(data_dir=folder, offline=True)).writing()


async def _planned(session: Session) -> Project:
    project = await session.projects.create(NewProject(WISHES, name="hello", rehearsal=True))
    await session.plans.propose(project, lambda _: None)
    await session.plans.approve(project)
    return project


async def test_a_run_is_followed_to_its_end_as_the_archive_has_it(tmp_path: Path) -> None:
    session = await _session(tmp_path)
    heard = Listener()
    workspace = Workspace(heard.on_change, heard.on_stale)
    try:
        project = await _planned(session)
        await workspace.open(session)
        await workspace.choose(project.id)
        assert workspace.situation().new_approval
        await session.runs.run(project, RunChoice(), lambda *_: None)
        await workspace.refresh()
        assert workspace.board is not None
        assert workspace.run is not None
        fresh = TaskBoard(workspace.versions[-1].plan)
        fresh.fold(await session.context.archive.events(EventFilter(run=workspace.run.run)))
        assert workspace.board.rows == fresh.rows
        assert workspace.counts() == fresh.counts
        assert {row.state for row in fresh.rows.values()} == {TaskState.SUCCEEDED}
        assert {Topic.EVENTS, Topic.RUN, Topic.MONEY} <= set(heard.topics)
        assert heard.stale > 0
    finally:
        workspace.close()
        await session.close()


async def test_a_run_that_comes_to_a_standstill_by_its_last_task_is_read_again(tmp_path: Path) -> None:
    """T1 asks before it starts, T2 runs meanwhile; the end of T2 tells of T2 alone."""
    session = await _session(tmp_path)
    try:
        project = await session.projects.create(NewProject("1. One\n2. Two\n", name="two", rehearsal=True))
        await session.plans.propose(project, lambda _: None)
        await session.plans.edit(project, "T1", {"ask_before": True})
        await session.plans.edit(project, "T2", {"depends_on": []})
        await session.plans.approve(project)
        async with asyncio.TaskGroup() as group:

            def on_stale() -> None:
                group.create_task(workspace.refresh())

            workspace = Workspace(Listener().on_change, on_stale)
            await workspace.open(session)
            await workspace.choose(project.id)
            await session.runs.run(project, RunChoice(), lambda *_: None)
        assert workspace.run is not None
        assert workspace.run.state is RunStateName.NEEDS_PERSON
        workspace.close()
    finally:
        await session.close()


class SlowArchive:
    """Reads of a run's events answer with its first half; `meanwhile` hears the rest before the answer is there."""

    def __init__(self, real: Archive, meanwhile: Callable[[Sequence[Stored]], None]) -> None:
        self._real = real
        self._meanwhile = meanwhile

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    async def events(self, which: EventFilter) -> Sequence[Stored]:
        stored = await self._real.events(which)
        if which.run is None:
            return stored
        half = len(stored) // 2
        self._meanwhile(stored[half - 2 :])  # two of them are in the answer too
        return stored[:half]


async def test_events_that_come_while_the_rows_are_read_count_once(tmp_path: Path) -> None:
    session = await _session(tmp_path)
    heard = Listener()
    try:
        project = await _planned(session)
        await session.runs.run(project, RunChoice(), lambda *_: None)
        row = await session.runs.newest(project)
        assert row is not None
        fresh = TaskBoard((await session.plans.versions(project))[-1].plan)
        fresh.fold(await session.context.archive.events(EventFilter(run=row.run)))
        workspace = Workspace(heard.on_change, heard.on_stale)
        session.context.archive = cast("Archive", SlowArchive(session.context.archive, workspace.take))
        await workspace.open(session)
        await workspace.choose(project.id)
        assert workspace.board is not None
        assert workspace.board.rows == fresh.rows
        assert workspace.board.counts == fresh.counts
        workspace.close()
    finally:
        await session.close()


async def test_another_projects_events_leave_the_picked_one_alone(tmp_path: Path) -> None:
    session = await _session(tmp_path)
    heard = Listener()
    workspace = Workspace(heard.on_change, heard.on_stale)
    try:
        first, second = await _planned(session), await _planned(session)
        await workspace.open(session)
        await workspace.choose(first.id)
        before = len(workspace.events)
        await session.runs.run(second, RunChoice(), lambda *_: None)
        await workspace.refresh()
        assert len(workspace.events) == before
        assert workspace.run is None
        assert workspace.board is None
        assert workspace.situation().run is None
        assert workspace.situation().task is None
        assert RunId("") not in session.runs.live
    finally:
        workspace.close()
        await session.close()

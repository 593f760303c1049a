"""What the display folds from the events of a real run is what the run's own state says."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from orchestra_desktop.domain.ports import EventFilter
from orchestra_desktop.services.overview import Overview, overview
from orchestra_desktop.services.session import StartOptions
from orchestra_desktop.viewmodels.task_board import TaskBoard
from tests.cli.shell import HurriedApp, Shell


def _decided(folder: Path) -> str:
    """A run with a retry, a skip, a cancelled task and what is blocked behind it."""
    shell = Shell(folder)
    project = shell.ready()
    shell.good("run", project, "--only", "T3")
    shell.good("retry", project, "T3", "--guidance", "shorter", "--tier", "opus")
    shell.good("cancel", project, "T1")
    assert shell("run", project).code == 1
    return project


@pytest.fixture
def project(tmp_path: Path) -> str:
    return _decided(tmp_path)


def test_the_board_agrees_with_the_state(project: str, tmp_path: Path) -> None:
    async def look() -> tuple[Overview, TaskBoard]:
        session = await HurriedApp(StartOptions(data_dir=tmp_path)).reading()
        try:
            view = await overview(session, await session.projects.find(project))
            assert view.version is not None
            assert view.row is not None
            board = TaskBoard(view.version.plan)
            board.fold(await session.context.archive.events(EventFilter(run=view.row.run)))
            return view, board
        finally:
            await session.close()

    view, board = asyncio.run(look())
    assert view.state is not None
    assert board.counts == view.state.counts
    assert board.finished is view.state.finished
    for name, record in view.state.tasks.items():
        row = board.rows[name]
        assert (row.state, row.attempts, row.reason) == (record.state, record.attempt, record.reason)
        assert (row.started_at, row.finished_at) == (record.started_at, record.finished_at)
        assert row.charged == view.costs.get(name, 0)
        assert row.attempts == 0 or row.tier == record.route.tier.value

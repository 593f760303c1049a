"""A run that stands: the header says how, with its money; a decision about a task reopens it and it goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.run.run_header import RunHeader
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.ui.driving import opened, sample_planned, until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of
from tests.ui.stories.bands import notices
from tests.ui.stories.hands import Eyes

_CTRL = Qt.KeyboardModifier.ControlModifier
_SHIFT = Qt.KeyboardModifier.ShiftModifier


def _header(program: WindowProgram) -> RunHeader:
    program.window.show_place("run", "table")
    header = program.window.findChild(RunHeader)
    assert header is not None
    return header


def _says(program: WindowProgram, state: str) -> bool:
    return _header(program).state.accessibleName() == state


async def test_the_last_task_that_ends_leaves_a_run_that_needs_you(qapp: QApplication, tmp_path: Path) -> None:
    """T2 asks while the others run; when the last of them ends nothing announces that the run stands."""
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program, T2=True)
            _header(program)
            await running_until(program, lambda: _says(program, "needs you"))
            await until(program, lambda: program.context.workspace.live_runs == 0)
            work = program.context.workspace
            assert work.run is not None
            assert work.run.state == "needs_person"
            assert _header(program).held.text() == ""
            assert not _header(program).answer.isHidden()


async def test_at_a_cap_the_header_says_so_and_names_what_is_held_no_more(qapp: QApplication, tmp_path: Path) -> None:
    with ClaudeServer(StageBrain(), api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program, ceiling=2_000_000)
            header = _header(program)
            await running_until(program, lambda: _says(program, "at a cap"))
            await until(program, lambda: program.context.workspace.live_runs == 0)
            await until(program, lambda: header.held.text() == "")
            assert " of " in header.money.text()
            assert program.context.workspace.money is not None
            assert program.context.workspace.money.run is not None
            assert program.context.workspace.money.run.open == 0


async def test_paused_while_nothing_runs_is_said_and_gone_on_from(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with ClaudeServer(brain, api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            header = _header(program)
            await running_until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            program.context.do("run.pause")
            await until(program, lambda: _says(program, "paused"))
            brain.gate.open()
            await until(program, lambda: not program.context.workspace.counts()[TaskState.RUNNING])
            assert _says(program, "paused")
            await until(program, lambda: "held" not in header.held.text())
            program.context.do("run.resume")
            await until(program, lambda: _says(program, "finished"))


async def _failed(program: WindowProgram) -> None:
    """Ended with failures: T9 was refused, and a person let it fail."""
    await approved(program)
    await running_until(program, lambda: state_of(program, "T9") is TaskState.NEEDS_PERSON)
    await until(program, lambda: program.context.workspace.live_runs == 0)
    program.window.show_place("inbox")
    (await Eyes(program).see("Let it fail", QPushButton)).click()  # type: ignore[attr-defined]  # found as a button
    await until(program, lambda: _says(program, "finished with failures"))
    await until(program, lambda: program.context.workspace.live_runs == 0)
    program.context.selection.pick(TaskId("T9"))


async def test_ctrl_r_in_a_run_that_ended_with_failures_tries_the_task_again_and_goes_on(
    qapp: QApplication, tmp_path: Path
) -> None:
    brain = StageBrain()
    brain.refused = ("hyphenated",)
    with ClaudeServer(brain, api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await _failed(program)
            asked = len(server.requests)
            brain.refused = ()
            QTest.keyClick(program.window, Qt.Key.Key_R, _CTRL)
            await until(program, lambda: _says(program, "finished"))
            assert state_of(program, "T9") is TaskState.SUCCEEDED
            assert all("hyphenated" in str(seen.body["messages"]) for seen in server.requests[asked:])


async def test_skipping_frees_what_stood_behind_a_failure_and_the_run_goes_on(
    qapp: QApplication, tmp_path: Path
) -> None:
    brain = StageBrain()
    brain.refused = ("hyphenated",)
    with ClaudeServer(brain, api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await _failed(program)
            QTest.keyClick(program.window, Qt.Key.Key_S, _CTRL | _SHIFT)
            await until(program, lambda: _says(program, "finished"))
            assert state_of(program, "T9") is TaskState.SKIPPED


@pytest.mark.parametrize("verb", ["task.retry", "task.skip", "task.accept"])
async def test_a_task_that_asks_in_a_standing_run_is_decided_and_the_run_goes_on(
    qapp: QApplication, tmp_path: Path, verb: str
) -> None:
    brain = StageBrain()
    brain.refused = ("hyphenated",)
    with ClaudeServer(brain, api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            await running_until(program, lambda: state_of(program, "T9") is TaskState.NEEDS_PERSON)
            await until(program, lambda: program.context.workspace.live_runs == 0)
            program.context.selection.pick(TaskId("T9"))
            brain.refused = ()
            await until(program, lambda: program.context.registry.can(verb))
            program.context.do(verb)
            await until(program, lambda: _says(program, "finished"))
            assert state_of(program, "T9") in {TaskState.SUCCEEDED, TaskState.SKIPPED}


async def test_tasks_of_a_plan_that_was_superseded_never_run_again(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        program.context.do("plan.approve_and_run")
        work = program.context.workspace
        await until(program, lambda: work.run is not None and work.run.state == "finished" and not work.is_live)
        program.context.selection.pick(TaskId("T1"))
        await until(program, lambda: program.context.registry.can("task.retry"))
        session, project = program.context.session, work.project
        assert project is not None
        await session.plans.propose(project, lambda _piece: None)
        await session.plans.approve(project)
        await until(program, lambda: not program.context.registry.can("task.retry"))
        assert len(await session.context.archive.runs(project.id)) == 1
        assert "Kept" not in notices(program)


async def test_a_double_click_on_approve_and_run_makes_one_run(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        program.window.show_place("run", "plan")
        button = await Eyes(program).see("Approve and run", QPushButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        QTest.mouseDClick(button, Qt.MouseButton.LeftButton)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(program, lambda: _says(program, "finished"))
        await until(program, lambda: program.context.workspace.live_runs == 0)
        session, project = program.context.session, program.context.workspace.project
        assert project is not None
        assert len(await session.context.archive.runs(project.id)) == 1
        assert [one.words for one in program.notices.history if one.tone == "error"] == []

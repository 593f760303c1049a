"""Closing the window while a run goes on: asked once, the answer honoured, and taken up again by the next start."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.dialogs import Question
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.shell.status_bar import StatusBar
from orchestra_desktop.ui.widgets.labels import money
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.ui.driving import until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of
from tests.ui.stories.bands import answered, notices, press, see_band, see_no_band, see_question, words_of

ASKED = "A run is going on"
CLOSING = "Closing once the open requests are answered"
OTHERS = [f"T{number}" for number in range(1, 13) if number != 10]


@pytest.fixture
def brain() -> StageBrain:
    brain = StageBrain()
    brain.held = ("CHANGES",)
    return brain


@pytest.fixture
def server(brain: StageBrain) -> Iterator[ClaudeServer]:
    with ClaudeServer(brain, api_key=KEY) as server:
        yield server


@contextlib.asynccontextmanager
async def _all_but_one_done(
    qapp: QApplication, folder: Path, server: ClaudeServer, *settings: str
) -> AsyncIterator[WindowProgram]:
    """Eleven of twelve tasks have ended; the request of T10 waits for its answer."""
    async with staged(qapp, folder, server, *settings) as program:
        await approved(program)
        done = TaskState.SUCCEEDED
        await running_until(program, lambda: all(state_of(program, task) is done for task in OTHERS))
        yield program


async def test_a_window_closed_twice_asks_once_and_staying_changes_nothing(
    qapp: QApplication, tmp_path: Path, brain: StageBrain, server: ClaudeServer
) -> None:
    async with _all_but_one_done(qapp, tmp_path, server) as program:
        program.window.close()
        program.window.close()
        question = await see_question(program, ASKED)
        assert len(program.window.findChildren(Question)) == 1
        press(question, "Stay here")
        await until(program, lambda: not program.bridge.is_running("window.closing"))
        assert program.window.isVisible()
        brain.gate.open()
        await until(program, lambda: program.context.workspace.live_runs == 0)
        assert state_of(program, "T10") is TaskState.SUCCEEDED


async def test_kept_in_the_background_it_runs_to_its_end_and_is_not_asked_about_again(
    qapp: QApplication, tmp_path: Path, brain: StageBrain, server: ClaudeServer
) -> None:
    async with _all_but_one_done(qapp, tmp_path, server) as program:
        program.window.close()
        await answered(program, ASKED, "Keep going in the background")
        assert "the settings can change that" in notices(program)
        program.window.raise_window()
        program.window.close()
        await until(program, lambda: not program.bridge.is_running("window.closing"))
        assert program.window.findChild(Question) is None
        assert program.window.isMinimized()
        assert not program.ended.is_set()
        brain.gate.open()
        await until(program, lambda: program.context.workspace.live_runs == 0)
        assert state_of(program, "T10") is TaskState.SUCCEEDED
        assert program.context.session.context.load_settings().appearance.close_to_tray


async def test_quitting_asks_even_where_closing_does_not(
    qapp: QApplication, tmp_path: Path, brain: StageBrain, server: ClaudeServer
) -> None:
    settings = ("appearance.close_to_tray=true", "execution.shutdown_grace_s=0")
    async with _all_but_one_done(qapp, tmp_path, server, *settings) as program:
        program.context.do("window.quit")
        said = await answered(program, ASKED, "Stop and quit")
        assert "take it up where it stands" in said
        assert "counted at what they may have cost" in said
        await program.ended.wait()
    brain.gate.open()


async def test_what_is_answered_while_the_window_closes_is_kept_and_its_price_is_known(
    qapp: QApplication, tmp_path: Path, brain: StageBrain, server: ClaudeServer
) -> None:
    async with _all_but_one_done(qapp, tmp_path, server) as program:
        program.window.close()
        question = await see_question(program, ASKED)
        assert "have 10 seconds to be answered" in words_of(question)
        press(question, "Stop and quit")
        band = await see_band(program, CLOSING)
        assert "Nothing new is sent" in words_of(band)
        assert not program.ended.is_set()
        brain.gate.open()
        await program.ended.wait()
    asked = len(server.requests)
    async with staged(qapp, tmp_path, server) as program:
        report = await program.context.session.money.usage()
        assert (report.total.charged, report.total.unconfirmed) == (server.billed, 0)
        press(await see_band(program, "The run of word counter was interrupted"), "Go on")
        await until(program, lambda: _header(program) == "finished")
        rounds = [len(seen.body["messages"]) for seen in server.requests[asked:]]
        assert rounds
        assert min(rounds) > 1, "the round that was answered is not asked for again"


async def test_stopped_and_quit_it_is_taken_up_by_the_next_start_and_nothing_is_paid_twice(
    qapp: QApplication, tmp_path: Path, brain: StageBrain, server: ClaudeServer
) -> None:
    async with _all_but_one_done(qapp, tmp_path, server) as program:
        asked = len(server.requests)
        program.window.close()
        press(await see_question(program, ASKED), "Stop and quit")
        press(await see_band(program, CLOSING), "Close now")
        await program.ended.wait()
    await asyncio.to_thread(server.wait_until_idle)
    brain.gate.open()
    async with staged(qapp, tmp_path, server) as program:
        band = await see_band(program, "The run of word counter was interrupted")
        assert len(server.requests) == asked
        program.window.show_place("run", "table")
        await until(program, lambda: _one_sum_is_shown(program))
        press(band, "Go on")
        await until(program, lambda: _header(program) == "finished")
        await see_no_band(program, "The run of word counter")
        report = await program.context.session.money.usage()
        again = [str(seen.body["messages"]) for seen in server.requests[asked:]]
        assert again
        assert all("CHANGES" in said for said in again)
        assert report.total.charged == server.billed_complete
        assert report.total.charged + report.total.unconfirmed >= server.billed


def _one_sum_is_shown(program: WindowProgram) -> bool:
    """What nobody knows the price of counts as spent, in the run's header as in the status bar."""
    header, bar = program.window.findChild(RunHeader), program.window.findChild(StatusBar)
    standing = program.context.workspace.money
    if header is None or bar is None or standing is None or standing.run is None or not standing.run.unconfirmed:
        return False
    counted = money(standing.run.charged + standing.run.unconfirmed)
    return f"{counted} of " in header.money.text() and f"Run {counted} of " in words_of(bar)


def _header(program: WindowProgram) -> str:
    header = program.window.findChild(RunHeader)
    return header.state.accessibleName() if header is not None else ""


@pytest.mark.parametrize("wanted", ["true", "false"])
async def test_whether_the_next_start_goes_on_by_itself_is_a_setting(
    qapp: QApplication, tmp_path: Path, brain: StageBrain, server: ClaudeServer, wanted: str
) -> None:
    async with _all_but_one_done(qapp, tmp_path, server):
        pass  # closed with its request open
    await asyncio.to_thread(server.wait_until_idle)
    brain.gate.open()
    async with staged(qapp, tmp_path, server, f"execution.resume_at_start={wanted}") as program:
        if wanted == "true":
            await until(program, lambda: state_of(program, "T10") is TaskState.SUCCEEDED)
            assert "word counter was interrupted and goes on" in notices(program)
        else:
            await see_band(program, "The run of word counter was interrupted")
            assert program.context.workspace.live_runs == 0

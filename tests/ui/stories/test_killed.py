"""The process is killed in the middle of a run: the next start says so, keeps what was done, and shows what it owes."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.ui.events.cost_panel import CostPanel
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.widgets.labels import money
from tests.fakes import ClaudeServer, dead_url
from tests.services.house import KEY
from tests.stories.command import KEPT, ROOT, kill
from tests.ui.driving import until
from tests.ui.stage import StageBrain, staged
from tests.ui.stories import killed_window
from tests.ui.stories.bands import press, see_band, see_no_band, see_question, words_of

HELD = "CHANGES"
OTHERS = 11


@contextmanager
def _window(folder: Path, server: ClaudeServer) -> Iterator[subprocess.Popen[str]]:
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= {"PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}
    environment |= {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": dead_url()}
    words = [sys.executable, str(killed_window.__file__), str(folder)]
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()  # harmless once it has ended


def _killed_with_one_call_in_flight(folder: Path, server: ClaudeServer) -> None:
    """Eleven tasks have been answered and one request waits when SIGKILL comes."""
    with _window(folder, server) as process:
        server.record.wait_until(lambda: _answered(server) and server.record.in_flight == 1, 60)
        kill(process)


def _answered(server: ClaudeServer) -> bool:
    last = [seen for seen in server.requests if seen.answered and seen.stop_reason == "end_turn"]
    return len(last) >= OTHERS + 1  # the plan too


async def test_after_a_kill_the_window_says_what_is_kept_and_what_is_unconfirmed(
    qapp: QApplication, tmp_path: Path
) -> None:
    brain = StageBrain()
    brain.held = (HELD,)
    with ClaudeServer(brain, api_key=KEY) as server:
        await asyncio.to_thread(_killed_with_one_call_in_flight, tmp_path, server)
        await asyncio.to_thread(server.wait_until_idle)
        brain.gate.open()
        asked = len(server.requests)
        async with staged(qapp, tmp_path, server) as program:
            band = await see_band(program, "The run of word counter was interrupted. Go on?")
            unconfirmed = (await program.context.session.money.usage()).total.unconfirmed
            assert unconfirmed > 0
            assert "of 12 tasks are done and kept" in words_of(band)
            assert f"{money(unconfirmed)} of requests that were open count as unconfirmed" in words_of(band)
            await _explained(program, unconfirmed)
            press(band, "Go on")
            await see_no_band(program, "The run of word counter")
            await until(program, lambda: _header(program).state.accessibleName() == "finished")
            assert f"unconfirmed {money(unconfirmed)}" in _header(program).held.text()
            assert "The service alone knows what they cost" in _header(program).held.toolTip()
            await _nothing_finished_was_asked_again(program, server, asked)


async def _explained(program: WindowProgram, unconfirmed: int) -> None:
    """The person asks what that means, and is shown the very requests."""
    press(await see_band(program, "The run of"), "What is unconfirmed?")
    question = await see_question(program, f"Unconfirmed: {money(unconfirmed)}")
    assert "known to the service alone" in words_of(question)
    press(question, "Show these requests")
    await until(program, lambda: not program.bridge.is_running("troubles.explain"))
    panel = program.window.findChild(CostPanel)
    assert panel is not None
    await until(program, lambda: "unconfirmed" in panel.sums.text())
    assert panel.isVisible()
    await until(program, lambda: bool(panel.table.selectionModel().selectedRows()))
    picked = panel.table.selectionModel().selectedRows()[0]
    assert panel.model.index(picked.row(), 2).data() == "unconfirmed"
    assert panel.table.visualRect(picked).isValid()


async def _nothing_finished_was_asked_again(program: WindowProgram, server: ClaudeServer, asked: int) -> None:
    lines = (await program.context.session.money.usage()).lines
    charged = {line.settled.request_id for line in lines if line.settled is not None and line.settled.charged}
    bodies = [str(seen.body["messages"]) for seen in server.requests if seen.request_id in charged]
    assert len(bodies) == len(set(bodies))
    assert len(server.requests) > asked
    report = await program.context.session.money.usage()
    assert report.total.charged + report.total.unconfirmed >= server.billed


def _header(program: WindowProgram) -> RunHeader:
    header = program.window.findChild(RunHeader)
    assert header is not None
    return header

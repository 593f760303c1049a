"""An amount that nobody has confirmed counts until a person, who has seen the bill, releases it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.events.cost_panel import CostPanel
from orchestra_desktop.ui.run.run_header import RunHeader
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.ui.driving import until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of
from tests.ui.stories.bands import press, see_question, words_of


async def test_an_unconfirmed_request_is_released_after_it_was_asked_about(qapp: QApplication, tmp_path: Path) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with ClaudeServer(brain, api_key=KEY) as server:
        async with staged(qapp, tmp_path, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            program.window.show_panel("cost")
            await running_until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            await until(program, lambda: len(server.requests) > 1)
            program.context.do("run.stop")
            await until(program, lambda: program.context.workspace.live_runs == 0)
            brain.gate.open()
            panel, header = program.window.findChild(CostPanel), program.window.findChild(RunHeader)
            assert panel is not None
            assert header is not None
            await until(program, lambda: "unconfirmed" in panel.sums.text())
            assert not panel.release.isEnabled()
            while "unconfirmed" in panel.sums.text():
                before = (await program.context.session.money.usage()).total.unconfirmed
                panel.pick_unconfirmed()
                panel.release.click()
                question = await see_question(program, "Release $")
                assert "counts against no cap any more" in words_of(question)
                press(question, "Release")
                await until(program, lambda: not panel.release.isEnabled())
                assert (await program.context.session.money.usage()).total.unconfirmed < before
            await until(program, lambda: "unconfirmed" not in header.held.text())

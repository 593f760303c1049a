"""A service goes away in the middle of a run: tasks wait with that reason, use up no retry, and go on by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.inspector.task_inspector import TaskInspector
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.shell.status_bar import ServiceDot
from orchestra_desktop.viewmodels.task_board import TaskRow
from tests.fakes import ClaudeServer, OllamaServer, dead_url
from tests.services.house import KEY
from tests.ui.driving import until
from tests.ui.stage import StageBrain, approved, lived_in, running_until, state_of
from tests.ui.stories.hands import spoken

Server = ClaudeServer | OllamaServer


@dataclass(frozen=True, slots=True)
class Service:
    """One that can be pulled and put back: its name on the status bar, and how the program comes to know of it."""

    name: str
    make: Callable[[StageBrain, int], Server]
    environment: Callable[[Server], dict[str, str]]


CLAUDE = Service(
    "Claude",
    lambda brain, port: ClaudeServer(brain, api_key=KEY, port=port),
    lambda server: {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": dead_url()},
)
OLLAMA = Service(
    "Ollama", lambda brain, port: OllamaServer(brain, port=port), lambda server: {"OLLAMA_HOST": server.url}
)


@pytest.mark.parametrize("service", [CLAUDE, OLLAMA], ids=["claude", "ollama"])
async def test_a_service_that_is_gone_is_waited_for_without_using_up_a_retry(
    qapp: QApplication, tmp_path: Path, service: Service
) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with service.make(brain, 0) as server:
        async with lived_in(qapp, tmp_path, service.environment(server)) as program:
            await approved(program)
            program.window.show_place("run", "table")
            await running_until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            await until(program, lambda: len(server.requests) > 1)
            await asyncio.to_thread(server.stop)
            await _seen_as_gone(program, service.name)
            with service.make(StageBrain(), server.port) as back:
                await until(program, lambda: _header(program).state.accessibleName() == "finished")
                assert spoken(_dot(program, service.name)) == f"{service.name}: ready"
                assert back.requests
            assert {row.state for row in _rows(program)} == {TaskState.SUCCEEDED}
            assert {row.attempts for row in _rows(program)} == {1}
            assert ("unconfirmed" in _header(program).held.text()) is (service is CLAUDE)


async def _seen_as_gone(program: WindowProgram, name: str) -> None:
    """The status bar says it in words, a task that waits says why, and the run is not given up."""
    await until(program, lambda: spoken(_dot(program, name)) == f"{name}: not answering")
    await until(program, lambda: bool(_waiting(program)))
    program.context.selection.pick(_waiting(program)[0].id)
    inspector = program.window.findChild(TaskInspector)
    assert inspector is not None
    await until(program, lambda: inspector.reason.text().startswith("waits until"))
    assert _header(program).state.accessibleName() == "running"
    assert program.context.workspace.live_runs == 1


def _dot(program: WindowProgram, name: str) -> ServiceDot:
    return next(dot for dot in program.window.findChildren(ServiceDot) if spoken(dot).startswith(name))


def _header(program: WindowProgram) -> RunHeader:
    header = program.window.findChild(RunHeader)
    assert header is not None
    return header


def _rows(program: WindowProgram) -> list[TaskRow]:
    board = program.context.workspace.board
    return list(board.rows.values()) if board is not None else []


def _waiting(program: WindowProgram) -> list[TaskRow]:
    return [row for row in _rows(program) if row.reason is not None and row.reason.key == "wait.provider"]

"""Opens the real program on a data folder of the test's own, and waits for what the window shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.services.start_options import StartOptions

PATIENCE_S = 20.0


@asynccontextmanager
async def opened(application: QApplication, folder: Path, *, wait: bool = True) -> AsyncIterator[WindowProgram]:
    """The program with its window shown and, unless told not to wait, its data folder open. Ends it afterwards."""
    program = WindowProgram(application, App, StartOptions(data_dir=folder, offline=True))
    async with asyncio.TaskGroup() as group:
        life = group.create_task(program.live())
        try:
            await program.shown.wait()
            if wait:
                await until(program, lambda: program.context.workspace.session is not None)
                await until(program, lambda: not program.bridge.is_running("session.open"))
            yield program
        finally:
            program.end()
            await life  # where the test failed, the group would cancel it before the data folder is let go


async def until(program: WindowProgram, happened: Callable[[], bool]) -> None:
    """Waits until the condition holds, looking again whenever the window is told of a change or a verb ends."""
    changed = asyncio.Event()

    def look_again(*_: object) -> None:
        changed.set()

    program.flush.changed.connect(look_again)
    program.flush.progressed.connect(look_again)
    program.bridge.busy_changed.connect(look_again)
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not happened():
                await changed.wait()
                changed.clear()
    finally:
        program.flush.changed.disconnect(look_again)
        program.flush.progressed.disconnect(look_again)
        program.bridge.busy_changed.disconnect(look_again)


async def active(program: WindowProgram) -> None:
    """Keys reach only the window that is active."""
    changed = asyncio.Event()
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    application.focusWindowChanged.connect(changed.set)
    while not program.window.isActiveWindow():
        program.window.activateWindow()
        await changed.wait()
        changed.clear()
    application.focusWindowChanged.disconnect(changed.set)


async def sample_planned(program: WindowProgram) -> None:
    """The sample project, rehearsed, with its plan."""
    program.context.do("project.open_sample")
    await until(program, lambda: bool(program.context.workspace.versions))
    await until(program, lambda: not program.context.workspace.planning)


async def sample_finished(program: WindowProgram) -> None:
    """The sample project, approved and carried out."""
    await sample_planned(program)
    await carried_out(program)


async def carried_out(program: WindowProgram) -> None:
    """The plan that is there, approved and run to its end."""
    program.context.do("plan.approve_and_run")
    workspace = program.context.workspace
    await until(program, lambda: workspace.run is not None and workspace.run.state in {"finished", "cancelled"})
    await until(program, lambda: not workspace.is_live and not program.context.registry.can("run.stop"))

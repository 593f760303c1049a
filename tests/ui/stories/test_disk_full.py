"""The disk fills up in the middle of a run: said, with what it means and what to do; it goes on once there is room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ports import Journal
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.shell.status_bar import StatusBar
from orchestra_desktop.ui.widgets.labels import money
from tests.fakes import ClaudeServer
from tests.services.house import KEY
from tests.storage.full_disk import fill, keep_from_growing, let_grow, small_disk
from tests.ui.driving import until
from tests.ui.stage import StageBrain, approved, running_until, staged, state_of
from tests.ui.stories.bands import band, notices, press, see_band, see_no_band, words_of

FULL = "The disk is full"
MEGABYTES = 32


@dataclass(slots=True)
class Disk:
    """One that can be filled to the last byte and emptied again."""

    folder: Path
    fill: Callable[[WindowProgram], object]
    empty: Callable[[WindowProgram], object]


@contextmanager
def _disk(folder: Path, *, mounts: bool) -> Iterator[Disk | None]:
    """A file system of its own, None where this user may mount none; else a database that may not grow."""
    if not mounts:
        yield Disk(
            folder,
            lambda program: keep_from_growing(_journal(program)),
            lambda program: let_grow(_journal(program)),
        )
        return
    folder.mkdir(exist_ok=True)
    with small_disk(folder, MEGABYTES) as mounted:
        filler = folder / "filler"
        yield Disk(folder / "data", lambda _: fill(filler), lambda _: filler.unlink()) if mounted else None


def _journal(program: WindowProgram) -> Journal:
    return program.context.session.context.journal


@pytest.mark.parametrize("mounts", [True, False], ids=["mounted", "database"])
async def test_a_full_disk_is_said_sends_nothing_and_is_waited_out(
    qapp: QApplication, tmp_path: Path, mounts: bool
) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with _disk(tmp_path / "disk", mounts=mounts) as disk, ClaudeServer(brain, api_key=KEY) as server:
        if disk is None:  # the other way is tried everywhere
            return
        async with staged(qapp, disk.folder, server) as program:
            await approved(program)
            program.window.show_place("run", "table")
            await running_until(program, lambda: state_of(program, "T1") is TaskState.RUNNING)
            await until(program, lambda: _only_the_held_ones_run(program))
            disk.fill(program)
            brain.gate.open()
            shown = await see_band(program, FULL)
            asked = len(server.requests)
            _says_what_it_means_and_what_to_do(words_of(shown))
            await _one_sum_is_shown_though_no_event_tells_of_it(program)
            await _nothing_is_sent_however_one_tries(program, server, asked)
            disk.empty(program)
            await see_no_band(program, FULL)
            assert "Everything can be stored again" in notices(program)
            work = program.context.workspace
            await until(program, lambda: work.run is not None and work.run.state == "finished")
            await until(program, lambda: not work.planning)
            report = await program.context.session.money.usage()
            assert report.total.charged == server.billed
            assert report.total.unconfirmed == 0


def _only_the_held_ones_run(program: WindowProgram) -> bool:
    work = program.context.workspace
    rows = work.board.rows.values() if work.board is not None else ()
    running = [row for row in rows if row.state is TaskState.RUNNING]
    return all("counter.py" in row.title for row in running) and not work.counts()[TaskState.READY]


def _says_what_it_means_and_what_to_do(words: str) -> None:
    assert "No paid call starts until there is room; nothing is lost." in words
    assert "Runs wait where they are and go on by themselves" in words
    assert "delete or move something on that disk" in words


async def _one_sum_is_shown_though_no_event_tells_of_it(program: WindowProgram) -> None:
    """The answer that came meanwhile is settled in memory and waits to be stored."""
    header, bar = program.window.findChild(RunHeader), program.window.findChild(StatusBar)
    assert isinstance(header, RunHeader)
    assert isinstance(bar, StatusBar)

    def one_sum() -> bool:
        standing = program.context.workspace.money
        assert standing is not None
        assert standing.run is not None
        sum_now = money(standing.run.charged)
        return all(sum_now in words for words in (header.money.text(), words_of(bar)))

    await until(program, one_sum)


async def _nothing_is_sent_however_one_tries(program: WindowProgram, server: ClaudeServer, asked: int) -> None:
    """Another plan is asked for, and the window is walked through, while the disk takes nothing."""
    program.context.do("plan.propose")
    for place in ("usage", "inbox", "settings", "run"):
        program.window.show_place(place)
        await asyncio.sleep(0.05)
    assert band(program, FULL) is not None
    assert len(server.requests) == asked


async def test_a_folder_that_cannot_be_opened_is_tried_again_without_a_restart(
    qapp: QApplication, tmp_path: Path
) -> None:
    folder = tmp_path / "data"
    folder.write_text("in the way")
    with ClaudeServer(api_key=KEY) as server:
        async with staged(qapp, folder, server, wait=False) as program:
            shown = await see_band(program, "The data folder could not be opened")
            assert str(folder) in words_of(shown)
            folder.unlink()
            press(shown, "Try again")
            await until(program, lambda: program.context.workspace.session is not None)
            await see_no_band(program, "The data folder could not be opened")
            await until(program, lambda: not program.bridge.is_running("session.open"))

"""Drives the real program through every place in both themes and saves a picture of each.

`python packaging/dev.py screenshots DIR` runs this in the program's environment, offscreen unless a platform is named.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QDialog

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram, run_window
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.theme.theme import ThemeChoice

if TYPE_CHECKING:
    from orchestra_desktop.ui.shell.main_window import MainWindow

_SETTLE_S = 0.15  # for what is gathered on the flush timer
_PATIENCE_S = 30.0


class Photographer:
    """Walks through the program: empty first, then with the sample planned, running and finished."""

    def __init__(self, folder: Path, program: WindowProgram, size: tuple[int, int]) -> None:
        self._folder = folder
        self._program = program
        self._context = program.context
        self._window: MainWindow = program.window
        self._window.resize(*size)

    async def walk(self) -> None:
        """Every picture; ends the program however it goes, with 1 if it did not get to the end."""
        code = 1
        try:
            await self._until(lambda: self._context.workspace.session is not None)
            await self._places("empty")
            self._context.do("project.open_sample")
            await self._until(lambda: bool(self._context.workspace.versions))
            await self._places("planned")
            self._context.do("plan.approve_and_run")
            await self._until(lambda: self._active() > 0)
            await self._place("run", "running")
            await self._until(lambda: self._context.workspace.run is not None and not self._context.workspace.is_live)
            await self._places("finished")
            await self._overlays()
            code = 0
        finally:
            for notice in self._context.notices.history:
                print(f"notice: {notice.words} {notice.detail}".rstrip())
            self._program.end(code)

    def _active(self) -> int:
        board = self._context.workspace.board
        return board.active if board is not None else 0

    async def _until(self, happened: object) -> None:
        assert callable(happened)
        end = time.monotonic() + _PATIENCE_S
        while not happened():
            if time.monotonic() > end:
                raise TimeoutError("the program did not get there")
            await asyncio.sleep(0.05)
        await asyncio.sleep(_SETTLE_S)

    async def _places(self, moment: str) -> None:
        for place in PLACES:
            await self._place(place.id, moment)

    async def _place(self, place: str, moment: str) -> None:
        tabs = next(found for found in PLACES if found.id == place).tabs
        for tab in [tab.id for tab in tabs] or [""]:
            self._window.show_place(place, tab)
            await self._both(f"{moment}-{place}{'-' if tab else ''}{tab}")

    async def _overlays(self) -> None:
        self._window.show_place("run")
        self._window.open_palette()
        await self._both("palette")
        self._window.open_palette("ap")
        await self._both("palette-typed")
        self._window.setFocus()
        self._window.open_key_sheet()
        await self._both("keys")

    async def _both(self, name: str) -> None:
        for choice in (ThemeChoice.DARK, ThemeChoice.LIGHT):
            self._context.theme.choose(choice)
            await asyncio.sleep(_SETTLE_S)
            self._save(f"{name}-{choice.value}")

    def _save(self, name: str) -> None:
        path = self._folder / f"{name}.png"
        self._window.grab().save(str(path))
        for dialog in self._window.findChildren(QDialog):
            if dialog.isVisible():
                dialog.grab().save(str(path))
        print(path.name, flush=True)


def main(arguments: list[str]) -> int:
    """Saves the pictures into the folder named."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1440x900", help="of the window, in pixels")
    given = parser.parse_args(arguments)
    width, height = (int(part) for part in given.size.split("x"))
    given.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="orchestra-screenshots-") as data:
        options = StartOptions(data_dir=Path(data), offline=True)
        return run_window(App, options, lambda program: Photographer(given.folder, program, (width, height)).walk())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

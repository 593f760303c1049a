"""Takes the pictures: waits until the window has come to rest, in one theme after the other, dialogs instead of it."""

from __future__ import annotations

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QWidget

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import ProjectId, TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.dialogs import Question
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.shell.notice_stack import Toast
from orchestra_desktop.ui.theme.theme import ThemeChoice
from orchestra_desktop.ui.verbs.project_verbs import choose
from screen_palette import of_few_colours

_SETTLE_S = 0.15  # for what is gathered on the flush timer
_READ_S = 0.4  # for what a place reads when it is shown
_PATIENCE_S = 60.0
_SMALLEST = 0  # of Qt's qualities of a PNG: they say how much it is squeezed
_Dialog = TypeVar("_Dialog", bound=QDialog)
_Widget = TypeVar("_Widget", bound=QWidget)


@dataclass(frozen=True, slots=True)
class Album:
    """Where pictures go; with `only`, those alone, by the names that it gives them."""

    folder: Path
    themes: Sequence[ThemeChoice]
    only: Mapping[str, str] | None = None

    def path(self, name: str) -> Path | None:
        if self.only is None:
            return self.folder / f"{name}.png"
        return self.folder / f"{self.only[name]}.png" if name in self.only else None


class Camera:
    """One for each life of the program."""

    def __init__(self, album: Album, program: WindowProgram, size: tuple[int, int]) -> None:
        self._album = album
        self.program = program
        self.context = program.context
        self.window = program.window
        self.window.resize(*size)

    async def follow(self, tour: Callable[[Camera], Awaitable[None]]) -> None:
        """Takes every picture of a tour; ends the program however it goes, with 1 if it did not get to the end."""
        code = 1
        try:
            await self.until(lambda: self.context.workspace.session is not None)
            await self.until(lambda: not self.program.bridge.is_running("session.open"))
            await tour(self)
            code = 0
        except Exception:
            traceback.print_exc()  # the window would only show it
            raise
        finally:
            for notice in self.context.notices.history:
                print(f"notice: {notice.words} {notice.detail}".rstrip())
            self.program.end(code)

    async def until(self, happened: Callable[[], bool]) -> None:
        end = time.monotonic() + _PATIENCE_S
        while not happened():
            if time.monotonic() > end:
                raise TimeoutError("the program did not get there")
            await asyncio.sleep(0.05)
        await asyncio.sleep(_SETTLE_S)

    async def until_state(self, state: TaskState, *tasks: str) -> None:
        work = self.context.workspace
        await self.until(lambda: all(work.task_state(TaskId(task)) is state for task in tasks))

    async def open(self, project: ProjectId) -> None:
        """Makes a project the one that is looked at."""
        await self.context.workspace.refresh()
        await choose(self.context, project)
        await asyncio.sleep(_SETTLE_S)

    async def pick(self, task: str) -> None:
        self.context.selection.pick(TaskId(task))
        self.window.inspector.choose()
        await asyncio.sleep(_SETTLE_S)

    def found(self, kind: type[_Widget]) -> _Widget:
        """The one of its kind in the window."""
        (found,) = self.window.findChildren(kind)
        return found

    async def sign(self, name: str) -> None:
        """Approves and runs; the question about the money is answered with yes."""
        self.context.do("plan.approve_and_run")
        await self.until(lambda: bool(self.dialogs(Question)))
        await self.take(name)
        (question,) = self.dialogs(Question)
        next(one for one in question.findChildren(QPushButton) if one.property("kind") == "primary").click()
        await self.until(lambda: self.context.workspace.is_live)
        self.close_notices()

    # -- taking -----------------------------------------------------------------------------------------------------

    async def all_places(self, moment: str) -> None:
        for place in PLACES:
            await self.place(place.id, moment)

    async def place(self, place: str, moment: str) -> None:
        """A place with each of its tabs."""
        tabs = next(found for found in PLACES if found.id == place).tabs
        for tab in [tab.id for tab in tabs] or [""]:
            self.window.show_place(place, tab)
            await asyncio.sleep(_READ_S)
            await self.take(f"{moment}-{place}{'-' if tab else ''}{tab}")

    async def take(self, name: str) -> None:
        """The window, or the dialog or menu over it, in every theme."""
        for choice in self._album.themes:
            path = self._album.path(f"{name}-{choice.value}")
            if path is not None:
                await self._dress(choice)
                picture = self._foremost().grab().toImage()
                if self._album.only is not None:
                    picture = of_few_colours(picture, self.context.theme.tokens.table().values())
                picture.save(str(path), quality=_SMALLEST)
                print(path.name, flush=True)

    async def _dress(self, choice: ThemeChoice) -> None:
        """Some of what is seen is read and written again in other colours."""
        if self.context.theme.choice is not choice:
            self.context.theme.choose(choice)
            await asyncio.sleep(_READ_S)
        await asyncio.sleep(_SETTLE_S)

    def _foremost(self) -> QWidget:
        over = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog | QMenu) and one.isVisible()]
        return over[-1] if over else self.window

    def dialogs(self, kind: type[_Dialog]) -> list[_Dialog]:
        """Those that are open."""
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, kind) and one.isVisible()]

    def close_notices(self) -> None:
        """Where they would only tell what the picture is not about."""
        for toast in self.window.findChildren(Toast):
            toast.close_now()

    def close_dialogs(self) -> None:
        for dialog in self.dialogs(QDialog):
            dialog.reject()

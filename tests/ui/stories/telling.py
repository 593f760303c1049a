"""Tells a story beside the real program, in this process, and hands its end or its failure back."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from orchestra_desktop.app_window import WindowProgram
from tests.ui.stories.desktop import Desktop, desktop
from tests.ui.stories.first_project import Story, Told

WIDE = (1_440, 900)


class Telling:
    """`alongside` is for the program; `end` raises what went wrong in it, which the window would only show."""

    def __init__(self, story: Story, *, rehearse: bool, size: tuple[int, int] = WIDE) -> None:
        self._story = story
        self._rehearse = rehearse
        self._size = size
        self._failure: BaseException | None = None
        self._told: Told | None = None
        self.desktop = Desktop()

    @property
    def alongside(self) -> Callable[[WindowProgram], Coroutine[Any, Any, object]]:
        return self._tell

    async def _tell(self, program: WindowProgram) -> None:
        program.window.resize(*self._size)
        try:
            with desktop() as self.desktop:
                self._told = await self._story(program, self.desktop, self._rehearse)
        except BaseException as failure:
            self._failure = failure
        finally:
            program.end()

    def end(self) -> Told:
        if self._failure is not None:
            raise self._failure
        assert self._told is not None, "the window ended before the story"
        return self._told

"""Tells a story beside the real program, in this process, and hands its end or its failure back."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from orchestra_desktop.app_window import WindowProgram

_Told = TypeVar("_Told")


class Telling(Generic[_Told]):
    """`alongside` is for the program; `end` raises what went wrong in it, which the window would only show."""

    def __init__(self, story: Callable[[WindowProgram], Awaitable[_Told]]) -> None:
        self._story = story
        self._failure: BaseException | None = None
        self._told: list[_Told] = []

    async def alongside(self, program: WindowProgram) -> None:
        try:
            self._told.append(await self._story(program))
        except BaseException as failure:
            self._failure = failure
        finally:
            program.end()

    def end(self) -> _Told:
        if self._failure is not None:
            raise self._failure
        assert self._told, "the window ended before the story"
        return self._told[0]

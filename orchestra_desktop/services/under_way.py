"""Work that waits for models, whoever asked for it: known here, so that the end of the process ends it in order."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Piece:
    task: asyncio.Task[Any]
    over: asyncio.Event = field(default_factory=asyncio.Event)


class UnderWay(Generic[K]):
    """Pieces of work by what they are about, one for each.

    What is awaited at the end is the piece and not its task, which may have more to do for its owner, even to close
    this very session.
    """

    def __init__(self) -> None:
        self._pieces: dict[K, _Piece] = {}

    def __contains__(self, key: K) -> bool:
        return key in self._pieces

    @contextlib.contextmanager
    def piece(self, key: K) -> Iterator[None]:
        """Around the work, in the task that does it."""
        task = asyncio.current_task()
        assert task is not None  # only coroutines wait for models
        piece = self._pieces[key] = _Piece(task)
        try:
            yield
        finally:
            del self._pieces[key]
            piece.over.set()

    async def wait_over(self, seconds: float) -> None:
        """Returns once there is none, or after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                for piece in tuple(self._pieces.values()):
                    await piece.over.wait()

    async def cancel(self) -> None:
        """Returns once all of them have ended."""
        pieces = tuple(self._pieces.values())
        for piece in pieces:
            piece.task.cancel()
        for piece in pieces:
            await piece.over.wait()

"""The type of a session: everything a window or a command has to work with, built by hand in `app.py`."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from orchestra_desktop.domain.texts import Text
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.doctor import Doctor
from orchestra_desktop.services.money import Money
from orchestra_desktop.services.outputs import Outputs
from orchestra_desktop.services.plans import Plans
from orchestra_desktop.services.projects import Projects
from orchestra_desktop.services.runs import Runs
from orchestra_desktop.services.secrets import Secrets
from orchestra_desktop.services.start_options import StartOptions

__all__ = ["HandedOver", "Session", "SessionFactory", "StartOptions"]

Closing = Callable[[], Awaitable[None]]


class HandedOver:
    """Verbs of other commands that this process carries out for them while it holds the data folder."""

    def __init__(self) -> None:
        self.count = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def carry_out(self, verb: Awaitable[dict[str, Any]]) -> dict[str, Any]:
        self.count += 1
        self._idle.clear()
        try:
            return await verb
        finally:
            self.count -= 1
            if not self.count:
                self._idle.set()

    async def wait_idle(self) -> None:
        """Returns once none is under way: to end before would break off what another command waits for."""
        await self._idle.wait()


@dataclass(slots=True)
class Session:
    """One opened data folder. `close` commits what waits and lets the folder go; doing it twice does no harm.

    `log` is the file that this process logs to, None where it only reads.
    """

    context: Context
    projects: Projects
    plans: Plans
    runs: Runs
    money: Money
    keys: Secrets
    doctor: Doctor
    outputs: Outputs
    notices: tuple[Text, ...] = ()
    on_close: list[Closing] = field(default_factory=list)
    on_raise: Callable[[], None] | None = None  # brings the window of this process to the front, if it has one
    handed_over: HandedOver = field(default_factory=HandedOver)
    log: Path | None = None
    closes: bool = False  # the end has begun: nothing that is asked for from now on can be carried out here
    _closing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def reads_only(self) -> bool:
        return self.context.writing is None

    async def wind_down(self) -> None:
        """Ends what waits for models, while everything that it needs is still there.

        Nothing new is sent; what is being answered may finish within the grace of the settings.
        """
        self.closes = True
        await asyncio.gather(self.runs.close(), self.plans.close())

    async def close(self) -> None:
        """Ends all parts, the last one opened first; whoever comes while that goes on waits for it."""
        self.closes = True
        async with self._closing:
            await close_all(self.on_close)

    def watch_storage(self, watcher: Callable[[Text | None], None]) -> Callable[[], None]:
        """Calls `watcher` with why nothing can be stored (disk full, read-only, locked), and with None once it can be.

        Meanwhile nothing is sent and nothing is lost (reliability.md R9). Returns what ends it. A session that only
        reads stores nothing and has nothing to tell.
        """
        if self.context.writing is None:
            return lambda: None
        return self.context.journal.watch(watcher)


async def close_all(closing: list[Closing]) -> None:
    """Empties the list from its end, whatever goes wrong in one of them: a folder that is not let go is held for good.

    What went wrong, a cancellation too, is raised when all have been ended.
    """
    async with contextlib.AsyncExitStack() as rest:
        for close in closing:
            rest.push_async_callback(close)
        closing.clear()


class SessionFactory(Protocol):
    """What `app.py` gives to those who need sessions without knowing storage, network or providers."""

    async def writing(self) -> Session:
        """Holds the data folder. Raises DataFolderHeld, NewerSchema, StorageUnavailable, InvalidSettings."""

    async def reading(self) -> Session:
        """Reads beside whoever holds it; creates nothing."""

    async def decide(self, request: dict[str, Any], timeout_s: float) -> dict[str, Any]:
        """Carries a deciding verb out here, or hands it to the process that holds the folder.

        Raises OrchestraError as the verb does; DataFolderHeld if the holder does not answer in time.
        """

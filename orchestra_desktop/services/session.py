"""The type of a session: everything a window or a command has to work with, built by hand in `app.py`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
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

__all__ = ["Session", "SessionFactory", "StartOptions"]


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
    on_close: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    on_raise: Callable[[], None] | None = None  # brings the window of this process to the front, if it has one
    handed_over: HandedOver = field(default_factory=HandedOver)
    log: Path | None = None

    @property
    def reads_only(self) -> bool:
        return self.context.writing is None

    async def close(self) -> None:
        while self.on_close:
            await self.on_close.pop()()


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

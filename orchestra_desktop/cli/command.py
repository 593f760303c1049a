"""One command under way: its arguments, where it prints, and the sessions it opens."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from orchestra_desktop.cli.exit_codes import VerbFailed
from orchestra_desktop.cli.output import Output
from orchestra_desktop.domain.errors import DataFolderHeld, OrchestraError
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.services.session import Session, SessionFactory
from orchestra_desktop.viewmodels.english import english

FOREVER_S = 10 * 365 * 86_400.0
DECISION_S = 30.0  # a decision is made at once; who does not answer by then does not answer
_SHORT_HOLD_S = 0.6  # longer than a decision of another command holds the folder
_PAUSE_S = 0.05

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Command:
    """`stdin` is what the verb was given on standard input, read before the loop began; `log` the file of its last
    session that wrote one, `if_interrupted` what is said then."""

    arguments: argparse.Namespace
    factory: SessionFactory
    out: Output
    stdin: str | None = None
    log: Path | None = None
    if_interrupted: str = "interrupted; nothing is lost"
    _noted: set[str] = field(default_factory=set)

    # -- sessions ---------------------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def reading(self) -> AsyncIterator[Session]:
        """A session that only looks, beside whoever runs the folder."""
        async with self._session(await self.factory.reading()) as session:
            yield session

    @contextlib.asynccontextmanager
    async def writing(self) -> AsyncIterator[Session]:
        """A session that holds the folder; before it lets go it finishes what other commands handed to it.

        Raises DataFolderHeld if somebody holds the folder for longer than a decision takes.
        """
        async with self._session(await self._held()) as session:
            end = session.watch_storage(self._note_storage)
            yield session
            end()
            if session.handed_over.count:
                self.out.note("another command's work goes on here; waiting for its end (Ctrl-C ends both)")
                await session.handed_over.wait_idle()

    async def _held(self) -> Session:
        until = time.monotonic() + _SHORT_HOLD_S
        while True:
            try:
                return await self.factory.writing()
            except DataFolderHeld:
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(_PAUSE_S)

    @contextlib.asynccontextmanager
    async def _session(self, session: Session) -> AsyncIterator[Session]:
        self.log = session.log or self.log
        self._note_settings(session.notices)
        try:
            yield session
        except (OrchestraError, VerbFailed, BrokenPipeError):
            raise
        except Exception:
            _log.exception("%s failed", self.arguments.verb)  # while the log is open; told in one line above
            raise
        finally:
            await session.close()

    def _note_storage(self, why: Text | None) -> None:
        """A full or locked disk: nothing is sent meanwhile, and it goes on by itself (reliability.md R9)."""
        self.out.note("the database takes commits again; going on" if why is None else f"waiting: {english(why)}")

    def _note_settings(self, notices: tuple[Text, ...]) -> None:
        for notice in map(english, notices):
            if notice not in self._noted:
                self._noted.add(notice)
                self.out.note(f"settings: {notice}")

    # -- deciding ---------------------------------------------------------------------------------------------------

    async def decide(self, verb: str, /, **request: Any) -> dict[str, Any]:
        """Carries a decision out here, or in the process that runs the folder."""
        return await self.factory.decide({"verb": verb, **request}, DECISION_S)

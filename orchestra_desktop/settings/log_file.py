"""The log: a rotating file in the data folder, text or JSON, with run, task and request id, and no key in it.

The standard library's logging does all of it: a second logging system beside the one that every library writes to
would have to be bridged to it, and gained nothing here.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import io
import json
import logging
import os
import re
from collections.abc import Sequence
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from orchestra_desktop.domain.events import (
    AttemptFailed,
    AttemptStarted,
    CallCharged,
    CallUnconfirmed,
    CallVoided,
    CapReached,
    CheckpointOpened,
    CheckpointResolved,
    HealthChanged,
    PlanFailed,
    RetryPlanned,
    RunFinished,
    RunInterrupted,
    RunPaused,
    RunStarted,
    Stored,
    event_fields,
)
from orchestra_desktop.domain.ports import Keys

LEVELS = ("debug", "info", "warning", "error")
FORMATS = ("text", "json")
FILE_NAME = "orchestra.log"

_MOST_BYTES = 5_000_000
_OLDER_FILES = 4
_SHORTEST_SECRET = 8  # shorter "keys" would blot out half of every line
_REDACTED = "[redacted]"
_KEY_SHAPES = re.compile(r"sk-[A-Za-z0-9_-]{8,}|(?<=[Bb]earer )[A-Za-z0-9._~+/-]{8,}")
_PLACES = ("run", "task", "attempt", "request_id")
_EVENT_LOG = logging.getLogger("orchestra_desktop.events")
_TELLING = (
    *(RunStarted, RunFinished, RunPaused, RunInterrupted, AttemptStarted, AttemptFailed, RetryPlanned, PlanFailed),
    *(CallCharged, CallVoided, CallUnconfirmed, CapReached, CheckpointOpened, CheckpointResolved, HealthChanged),
)
"""Events worth a line at level info; the others are told at debug."""


class Redaction:
    """Takes keys out of text: those this process has seen, and whatever has the form of one."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()

    def add(self, secret: str | None) -> None:
        if secret is not None and len(secret) >= _SHORTEST_SECRET:
            self._secrets.add(secret)

    def clean(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, _REDACTED)
        return _KEY_SHAPES.sub(_REDACTED, text)


class WatchedKeys:
    """The port `Keys` that tells the redaction of every key that passes through it."""

    def __init__(self, keys: Keys, redaction: Redaction) -> None:
        self._keys = keys
        self._redaction = redaction

    async def get(self, service: str) -> str | None:
        key = await self._keys.get(service)
        self._redaction.add(key)
        return key

    async def set(self, service: str, key: str) -> None:
        self._redaction.add(key.strip())
        await self._keys.set(service, key)

    async def delete(self, service: str) -> bool:
        return await self._keys.delete(service)


class LogFile:
    """The open log of this process; it hears everything that is logged anywhere, libraries included."""

    def __init__(self, folder: Path, level: str, form: str, redaction: Redaction) -> None:
        """Begins with the first line that is logged. `level` and `form` are of LEVELS and FORMATS."""
        self.path = folder / FILE_NAME
        self._handler = _PrivateFile(self.path)
        self._handler.setFormatter(_JsonLines(redaction) if form == "json" else _TextLines(redaction))
        self._root = logging.getLogger()
        self._level_before = self._root.level
        self._root.setLevel(level.upper())
        self._handler.setLevel(level.upper())
        self._root.addHandler(self._handler)

    async def close(self) -> None:
        """Doing it twice does no harm."""
        if self._handler in self._root.handlers:
            self._root.removeHandler(self._handler)
            self._root.setLevel(self._level_before)
            self._handler.close()


def log_events(stored: Sequence[Stored]) -> None:
    """A listener of the journal: each event is a line that names its run, task, attempt and request."""
    for one in stored:
        level = logging.INFO if isinstance(one.event, _TELLING) else logging.DEBUG
        if not _EVENT_LOG.isEnabledFor(level):
            continue
        fields = event_fields(one.event)
        places = {
            "run": one.scope.run,
            "task": one.scope.task,
            "attempt": one.scope.attempt,
            "request_id": fields.pop("request_id", None),
        }
        _EVENT_LOG.log(level, "%s %s", one.type, json.dumps(fields, ensure_ascii=False), extra=places)


class _PrivateFile(RotatingFileHandler):
    """For this user alone (0600). A log that cannot be written disturbs nothing: the run is worth more."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, maxBytes=_MOST_BYTES, backupCount=_OLDER_FILES, encoding="utf-8", delay=True)

    def _open(self) -> io.TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8", errors="backslashreplace")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is logging's
        del record


def _where(record: logging.LogRecord) -> dict[str, Any]:
    """What the line is about: as its record says, else by the name of the asyncio task it was logged in."""
    found = {name: getattr(record, name, None) for name in _PLACES}
    places = {name: value for name, value in found.items() if value is not None}
    return places or _by_asyncio_task()


def _by_asyncio_task() -> dict[str, Any]:
    """The engine names the coroutine of an attempt `attempt T1.2`."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # not in a loop: another thread
        return {}
    kind, _, name = (task.get_name() if task is not None else "").partition(" ")
    if kind != "attempt":
        return {}
    of, _, number = name.rpartition(".")
    return {"task": of, "attempt": number}


def _at(record: logging.LogRecord) -> str:
    return dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _TextLines(logging.Formatter):
    """`2026-11-23T08:00:00.123Z INFO orchestra_desktop.events run=… task=T1 CallCharged …`; a traceback goes below."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        places = "".join(f" {name}={value}" for name, value in _where(record).items())
        line = f"{_at(record)} {record.levelname} {record.name}{places} {_one_line(record.getMessage())}"
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return self._redaction.clean(line)


class _JsonLines(logging.Formatter):
    """One object for each line: at, level, logger, run, task, attempt, request_id, message, traceback."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__()
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        said = {
            "at": _at(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            **_where(record),
            "message": self._redaction.clean(record.getMessage()),
        }
        if record.exc_info:
            said["traceback"] = self._redaction.clean(self.formatException(record.exc_info))
        return json.dumps(said, ensure_ascii=False, default=str)


def _one_line(message: str) -> str:
    """A message of a model or a service cannot pose as further lines of the log."""
    return message.replace("\\", "\\\\").replace("\r", "\\r").replace("\n", "\\n") if "\n" in message else message

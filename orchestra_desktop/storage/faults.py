"""What SQLite's errors mean for the program: may pass, is damaged for good, or is a mistake of one batch."""

from __future__ import annotations

import sqlite3
from enum import Enum, auto

from orchestra_desktop.domain.errors import StorageDamaged, StorageError, StorageUnavailable
from orchestra_desktop.domain.texts import Text, text


class Trouble(Enum):
    PASSING = auto()  # full, locked, read-only, I/O: kept and tried again
    DAMAGE = auto()  # the file is no database, or not a sound one: never tried again
    REFUSED = auto()  # this one batch cannot be stored; the others can


_PASSING_KEYS = {
    sqlite3.SQLITE_FULL: "storage.full",
    sqlite3.SQLITE_READONLY: "storage.read_only",
    sqlite3.SQLITE_BUSY: "storage.locked",
    sqlite3.SQLITE_LOCKED: "storage.locked",
    sqlite3.SQLITE_PROTOCOL: "storage.locked",
    sqlite3.SQLITE_IOERR: "storage.io",
    sqlite3.SQLITE_CANTOPEN: "storage.io",
    sqlite3.SQLITE_PERM: "storage.read_only",
    sqlite3.SQLITE_AUTH: "storage.read_only",
    sqlite3.SQLITE_NOMEM: "storage.io",
}
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})


def primary_code(error: BaseException) -> int | None:
    """SQLite's primary result code, also from an error that peewee wrapped; None for any other error."""
    code = getattr(getattr(error, "orig", error), "sqlite_errorcode", None)
    return None if code is None else int(code) & 0xFF  # the upper bits only say which kind of the same thing


def trouble_of(error: BaseException) -> Trouble:
    code = primary_code(error)
    if code in _DAMAGE:
        return Trouble.DAMAGE
    return Trouble.PASSING if code in _PASSING_KEYS else Trouble.REFUSED


def trouble_text(error: BaseException, path: str) -> Text:
    """What to tell a person; `detail` is SQLite's own English."""
    code = primary_code(error)
    match trouble_of(error):
        case Trouble.DAMAGE:
            return text("storage.damaged", path=path, detail=str(error))
        case Trouble.PASSING:
            return text(_PASSING_KEYS.get(code or 0, "storage.io"), path=path, detail=str(error))
        case Trouble.REFUSED:
            return text("storage.refused", detail=str(error))


def storage_error(error: BaseException, path: str) -> StorageError:
    """The error of our tree that stands for one of SQLite."""
    match trouble_of(error):
        case Trouble.DAMAGE:
            return StorageDamaged(trouble_text(error, path))
        case Trouble.PASSING:
            return StorageUnavailable(trouble_text(error, path))
        case Trouble.REFUSED:
            return StorageError(trouble_text(error, path))

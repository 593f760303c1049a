"""The settings file as JSON: read strictly and in bounds, written atomically and only for its owner."""

from __future__ import annotations

import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.texts import text

_MAX_BYTES = 4_000_000
_INDENT = re.compile(r"^\{\s*?\n([ \t]+)")


class Unreadable(InvalidSettings):
    """The file is there but is no JSON object that can be used; it must not be overwritten."""


@dataclass(frozen=True, slots=True)
class Document:
    """What the file holds. `indent` is how it is indented, `newline` whether it ends with one."""

    data: dict[str, Any]
    indent: str | int = 2
    newline: bool = True


def read_document(path: Path) -> Document | None:
    """The file's content; None if there is no file. Raises Unreadable."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unreadable(
            text("settings.unreadable", path=str(path), detail=error.strerror or type(error).__name__)
        ) from None
    if len(raw) > _MAX_BYTES:
        raise Unreadable(text("settings.unreadable", path=str(path), detail=f"> {_MAX_BYTES} bytes"))
    return _parsed(raw, path)


def _parsed(raw: bytes, path: Path) -> Document:
    try:
        content = raw.decode("utf-8-sig")
        data = json.loads(content, object_pairs_hook=_without_doubles, parse_constant=_no_constant)
        json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair (`"\ud800"`) could not be written again
    except json.JSONDecodeError as error:
        raise Unreadable(text("settings.not_json", path=str(path), line=error.lineno, column=error.colno)) from None
    except _DoubleKeyError as error:
        raise Unreadable(text("settings.double_key", path=str(path), key=str(error)[:80])) from None
    except (ValueError, RecursionError):  # not UTF-8, NaN, a number of thousands of digits, thousands of brackets
        raise Unreadable(text("settings.not_json", path=str(path), line=1, column=1)) from None
    if not isinstance(data, dict):
        raise Unreadable(text("settings.not_json", path=str(path), line=1, column=1))
    indent = _INDENT.match(content)
    return Document(data, indent.group(1) if indent else 2, content.endswith("\n"))


class _DoubleKeyError(ValueError):
    """One object has a key twice: whichever were taken, the person may have meant the other."""


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise _DoubleKeyError(next(name for name in names if names.count(name) > 1))
    return found


def _no_constant(name: str) -> float:
    raise ValueError(name)


def write_document(path: Path, document: Document) -> None:
    """Replaces the file in one step, readable by its owner alone (0600); a link is followed, so that it stays a link.

    Raises OSError; the old content is then still there.
    """
    content = json.dumps(document.data, indent=document.indent, ensure_ascii=False) + ("\n" if document.newline else "")
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)  # made as 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode())
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Makes the new name durable; Windows has no such thing as an open folder."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

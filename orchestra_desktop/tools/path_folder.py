"""Folders by path (Windows, where Python cannot open relative to a folder): checked before each step and after it.

Nothing is read from a file, and nothing written into one, before the system has said by its handle where it lies. What
remains: if another program swaps a folder for a junction between a check and a step, an empty folder or file may come
to be elsewhere. A model cannot do that by itself, since no tool makes links.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from orchestra_desktop.tools.final_path import final_path

_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
_READ = os.O_RDONLY | _BINARY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY
_REPARSE_POINT = 0x400  # FILE_ATTRIBUTE_REPARSE_POINT: symbolic links, junctions, mount points, cloud placeholders


class PathFolder:
    """A `Folder` over a path whose every component was found to be a true folder."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @classmethod
    def at(cls, path: Path) -> PathFolder:
        """The workspace itself, already resolved. OSError if it is not a true folder."""
        return cls(_true_folder(path))

    def names(self) -> list[str]:
        return os.listdir(self._path)

    def state(self, name: str) -> os.stat_result | None:
        try:
            return (self._path / name).lstat()
        except FileNotFoundError:
            return None

    def enter(self, name: str) -> PathFolder:
        return PathFolder(_true_folder(self._path / name))

    def make(self, name: str) -> None:
        (self._path / name).mkdir()

    def open(self, name: str) -> int:
        path = self._path / name
        _refuse_link(path, path.lstat())
        return _at(path, os.open(path, _READ))

    def create(self, name: str, permissions: int | None) -> int:
        path = self._path / name
        descriptor = os.open(path, _CREATE, 0o666 if permissions is None else permissions)
        try:
            return _at(path, descriptor)
        except OSError:
            path.unlink(missing_ok=True)  # the name is random: only the file just made can bear it, wherever it is
            raise

    def replace(self, source: str, target: str) -> None:
        """Through a link it would find nothing to move: the name of the source is random, and lies here alone."""
        (self._path / source).replace(self._path / target)

    def remove(self, name: str) -> None:
        (self._path / name).unlink()

    def sync(self) -> None:
        """Windows makes names durable with the file itself; there is nothing to call."""

    def close(self) -> None:
        """Nothing is held."""


def _true_folder(path: Path) -> Path:
    state = path.lstat()
    _refuse_link(path, state)
    if not stat.S_ISDIR(state.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, "not a folder")
    if not _is_where_it_seems(path):
        raise OSError(errno.ELOOP, "reached through a link")
    return path


def _refuse_link(path: Path, state: os.stat_result) -> None:
    if is_link(state):
        raise OSError(errno.ELOOP, "is a link", path.name)


def is_link(state: os.stat_result) -> bool:
    """A symbolic link on any system; on Windows every reparse point."""
    return stat.S_ISLNK(state.st_mode) or bool(getattr(state, "st_file_attributes", 0) & _REPARSE_POINT)


def _at(path: Path, descriptor: int) -> int:
    """The descriptor, if what it opened lies at the path."""
    try:
        if not _is_same(final_path(descriptor), path):
            raise OSError(errno.ELOOP, "opened through a link", path.name)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def _is_where_it_seems(path: Path) -> bool:
    """Whether resolving the path leads to itself: no component has become a link meanwhile."""
    return _is_same(Path(os.path.realpath(path)), path)


def _is_same(one: Path, other: Path) -> bool:
    return os.path.normcase(one) == os.path.normcase(other)

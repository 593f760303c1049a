"""Folders by descriptor (Linux, macOS): each step starts from a folder held open, so that no swapped link leads out."""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

assert sys.platform != "win32"  # tells the type checker; nothing imports this module on Windows

_ENTER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class PosixFolder:
    """A `Folder` over a directory descriptor. Comparing resolved paths was rejected: they change under one's hands."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def at(cls, path: Path) -> PosixFolder:
        """The workspace itself; the path was resolved when it was chosen, so its last part is no link. OSError."""
        return cls(os.open(path, _ENTER))

    def names(self) -> list[str]:
        return os.listdir(self._descriptor)

    def state(self, name: str) -> os.stat_result | None:
        try:
            return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return None

    def enter(self, name: str) -> PosixFolder:
        return PosixFolder(os.open(name, _ENTER, dir_fd=self._descriptor))

    def make(self, name: str) -> None:
        os.mkdir(name, dir_fd=self._descriptor)

    def open(self, name: str) -> int:
        return os.open(name, _READ, dir_fd=self._descriptor)

    def create(self, name: str, permissions: int | None) -> int:
        descriptor = os.open(name, _CREATE, 0o666, dir_fd=self._descriptor)
        if permissions is not None:
            with suppress(PermissionError):  # some disks (FAT) know no permissions
                os.fchmod(descriptor, permissions)
        return descriptor

    def replace(self, source: str, target: str) -> None:
        os.replace(source, target, src_dir_fd=self._descriptor, dst_dir_fd=self._descriptor)

    def remove(self, name: str) -> None:
        os.unlink(name, dir_fd=self._descriptor)

    def sync(self) -> None:
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOTSUP}:  # some network file systems cannot sync a folder
                raise

    def close(self) -> None:
        os.close(self._descriptor)

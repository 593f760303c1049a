"""Disks that fill up, with what any user may do about it: a small one of its own, or files that may not grow."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

from orchestra_desktop.domain.ports import Journal
from orchestra_desktop.storage.connection import raw


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 2) -> Iterator[bool]:
    """A file system of that size where this user may mount one; whether there is one."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(folder)]
    mounted = sys.platform == "linux" and os.geteuid() == 0 and subprocess.run(command, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=True)


def fill(path: Path) -> None:
    """Takes every byte that is left."""
    with path.open("ab", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4_096)


@contextlib.contextmanager
def limited_files() -> Iterator[tuple[Callable[[], object], Callable[[], object]]]:
    """Where no disk can be mounted: no file of this process may grow, which SQLite meets as an I/O error."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        yield (
            lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard)),
            lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)),
        )
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def keep_from_growing(journal: Journal) -> None:
    """A database that may not grow reports in the same words as one on a full disk."""
    connection = _connection(journal)
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")


def let_grow(journal: Journal) -> None:
    _connection(journal).execute("PRAGMA max_page_count = 1000000")


def _connection(journal: Journal) -> sqlite3.Connection:
    return raw(cast("Any", journal)._writer._database)

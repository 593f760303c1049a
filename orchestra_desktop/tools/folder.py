"""One open folder of a workspace: the few things that differ between systems, behind one small Protocol."""

from __future__ import annotations

import os
from typing import Protocol


class Folder(Protocol):
    """A folder that was reached without following a link. Each name is a single component, already checked.

    Every method may raise OSError. File descriptors that are returned belong to the caller.
    """

    def names(self) -> list[str]:
        """What lies in it, in the spelling of the disk."""

    def state(self, name: str) -> os.stat_result | None:
        """What lies under a name, a link itself if it is one; None if nothing does."""

    def enter(self, name: str) -> Folder:
        """The folder within; a link or anything else is an OSError, even if it took the folder's place just now."""

    def make(self, name: str) -> None:
        """Makes a folder; FileExistsError if the name is taken."""

    def open(self, name: str) -> int:
        """A descriptor for reading; follows no link and waits for nobody at the other end of a pipe."""

    def create(self, name: str, permissions: int | None) -> int:
        """A descriptor of a new file; FileExistsError if the name is taken. None gives the usual permissions."""

    def replace(self, source: str, target: str) -> None:
        """Gives the file `source` the name `target` in one step; whatever had it before is gone."""

    def remove(self, name: str) -> None: ...

    def sync(self) -> None:
        """Makes names durable."""

    def close(self) -> None: ...

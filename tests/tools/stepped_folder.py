"""A folder that calls the test before each step on disk, so that a swap or a kill comes at an exact instant."""

from __future__ import annotations

import os
from collections.abc import Callable

from orchestra_desktop.tools.folder import Folder


class SteppedFolder:
    """A `Folder` around a true one. `before` is called with the name of each step, all folders counted together."""

    def __init__(self, inner: Folder, before: Callable[[str], None]) -> None:
        self._inner = inner
        self._before = before

    def names(self) -> list[str]:
        self._before("names")
        return self._inner.names()

    def state(self, name: str) -> os.stat_result | None:
        self._before("state")
        return self._inner.state(name)

    def enter(self, name: str) -> SteppedFolder:
        self._before("enter")
        return SteppedFolder(self._inner.enter(name), self._before)

    def make(self, name: str) -> None:
        self._before("make")
        self._inner.make(name)

    def open(self, name: str) -> int:
        self._before("open")
        return self._inner.open(name)

    def create(self, name: str, permissions: int | None) -> int:
        self._before("create")
        return self._inner.create(name, permissions)

    def replace(self, source: str, target: str) -> None:
        self._before("replace")
        self._inner.replace(source, target)

    def remove(self, name: str) -> None:
        self._before("remove")
        self._inner.remove(name)

    def sync(self) -> None:
        self._before("sync")
        self._inner.sync()

    def close(self) -> None:
        self._inner.close()


class AtStep:
    """Does something before step `number`, counted from 1, and remembers which steps there were."""

    def __init__(self, number: int, act: Callable[[], None]) -> None:
        self._number = number
        self._act = act
        self.steps: list[str] = []

    def __call__(self, step: str) -> None:
        self.steps.append(step)
        if len(self.steps) == self._number:
            self._act()

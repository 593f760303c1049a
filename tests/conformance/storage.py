"""What the suites of journal and archive need of a store: to open it, and to open it again with what was kept."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Protocol

from orchestra_desktop.domain.ports import Archive, Journal


class OpenedStore(Protocol):
    """Both ports over one place."""

    @property
    def journal(self) -> Journal: ...

    @property
    def archive(self) -> Archive: ...


# Each call opens the same place again, as a restarted program would; leaving the context closes it.
OpenStore = Callable[[], AbstractAsyncContextManager[OpenedStore]]
Place = AbstractContextManager[OpenStore]

"""One writer at a time per file, without blocking the loop and without letting go while a thread still works."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar
from weakref import WeakValueDictionary

T = TypeVar("T")


class PathLocks:
    """Runs blocking work on a thread, one piece per key at a time."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def run(self, key: tuple[str, str], work: Callable[[], T]) -> T:
        """The result of `work`. A cancelled caller leaves at once, but the key stays taken until the thread is done:
        else a cancelled write could finish after a later one and put its old content over the new one."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        await lock.acquire()
        try:
            future = asyncio.get_running_loop().run_in_executor(None, work)
        except BaseException:
            lock.release()
            raise
        future.add_done_callback(lambda done: _finished(done, lock))
        return await asyncio.shield(future)


def _finished(done: asyncio.Future[T], lock: asyncio.Lock) -> None:
    lock.release()
    if not done.cancelled():
        done.exception()  # marks it as seen: nobody awaits it any more if the caller was cancelled

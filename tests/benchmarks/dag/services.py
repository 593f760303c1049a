"""Model services as far as an engine sees them: one that answers at once, and one that takes its time elsewhere."""

from __future__ import annotations

import asyncio
import heapq
import threading
import time
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass, field
from types import TracebackType

from orchestra_desktop.domain.messages import Answer, Message, ModelRequest, StopReason, StreamPiece, Usage
from orchestra_desktop.domain.ports import Health


@dataclass(slots=True)
class InstantService:
    """`ModelProvider` that answers at once with a short text and a usage; no two answers are the same."""

    name: str
    is_free: bool
    asked: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        self.asked += 1
        message = Message("assistant", f"Answer {self.asked}: it is done as it was asked for.")
        yield Answer(message, StopReason.END_TURN, Usage(1_200, 40), request.model, f"req_{self.asked:08}")

    async def count_tokens(self, request: ModelRequest) -> int | None:
        return None

    async def check(self) -> Health:
        return Health(True, "")


class ServiceThread:
    """Lets time pass on a thread of its own, as a service far away does.

    Timers of the loop would not do: Qt's are up to 5 % off, and one that fires late because the loop is busy must
    count against the engine.
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, asyncio.Future[None]]] = []
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="service")
        self._closed = False
        self._number = 0
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> ServiceThread:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    async def pass_time(self, seconds: float) -> None:
        due = time.monotonic() + seconds
        self._loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = self._loop.create_future()
        with self._changed:
            self._number += 1
            heapq.heappush(self._waiting, (due, self._number, future))
            if self._waiting[0][2] is future:
                self._changed.notify()
        await future

    def _run(self) -> None:
        with self._changed:
            while not self._closed:
                left = self._waiting[0][0] - time.monotonic() if self._waiting else None
                if left is not None and left <= 0:
                    self._answer(heapq.heappop(self._waiting)[2])
                else:
                    self._changed.wait(left)

    def _answer(self, future: asyncio.Future[None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(future.set_result, None)


@dataclass(slots=True)
class SlowService:
    """`ModelProvider` whose answers take as long as `seconds` says of the task whose id opens the request."""

    name: str
    is_free: bool
    seconds: Mapping[str, float]
    thread: ServiceThread
    instant: InstantService = field(init=False)

    def __post_init__(self) -> None:
        self.instant = InstantService(self.name, self.is_free)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        _, _, after = request.messages[0].text.partition("# Your task: ")
        await self.thread.pass_time(self.seconds[after.split(" ", 1)[0]])
        async for piece in self.instant.stream(request):
            yield piece

    async def count_tokens(self, request: ModelRequest) -> int | None:
        return None

    async def check(self) -> Health:
        return Health(True, "")

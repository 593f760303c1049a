"""A model service with moods: slow, faulty, lying, cut off in the middle; it keeps the bill of what it was asked."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from random import Random

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, Owed
from orchestra_desktop.domain.ids import TaskId, ToolUseId
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    ModelRequest,
    StopReason,
    StreamPiece,
    TextDelta,
    ToolUse,
    Usage,
    request_bytes,
)
from orchestra_desktop.domain.ports import Health
from tests.engine.world import PRICE

_TASK = re.compile(r"^# Your task: (\S+)")
LASTING = (FaultKind.BAD_REQUEST, FaultKind.FORBIDDEN, FaultKind.KEY_REFUSED, FaultKind.SPEND_LIMIT, FaultKind.OFFLINE)
PASSING = (
    FaultKind.CONNECTION,
    FaultKind.TIMEOUT,
    FaultKind.RATE_LIMITED,
    FaultKind.OVERLOADED,
    FaultKind.SERVER,
    FaultKind.CUT_OFF,
    FaultKind.UNREADABLE,
)


@dataclass(frozen=True, slots=True)
class Mood:
    """How often, in a hundred requests, something else comes than an answer that ends the task."""

    tools: int = 25
    cut: int = 6
    useless: int = 6  # refusal, nothing said, an unknown end
    passing: int = 12
    lasting: int = 2
    unreachable: int = 3
    silent: int = 1
    lies: int = 10  # of the answers: no usage, or one that cannot be
    slowest_s: float = 40.0
    well: int = 65  # of the times it is asked how it is while it is down


GOOD = Mood(tools=10, cut=0, useless=0, passing=0, lasting=0, unreachable=0, silent=0, lies=0)


@dataclass(slots=True)
class Bill:
    """What one request cost in truth, nano-dollars; `reported` says that the program was told exactly this."""

    request_id: str
    cost: int
    reported: bool = False


@dataclass(slots=True)
class SimulatedService:
    """`look` is called with each request as it arrives, and the task it is about."""

    random: Random
    name: str = "anthropic"
    is_free: bool = False
    mood: Mood = field(default_factory=Mood)
    look: Callable[[TaskId, ModelRequest], None] = lambda _task, _request: None
    bills: dict[str, Bill] = field(default_factory=dict)
    asked: int = 0
    in_flight: int = 0

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        found = _TASK.match(request.messages[0].text)
        assert found is not None
        self.look(TaskId(found[1]), request)
        self.asked += 1
        bill = self.bills[f"req_{self.asked}"] = Bill(f"req_{self.asked}", 0)
        truth = self._truth(request)
        self.in_flight += 1
        try:
            bill.cost = self._cost(truth) // 2  # of one that is closed in the middle
            await asyncio.sleep(self.random.uniform(0.01, self.mood.slowest_s))
            yield TextDelta("so far")
            reply = await self._reply(request, truth, bill)
            bill.cost = self._cost(reply.usage if bill.reported and reply.usage is not None else truth)
            yield reply
        finally:
            self.in_flight -= 1

    def _cost(self, usage: Usage) -> int:
        return 0 if self.is_free else PRICE.cost(usage)

    def _truth(self, request: ModelRequest) -> Usage:
        """Never more than the request allows."""
        prompt = request_bytes(request) // 4
        cached = self.random.randint(0, prompt // 2)
        output = self.random.randint(1, request.max_tokens)
        return Usage(prompt - cached, output, cache_read_tokens=cached)

    async def _reply(self, request: ModelRequest, truth: Usage, bill: Bill) -> Answer:
        mood, roll = self.mood, self.random.randrange(100)
        unreachable = (FaultKind.UNREACHABLE,)
        for share, kinds in ((mood.passing, PASSING), (mood.lasting, LASTING), (mood.unreachable, unreachable)):
            if 0 <= roll < share:
                raise self._fault(self.random.choice(kinds), bill)
            roll -= share
        if 0 <= roll < mood.silent:
            await asyncio.sleep(100_000)
        return self._answer(request, truth, bill, roll - mood.silent)

    def _fault(self, kind: FaultKind, bill: Bill) -> ModelFault:
        owed = self.random.choice(list(Owed))
        bill.cost = 0 if owed is Owed.NOTHING else self.random.randint(0, bill.cost)
        wait = self.random.choice([None, None, 3.0, 90.0])
        return ModelFault(FaultFacts(kind, owed, "simulated", retry_after_s=wait, request_id=bill.request_id))

    def _answer(self, request: ModelRequest, truth: Usage, bill: Bill, roll: int) -> Answer:
        mood = self.mood
        words, stop = f"Answer {self.asked}.", StopReason.END_TURN
        uses: tuple[ToolUse, ...] = ()
        if 0 <= roll < mood.tools:
            count = self.random.randint(1, 2)
            names = [self.random.choice(["use_1", "use_2", f"use_{self.asked}"]) for _ in range(count)]
            uses = tuple(ToolUse(ToolUseId(n), "write_file", {"path": f"{n}.txt"}) for n in dict.fromkeys(names))
            stop = StopReason.TOOL_USE
        elif 0 <= roll - mood.tools < mood.cut:
            stop = self.random.choice([StopReason.MAX_TOKENS, StopReason.PAUSE_TURN])
        elif 0 <= roll - mood.tools - mood.cut < mood.useless:
            words, stop = self.random.choice(
                [("", StopReason.END_TURN), ("I will not.", StopReason.REFUSAL), ("…", StopReason.UNKNOWN)]
            )
        message = Message("assistant", words, uses)
        return Answer(message, stop, self._reported(truth, bill), request.model, bill.request_id)

    def _reported(self, truth: Usage, bill: Bill) -> Usage | None:
        if self.random.randrange(100) >= self.mood.lies:
            bill.reported = True
            return truth
        lie = self.random.choice([None, "negative", "absurd", "above"])
        match lie:
            case None:
                return None
            case "negative":
                return replace(truth, output_tokens=-1)
            case "absurd":
                return replace(truth, output_tokens=10**9)
            case _:
                bill.reported = True  # more than the reservation, and billed so
                return replace(truth, input_tokens=400_000)

    async def count_tokens(self, request: ModelRequest) -> int | None:
        await asyncio.sleep(0.2)
        if self.random.randrange(4) == 0:
            raise ModelFault(FaultFacts(FaultKind.SERVER, Owed.NOTHING, "no count"))
        return request_bytes(request) // 4

    async def check(self) -> Health:
        await asyncio.sleep(0.1)
        return Health(healthy=self.random.randrange(100) < self.mood.well, detail="simulated")

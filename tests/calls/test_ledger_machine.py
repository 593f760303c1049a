"""The ledger under any order of calls, ends, cancellations, kills, full disks and jumping clocks; several accounts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from orchestra_desktop.calls.call import Reserved
from orchestra_desktop.calls.recovery import settle_abandoned
from orchestra_desktop.domain.budget import Account, Balance, CapKind, Refusal
from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, Owed
from orchestra_desktop.domain.events import Scope
from orchestra_desktop.domain.ids import CallId, ProjectId, RunId, TaskId
from orchestra_desktop.domain.ledger import LedgerLine, LineOpened, LineSettled, LineState
from orchestra_desktop.domain.messages import Answer, ModelRequest, StreamPiece, Usage
from orchestra_desktop.domain.ports import Health
from orchestra_desktop.domain.run import ModelChoice
from tests.calls.desk import FREE, PAID, PRICE, Desk, spec
from tests.engine.virtual_time import VirtualLoop
from tests.fakes.scripted_provider import answer, fault

T = TypeVar("T")
WITHOUT_SHRINKING = (Phase.explicit, Phase.reuse, Phase.generate)  # it would take longer than a test may
HOUR = 3_600 * 1_000_000
PROJECTS = [ProjectId("p1"), ProjectId("p2")]
RUNS = [RunId("r1"), RunId("r2"), RunId("r3")]
SCOPES = [
    Scope(PROJECTS[0], RUNS[0], TaskId("T1"), 1),
    Scope(PROJECTS[0], RUNS[1], TaskId("T1"), 1),
    Scope(PROJECTS[1], RUNS[2], TaskId("T1"), 1),
    Scope(PROJECTS[1]),  # a planner's call
]
CAPS = st.sampled_from([None, 0, 30_000_000, 60_000_000, 150_000_000])
SANE = st.builds(Usage, st.integers(0, 2_000), st.integers(0, 4_096), st.integers(0, 50), st.integers(0, 50))
LIES = st.sampled_from([None, Usage(-5, 10), Usage(10, 10**9), Usage(10**9, 1), Usage(10, 10, -1)])


@dataclass(slots=True)
class Waiting:
    """A call on its way: whose fate the machine decides."""

    reserved: Reserved
    fate: asyncio.Future[Answer | FaultFacts]
    work: asyncio.Task[None] | None = None


@dataclass(slots=True)
class Fated:
    """A provider whose answers come when the machine says so: a request names the place of its fate."""

    name: str
    is_free: bool
    coming: list[asyncio.Future[Answer | FaultFacts]] = field(default_factory=list)
    sent: int = 0
    asked: set[asyncio.Future[Answer | FaultFacts]] = field(default_factory=set)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        self.sent += 1
        fate = self.coming[int(request.messages[0].text)]
        self.asked.add(fate)
        reply = await fate
        if isinstance(reply, FaultFacts):
            raise ModelFault(reply)
        yield reply

    async def count_tokens(self, request: ModelRequest) -> int | None:
        return None

    async def check(self) -> Health:
        return Health(healthy=True, detail="")


class LedgerMachine(RuleBasedStateMachine):
    """Owns a loop of virtual time; a step of it is a rule."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner(loop_factory=VirtualLoop)
        self.open: list[Waiting] = []
        self.billed: dict[CallId, int] = {}
        self.peaks: dict[Account, int] = {}
        self.held = False

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    @initialize(daily=CAPS, monthly=CAPS, project=CAPS, ceiling=CAPS)
    def open_the_desk(self, daily: int | None, monthly: int | None, project: int | None, ceiling: int | None) -> None:
        self.paid, self.local = Fated("anthropic", is_free=False), Fated("ollama", is_free=True)
        self.desk = Desk(self.paid, self.local, daily=daily, monthly=monthly, project=project)  # type: ignore[arg-type]
        for run in RUNS:
            self.desk.accounts.set_ceiling(run, ceiling)

    # -- calls ------------------------------------------------------------------------------------------------------

    @rule(scope=st.sampled_from(SCOPES), tokens=st.sampled_from([500, 2_000, 4_096]), free=st.integers(0, 9))
    def reserve(self, scope: Scope, tokens: int, free: int) -> None:
        self.do(self._reserve(scope, tokens, FREE if free == 0 else PAID))

    async def _reserve(self, scope: Scope, tokens: int, choice: ModelChoice) -> None:
        fate: asyncio.Future[Answer | FaultFacts] = asyncio.get_running_loop().create_future()
        provider = self.local if choice.free else self.paid
        provider.coming.append(fate)
        before = self.counted()
        granted = self.desk.calls.reserve(spec(choice, tokens, scope, words=str(len(provider.coming) - 1)))
        _, caps = self.desk.accounts.caps(scope, self.desk.clock.now())
        if isinstance(granted, Refusal):
            assert self.counted() == before
            assert granted.counted + granted.needed > granted.limit
            return
        sums = self.counted()
        for account, cap in caps.items():
            assert cap is None or choice.free or sums[account].counted <= cap
        self.note_peaks(sums)
        waiting = Waiting(granted, fate)
        waiting.work = asyncio.get_running_loop().create_task(self._own(waiting))
        self.open.append(waiting)
        await asyncio.sleep(0)

    async def _own(self, waiting: Waiting) -> None:
        outcome = await self.desk.calls.send(waiting.reserved, lambda _piece: None)
        _ = self.desk.store.append(outcome.settlement)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), usage=SANE)
    def it_is_answered(self, data: st.DataObject, usage: Usage) -> None:
        self._end(data, answer(usage=usage), PRICE.cost(usage), told=True)

    @precondition(lambda self: self.open)
    @rule(data=st.data(), lie=LIES, truth=SANE)
    def it_is_answered_with_a_lie(self, data: st.DataObject, lie: Usage | None, truth: Usage) -> None:
        self._end(data, answer(usage=lie), PRICE.cost(truth))

    @precondition(lambda self: self.open)
    @rule(data=st.data(), owed=st.sampled_from(Owed), truth=SANE)
    def it_fails(self, data: st.DataObject, owed: Owed, truth: Usage) -> None:
        self._end(data, fault(FaultKind.SERVER, owed), 0 if owed is Owed.NOTHING else PRICE.cost(truth))

    def _end(self, data: st.DataObject, reply: Answer | FaultFacts, cost: int, *, told: bool = False) -> None:
        """`told` says that the service reports what it bills, be it more than was held."""
        sent = [each for each in self.open if self._is_sent(each)]
        if not sent:
            return
        ending = sent[data.draw(st.integers(0, len(sent) - 1))]
        reserved = ending.reserved
        self.billed[reserved.call] = 0 if reserved.price is None else cost if told else min(cost, reserved.amount)
        ending.fate.set_result(reply)
        self.do(self._turns())

    def _is_sent(self, waiting: Waiting) -> bool:
        return waiting.fate in self.paid.asked | self.local.asked and not waiting.fate.done()

    @precondition(lambda self: self.open)
    @rule(data=st.data(), truth=SANE)
    def it_is_cancelled(self, data: st.DataObject, truth: Usage) -> None:
        waiting = self.open[data.draw(st.integers(0, len(self.open) - 1))]
        assert waiting.work is not None
        if self._is_sent(waiting) and waiting.reserved.price is not None:
            self.billed.setdefault(waiting.reserved.call, min(PRICE.cost(truth), waiting.reserved.amount))
        waiting.work.cancel()
        self.do(self._turns())

    async def _turns(self) -> None:
        for _ in range(12):
            await asyncio.sleep(0)
        ended = [waiting for waiting in self.open if waiting.work is not None and waiting.work.done()]
        for waiting in ended:
            assert waiting.work is not None
            assert waiting.work.cancelled() or waiting.work.exception() is None
            self.open.remove(waiting)

    # -- the world --------------------------------------------------------------------------------------------------

    @rule(hours=st.sampled_from([1, 13, 26, -30, 24 * 20]))
    def the_clock_jumps(self, hours: int) -> None:
        self.desk.clock.jump += hours * HOUR

    @rule(kind=st.sampled_from(["daily", "monthly", "project_default"]), cap=CAPS)
    def a_cap_is_changed(self, kind: str, cap: int | None) -> None:
        setattr(self.desk.accounts, kind, cap)

    @rule(count=st.integers(0, 3))
    def commits_are_held_back(self, count: int) -> None:
        self.held = True
        self.desk.store.hold()
        self.do(self._released(count))

    async def _released(self, count: int) -> None:
        self.desk.store.release(count)
        await self._turns()

    @rule()
    def commits_go_on(self) -> None:
        self.held = False
        self.do(self._go_on())

    async def _go_on(self) -> None:
        self.desk.store.recover()
        self.desk.store.release()
        await self._turns()

    @rule()
    def the_disk_is_full(self) -> None:
        self.held = True
        self.desk.store.fail()

    @rule()
    def the_process_is_killed(self) -> None:
        self.do(self._killed())

    async def _killed(self) -> None:
        store, accounts = self.desk.store.after_kill(), self.desk.accounts
        self.desk.store.hold()  # what the old process still says goes nowhere
        for waiting in self.open:
            assert waiting.work is not None
            waiting.work.cancel()
        await self._turns()
        caps = {"daily": accounts.daily, "monthly": accounts.monthly, "project": accounts.project_default}
        again = Desk(self.paid, self.local, store, self.desk.clock, self.desk.ids, **caps)  # type: ignore[arg-type]
        for run, ceiling in accounts._ceilings.items():
            again.accounts.set_ceiling(run, ceiling)
        await settle_abandoned(store, store, again.clock)
        await again.accounts.load(store, PROJECTS, RUNS, again.clock.now())
        self.desk, self.held = again, False
        for account, balance in self.counted().items():
            assert balance.counted <= self.peaks.get(account, 0)  # a kill makes nothing more than it ever was

    # -- what always holds ------------------------------------------------------------------------------------------

    def lines(self) -> dict[CallId, LedgerLine]:
        """The ledger as it will be when everything that was appended is committed."""
        lines: dict[CallId, LedgerLine] = {}
        for batch in (*self.desk.store.batches, *self.desk.store.uncommitted):
            for write in batch.ledger:
                match write:
                    case LineOpened():
                        assert write.call not in lines
                        lines[write.call] = LedgerLine(write, None)
                    case LineSettled():
                        assert lines[write.call].settled is None
                        lines[write.call] = LedgerLine(lines[write.call].opened, write)
        return lines

    def counted(self) -> dict[Account, Balance]:
        """The sums of that ledger, by its own arithmetic."""
        names = [(CapKind.PROJECT, str(p)) for p in PROJECTS] + [(CapKind.RUN, str(r)) for r in RUNS]
        sums = {Account(kind, name): Balance() for kind, name in names}
        for line in self.lines().values():
            opened = line.opened
            for kind, of in (
                (CapKind.RUN, opened.run),
                (CapKind.PROJECT, opened.project),
                (CapKind.DAILY, opened.period.day),
                (CapKind.MONTHLY, opened.period.month),
            ):
                if of is not None:
                    _add(sums.setdefault(Account(kind, str(of)), Balance()), line)
        return sums

    def note_peaks(self, sums: dict[Account, Balance]) -> None:
        for account, balance in sums.items():
            self.peaks[account] = max(self.peaks.get(account, 0), balance.counted)

    @invariant()
    def balances_are_the_sums_of_the_ledger(self) -> None:
        sums = self.counted()
        self.note_peaks(sums)
        for account, balance in sums.items():
            if self.desk.accounts.balances.knows(account):
                assert self.desk.accounts.balances.balance(account) == balance

    @invariant()
    def what_is_committed_is_what_the_archive_sums_up(self) -> None:
        if not self.held:
            self.do(self._turns())
            sums = self.counted()
            assert self.do(self.desk.sums(sums)) == sums

    @invariant()
    def every_hold_is_an_open_line_and_every_request_has_one(self) -> None:
        lines = self.lines()
        holds = self.desk.accounts.balances.holds
        assert set(holds) == {call for call, line in lines.items() if line.state is LineState.OPEN}
        committed = {write.call for b in self.desk.store.batches for write in b.ledger if isinstance(write, LineOpened)}
        assert self.paid.sent + self.local.sent <= len(committed)

    @invariant()
    def no_line_counts_less_than_was_billed(self) -> None:
        for call, line in self.lines().items():
            billed = self.billed.get(call, 0)
            match line.state:
                case LineState.CHARGED:
                    assert line.counts >= billed
                case LineState.UNCONFIRMED:
                    assert line.counts >= min(billed, line.opened.reserved)
                case LineState.VOIDED:
                    assert billed == 0
                case LineState.OPEN:
                    assert line.counts == line.opened.reserved

    def teardown(self) -> None:
        for waiting in self.open:
            if waiting.work is not None:
                waiting.work.cancel()
        self.do(self._turns())
        self.runner.close()


def _add(balance: Balance, line: LedgerLine) -> None:
    match line.state:
        case LineState.OPEN:
            balance.open += line.opened.reserved
        case LineState.UNCONFIRMED:
            balance.unconfirmed += line.opened.reserved
        case LineState.CHARGED:
            balance.charged += line.counts
        case LineState.VOIDED:
            pass


TestLedgerMachine = LedgerMachine.TestCase
TestLedgerMachine.settings = settings(max_examples=60, stateful_step_count=40, phases=WITHOUT_SHRINKING)

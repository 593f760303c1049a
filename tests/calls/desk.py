"""Calls over a store in memory and a scripted provider: what the tests of money share."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from orchestra_desktop.calls.accounts import Accounts
from orchestra_desktop.calls.call import Calls, CallSpec, Reserved
from orchestra_desktop.calls.recovery import settle_abandoned
from orchestra_desktop.domain.budget import Account, Balance, CapKind, Refusal
from orchestra_desktop.domain.events import Event, Scope
from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
from orchestra_desktop.domain.ledger import LedgerLine, Purpose
from orchestra_desktop.domain.messages import Message, ModelRequest, SystemBlock, TextDelta, ThinkingDelta
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.ports import Clock, Ids, LineFilter
from orchestra_desktop.domain.pricing import Price, PriceTable
from orchestra_desktop.domain.run import ModelChoice
from tests.engine.virtual_time import LoopClock, SeededIds
from tests.engine.world import FREE, PAID, PRICE
from tests.fakes.journal import MemoryStore
from tests.fakes.scripted_provider import ScriptedProvider, answer

PROJECT, RUN, TASK = ProjectId("p1"), RunId("r1"), TaskId("T1")
SCOPE = Scope(PROJECT, RUN, TASK, 1)
PROMPT_BOUND = 2_200  # tokens that the requests below are bounded by, at most: their bytes and what a service adds
UNPRICED = ModelChoice("anthropic", "claude-unknown", 32_000, 1_000_000)


def request(max_tokens: int = 4_096, words: str = "Do it.", timeout_s: float = 600.0) -> ModelRequest:
    system = (SystemBlock("You work."),)
    return ModelRequest("claude-test", system, (Message("user", words),), max_tokens, timeout_s=timeout_s)


def spec(choice: ModelChoice = PAID, max_tokens: int = 4_096, scope: Scope = SCOPE, words: str = "Do it.") -> CallSpec:
    return CallSpec(Purpose.TASK, scope, Tier.SONNET, choice, request(max_tokens, words))


@dataclass(slots=True)
class Desk:
    """Where calls are made. Caps are nano-dollars; `pieces` are the deltas that streamed."""

    provider: ScriptedProvider = field(default_factory=lambda: ScriptedProvider(lambda _r, _n: answer()))
    local: ScriptedProvider = field(
        default_factory=lambda: ScriptedProvider(lambda _r, _n: answer(), name="ollama", is_free=True)
    )
    store: MemoryStore = field(default_factory=MemoryStore)
    clock: LoopClock = field(default_factory=LoopClock)
    ids: SeededIds = field(default_factory=lambda: SeededIds(1))
    daily: int | None = None
    monthly: int | None = None
    project: int | None = None
    ceiling: int | None = None
    zone: str = "UTC"
    prices: tuple[Price, ...] = (PRICE,)
    pieces: list[str] = field(default_factory=list)
    accounts: Accounts = field(init=False)
    calls: Calls = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts(
            zoneinfo.ZoneInfo(self.zone), daily=self.daily, monthly=self.monthly, project=self.project
        )
        self.accounts.set_ceiling(RUN, self.ceiling)
        clock: Clock = self.clock
        ids: Ids = self.ids
        providers = {self.provider.name: self.provider, self.local.name: self.local}
        self.calls = Calls(providers, self.store, self.accounts, lambda: PriceTable(self.prices), clock, ids)

    def on_piece(self, piece: TextDelta | ThinkingDelta) -> None:
        self.pieces.append(piece.text)

    async def reopened(self) -> Desk:
        """The next start after a kill now: recovery has run and the balances are loaded."""
        found = replace(
            self, store=self.store.after_kill(), ids=SeededIds(round(self.ids.uniform() * 10**9)), pieces=[]
        )
        await settle_abandoned(found.store, found.store, found.clock)
        await found.accounts.load(found.store, [PROJECT], [RUN], found.clock.now())
        return found

    def granted(self, wanted: CallSpec | None = None) -> Reserved:
        reserved = self.calls.reserve(wanted or spec())
        assert isinstance(reserved, Reserved)
        return reserved

    def refused(self, wanted: CallSpec | None = None) -> Refusal:
        refusal = self.calls.reserve(wanted or spec())
        assert isinstance(refusal, Refusal)
        return refusal

    async def line(self) -> LedgerLine:
        """The one line of the ledger."""
        (only,) = await self.lines()
        return only

    async def lines(self) -> list[LedgerLine]:
        return list(await self.store.lines(LineFilter()))

    def events(self) -> list[Event]:
        return [stored.event for stored in self.store.stored]

    def balance(self, kind: CapKind = CapKind.RUN, of: str = RUN) -> Balance:
        return self.accounts.balances.balance(Account(kind, of))

    async def sums(self, accounts: Iterable[Account]) -> dict[Account, Balance]:
        return dict(await self.store.balances(accounts))


BOUND = PRICE.bound(PROMPT_BOUND, 4_096)
"""A little more than the reservation of one `spec()`."""

__all__ = ["BOUND", "FREE", "PAID", "PRICE", "PROJECT", "RUN", "SCOPE", "UNPRICED", "Desk", "request", "spec"]

"""Money is held before it is spent: the rules by a state machine that keeps its own books, and the edges by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from orchestra_desktop.domain.budget import Account, Balance, Balances, CapKind, Caps, Hold, Refusal, shrunk_output
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LineState

RUN, OTHER_RUN = Account(CapKind.RUN, "run"), Account(CapKind.RUN, "other run")
PROJECT = Account(CapKind.PROJECT, "project")
DAYS = [Account(CapKind.DAILY, f"2026-11-{day:02}") for day in range(28, 31)]
MONTH = Account(CapKind.MONTHLY, "2026-11")
LIMITS = st.one_of(st.none(), st.integers(min_value=0, max_value=300))
AMOUNTS = st.integers(min_value=0, max_value=120)
SETTLED = [LineState.CHARGED, LineState.VOIDED, LineState.UNCONFIRMED]


@dataclass
class BookedLine:
    """A line of the machine's own books."""

    amount: int
    accounts: tuple[Account, ...]
    state: LineState = LineState.OPEN
    charged: int = 0

    @property
    def counts(self) -> int:
        return {LineState.CHARGED: self.charged, LineState.VOIDED: 0}.get(self.state, self.amount)


class Spending(RuleBasedStateMachine):
    """Two runs of one project spend under caps that change, days that pass and settlements in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.balances = Balances()
        self.limits: dict[Account, int | None] = dict.fromkeys([RUN, OTHER_RUN, PROJECT, *DAYS, MONTH])
        self.books: dict[CallId, BookedLine] = {}
        self.today = 0

    def counted(self, account: Account) -> int:
        return sum(line.counts for line in self.books.values() if account in line.accounts)

    @rule(run=st.sampled_from([RUN, OTHER_RUN]), amount=AMOUNTS)
    def ask(self, run: Account, amount: int) -> None:
        accounts = (run, PROJECT, DAYS[self.today], MONTH)
        caps: Caps = {account: self.limits[account] for account in accounts}
        before = {account: self.counted(account) for account in accounts}
        call = CallId(f"call {len(self.books)}")
        answer = self.balances.reserve(call, amount, caps)
        exceeded = {a for a, limit in caps.items() if limit is not None and before[a] + amount > limit}
        if amount == 0 or not exceeded:
            assert answer == Hold(call, amount, accounts)
            self.books[call] = BookedLine(amount, accounts)
        else:
            self.judge(answer, exceeded, before)

    def judge(self, answer: Hold | Refusal, exceeded: set[Account], before: dict[Account, int]) -> None:
        assert isinstance(answer, Refusal)
        assert answer.account in exceeded
        assert (answer.limit, answer.counted) == (self.limits[answer.account], before[answer.account])
        assert answer.short_by > 0
        if not answer.may_free:
            spent = sum(
                line.counts
                for line in self.books.values()
                if answer.account in line.accounts and line.state is not LineState.OPEN
            )
            nothing_open = spent == before[answer.account]
            assert nothing_open or spent + answer.needed > answer.limit

    @precondition(lambda self: self.books)
    @rule(data=st.data(), state=st.sampled_from(SETTLED), charged=st.integers(min_value=0, max_value=200))
    def settle(self, data: st.DataObject, state: LineState, charged: int) -> None:
        """Settles any line, a settled one too: then nothing may change."""
        call = data.draw(st.sampled_from(sorted(self.books)))
        line = self.books[call]
        hold = self.balances.settle(call, state, charged)
        assert (hold is not None) == (line.state is LineState.OPEN)
        if hold is not None:
            line.state, line.charged = state, charged

    @rule(data=st.data())
    def release(self, data: st.DataObject) -> None:
        """A person takes an unconfirmed line back."""
        lines = [line for line in self.books.values() if line.state is LineState.UNCONFIRMED]
        if lines:
            line = data.draw(st.sampled_from(lines))
            self.balances.release(line.accounts, line.amount)
            line.state = LineState.VOIDED

    @rule(account=st.sampled_from([RUN, OTHER_RUN, PROJECT, *DAYS, MONTH]), limit=LIMITS)
    def change_cap(self, account: Account, limit: int | None) -> None:
        self.limits[account] = limit

    @precondition(lambda self: self.today + 1 < len(DAYS))
    @rule()
    def midnight(self) -> None:
        self.today += 1

    @invariant()
    def the_sums_are_those_of_the_books(self) -> None:
        for account in self.limits:
            lines = [line for line in self.books.values() if account in line.accounts]
            balance = self.balances.balance(account)
            assert balance.open == sum(line.amount for line in lines if line.state is LineState.OPEN)
            assert balance.charged == sum(line.charged for line in lines if line.state is LineState.CHARGED)
            assert balance.unconfirmed == sum(line.amount for line in lines if line.state is LineState.UNCONFIRMED)
            assert balance.counted == self.counted(account)

    @invariant()
    def the_holds_are_the_open_lines(self) -> None:
        assert set(self.balances.holds) == {call for call, line in self.books.items() if line.state is LineState.OPEN}

    @invariant()
    def room_is_what_the_next_reservation_gets(self) -> None:
        caps = {account: self.limits[account] for account in (RUN, PROJECT, DAYS[self.today], MONTH)}
        rooms = [limit - self.counted(account) for account, limit in caps.items() if limit is not None]
        assert self.balances.room(caps) == (min(rooms) if rooms else None)


TestSpending = Spending.TestCase


def test_a_reservation_that_just_fits_is_granted_and_the_next_nano_dollar_is_not() -> None:
    balances = Balances()
    assert isinstance(balances.reserve(CallId("a"), 60, {RUN: 100}), Hold)
    assert isinstance(balances.reserve(CallId("b"), 40, {RUN: 100}), Hold)
    refusal = balances.reserve(CallId("c"), 1, {RUN: 100})
    assert isinstance(refusal, Refusal)
    assert (refusal.short_by, refusal.may_free) == (1, True)


def test_a_cap_of_zero_blocks_every_paid_call_and_no_free_one() -> None:
    balances = Balances()
    refusal = balances.reserve(CallId("paid"), 1, {RUN: None, DAYS[0]: 0})
    assert isinstance(refusal, Refusal)
    assert (refusal.account, refusal.may_free) == (DAYS[0], False)
    assert isinstance(balances.reserve(CallId("free"), 0, {RUN: None, DAYS[0]: 0}), Hold)


def test_a_free_call_goes_through_although_a_cap_is_overspent() -> None:
    balances = Balances()
    balances.load(RUN, Balance(charged=500))
    assert isinstance(balances.reserve(CallId("free"), 0, {RUN: 100}), Hold)
    assert isinstance(balances.reserve(CallId("paid"), 1, {RUN: 100}), Refusal)


def test_a_refused_reservation_holds_nothing_anywhere() -> None:
    balances = Balances()
    balances.reserve(CallId("a"), 50, {RUN: 100, PROJECT: 10})
    assert balances.balance(RUN) == Balance()
    assert not balances.holds
    assert balances.settle(CallId("a"), LineState.CHARGED, 50) is None


def test_the_cap_named_is_the_one_that_waiting_cannot_help() -> None:
    balances = Balances()
    balances.load(PROJECT, Balance(charged=95))
    balances.reserve(CallId("a"), 900, {RUN: 1_000})
    refusal = balances.reserve(CallId("b"), 200, {RUN: 1_000, PROJECT: 200})
    assert isinstance(refusal, Refusal)
    assert refusal.account == PROJECT  # short by 95 for good; the run is short by 100 until its call is settled


def test_lowering_a_cap_below_what_is_spent_stops_new_calls_and_breaks_nothing() -> None:
    balances = Balances()
    balances.reserve(CallId("a"), 80, {RUN: 100})
    assert balances.room({RUN: 50}) == -30
    assert isinstance(balances.reserve(CallId("b"), 1, {RUN: 50}), Refusal)
    assert balances.settle(CallId("a"), LineState.CHARGED, 80) is not None
    assert balances.balance(RUN) == Balance(charged=80)


def test_a_charge_above_its_reservation_counts_whole() -> None:
    balances = Balances()
    balances.reserve(CallId("a"), 10, {RUN: 100})
    balances.settle(CallId("a"), LineState.CHARGED, 130)
    assert balances.room({RUN: 100}) == -30


def test_a_call_settles_against_the_day_it_was_made_on() -> None:
    balances = Balances()
    balances.reserve(CallId("a"), 10, {DAYS[0]: 100})
    balances.reserve(CallId("b"), 10, {DAYS[1]: 100})
    balances.settle(CallId("a"), LineState.CHARGED, 7)
    assert balances.balance(DAYS[0]) == Balance(charged=7)
    assert balances.balance(DAYS[1]) == Balance(open=10)


@pytest.mark.parametrize(
    ("wanted", "affordable", "granted"),
    [
        (8_192, 9_000, 8_192),
        (8_192, 8_191, 8_191),
        (8_192, 4_096, 4_096),
        (8_192, 4_095, None),  # below half
        (8_193, 4_096, None),  # half is rounded up
        (1_500, 1_024, 1_024),
        (1_500, 1_023, None),  # below the least that is of use
        (600, 600, 600),
        (600, 599, None),
        (8_192, -5, None),
    ],
)
def test_output_is_shrunk_to_what_fits_but_not_below_half_nor_1024(
    wanted: int, affordable: int, granted: int | None
) -> None:
    assert shrunk_output(wanted, affordable) == granted

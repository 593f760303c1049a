"""Grants or refuses a reservation against every cap in one synchronous step; holds the balances of all runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LineState

MINIMUM_OUTPUT_TOKENS = 1_024


class CapKind(StrEnum):
    """What a cap limits; in the order in which a refusal names them."""

    RUN = "run"
    PROJECT = "project"
    DAILY = "daily"
    MONTHLY = "monthly"


class Account(NamedTuple):
    """One thing money is counted for: a run, a project, a day ("2026-11-23") or a month ("2026-11").

    A tuple, not a dataclass: a reservation and its settlement look accounts up two dozen times, and the hash of a
    dataclass is worked out in Python.
    """

    kind: CapKind
    id: str


@dataclass(slots=True)
class Balance:
    """Nano-dollars counted against one account."""

    charged: int = 0
    open: int = 0
    unconfirmed: int = 0

    @property
    def counted(self) -> int:
        return self.charged + self.open + self.unconfirmed


Caps = Mapping[Account, int | None]  # nano-dollars; None is no cap, 0 blocks every paid call


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a reservation was not granted.

    `short_by` nano-dollars are missing under the cap of `account`; `may_free` says that open reservations of other
    calls, once settled, could make room for it.
    """

    account: Account
    limit: int
    counted: int
    needed: int
    may_free: bool

    @property
    def short_by(self) -> int:
        return self.counted + self.needed - self.limit


@dataclass(frozen=True, slots=True)
class Hold:
    """An open reservation."""

    call: CallId
    amount: int
    accounts: tuple[Account, ...]


class Balances:
    """The running sums of the ledger. One object per data folder; no `await` ever stands inside its methods."""

    def __init__(self) -> None:
        self._balances: dict[Account, Balance] = {}
        self._holds: dict[CallId, Hold] = {}

    def load(self, account: Account, balance: Balance) -> None:
        """Takes over a stored sum, at start. Raises ValueError for an account that is in use already."""
        if self.knows(account):
            raise ValueError(f"{account} was loaded or used before")
        self._balances[account] = balance

    def knows(self, account: Account) -> bool:
        return account in self._balances

    def balance(self, account: Account) -> Balance:
        """The account's sums; nothing where it was never used."""
        return self._balances.get(account) or Balance()

    def counted(self, account: Account) -> int:
        """All that counts against the account's cap, nano-dollars."""
        balance = self._balances.get(account)
        return 0 if balance is None else balance.charged + balance.open + balance.unconfirmed

    def room(self, caps: Caps) -> int | None:
        """The nano-dollars that fit under every one of these caps now; None where there is no cap. May be negative."""
        rooms = [limit - self.counted(account) for account, limit in caps.items() if limit is not None]
        return min(rooms, default=None)

    def reserve(self, call: CallId, amount: int, caps: Caps) -> Hold | Refusal:
        """Holds `amount` against every account of `caps`, or says which cap forbids it.

        A free call is always granted. Of several caps the one that is shortest is named. Raises ValueError for a call
        that holds something already.
        """
        if call in self._holds:
            raise ValueError(f"call {call} has a reservation")
        room = self.room(caps)
        if room is not None and amount > max(room, 0):
            return self._shortest(amount, caps)
        hold = Hold(call, amount, tuple(caps))
        self._holds[call] = hold
        for account in hold.accounts:
            balance = self._balances.get(account)
            if balance is None:
                balance = self._balances[account] = Balance()
            balance.open += amount
        return hold

    def _shortest(self, amount: int, caps: Caps) -> Refusal:
        """Of the caps that the amount does not fit under."""
        refusals = []
        for account, limit in caps.items():
            if limit is None:
                continue
            if self.counted(account) + amount > limit:
                balance = self.balance(account)
                settled = balance.charged + balance.unconfirmed
                refusals.append(
                    Refusal(
                        account, limit, balance.counted, amount, may_free=balance.open > 0 and settled + amount <= limit
                    )
                )
        return max(refusals, key=lambda refusal: (not refusal.may_free, refusal.short_by))

    def settle(self, call: CallId, state: LineState, charged: int) -> Hold | None:
        """Turns an open reservation into what it came to. None if it was settled before: a line is settled once."""
        hold = self._holds.pop(call, None)
        if hold is None:
            return None
        for account in hold.accounts:
            balance = self._balances[account]
            balance.open -= hold.amount
            if state is LineState.CHARGED:
                balance.charged += charged
            elif state is LineState.UNCONFIRMED:
                balance.unconfirmed += hold.amount
        return hold

    def release(self, accounts: Iterable[Account], amount: int) -> None:
        """Takes an unconfirmed amount back, which only a person may ask for."""
        for account in accounts:
            if account in self._balances:
                self._balances[account].unconfirmed -= amount

    @property
    def holds(self) -> Mapping[CallId, Hold]:
        """The open reservations."""
        return self._holds


def shrunk_output(wanted: int, affordable: int) -> int | None:
    """The output limit that fits, or None: not below half of what is wanted, nor below 1,024 tokens.

    A task that wants less than 1,024 anyway is not shrunk at all.
    """
    if affordable >= wanted:
        return wanted
    floor = max(-(-wanted // 2), MINIMUM_OUTPUT_TOKENS)
    return affordable if affordable >= floor else None

"""After a kill, over midnight, and with a clock that is set back: no budget opens again."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from orchestra_desktop.domain.budget import Account, CapKind
from orchestra_desktop.domain.events import CallUnconfirmed
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.periods import utc
from tests.calls.desk import BOUND, RUN, SCOPE, Desk
from tests.engine.virtual_time import EPOCH, run_virtually

HOUR = 3_600 * 1_000_000


def test_m4_what_was_open_at_a_kill_counts_whole_as_unconfirmed() -> None:
    async def story() -> None:
        desk = Desk(ceiling=BOUND * 2)
        amounts = [desk.granted().amount, desk.granted().amount]
        await asyncio.sleep(0)
        again = await desk.reopened()
        assert [line.state for line in await again.lines()] == [LineState.UNCONFIRMED] * 2
        assert again.balance().unconfirmed == sum(amounts)
        told = [event for event in again.events() if isinstance(event, CallUnconfirmed)]
        assert [(event.amount, event.fault) for event in told] == [(amount, "interrupted") for amount in amounts]
        assert not again.refused().may_free

    run_virtually(story())


def test_a_reservation_that_was_not_committed_at_the_kill_never_was() -> None:
    async def story() -> None:
        desk = Desk()
        desk.store.hold()
        desk.granted()
        await asyncio.sleep(0)
        again = await desk.reopened()
        assert await again.lines() == []
        assert again.balance().counted == 0

    run_virtually(story())


def test_recovery_settles_nothing_twice() -> None:
    async def story() -> None:
        desk = Desk()
        desk.granted()
        await asyncio.sleep(0)
        again = await (await desk.reopened()).reopened()
        assert len([event for event in again.events() if isinstance(event, CallUnconfirmed)]) == 1
        assert [stored.scope for stored in again.store.stored][-1] == SCOPE

    run_virtually(story())


def test_what_was_settled_before_the_kill_stays_as_it_was() -> None:
    async def story() -> None:
        desk = Desk()
        outcome = await desk.calls.send(desk.granted(), desk.on_piece)
        await desk.store.append(outcome.settlement)
        again = await desk.reopened()
        assert (await again.line()).state is LineState.CHARGED
        assert again.balance() == desk.balance()

    run_virtually(story())


# -- days and months --------------------------------------------------------------------------------------------------


def test_m7_a_new_day_has_a_new_budget_and_the_month_goes_on() -> None:
    async def story() -> None:
        desk = Desk(daily=BOUND, monthly=BOUND * 10, zone="Europe/Berlin")
        desk.granted()
        desk.refused()
        desk.clock.jump = 22 * HOUR + HOUR - 1_000_000  # 23:59:59 in Berlin
        desk.refused()
        desk.clock.jump += 1_000_000
        desk.granted()
        assert desk.balance(CapKind.MONTHLY, "2025-11").counted > BOUND

    run_virtually(story())


def test_m7_a_reservation_belongs_to_the_day_on_which_it_was_made() -> None:
    async def story() -> None:
        desk = Desk(daily=BOUND)
        desk.clock.jump = 24 * HOUR - 500_000  # half a second before midnight
        reserved = desk.granted()
        outcome = await desk.calls.send(reserved, desk.on_piece)  # takes a second
        await desk.store.append(outcome.settlement)
        assert utc(desk.clock.now()).date() == dt.date(2025, 11, 24)
        assert (await desk.line()).opened.period.day == "2025-11-23"
        assert desk.balance(CapKind.DAILY, "2025-11-23").charged > 0
        assert desk.balance(CapKind.DAILY, "2025-11-24").counted == 0

    run_virtually(story())


@pytest.mark.parametrize("killed", [False, True])
def test_m7_a_clock_that_is_set_back_does_not_open_a_spent_budget_again(killed: bool) -> None:
    async def story() -> None:
        desk = Desk(daily=BOUND)
        desk.granted()
        await asyncio.sleep(0)
        desk.clock.jump = -48 * HOUR
        if killed:
            desk = await desk.reopened()
        refusal = desk.refused()
        assert refusal.account == Account(CapKind.DAILY, utc(EPOCH).date().isoformat())

    run_virtually(story())


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", "2025-11-23"), ("Pacific/Pago_Pago", "2025-11-22")])
def test_m7_days_are_those_of_the_stored_time_zone(zone: str, day: str) -> None:
    async def story() -> None:
        desk = Desk(zone=zone)
        desk.granted()
        await asyncio.sleep(0)
        assert (await desk.line()).opened.period.day == day

    run_virtually(story())


def test_a_released_amount_makes_room_again() -> None:
    async def story() -> None:
        desk = Desk(ceiling=BOUND)
        amount = desk.granted().amount
        await asyncio.sleep(0)
        again = await desk.reopened()
        again.refused()
        again.accounts.balances.release([Account(CapKind.RUN, RUN)], amount)
        again.granted()

    run_virtually(story())

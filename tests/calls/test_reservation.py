"""Before a call: what is held, for whom, how much, and that it is durable before the first byte."""

from __future__ import annotations

import asyncio

import pytest

from orchestra_desktop.calls.call import CallOutcome, Reserved
from orchestra_desktop.domain.budget import CapKind, Refusal
from orchestra_desktop.domain.errors import FaultFacts, FaultKind, ModelFault, Owed, StorageError, UnpricedModel
from orchestra_desktop.domain.events import CallReserved, CapNear
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.messages import ModelRequest
from tests.calls.desk import BOUND, FREE, PRICE, SCOPE, UNPRICED, Desk, spec
from tests.engine.virtual_time import SeededIds, run_virtually
from tests.fakes.scripted_provider import ScriptedProvider, answer


class Counting(ScriptedProvider):
    """A provider that counts tokens, or fails to."""

    def __init__(self, count: int | FaultFacts) -> None:
        super().__init__(lambda _request, _number: answer())
        self.count = count

    async def count_tokens(self, request: ModelRequest) -> int | None:
        await asyncio.sleep(0)
        if isinstance(self.count, FaultFacts):
            raise ModelFault(self.count)
        return self.count


# -- M1, M2 -----------------------------------------------------------------------------------------------------------


def test_m1_fifty_at_once_hold_no_more_than_each_cap_allows() -> None:
    async def story() -> None:
        desk = Desk(daily=BOUND * 5, project=BOUND * 4, ceiling=BOUND * 3)
        granted = [g for g in (desk.calls.reserve(spec()) for _ in range(50)) if isinstance(g, Reserved)]
        assert 3 <= len(granted) <= 4  # the last one with less output
        assert desk.balance().counted <= BOUND * 3
        assert desk.refused().account.kind is CapKind.RUN

    run_virtually(story())


@pytest.mark.parametrize("kind", list(CapKind))
def test_m1_every_cap_is_asked(kind: CapKind) -> None:
    async def story() -> None:
        names = {CapKind.RUN: "ceiling", CapKind.PROJECT: "project", CapKind.DAILY: "daily", CapKind.MONTHLY: "monthly"}
        desk = Desk(**{names[kind]: 1_000})  # type: ignore[arg-type]
        refusal = desk.refused()
        assert (refusal.account.kind, refusal.limit, refusal.may_free) == (kind, 1_000, False)
        assert refusal.short_by == refusal.needed - 1_000

    run_virtually(story())


def test_m2_nothing_is_sent_before_the_reservation_is_committed() -> None:
    async def story() -> None:
        desk = Desk()
        desk.store.hold()
        call = asyncio.get_running_loop().create_task(desk.calls.send(desk.granted(), desk.on_piece))
        await asyncio.sleep(60)
        assert desk.provider.requests == []
        assert len(desk.store.uncommitted) == 1
        desk.store.release()
        assert (await call).answer is not None
        assert len(desk.provider.requests) == 1

    run_virtually(story())


def test_m2_nothing_is_sent_while_the_disk_takes_no_commit_and_it_goes_on_when_it_does() -> None:
    async def story() -> None:
        desk = Desk()
        desk.store.fail()
        call = asyncio.get_running_loop().create_task(desk.calls.send(desk.granted(), desk.on_piece))
        await asyncio.sleep(3_600)
        assert desk.provider.requests == []
        desk.store.recover()
        assert (await call).answer is not None

    run_virtually(story())


def test_m2_each_request_has_one_reservation_with_its_event() -> None:
    async def story() -> None:
        desk = Desk()
        await desk.calls.ask(spec(), desk.on_piece)
        line = await desk.line()
        reserved = [event for event in desk.events() if isinstance(event, CallReserved)]
        assert [(e.call, e.amount, e.max_tokens) for e in reserved] == [(line.opened.call, line.opened.reserved, 4_096)]

    run_virtually(story())


class OneId(SeededIds):
    def new(self) -> str:
        return "same"


@pytest.mark.logs_errors("refused a batch")
def test_a_reservation_that_the_database_refuses_is_never_sent() -> None:
    async def story() -> None:
        desk = Desk(ids=OneId(1))
        first = desk.granted()
        await desk.calls.send(first, desk.on_piece)
        with pytest.raises(StorageError):
            await desk.calls.send(desk.granted(), desk.on_piece)
        assert len(desk.provider.requests) == 1
        assert not desk.accounts.balances.holds

    run_virtually(story())


# -- how much ---------------------------------------------------------------------------------------------------------


def test_the_reservation_is_the_worst_case_of_the_request() -> None:
    async def story() -> None:
        desk = Desk()
        words = "ü" * 1_000
        reserved = desk.granted(spec(words=words))
        least = PRICE.bound(2_000 + 2_000, 4_096)  # two bytes a letter, and what a service adds
        assert least <= reserved.amount <= least + PRICE.bound(200, 0)

    run_virtually(story())


@pytest.mark.parametrize(
    ("room_for", "expected"),
    [(4_096, 4_096), (4_000, 4_000), (2_048, 2_048), (2_047, None)],
)
def test_the_output_shrinks_to_what_fits_but_never_below_half(room_for: int, expected: int | None) -> None:
    async def story() -> None:
        prompt = Desk().granted(spec(max_tokens=1)).amount - PRICE.rates.output
        desk = Desk(ceiling=prompt + room_for * PRICE.rates.output)
        granted = desk.calls.reserve(spec())
        if expected is None:
            assert isinstance(granted, Refusal)
            assert granted.short_by == (2_048 - room_for) * PRICE.rates.output
        else:
            assert isinstance(granted, Reserved)
            assert granted.spec.request.max_tokens == expected
            outcome = await desk.calls.send(granted, desk.on_piece)
            assert isinstance(outcome, CallOutcome)
            assert desk.provider.requests[0].max_tokens == expected

    run_virtually(story())


@pytest.mark.parametrize(("wanted", "least"), [(1_500, 1_024), (1_024, 1_024), (600, 600)])
def test_the_output_never_shrinks_below_1024_tokens(wanted: int, least: int) -> None:
    async def story() -> None:
        prompt = Desk().granted(spec(max_tokens=1)).amount - PRICE.rates.output
        fits = Desk(ceiling=prompt + least * PRICE.rates.output)
        assert fits.granted(spec(max_tokens=wanted)).spec.request.max_tokens == least
        short = Desk(ceiling=prompt + (least - 1) * PRICE.rates.output)
        assert short.refused(spec(max_tokens=wanted)).short_by == PRICE.rates.output

    run_virtually(story())


@pytest.mark.parametrize(
    ("count", "fits"),
    [(3_000, True), (10**9, False), (FaultFacts(FaultKind.SERVER, Owed.NOTHING, ""), False)],
    ids=["smaller", "larger than the bytes", "no count"],
)
def test_where_the_bytes_do_not_fit_the_services_own_count_may(count: int | FaultFacts, fits: bool) -> None:
    async def story() -> None:
        words = "word " * 20_000  # 100,000 bytes, 20,000 tokens
        desk = Desk(provider=Counting(count), ceiling=PRICE.bound(20_000, 4_096))
        outcome = await desk.calls.ask(spec(words=words), desk.on_piece)
        assert isinstance(outcome, CallOutcome) is fits
        if isinstance(outcome, Refusal):
            assert outcome.needed <= PRICE.bound(103_000, 2_048)  # a count is never taken for more than the bytes
        else:
            assert (await desk.line()).opened.reserved == PRICE.bound(3_150, 4_096)

    run_virtually(story())


# -- M6, M8 -----------------------------------------------------------------------------------------------------------


def test_m6_a_model_without_a_price_is_refused_and_nothing_is_held() -> None:
    async def story() -> None:
        desk = Desk()
        with pytest.raises(UnpricedModel):
            desk.calls.reserve(spec(UNPRICED))
        assert not desk.accounts.balances.holds
        assert desk.store.uncommitted == ()

    run_virtually(story())


def test_m8_a_cap_of_zero_blocks_every_paid_call() -> None:
    async def story() -> None:
        desk = Desk(daily=0)
        assert isinstance(await desk.calls.ask(spec(), desk.on_piece), Refusal)
        assert desk.provider.requests == []

    run_virtually(story())


def test_m8_a_free_call_goes_through_under_a_cap_of_zero_and_is_logged_at_nothing() -> None:
    async def story() -> None:
        desk = Desk(daily=0, ceiling=0, project=0, monthly=0)
        outcome = await desk.calls.ask(spec(FREE), desk.on_piece)
        assert isinstance(outcome, CallOutcome)
        await desk.store.append(outcome.settlement)
        line = await desk.line()
        assert (line.state, line.counts, line.opened.reserved) == (LineState.CHARGED, 0, 0)
        assert line.settled is not None
        assert line.settled.usage is not None

    run_virtually(story())


# -- warnings, probes -------------------------------------------------------------------------------------------------


def test_a_cap_that_comes_near_is_told_once() -> None:
    async def story() -> None:
        desk = Desk(ceiling=BOUND * 5, daily=BOUND * 100)
        for _ in range(5):
            desk.granted()
        await asyncio.sleep(0)
        near = [event for event in desk.events() if isinstance(event, CapNear)]
        assert [(event.cap, event.limit) for event in near] == [(CapKind.RUN, BOUND * 5)]
        assert near[0].counted * 100 >= BOUND * 5 * 80

    run_virtually(story())


def test_to_ask_what_would_fit_holds_nothing() -> None:
    async def story() -> None:
        desk = Desk(ceiling=1_000)
        assert desk.calls.refusal(SCOPE, 1_000) is None
        refusal = desk.calls.refusal(SCOPE, 1_001)
        assert refusal is not None
        assert refusal.short_by == 1
        assert not desk.accounts.balances.holds
        assert desk.balance().counted == 0

    run_virtually(story())


def test_a_cap_that_is_changed_counts_from_the_next_reservation_on() -> None:
    async def story() -> None:
        desk = Desk(daily=1)
        desk.refused()
        desk.accounts.daily = None
        desk.granted()
        desk.accounts.daily = 1  # below what is held: it breaks nothing, but stops new calls
        assert desk.refused().counted > 1

    run_virtually(story())


def test_those_who_wait_for_room_are_told_once_per_turn() -> None:
    async def story() -> None:
        desk = Desk()
        told: list[int] = []
        end = desk.calls.on_room(lambda: told.append(desk.balance().open))
        outcome = await desk.calls.send(desk.granted(), desk.on_piece)
        assert told == []  # the owner queues the settlement first
        desk.calls.announce_room()
        await desk.store.append(outcome.settlement)
        assert told == [0]
        end()
        desk.calls.announce_room()
        await asyncio.sleep(0)
        assert told == [0]

    run_virtually(story())

"""After a call: charged, voided or unconfirmed, once, whatever happened and wherever it was cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace

import pytest

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, Owed
from orchestra_desktop.domain.ledger import Flag, LineState
from orchestra_desktop.domain.messages import Answer, ModelRequest, StreamPiece, TextDelta, Usage
from tests.calls.desk import BOUND, FREE, PRICE, Desk, spec
from tests.engine.virtual_time import run_virtually
from tests.fakes.scripted_provider import ScriptedProvider, answer, fault


def _provider(reply: Answer | FaultFacts) -> ScriptedProvider:
    return ScriptedProvider(lambda _request, _number: reply)


async def _settled(desk: Desk) -> tuple[LineState, int, tuple[Flag, ...]]:
    """Makes one call, stores its settlement, and reads the line: state, what it counts, flags."""
    outcome = await desk.calls.send(desk.granted(), desk.on_piece)
    await desk.store.append(outcome.settlement)
    line = await desk.line()
    assert line.settled is not None
    assert not desk.accounts.balances.holds
    assert desk.balance().counted == line.counts
    return line.state, line.counts, line.settled.flags


# -- M4: what is owed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(FaultKind))
@pytest.mark.parametrize("owed", list(Owed))
def test_m4_nothing_owed_is_voided_and_anything_unknown_counts_whole(kind: FaultKind, owed: Owed) -> None:
    async def story() -> None:
        desk = Desk(provider=_provider(fault(kind, owed)))
        held = desk.granted().amount
        desk = Desk(provider=desk.provider)
        state, counts, _ = await _settled(desk)
        expected = (LineState.VOIDED, 0) if owed is Owed.NOTHING else (LineState.UNCONFIRMED, held)
        assert (state, counts) == expected

    run_virtually(story())


def test_m4_the_known_part_of_a_broken_stream_is_noted() -> None:
    async def story() -> None:
        facts = FaultFacts(FaultKind.CUT_OFF, Owed.UNKNOWN, "", known_usage=Usage(50, 3), request_id="req_9")
        desk = Desk(provider=_provider(facts))
        assert (await _settled(desk))[2] == (Flag.KNOWN_PART,)
        settled = (await desk.line()).settled
        assert settled is not None
        assert (settled.usage, settled.request_id) == (Usage(50, 3), "req_9")

    run_virtually(story())


@pytest.mark.parametrize("owed", list(Owed))
def test_a_free_call_that_fails_owes_nothing(owed: Owed) -> None:
    async def story() -> None:
        desk = Desk(local=ScriptedProvider(lambda _r, _n: fault(FaultKind.CUT_OFF, owed), name="ollama"))
        outcome = await desk.calls.send(desk.granted(spec(FREE)), desk.on_piece)
        await desk.store.append(outcome.settlement)
        assert (await desk.line()).state is LineState.VOIDED

    run_virtually(story())


class Odd(ScriptedProvider):
    """Streams what a provider must not: no answer at all, or without end, or an error of another kind."""

    def __init__(self, how: str) -> None:
        super().__init__(lambda _request, _number: answer())
        self.how = how

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        self.requests.append(request)
        while self.how == "endless":
            yield TextDelta("ä" * 100_000)
        if self.how == "silent":
            await asyncio.sleep(10_000)
        if self.how == "broken":
            raise AssertionError("a mistake of the provider")


@pytest.mark.parametrize(
    ("how", "kind"),
    [("empty", FaultKind.CUT_OFF), ("endless", FaultKind.UNREADABLE), ("silent", FaultKind.TIMEOUT)],
)
def test_r6_a_stream_without_its_last_event_is_a_failure_that_counts_whole(how: str, kind: FaultKind) -> None:
    async def story() -> None:
        desk = Desk(provider=Odd(how))
        outcome = await desk.calls.send(desk.granted(), desk.on_piece)
        assert outcome.fault is not None
        assert (outcome.fault.kind, outcome.answer) == (kind, None)
        await desk.store.append(outcome.settlement)
        assert (await desk.line()).state is LineState.UNCONFIRMED

    run_virtually(story())


def test_r5_the_bound_on_output_is_that_of_the_call_and_counts_bytes() -> None:
    async def story() -> None:
        desk = Desk(provider=_provider(answer("ä" * 50)))
        fits = await desk.calls.ask(replace(spec(), max_output_bytes=100), desk.on_piece)
        bursts = await desk.calls.ask(replace(spec(), max_output_bytes=99), desk.on_piece)
        assert getattr(fits, "answer", None) is not None
        assert getattr(bursts, "fault", None) is not None

    run_virtually(story())


def test_a_call_has_its_time_and_no_more() -> None:
    async def story() -> None:
        desk = Desk(provider=Odd("silent"))
        await desk.calls.ask(spec(), desk.on_piece)
        assert desk.clock.monotonic() == pytest.approx(600.0)

    run_virtually(story())


def test_m3_a_mistake_of_a_provider_is_settled_before_it_is_passed_on() -> None:
    async def story() -> None:
        desk = Desk(provider=Odd("broken"))
        with pytest.raises(AssertionError):
            await desk.calls.send(desk.granted(), desk.on_piece)
        await asyncio.sleep(0)
        assert (await desk.line()).state is LineState.UNCONFIRMED
        assert not desk.accounts.balances.holds

    run_virtually(story())


# -- M5, M6: what is charged ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("usage", "flags"),
    [
        (Usage(100, 50), ()),
        (Usage(100, 50, 7, 11, 13), ()),
        (Usage(0, 0), ()),
        (Usage(100, 50, cache_write_1h_tokens=5, cache_breakdown=False), (Flag.CACHE_WRITE_UNSPLIT,)),
        (Usage(900_000, 50), (Flag.ABOVE_RESERVATION,)),
    ],
)
def test_m5_a_usage_that_can_be_is_charged_exactly_even_above_the_reservation(
    usage: Usage, flags: tuple[Flag, ...]
) -> None:
    async def story() -> None:
        desk = Desk(provider=_provider(answer(usage=usage)))
        assert await _settled(desk) == (LineState.CHARGED, PRICE.cost(usage), flags)

    run_virtually(story())


@pytest.mark.parametrize(
    ("usage", "flag"),
    [
        (None, Flag.USAGE_MISSING),
        (Usage(-1, 50), Flag.USAGE_IMPLAUSIBLE),
        (Usage(100, -1), Flag.USAGE_IMPLAUSIBLE),
        (Usage(100, 50, cache_read_tokens=-1), Flag.USAGE_IMPLAUSIBLE),
        (Usage(100, PRICE.max_output_tokens + 1), Flag.USAGE_IMPLAUSIBLE),
        (Usage(PRICE.context_tokens, 50, cache_read_tokens=1), Flag.USAGE_IMPLAUSIBLE),
    ],
)
def test_m6_a_usage_that_is_missing_or_cannot_be_is_charged_at_the_bound(usage: Usage | None, flag: Flag) -> None:
    async def story() -> None:
        desk = Desk(provider=_provider(answer(usage=usage)))
        bound = Desk().granted().amount
        assert await _settled(desk) == (LineState.CHARGED, bound, (flag,))

    run_virtually(story())


def test_a_settled_call_makes_room_for_the_next() -> None:
    async def story() -> None:
        desk = Desk(ceiling=BOUND)
        reserved = desk.granted()
        assert desk.refused().may_free
        outcome = await desk.calls.send(reserved, desk.on_piece)
        desk.granted(spec(max_tokens=2_048))
        await desk.store.append(outcome.settlement)

    run_virtually(story())


# -- M3: cancellation -------------------------------------------------------------------------------------------------


class Stepwise(ScriptedProvider):
    """An answer in many small steps, each of them a turn of the loop."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[StreamPiece, None]:
        self.requests.append(request)
        for piece in ("a", "b", "c"):
            await asyncio.sleep(0)
            yield TextDelta(piece)
        await asyncio.sleep(0)
        yield answer("abc")

    async def count_tokens(self, request: ModelRequest) -> int | None:
        await asyncio.sleep(0)
        return 20_000


@pytest.mark.parametrize("turns", range(12))
@pytest.mark.parametrize("counted", [False, True])
def test_m3_a_cancellation_at_any_turn_leaks_nothing_and_settles_once(turns: int, counted: bool) -> None:
    async def story() -> None:
        words = "word " * 20_000 if counted else "Do it."
        desk = Desk(provider=Stepwise(lambda _r, _n: answer()), ceiling=PRICE.bound(22_000, 4_096))
        outcomes = []

        async def call() -> None:
            outcome = await desk.calls.ask(spec(words=words), desk.on_piece)
            outcomes.append(outcome)
            await desk.store.append(outcome.settlement)  # type: ignore[union-attr]

        task = asyncio.get_running_loop().create_task(call())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await asyncio.sleep(0)
        assert not desk.accounts.balances.holds
        for line in await desk.lines():
            assert line.state is not LineState.OPEN
            sent = bool(desk.provider.requests)
            expected = LineState.CHARGED if outcomes else LineState.UNCONFIRMED if sent else LineState.VOIDED
            assert line.state is expected
        assert sum(line.counts for line in await desk.lines()) == desk.balance().counted
        assert len(desk.provider.requests) <= len(await desk.lines())

    run_virtually(story())


def test_m3_a_cancellation_while_the_reservation_waits_for_its_commit_owes_nothing() -> None:
    async def story() -> None:
        desk = Desk()
        desk.store.hold()
        call = asyncio.get_running_loop().create_task(desk.calls.send(desk.granted(), desk.on_piece))
        await asyncio.sleep(1)
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        desk.store.release()
        assert (await desk.line()).state is LineState.VOIDED
        assert desk.provider.requests == []

    run_virtually(story())


def test_a_cancelled_call_closes_its_request() -> None:
    async def story() -> None:
        desk = Desk()
        call = asyncio.get_running_loop().create_task(desk.calls.send(desk.granted(), desk.on_piece))
        await asyncio.sleep(0.5)
        assert desk.provider.in_flight == 1
        call.cancel()
        await asyncio.gather(call, return_exceptions=True)
        assert (desk.provider.in_flight, desk.provider.cancelled) == (0, 1)

    run_virtually(story())

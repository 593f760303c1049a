"""The Claude stand-in bills to the nano-dollar: by model, day, band and cache, and what was cut as far as it came."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import Any

import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message
from anthropic.types import Usage as ClientUsage

from tests.fakes import Fault, FaultScript, Gate, HelpfulBrain, ScriptedBrain, Usage, cost, says
from tests.fakes.billing import PRICES, rates_of
from tests.fakes.claude_models import MODELS
from tests.fakes.claude_server import ClaudeServer
from tests.fakes_test.claude_client import MODEL, ask, body, connected, once, with_client

NOVEMBER = dt.date(2026, 11, 23)
EPHEMERAL = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}
LONG = "A rule that every task must keep. " * 200


def test_dollars_per_million_are_thousand_nano_dollars_per_token() -> None:
    usage = Usage(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000)
    in_dollars = {model: cost(model, usage, NOVEMBER) / 10**9 for model in PRICES}
    assert in_dollars["claude-sonnet-5-5"] == 2 + 2.5 + 4 + 0.1 + 10
    assert in_dollars["claude-opus-5-5"] == 4 + 5 + 8 + 0.2 + 20
    assert in_dollars["claude-fable-5-1"] == 10 + 12.5 + 20 + 0.25 + 50
    assert in_dollars["claude-haiku-5-5"] == 0.5 + 0.625 + 1 + 0.05 + 2.5
    assert in_dollars["claude-haiku-4-5"] == 1 + 1.25 + 2 + 0.1 + 5


def test_every_model_that_is_served_has_a_price() -> None:
    assert {model.id for model in MODELS if model.lifecycle != "retired"} == set(PRICES)


def test_the_long_band_begins_above_its_limit_and_counts_the_cache() -> None:
    def rate(**tokens: int) -> int:
        return rates_of("claude-haiku-5-5", Usage(**tokens).prompt_tokens, NOVEMBER).output

    assert rate(input_tokens=100_000) == 500
    assert rate(input_tokens=100_001) == 2_500
    assert rate(input_tokens=1, read_tokens=60_000, write_5m_tokens=40_000) == 2_500


def test_a_price_holds_from_its_day() -> None:
    usage = Usage(read_tokens=1)
    assert cost(MODEL, usage, dt.date(2026, 10, 6)) == 200
    assert cost(MODEL, usage, dt.date(2026, 10, 7)) == 100


def test_the_bill_is_that_of_the_usage_the_client_sees() -> None:
    with ClaudeServer(today=lambda: NOVEMBER) as server:
        used = [once(server).usage, once(server, model="claude-opus-5-5").usage]
    expected = [
        used[0].input_tokens * 2_000 + used[0].output_tokens * 10_000,
        used[1].input_tokens * 4_000 + used[1].output_tokens * 20_000,
    ]
    assert [seen.billed for seen in server.requests] == expected
    assert server.billed == server.billed_complete == sum(expected)


def test_an_answer_near_its_bound_is_billed_near_it() -> None:
    with ClaudeServer(HelpfulBrain(output_tokens="max", input_tokens=5_000), today=lambda: NOVEMBER) as server:
        used = once(server, max_tokens=2_000).usage
    assert (used.input_tokens, used.output_tokens) == (5_000, 2_000)
    assert server.billed == 5_000 * 2_000 + 2_000 * 10_000


def test_text_beyond_max_tokens_is_cut_there() -> None:
    with ClaudeServer(ScriptedBrain([says("x" * 4000)])) as server:
        message = once(server, max_tokens=10)
    assert (message.stop_reason, message.usage.output_tokens) == ("max_tokens", 10)
    assert message.content[0].type == "text"
    assert message.content[0].text == "x" * 40


def cached(used: ClientUsage) -> tuple[int, int, int]:
    assert used.cache_creation is not None
    return (
        used.cache_creation.ephemeral_5m_input_tokens,
        used.cache_creation.ephemeral_1h_input_tokens,
        used.cache_read_input_tokens or 0,
    )


def marked(text: str, mark: dict[str, str] | None = EPHEMERAL) -> dict[str, Any]:
    return {"type": "text", "text": text, **({"cache_control": mark} if mark else {})}


def test_a_prefix_is_written_once_and_read_by_the_next() -> None:
    with ClaudeServer(today=lambda: NOVEMBER) as server:
        first = once(server, system=[marked(LONG)]).usage
        other = [{"role": "user", "content": "Something else."}]
        second = once(server, system=[marked(LONG)], messages=other).usage
    written = cached(first)[0]
    assert written > 1024
    assert cached(first) == (written, 0, 0)
    assert cached(second) == (0, 0, written)
    assert server.requests[1].billed == second.input_tokens * 2_000 + written * 100 + second.output_tokens * 10_000


def test_a_longer_prefix_reads_the_shorter_and_writes_the_rest() -> None:
    with ClaudeServer() as server:
        once(server, system=[marked(LONG)])
        both = once(server, system=[marked(LONG), marked("More. " * 50, None), marked(LONG + "!")]).usage
        hour = once(server, system=[marked("H" + LONG, HOUR), marked("M" + LONG)]).usage
    assert cached(both)[2] == server.requests[0].usage.write_5m_tokens
    assert cached(both)[0] > 1024
    assert cached(hour)[0] > 1024
    assert cached(hour)[1] > 1024


def test_a_conversation_that_grows_reads_what_was_marked_blocks_ago() -> None:
    opening = {"role": "user", "content": [marked(LONG)]}
    more = [opening, {"role": "assistant", "content": "Yes."}, {"role": "user", "content": [marked("Go on.")]}]
    with ClaudeServer() as server:
        once(server, messages=[opening])
        grown = once(server, messages=more).usage
    assert cached(grown)[2] == server.requests[0].usage.write_5m_tokens
    assert 0 < cached(grown)[0] < 50


def test_short_prefixes_and_other_models_share_nothing() -> None:
    with ClaudeServer() as server:
        short = [once(server, system=[marked("short")]).usage for _ in range(2)]
        once(server, system=[marked(LONG)])
        other = once(server, model="claude-haiku-5-5", system=[marked(LONG)]).usage
    assert [cached(used) for used in short] == [(0, 0, 0), (0, 0, 0)]
    assert cached(other)[2] == 0


def test_haiku_caches_shorter_prefixes_than_sonnet() -> None:
    middle = "Word. " * 400
    with ClaudeServer() as server:
        haiku = once(server, model="claude-haiku-5-5", system=[marked(middle)]).usage
        sonnet = once(server, system=[marked(middle)]).usage
    assert (cached(haiku)[0] > 512, cached(sonnet)[0]) == (True, 0)


def test_entries_grow_old_and_each_reading_keeps_them_young() -> None:
    now = [0.0]
    reads = []
    with ClaudeServer(clock=lambda: now[0]) as server:
        for moment in (0.0, 290.0, 580.0, 900.0):
            now[0] = moment
            reads.append(cached(once(server, system=[marked(LONG)]).usage)[2] > 0)
    assert reads == [False, True, True, False]


def test_an_entry_can_be_read_once_the_first_answer_has_begun() -> None:
    before, after = Gate(), Gate()

    async def talk(client: AsyncAnthropic) -> list[Message]:
        async with asyncio.TaskGroup() as group:
            first = group.create_task(ask(client, system=[marked(LONG)]))
            await asyncio.to_thread(server.wait_for_requests, 1)
            second = group.create_task(ask(client, system=[marked(LONG)]))
            await second
            before.open()
            await asyncio.to_thread(server.record.wait_until, lambda: server.requests[0].first_byte is not None, 5.0)
            third = group.create_task(ask(client, system=[marked(LONG)]))
            await third
            after.open()
        return [task.result() for task in (first, second, third)]

    def rule(request: Any) -> Any:
        return says("first", hold=before if request.number == 1 else None)

    with ClaudeServer(ScriptedBrain(rule)) as server:
        used = [message.usage for message in with_client(server, talk)]
    assert [cached(one)[2] > 0 for one in used] == [False, False, True]


def test_a_cancelled_answer_is_billed_as_far_as_it_came() -> None:
    gate = Gate()

    async def talk(client: AsyncAnthropic) -> None:
        async with client.messages.stream(**body()) as stream:
            async for event in stream:
                if event.type == "text":
                    break

    with ClaudeServer(ScriptedBrain([says("word " * 200, hold=gate, hold_after=12)]), today=lambda: NOVEMBER) as server:
        with_client(server, talk)
        server.wait_until_idle()
    seen = server.requests[0]
    assert (seen.closed_early, seen.complete) == (True, False)
    assert 0 < seen.usage.output_tokens < 250
    assert seen.billed == cost(MODEL, seen.usage, NOVEMBER)
    assert (server.billed_complete, server.billed) == (0, seen.billed)


def test_an_answer_cancelled_before_it_began_is_billed_its_prompt() -> None:
    async def talk(client: AsyncAnthropic) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await ask(client)

    with ClaudeServer(ScriptedBrain([says("x", hold=Gate())])) as server:
        with_client(server, talk)
        server.wait_until_idle()
    seen = server.requests[0]
    assert (seen.closed_early, seen.status, seen.usage.output_tokens) == (True, None, 0)
    assert seen.billed == seen.usage.input_tokens * 2_000 > 0


def test_a_run_with_faults_adds_up() -> None:
    script = [None, Fault.OVERLOADED, Fault.RESET_IN_STREAM, Fault.USAGE_ABSURD, None]

    async def talk() -> None:
        async with connected(server) as client:
            for _ in script:
                try:
                    await ask(client)
                except Exception as error:
                    broke.append(error)

    broke: list[Exception] = []
    with ClaudeServer(faults=FaultScript(script)) as server:
        asyncio.run(talk())
    assert len(broke) == 2
    assert server.billed == sum(seen.billed for seen in server.requests)
    assert [seen.billed > 0 for seen in server.requests] == [True, False, True, True, True]
    assert server.usage == sum((seen.usage for seen in server.requests), Usage())


def test_parallel_requests_are_seen_to_overlap_and_serial_ones_not() -> None:
    gate = Gate()

    async def parallel(client: AsyncAnthropic) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(ask(client))
            await asyncio.to_thread(server.wait_for_requests, 4)
            gate.open()

    with ClaudeServer(ScriptedBrain(lambda _: says("x", hold=gate))) as server:
        with_client(server, parallel)
    assert (server.in_flight_peak, len(server.overlaps())) == (4, 6)
    with ClaudeServer() as serial:
        once(serial)
        once(serial)
    assert (serial.in_flight_peak, serial.overlaps()) == (1, [])


def test_one_request_after_the_other_is_never_seen_as_two_at_once() -> None:
    async def talk(client: AsyncAnthropic) -> list[int]:
        bills = []
        for _ in range(100):
            await ask(client)
            bills.append(server.billed)
        return bills

    with ClaudeServer(ScriptedBrain(lambda _: says("x"))) as server:
        bills = with_client(server, talk)
    assert server.in_flight_peak == 1
    assert bills == [server.requests[0].billed * number for number in range(1, 101)]

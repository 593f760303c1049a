"""Every planted fault becomes, in the real client, just what its description says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anthropic
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message

from tests.fakes import CLAUDE_FAULTS, Fault, FaultPlan, FaultScript, Place, ScriptedBrain, Usage, calls, cost, says
from tests.fakes.claude_server import ClaudeServer
from tests.fakes.faults import HANGS, NOTHING
from tests.fakes_test.claude_client import MODEL, WRITE_FILE, ask, ask_raw, once, with_client

TEXT = "One two three four five six seven eight nine ten. " * 8
SHORT = 0.3


def server_with(fault: Fault) -> ClaudeServer:
    return ClaudeServer(ScriptedBrain(lambda _: says(TEXT)), faults=FaultScript([fault]))


def error_of(server: ClaudeServer, talk: Callable[[AsyncAnthropic], Awaitable[Any]]) -> str:
    fault = server.faults.pick(1)
    try:
        with_client(server, talk, timeout=SHORT if fault in HANGS else 30.0)
    except Exception as error:
        return type(error).__name__
    return NOTHING


@pytest.mark.parametrize("fault", CLAUDE_FAULTS, ids=lambda fault: fault.value.name)
def test_raw_iteration_raises_what_the_fault_says(fault: Fault) -> None:
    with server_with(fault) as server:
        assert error_of(server, ask_raw) == fault.raw


@pytest.mark.parametrize("fault", CLAUDE_FAULTS, ids=lambda fault: fault.value.name)
def test_the_stream_helper_raises_what_the_fault_says(fault: Fault) -> None:
    with server_with(fault) as server:
        assert error_of(server, ask) == fault.helper


@pytest.mark.parametrize("fault", CLAUDE_FAULTS, ids=lambda fault: fault.value.name)
def test_a_fault_is_billed_by_its_place(fault: Fault) -> None:
    with server_with(fault) as server:
        error_of(server, ask_raw)
        server.wait_until_idle()
        seen = server.requests[0]
    assert seen.fault is fault
    assert seen.billed == (cost(MODEL, seen.usage, server._today()) if seen.usage != Usage() else 0)
    match fault.place:
        case Place.STATUS:
            assert (seen.billed, seen.status) == (0, fault.status)
        case Place.CONNECTION:
            assert seen.usage.input_tokens > 0
            assert seen.usage.output_tokens == (1000 if fault in HANGS else 0)
            assert seen.status is None
        case Place.STREAM:
            assert 0 < seen.usage.output_tokens <= len(TEXT) // 4
        case Place.ENDING:
            assert seen.usage.output_tokens == len(TEXT) // 4
        case Place.ANSWER:
            assert seen.complete
            assert seen.usage.output_tokens <= len(TEXT) // 4


def status_error(fault: Fault) -> anthropic.APIStatusError:
    with server_with(fault) as server, pytest.raises(anthropic.APIStatusError) as caught:
        once(server)
    return caught.value


def test_rate_limits_say_how_long_to_wait() -> None:
    def waits(fault: Fault) -> tuple[str | None, str | None]:
        headers = status_error(fault).response.headers
        return headers.get("retry-after"), headers.get("retry-after-ms")

    assert waits(Fault.RATE_LIMITED) == ("1", None)
    assert waits(Fault.RATE_LIMITED_MS) == ("1", "20")
    assert waits(Fault.RATE_LIMITED_LONG) == ("3600", None)


def test_spend_limits_differ_from_rate_limits_by_their_error_code() -> None:
    codes = [status_error(fault).error_code for fault in (Fault.SPEND_LIMIT_ENFORCED, Fault.SPEND_LIMIT_CONTRACT)]
    assert codes == ["enforced_spend_limit_reached", "contract_spend_limit_reached"]
    assert status_error(Fault.RATE_LIMITED).error_code is None


def test_every_error_status_carries_the_id_of_its_request() -> None:
    assert status_error(Fault.OVERLOADED).request_id == "req_000001"
    assert status_error(Fault.BAD_GATEWAY).request_id == "req_000001"


def test_an_error_in_the_stream_has_the_status_of_success() -> None:
    error = status_error(Fault.ERROR_EVENT)
    assert (error.status_code, error.type) == (200, "overloaded_error")
    assert isinstance(status_error(Fault.ERROR_EVENT_TEXT).body, str)


def test_a_string_in_the_stream_is_handed_out_as_it_is() -> None:
    with server_with(Fault.STRING_EVENT) as server:
        events: list[object] = list(with_client(server, ask_raw))
    assert [event for event in events if isinstance(event, str)] == ["a string where an event should be"]


def test_streams_without_an_ending_look_like_whole_answers_to_the_helper() -> None:
    for fault in (Fault.END_WITHOUT_ENDING, Fault.END_WITHOUT_DELTA):
        with server_with(fault) as server:
            message = once(server)
        assert message.stop_reason is None
        assert text_of(message) == TEXT


def test_false_usage_reaches_the_client_and_the_bill_stays_true() -> None:
    for fault, told in ((Fault.USAGE_NEGATIVE, -7), (Fault.USAGE_ABSURD, 10**15)):
        with server_with(fault) as server:
            assert once(server).usage.output_tokens == told
        assert server.usage.output_tokens == len(TEXT) // 4


@pytest.mark.parametrize(
    ("fault", "stop_reason", "whole"),
    [
        (Fault.TEXT_CUT, "max_tokens", False),
        (Fault.EMPTY_ANSWER, "end_turn", False),
        (Fault.REFUSAL, "refusal", False),
        (Fault.PAUSE_TURN, "pause_turn", False),
        (Fault.CONTEXT_EXCEEDED, "model_context_window_exceeded", False),
        (Fault.SLOW_DRIP, "end_turn", True),
    ],
)
def test_answers_that_must_not_count_say_so_in_their_stop_reason(fault: Fault, stop_reason: str, whole: bool) -> None:
    with server_with(fault) as server:
        message = once(server)
    assert message.stop_reason == stop_reason
    assert (text_of(message) == TEXT) is whole


def test_a_cut_tool_call_looks_whole_in_the_helper() -> None:
    arguments = {"path": "a.txt", "content": TEXT}
    brain = ScriptedBrain([calls("write_file", arguments, fault=Fault.TOOL_INPUT_CUT)])
    with ClaudeServer(brain) as server:
        message = once(server, tools=[WRITE_FILE])
    use = message.content[-1]
    assert message.stop_reason == "max_tokens"
    assert use.type == "tool_use"
    assert use.input == {"path": "a.txt"}


def test_a_plan_plants_the_same_faults_whatever_the_order_of_questions() -> None:
    plan = FaultPlan(seed=3, rate=0.2)
    forward = [plan.pick(number) for number in range(1, 501)]
    backward = [plan.pick(number) for number in range(500, 0, -1)]
    assert forward == backward[::-1]
    assert 70 <= sum(fault is not None for fault in forward) <= 130
    assert forward != [FaultPlan(seed=4, rate=0.2).pick(number) for number in range(1, 501)]


def test_a_script_of_faults_ends_in_health() -> None:
    with ClaudeServer(faults=FaultScript([None, Fault.OVERLOADED])) as server:
        once(server)
        with pytest.raises(anthropic.InternalServerError):
            once(server)
        once(server)
    assert [seen.status for seen in server.requests] == [200, 529, 200]


def text_of(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")

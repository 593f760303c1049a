"""Ollama through the real client library: what goes out, what is there, and what each refusal says."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, Owed
from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import Message, ModelRequest, SystemBlock, ToolOutcome, ToolUse, Usage
from orchestra_desktop.domain.ports import ModelProvider
from orchestra_desktop.network.guard import NetworkGuard, NetworkSettings
from orchestra_desktop.network.routes import Timeouts
from orchestra_desktop.providers.ollama import OllamaProvider, OllamaSettings, reachable_host
from orchestra_desktop.providers.ollama_lines import _split_begun, escaped
from orchestra_desktop.providers.ollama_wire import chat_messages, context_tokens
from tests.conformance.model_provider import TASK, TOOLS, answered, asked, failed, replied
from tests.conftest import Contact
from tests.fakes import Fault, FaultScript, HelpfulBrain, OllamaServer, ScriptedBrain, dead_url, says
from tests.fakes.ollama_models import CLOUD_MODEL, MODELS
from tests.network.clocks import InstantClock
from tests.network.raw_server import raw_server, response
from tests.network.surroundings import environment

CODER, THINKER = "qwen2.5-coder:14b", "qwen3:8b"
HELLO = asked("Say something.", CODER)
ONE = ToolUseId("ollama-1")


@contextlib.asynccontextmanager
async def ollama(url: str, network: NetworkSettings | None = None, **settings: Any) -> AsyncIterator[OllamaProvider]:
    guard = NetworkGuard(network or NetworkSettings(offline=True), InstantClock())
    chosen = OllamaSettings(timeouts=Timeouts(connect=2.0, read=2.0), **settings)
    async with contextlib.aclosing(OllamaProvider(url, guard, InstantClock(), chosen)) as provider:
        yield provider


async def facts_of(url: str, request: ModelRequest = HELLO, network: NetworkSettings | None = None) -> FaultFacts:
    async with ollama(url, network) as provider:
        return (await failed(provider, request)).facts


# -- what goes out --------------------------------------------------------------------------------------------------


async def test_the_provider_is_the_port_and_is_free() -> None:
    async with ollama("") as provider:
        port: ModelProvider = provider
        assert (port.name, port.is_free, provider.host) == ("ollama", True, "http://127.0.0.1:11434")


async def test_context_output_and_keep_alive_are_always_set() -> None:
    with OllamaServer() as server:
        async with ollama(server.url, keep_alive="5m") as provider:
            await answered(provider, replace(HELLO, max_tokens=1_000))

    body = server.requests[0].body
    assert body["options"] == {"num_ctx": 8_192, "num_predict": 1_000}
    assert body["keep_alive"] == "5m"
    assert body["stream"] is True


async def test_thinking_is_asked_of_the_models_that_can_and_may() -> None:
    with OllamaServer() as server:
        async with ollama(server.url) as provider:
            await answered(provider, HELLO)
            await answered(provider, replace(HELLO, model=THINKER))
        async with ollama(server.url, think=False) as provider:
            await answered(provider, replace(HELLO, model=THINKER))

    assert [seen.body.get("think") for seen in server.requests] == [None, True, None]


async def test_a_schema_goes_out_as_format() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    with OllamaServer() as server:
        async with ollama(server.url) as provider:
            await answered(provider, replace(HELLO, json_schema=schema))

    assert server.requests[0].body["format"] == schema


async def test_nothing_of_the_environment_goes_out() -> None:
    foreign = {"OLLAMA_HOST": "http://elsewhere.test", "OLLAMA_API_KEY": "secret-of-the-environment"}
    with environment(**foreign), OllamaServer() as server:
        async with ollama(server.url) as provider:
            await answered(provider, HELLO)
            await provider.check()

    seen = [*(one.headers for one in server.requests), *(one.headers for one in server.other_requests)]
    assert len(seen) > 2
    assert not any("authorization" in headers for headers in seen)


async def test_usage_is_what_ollama_counted_and_none_where_it_did_not() -> None:
    with OllamaServer(HelpfulBrain(), faults=FaultScript([None, Fault.USAGE_MISSING, Fault.USAGE_NEGATIVE])) as server:
        async with ollama(server.url) as provider:
            usages = [(await answered(provider, HELLO)).usage for _ in range(3)]

    counted = server.requests[0].usage
    assert usages[0] == Usage(counted.input_tokens, counted.output_tokens)
    assert usages[1] is None
    assert usages[2] is not None
    assert usages[2].output_tokens < 0


async def test_a_connection_is_used_again_after_an_answer(contacts: list[Contact]) -> None:
    with OllamaServer() as server:
        async with ollama(server.url) as provider:
            for _ in range(3):
                await answered(provider, HELLO)

    assert len([contact for contact in contacts if contact.verb == "connect"]) == 1


async def test_ids_of_tool_uses_are_counted_over_the_conversation() -> None:
    with OllamaServer() as server:
        async with ollama(server.url) as provider:
            two_files = TASK.replace("- hello_world.py\n", "- one.py\n- two.py\n")
            request = asked(two_files, CODER, tools=TOOLS)
            first = await answered(provider, request)
            second = await answered(provider, replied(request, first))

    assert [use.id for use in (*first.message.uses, *second.message.uses)] == ["ollama-1", "ollama-2"]
    assert server.requests[1].body["messages"][-1] == {
        "role": "tool",
        "tool_name": "write_file",
        "content": "written",
    }


def test_a_failed_tool_says_so_in_words_and_unanswered_calls_are_left_out() -> None:
    use = ToolUse(ONE, "write_file", {"path": "a"})
    answer = Message("assistant", "", (use,))
    failing = Message("user", outcomes=(ToolOutcome(ONE, "no room", is_error=True),))
    messages = chat_messages(ModelRequest("m", (SystemBlock("A"), SystemBlock("B")), (answer, failing, answer), 9))

    assert messages == [
        {"role": "system", "content": "A\n\nB"},
        {
            "role": "assistant",
            "content": "",
            "tool_calls": [{"function": {"name": "write_file", "arguments": {"path": "a"}}}],
        },
        {"role": "tool", "tool_name": "write_file", "content": "Error: no room"},
    ]


@given(st.integers(0, 200_000), st.integers(1, 40_000))
def test_the_context_grows_in_doublings_between_its_bounds(size: int, max_tokens: int) -> None:
    request = ModelRequest("m", (), (Message("user", "x" * size),), max_tokens)
    chosen = context_tokens(request, 4_096, 32_768)
    assert chosen in (4_096, 8_192, 16_384, 32_768)
    assert chosen == 32_768 or chosen >= size // 3 + max_tokens
    assert chosen == 4_096 or chosen // 2 < size // 3 + max_tokens + 100


@given(st.text(alphabet="a\x85\u2028\u2029\u2026é€\u0080\n", max_size=30), st.data())
def test_false_line_ends_are_escaped_wherever_the_bytes_are_cut(text: str, data: st.DataObject) -> None:
    whole = text.encode()
    places = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    out, begun = b"", b""
    for first, last in zip([0, *places], [*places, len(whole)], strict=True):
        part, begun = _split_begun(begun + whole[first:last])
        out += escaped(part)
    expected = "".join(f"\\u{ord(c):04x}" if c in "\x85\u2028\u2029" else c for c in text)
    assert (out + begun).decode() == expected


# -- hosts and models -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("192.168.1.7", "http://192.168.1.7:11434"),
        ("192.168.1.7:8080", "http://192.168.1.7:8080"),
        ("http://192.168.1.7", "http://192.168.1.7:80"),
        ("https://ollama.test/", "https://ollama.test:443"),
        ("https://ollama.test/behind/", "https://ollama.test:443/behind"),
        (":9999", "http://127.0.0.1:9999"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("http://0.0.0.0:1234", "http://127.0.0.1:1234"),
        ("[::]:1234", "http://127.0.0.1:1234"),
        ("[::1]", "http://[::1]:11434"),
    ],
)
def test_a_host_is_taken_in_every_form_of_ollama(host: str, url: str) -> None:
    assert reachable_host(host) == url


async def test_a_host_that_is_none_is_a_fault_and_no_crash() -> None:
    facts = await facts_of("http://[broken")
    assert (facts.kind, facts.owed) == (FaultKind.UNREACHABLE, Owed.NOTHING)


async def test_health_lists_what_is_there_with_what_it_can() -> None:
    with OllamaServer(models=[*MODELS, CLOUD_MODEL]) as server:
        async with ollama(server.url) as provider:
            health = await provider.check()
            shown = len(server.other_requests)
            await provider.check()

        assert len(server.other_requests) == shown + 1  # the list again, the unchanged models not
    models = {model.id: model for model in health.models}
    assert models[THINKER].capabilities >= {"tools", "thinking"}
    assert models[THINKER].context_tokens == 40_960
    assert models["nomic-embed-text:latest"].capabilities == {"embedding"}
    assert [model.id for model in health.models if not model.local] == [CLOUD_MODEL.name]
    assert server.requests == []


async def test_health_never_raises() -> None:
    async with ollama(dead_url()) as provider:
        health = await provider.check()
    assert not health.healthy
    assert health.detail.startswith("unreachable: ")


async def test_a_model_that_is_absent_is_named_with_those_that_are_there() -> None:
    with OllamaServer() as server:
        facts = await facts_of(server.url, replace(HELLO, model="absent:1b"))

    assert (facts.kind, facts.owed, facts.status) == (FaultKind.NOT_FOUND, Owed.NOTHING, 404)
    assert "absent:1b" in facts.detail
    assert CODER in facts.detail
    assert server.requests == []


async def test_a_server_that_tells_no_capabilities_is_asked_all_the_same() -> None:
    line = b'{"model": "m", "message": {"role": "assistant", "content": "fine"}, "done": true, "done_reason": "stop"}\n'

    def old(request: bytes) -> bytes:
        return response(200, b"{}") if b"/api/show" in request else response(200, line)

    async with raw_server(old) as server, ollama(server.url) as provider:
        answer = await answered(provider, HELLO)
    assert (answer.message.text, answer.usage) == ("fine", None)


# -- refusals -------------------------------------------------------------------------------------------------------


async def test_a_dead_host_owes_nothing() -> None:
    facts = await facts_of(dead_url())
    assert (facts.kind, facts.owed) == (FaultKind.UNREACHABLE, Owed.NOTHING)


async def test_a_host_that_dies_after_it_was_asked_what_it_can_owes_nothing() -> None:
    with OllamaServer() as server:
        async with ollama(server.url) as provider:
            await answered(provider, HELLO)
            server.stop()
            facts = (await failed(provider, HELLO)).facts
    assert (facts.kind, facts.owed) == (FaultKind.UNREACHABLE, Owed.NOTHING)


async def test_offline_a_host_in_the_house_must_be_listed(contacts: list[Contact]) -> None:
    facts = await facts_of("192.168.1.7")
    assert (facts.kind, facts.owed, facts.detail) == (FaultKind.OFFLINE, Owed.NOTHING, "192.168.1.7: offline")
    assert contacts == []


@pytest.mark.parametrize("model", ["gpt-oss:120b-cloud", "deepseek-v3.1:cloud", "house/model:Cloud"])
async def test_offline_cloud_models_are_refused_though_their_host_is_this_machine(
    model: str, contacts: list[Contact]
) -> None:
    with OllamaServer(models=[CLOUD_MODEL]) as server:
        facts = await facts_of(server.url, replace(HELLO, model=model))
    assert (facts.kind, facts.owed) == (FaultKind.OFFLINE, Owed.NOTHING)
    assert contacts == []


async def test_online_cloud_models_are_asked() -> None:
    with OllamaServer(models=[CLOUD_MODEL]) as server:
        async with ollama(server.url, NetworkSettings()) as provider:
            answer = await answered(provider, replace(HELLO, model=CLOUD_MODEL.name))
    assert answer.message.text


async def test_a_prompt_that_cannot_fit_is_refused_instead_of_losing_its_beginning(contacts: list[Contact]) -> None:
    facts = await facts_of(dead_url(), asked("x" * 140_000, CODER))
    assert (facts.kind, facts.owed) == (FaultKind.TOO_LARGE, Owed.NOTHING)
    assert contacts == []


async def test_an_error_in_mid_stream_keeps_its_words() -> None:
    with OllamaServer(ScriptedBrain([says("one two three", fault=Fault.ERROR_EVENT)])) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed) == (FaultKind.SERVER, Owed.UNKNOWN)
    assert facts.detail


async def test_a_redirect_is_not_followed() -> None:
    async with raw_server(response(307, location="http://elsewhere.test/")) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed, facts.status) == (FaultKind.BAD_REQUEST, Owed.UNKNOWN, 307)


@pytest.mark.parametrize(
    "line",
    [
        b"[1]",
        b'"words"',
        b"null",
        b"{}",
        b"",
        b'{"message": 7}',
        b'{"message": {"role": "assistant", "tool_calls": [{"function": {"name": "x", "arguments": "no"}}]}}',
        b"\xff\xfe",
    ],
)
async def test_lines_that_are_not_the_protocol_are_unreadable(line: bytes) -> None:
    def odd(request: bytes) -> bytes:
        return response(200, b'{"model_info": {}}') if b"/api/show" in request else response(200, line + b"\n")

    async with raw_server(odd) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed) == (FaultKind.UNREADABLE, Owed.UNKNOWN)


@pytest.mark.parametrize("reason", ['"load"', '"brand_new"', "null"])
async def test_a_reason_to_stop_that_nobody_knows_is_unknown(reason: str) -> None:
    line = f'{{"message": {{"role": "assistant", "content": "x"}}, "done": true, "done_reason": {reason}}}\n'.encode()
    async with raw_server(response(200, line)) as server, ollama(server.url) as provider:
        assert (await answered(provider, HELLO)).stop_reason.value == "unknown"

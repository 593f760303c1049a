"""Claude through the real SDK: what goes out, what stays secret, and what each refusal says."""

from __future__ import annotations

import contextlib
import json
import logging
from collections.abc import AsyncIterator, Iterator

import pytest

from orchestra_desktop.domain.errors import FaultFacts, FaultKind, KeyringUnavailable, Owed
from orchestra_desktop.domain.messages import Answer, Message, ModelRequest, SystemBlock, Usage
from orchestra_desktop.domain.ports import ModelProvider
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.network.guard import NetworkGuard, NetworkSettings
from orchestra_desktop.network.routes import Timeouts
from orchestra_desktop.providers.anthropic import AnthropicProvider, AnthropicSettings, Key
from tests.conformance.model_provider import answered, asked, failed, heard
from tests.conftest import Contact
from tests.fakes import ClaudeServer, Fault, FaultScript, HelpfulBrain, ScriptedBrain, dead_url, says
from tests.network.clocks import InstantClock
from tests.network.raw_server import AUTHORITY, raw_server, response
from tests.network.surroundings import environment

SECRET = "sk-ant-api03-very-secret"
MODEL = "claude-haiku-5-5"
HELLO = asked("Say something.", MODEL)
FOREIGN = {
    "ANTHROPIC_API_KEY": "sk-ant-of-the-environment",
    "ANTHROPIC_AUTH_TOKEN": "token-of-the-environment",
    "ANTHROPIC_BASE_URL": "http://elsewhere.test",
    "ANTHROPIC_CUSTOM_HEADERS": "x-planted: yes\nauthorization: Bearer planted",
}


async def secret() -> str:
    return SECRET


@contextlib.asynccontextmanager
async def claude(
    url: str, key: Key = secret, network: NetworkSettings | None = None, effort: str | None = None
) -> AsyncIterator[AnthropicProvider]:
    guard = NetworkGuard(network or NetworkSettings(offline=True), InstantClock())
    settings = AnthropicSettings(url, Timeouts(connect=2.0, read=2.0), effort)
    async with contextlib.aclosing(AnthropicProvider(key, guard, InstantClock(), settings)) as provider:
        yield provider


async def facts_of(url: str, key: Key = secret, network: NetworkSettings | None = None) -> FaultFacts:
    async with claude(url, key, network) as provider:
        return (await failed(provider, HELLO)).facts


# -- what goes out --------------------------------------------------------------------------------------------------


async def test_the_provider_is_the_port_and_is_not_free() -> None:
    async with claude("http://127.0.0.1:1") as provider:
        port: ModelProvider = provider
        assert (port.name, port.is_free) == ("anthropic", False)


async def test_nothing_of_the_environment_goes_out() -> None:
    with environment(**FOREIGN), ClaudeServer(api_key=SECRET) as server:
        async with claude(server.url) as provider:
            await answered(provider, HELLO)

    headers = server.requests[0].headers
    assert headers["authorization"] == f"Bearer {SECRET}"
    assert "x-planted" not in headers
    assert not any("environment" in value for value in headers.values())


async def test_the_answer_names_the_request() -> None:
    with ClaudeServer() as server:
        async with claude(server.url) as provider:
            answer = await answered(provider, HELLO)

    assert answer.request_id == server.requests[0].request_id
    assert answer.model == MODEL


async def test_usage_is_what_the_service_bills_cache_included() -> None:
    system = (SystemBlock("Long rules. " * 400, cached=True),)
    request = ModelRequest(MODEL, system, (Message("user", "Say something."),), 4_000)
    with ClaudeServer(HelpfulBrain(think=True)) as server:
        async with claude(server.url) as provider:
            answers = [await answered(provider, request) for _ in range(2)]

    for answer, seen in zip(answers, server.requests, strict=True):
        billed = seen.usage
        assert answer.usage == Usage(
            billed.input_tokens,
            billed.output_tokens,
            billed.read_tokens,
            billed.write_5m_tokens,
            billed.write_1h_tokens,
            billed.thinking_tokens,
        )
    assert answers[0].usage is not None
    assert answers[0].usage.cache_write_5m_tokens > 0
    assert answers[1].usage is not None
    assert answers[1].usage.cache_read_tokens > 0


async def test_false_usage_is_passed_on_as_it_came_and_none_stays_none() -> None:
    order = [Fault.USAGE_NEGATIVE, Fault.USAGE_ABSURD, Fault.USAGE_NULL, Fault.USAGE_MISSING]
    with ClaudeServer(faults=FaultScript(order)) as server:
        async with claude(server.url) as provider:
            usages = [(await answered(provider, HELLO)).usage for _ in order]

    assert [usage and (usage.input_tokens, usage.output_tokens) for usage in usages[:2]] == [(-7, -7), (10**15, 10**15)]
    assert usages[2:] == [None, None]


async def test_effort_is_sent_where_the_model_knows_it() -> None:
    with ClaudeServer() as server:
        async with claude(server.url, effort="low") as provider:
            await answered(provider, HELLO)
            await answered(provider, asked("Say something.", "claude-haiku-4-5"))

    assert server.requests[0].body["output_config"] == {"effort": "low"}
    assert "output_config" not in server.requests[1].body
    assert "thinking" not in server.requests[1].body


async def test_a_new_key_is_used_at_once() -> None:
    keys = iter([SECRET, "sk-ant-second"])

    async def changing() -> str:
        return next(keys)

    with ClaudeServer() as server:
        async with claude(server.url, changing) as provider:
            await answered(provider, HELLO)
            await answered(provider, HELLO)

    assert [seen.headers["authorization"] for seen in server.requests] == [f"Bearer {SECRET}", "Bearer sk-ant-second"]


async def test_a_connection_is_used_again_after_an_answer(contacts: list[Contact]) -> None:
    with ClaudeServer() as server:
        async with claude(server.url) as provider:
            for _ in range(3):
                await answered(provider, HELLO)

    assert len([contact for contact in contacts if contact.verb == "connect"]) == 1


async def test_tokens_are_counted_by_the_service() -> None:
    with ClaudeServer() as server:
        async with claude(server.url) as provider:
            count = await provider.count_tokens(HELLO)
            usage = (await answered(provider, HELLO)).usage

    assert usage is not None
    assert count == usage.prompt_tokens


# -- health ---------------------------------------------------------------------------------------------------------


async def test_health_lists_lines_limits_and_capabilities() -> None:
    with ClaudeServer() as server:
        async with claude(server.url) as provider:
            health = await provider.check()

    model = {model.id: model for model in health.models}[MODEL]
    assert (model.line, model.context_tokens, model.max_output_tokens) == ("haiku", 1_000_000, 128_000)
    assert {"adaptive_thinking", "effort", "structured_outputs"} <= model.capabilities
    assert not model.local
    assert server.requests == []


async def test_a_key_is_tested_without_being_stored() -> None:
    with ClaudeServer(api_key="sk-ant-right") as server:
        async with claude(server.url) as provider:
            assert not (await provider.test_key("sk-ant-wrong")).healthy
            assert (await provider.test_key("sk-ant-right")).healthy
            unwell = await provider.check()

    assert unwell.detail.startswith("key_refused: ")


async def test_health_never_raises() -> None:
    async with claude(dead_url()) as provider:
        health = await provider.check()
    assert not health.healthy
    assert health.detail.startswith("unreachable: ")


# -- refusals -------------------------------------------------------------------------------------------------------


async def test_the_wait_that_the_service_asks_for_is_told() -> None:
    order = [Fault.RATE_LIMITED, Fault.RATE_LIMITED_MS, Fault.RATE_LIMITED_LONG, Fault.OVERLOADED]
    with ClaudeServer(faults=FaultScript(order)) as server:
        async with claude(server.url) as provider:
            facts = [(await failed(provider, HELLO)).facts for _ in order]

    assert [one.retry_after_s for one in facts] == [1.0, 0.02, 3_600.0, None]
    assert [one.request_id for one in facts] == [seen.request_id for seen in server.requests]
    assert [one.status for one in facts] == [429, 429, 429, 529]


async def test_what_was_known_before_the_break_and_the_request_id_are_told() -> None:
    with ClaudeServer(faults=FaultScript([Fault.RESET_IN_STREAM])) as server:
        async with claude(server.url) as provider:
            facts = (await failed(provider, HELLO)).facts

    assert facts.known_usage is not None
    assert facts.known_usage.input_tokens == server.requests[0].usage.input_tokens
    assert facts.request_id == server.requests[0].request_id
    assert facts.status is None


async def test_a_host_that_is_not_there_owes_nothing() -> None:
    facts = await facts_of(dead_url())
    assert (facts.kind, facts.owed) == (FaultKind.UNREACHABLE, Owed.NOTHING)


async def test_a_certificate_that_is_not_trusted_owes_nothing() -> None:
    async with raw_server(response(200), tls=True) as server:
        facts = await facts_of(f"https://localhost:{server.port}")
    assert (facts.kind, facts.owed) == (FaultKind.UNREACHABLE, Owed.NOTHING)
    assert server.requests == []


async def test_a_ca_file_that_cannot_be_read_owes_nothing() -> None:
    facts = await facts_of("http://127.0.0.1:1", network=NetworkSettings(ca_file="/absent.pem"))
    assert (facts.kind, facts.owed) == (FaultKind.UNREACHABLE, Owed.NOTHING)


async def test_the_ca_file_of_the_settings_opens_the_way() -> None:
    refused = response(401, b'{"type": "error", "error": {"type": "authentication_error", "message": "no"}}')
    async with raw_server(refused, tls=True) as server:
        facts = await facts_of(f"https://localhost:{server.port}", network=NetworkSettings(ca_file=str(AUTHORITY)))
    assert facts.kind is FaultKind.KEY_REFUSED


async def test_offline_nothing_is_sent_and_the_key_is_not_even_fetched(contacts: list[Contact]) -> None:
    async def never() -> str:
        raise AssertionError("asked for the key")

    facts = await facts_of("https://api.anthropic.com", never)
    assert (facts.kind, facts.owed, facts.detail) == (FaultKind.OFFLINE, Owed.NOTHING, "api.anthropic.com: offline")
    assert contacts == []


@pytest.mark.parametrize("found", [None, "", "  \n"])
async def test_without_a_key_nothing_is_sent(found: str | None, contacts: list[Contact]) -> None:
    async def none() -> str | None:
        return found

    facts = await facts_of("http://127.0.0.1:1", none)
    assert (facts.kind, facts.owed) == (FaultKind.NO_KEY, Owed.NOTHING)
    assert contacts == []


async def test_a_keyring_that_does_not_answer_is_no_key() -> None:
    async def locked() -> str:
        raise KeyringUnavailable(Text("keyring.locked"))

    assert (await facts_of("http://127.0.0.1:1", locked)).kind is FaultKind.NO_KEY


@pytest.mark.parametrize("odd", ["sk ant", "sk-ant-ü", "sk\r\nx-planted: yes", "sk\x00"])
async def test_a_key_that_no_header_can_carry_is_refused_and_not_shown(odd: str) -> None:
    async def pasted() -> str:
        return odd

    facts = await facts_of("http://127.0.0.1:1", pasted)
    assert (facts.kind, facts.owed) == (FaultKind.KEY_REFUSED, Owed.NOTHING)
    assert odd not in facts.detail


async def test_a_redirect_is_not_followed_and_may_be_owed() -> None:
    async with raw_server(response(307, location="http://elsewhere.test/")) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed, facts.status) == (FaultKind.BAD_REQUEST, Owed.UNKNOWN, 307)
    assert server.connections == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(408, FaultKind.TIMEOUT), (409, FaultKind.BAD_REQUEST), (422, FaultKind.BAD_REQUEST)]
)
async def test_a_status_with_a_body_that_is_no_error_of_ours_is_read_by_its_number(
    status: int, kind: FaultKind
) -> None:
    async with raw_server(response(status, b"<html>\x1b[31mno</html>")) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed, facts.status) == (kind, Owed.NOTHING, status)
    assert facts.detail == "<html>\\x1b[31mno</html>"


@pytest.mark.parametrize("body", [b"[]", b"null", b'"no"', b'{"error": "no"}', b'{"error": {"type": 7}}', b"\xff\xfe"])
async def test_no_body_of_a_refusal_breaks_the_reading(body: bytes) -> None:
    async with raw_server(response(400, body)) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed) == (FaultKind.BAD_REQUEST, Owed.NOTHING)


async def test_a_refusal_that_breaks_off_in_its_body_may_be_owed() -> None:
    torn = response(500, b'{"type": "error"}').replace(b"content-length: 17", b"content-length: 99")
    async with raw_server(torn) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed) == (FaultKind.CONNECTION, Owed.UNKNOWN)


async def test_a_login_page_in_the_place_of_an_answer_is_unreadable() -> None:
    async with raw_server(response(200, b"<html>Please sign in</html>", content_type="text/html")) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed) == (FaultKind.UNREADABLE, Owed.UNKNOWN)


async def test_an_empty_stream_is_cut_off() -> None:
    async with raw_server(response(200, content_type="text/event-stream")) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed) == (FaultKind.CUT_OFF, Owed.UNKNOWN)


async def test_bytes_that_are_no_text_are_unreadable() -> None:
    async with raw_server(
        response(200, b"event: ping\ndata: \xff\xfe\n\n", content_type="text/event-stream")
    ) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed) == (FaultKind.UNREADABLE, Owed.UNKNOWN)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"type": "overloaded_error", "message": "x"}, FaultKind.OVERLOADED),
        ({"type": "rate_limit_error", "message": "x"}, FaultKind.RATE_LIMITED),
        ({"type": "api_error", "message": "x"}, FaultKind.SERVER),
        ({"type": "timeout_error", "message": "x"}, FaultKind.TIMEOUT),
        ({"type": "billing_error", "message": "x"}, FaultKind.SPEND_LIMIT),
        (
            {"type": "rate_limit_error", "details": {"error_code": "contract_spend_limit_reached"}},
            FaultKind.SPEND_LIMIT,
        ),
        ({"type": "brand_new_error"}, FaultKind.SERVER),
        ({}, FaultKind.SERVER),
        ("words", FaultKind.UNREADABLE),
    ],
)
async def test_an_error_in_mid_stream_may_be_owed_whatever_it_says(error: object, kind: FaultKind) -> None:
    event = f"event: error\ndata: {json.dumps({'type': 'error', 'error': error})}\n\n".encode()
    async with raw_server(response(200, event, content_type="text/event-stream", request_id="req_9")) as server:
        facts = await facts_of(server.url)
    assert (facts.kind, facts.owed, facts.request_id) == (kind, Owed.UNKNOWN, "req_9")


# -- the key --------------------------------------------------------------------------------------------------------


@pytest.fixture
def everything_logged() -> Iterator[list[str]]:
    """Every log record of every library, at DEBUG."""
    lines: list[str] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.name} {record.getMessage()} {record.exc_info} {record.__dict__}")

    names = ["", "anthropic", "httpx2", "httpcore2"]
    keeper, before = Keeper(logging.DEBUG), {name: logging.getLogger(name).level for name in names}
    logging.getLogger().addHandler(keeper)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield lines
    logging.getLogger().removeHandler(keeper)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)


def echo(request: bytes) -> bytes:
    """A service that tells the key it was given to everybody."""
    given = next(line for line in request.decode().splitlines() if line.lower().startswith("authorization:"))
    body = json.dumps({"type": "error", "error": {"type": "authentication_error", "message": given}})
    return response(401, body.encode())


async def test_the_key_is_in_no_log_fault_or_repr(everything_logged: list[str]) -> None:
    told: list[object] = []
    with ClaudeServer(ScriptedBrain([says("fine")])) as good:
        async with claude(good.url) as provider:
            told += await heard(provider, HELLO)
            told += [provider, vars(provider), await provider.check()]
    async with raw_server(echo) as telltale, claude(telltale.url) as provider:
        fault = await failed(provider, HELLO)
        told += [fault, fault.args, fault.facts, fault.__cause__, await provider.check()]
    told.append((await facts_of(dead_url())).detail)

    assert any("httpcore2" in line for line in everything_logged)
    assert any("anthropic" in line for line in everything_logged)
    assert SECRET not in "\n".join([*everything_logged, *map(repr, told), *map(str, told)])
    assert "[key]" in fault.facts.detail


async def test_an_answer_without_content_is_an_answer() -> None:
    with ClaudeServer(faults=FaultScript([Fault.EMPTY_ANSWER])) as server:
        async with claude(server.url) as provider:
            pieces = await heard(provider, HELLO)
    [answer] = pieces
    assert isinstance(answer, Answer)
    assert (answer.message.text, answer.message.native) == ("", ())

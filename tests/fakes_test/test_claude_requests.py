"""The Claude stand-in refuses what the service refuses, and takes what the real client sends."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import anthropic
import httpx2
import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message

from tests.fakes import Fault, ScriptedAnswer, ScriptedBrain, Text, Thinking, ToolUse, calls, says
from tests.fakes.claude_server import ClaudeServer
from tests.fakes_test.claude_client import MODEL, WRITE_FILE, ask, body, connected, native, once, with_client

OPUS = "claude-opus-5-5"
HELLO = {"role": "user", "content": "Say it."}
USE = {"type": "tool_use", "id": "toolu_x", "name": "write_file", "input": {}}
RESULT = {"type": "tool_result", "tool_use_id": "toolu_x", "content": "ok"}


def refusal(**fields: Any) -> str:
    """Send a body that the client's own signature would not let through, and return why it was refused."""
    sent = {"stream": True, **body(**fields)}
    with ClaudeServer() as server:
        answer = post(server, sent)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert server.billed == 0
    return str(answer.json()["error"]["message"])


def post(server: ClaudeServer, sent: object, **headers: str) -> httpx2.Response:
    good = {"x-api-key": "key", "anthropic-version": "2023-06-01"}
    with httpx2.Client(trust_env=False) as client:
        return client.post(f"{server.url}/v1/messages", json=sent, headers={**good, **headers})


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"bogus": 1}, "bogus: Extra inputs are not permitted"),
        ({"temperature": 0.5}, "temperature: Extra inputs"),
        ({"top_p": 0.5}, "top_p: Extra inputs"),
        ({"top_k": 5}, "top_k: Extra inputs"),
        ({"max_tokens": None}, "max_tokens: must be int"),
        ({"max_tokens": 0}, "max_tokens: 0"),
        ({"max_tokens": 128_001}, "max_tokens: 128001 > 128000"),
        ({"max_tokens": True}, "max_tokens: must be int"),
        ({"messages": []}, "at least one message"),
        ({"messages": [{"role": "user"}]}, "messages.0.content: Field required"),
        ({"messages": [{"role": "owner", "content": "x"}]}, "messages.0.role"),
        ({"messages": [{**HELLO, "name": "me"}]}, "messages.0.name: Extra inputs"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 3}]}]}, "messages.0.content.0.text"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": "x", "id": 3}]}]}, "content.0.id: Extra"),
        ({"messages": [{"role": "user", "content": " "}]}, "non-whitespace"),
        ({"messages": [{"role": "user", "content": []}]}, "must not be empty"),
        ({"messages": [{"role": "assistant", "content": "x"}, HELLO]}, "first message must use the user role"),
        ({"messages": [HELLO, {"role": "assistant", "content": "The answer is"}]}, "prefill"),
        ({"tool_choice": {"type": "any"}, "tools": [WRITE_FILE]}, "forced tool use"),
        ({"tool_choice": {"type": "tool", "name": "write_file"}, "tools": [WRITE_FILE]}, "forced tool use"),
        ({"thinking": {"type": "enabled", "budget_tokens": 2000}}, "budget_tokens"),
        ({"thinking": {"type": "adaptive", "display": "raw"}}, "thinking.display"),
        ({"thinking": {"type": "between_tools"}}, "between_tools"),
        ({"thinking": {"type": "disabled"}, "model": OPUS}, "always thinks"),
        ({"tools": [WRITE_FILE, WRITE_FILE]}, "unique"),
        ({"tools": [{**WRITE_FILE, "name": "write file"}]}, "tools.0.name"),
        ({"tools": [{**WRITE_FILE, "input_schema": {"type": "array"}}]}, "must be object"),
        ({"output_config": {"format": {"type": "json"}}}, "output_config.format"),
        ({"output_config": {"effort": "extreme"}}, "output_config.effort"),
        ({"stream": False}, "streamed requests only"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_the_service_does_not_know_is_refused(fields: dict[str, Any], complaint: str) -> None:
    assert complaint in refusal(**fields)


def schema_refusal(schema: dict[str, Any]) -> str:
    return refusal(output_config={"format": {"type": "json_schema", "schema": schema}})


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def test_recursive_schemas_are_refused_also_through_two_steps() -> None:
    direct = closed(child={"$ref": "#"})
    roundabout = {
        **closed(first={"$ref": "#/$defs/a"}),
        "$defs": {
            "a": closed(b={"type": "array", "items": {"$ref": "#/$defs/b"}}),
            "b": closed(a={"$ref": "#/$defs/a"}),
        },
    }
    assert "recursive" in schema_refusal(direct)
    assert "recursive" in schema_refusal(roundabout)


def test_open_objects_and_foreign_references_are_refused() -> None:
    assert "additionalProperties" in schema_refusal({"type": "object", "properties": {}})
    assert "cannot resolve" in schema_refusal(closed(a={"$ref": "https://example.com/schema"}))


def test_a_definition_used_twice_is_no_recursion() -> None:
    schema = {
        **closed(one={"$ref": "#/$defs/word"}, two={"$ref": "#/$defs/word"}),
        "$defs": {"word": closed(text={"type": "string"})},
    }
    with ClaudeServer() as server:
        message = once(server, output_config={"format": {"type": "json_schema", "schema": schema}})
    assert json.loads(text_of(message)) == {"one": {"text": "as said"}, "two": {"text": "as said"}}


def test_a_property_called_like_a_keyword_is_no_keyword() -> None:
    schema = closed(properties={"type": "string"}, type={"type": "string"})
    with ClaudeServer() as server:
        once(server, output_config={"format": {"type": "json_schema", "schema": schema}})


def test_five_cache_breakpoints_are_one_too_many() -> None:
    marked = [{"type": "text", "text": str(n), "cache_control": {"type": "ephemeral"}} for n in range(5)]
    assert "maximum of 4" in refusal(system=marked)
    assert "maximum of 4" in refusal(system=marked[:4], cache_control={"type": "ephemeral"})
    with ClaudeServer() as server:
        once(server, system=marked[:4])


def test_a_longer_lifetime_must_come_before_a_shorter_one() -> None:
    short = {"type": "text", "text": "s", "cache_control": {"type": "ephemeral"}}
    long = {"type": "text", "text": "l", "cache_control": {"type": "ephemeral", "ttl": "1h"}}
    assert "1h" in refusal(system=[short, long])


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([HELLO, {"role": "assistant", "content": [USE]}, HELLO], "without `tool_result`"),
        ([HELLO, {"role": "user", "content": [RESULT]}], "unexpected `tool_use_id`"),
        ([HELLO, {"role": "assistant", "content": [USE]}, {"role": "user", "content": [RESULT, RESULT]}], "single"),
        (
            [
                HELLO,
                {"role": "assistant", "content": [USE]},
                {"role": "user", "content": [{"type": "text", "text": "so"}, RESULT]},
            ],
            "must come first",
        ),
        ([{"role": "user", "content": [USE]}], "belong to the assistant"),
        ([HELLO, {"role": "assistant", "content": [RESULT]}, HELLO], "belong to the user"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_tool_call_has_just_one_result(messages: list[dict[str, Any]], complaint: str) -> None:
    assert complaint in refusal(messages=messages, tools=[WRITE_FILE])


def test_results_may_be_spread_over_neighbouring_user_messages() -> None:
    second = {**USE, "id": "toolu_y"}
    messages = [
        HELLO,
        {"role": "assistant", "content": [USE, second]},
        {"role": "user", "content": [RESULT]},
        {"role": "user", "content": [{**RESULT, "tool_use_id": "toolu_y"}]},
    ]
    with ClaudeServer() as server:
        once(server, messages=messages, tools=[WRITE_FILE])


def test_a_wrong_key_a_missing_version_and_an_unknown_model_are_told_apart() -> None:
    with ClaudeServer(api_key="right") as server:
        with pytest.raises(anthropic.AuthenticationError):
            with_client(server, ask, key="wrong")
        with_client(server, ask, key="right")
        assert (
            post(server, {**body(), "stream": True}, **{"x-api-key": "right", "anthropic-version": "1"}).status_code
            == 400
        )
        with pytest.raises(anthropic.NotFoundError):
            with_client(server, lambda client: ask(client, model="claude-9"), key="right")
        retired = {**body(model="claude-sonnet-4-5"), "stream": True}
        assert post(server, retired, **{"x-api-key": "right"}).status_code == 404
    assert [seen.status for seen in server.requests] == [401, 200, 400, 404, 404]


def test_what_is_no_json_is_refused() -> None:
    with ClaudeServer() as server, httpx2.Client(trust_env=False) as client:
        headers = {"x-api-key": "key", "anthropic-version": "2023-06-01", "content-type": "application/json"}
        answer = client.post(f"{server.url}/v1/messages", content=b"{not json", headers=headers)
    assert answer.status_code == 400


def test_a_prompt_that_exceeds_the_context_is_refused() -> None:
    long = [{"role": "user", "content": "x" * 900_000}]
    assert "prompt is too long" in refusal(model="claude-haiku-4-5", messages=long)


def test_older_models_take_what_newer_ones_refuse() -> None:
    messages = [HELLO, {"role": "assistant", "content": "The answer is"}]
    with ClaudeServer() as server:
        once(server, model="claude-haiku-4-5", messages=messages)
        once(server, model="claude-haiku-4-5-20251001", tools=[WRITE_FILE], tool_choice={"type": "any"})
    assert all(seen.status == 200 for seen in server.requests)


def thinks_and_calls() -> ScriptedAnswer:
    return ScriptedAnswer((Thinking("Let me write."), ToolUse("write_file", {"path": "a", "content": "b"})))


def after(message: Message, *, model: str = OPUS, **changes: Any) -> dict[str, Any]:
    """The next request of a conversation, with the thinking block changed."""
    answer = native(message)
    answer["content"][0].update(changes)
    use = next(block for block in message.content if block.type == "tool_use")
    result = {"type": "tool_result", "tool_use_id": use.id, "content": "ok"}
    return {"model": model, "tools": [WRITE_FILE], "messages": [HELLO, answer, {"role": "user", "content": [result]}]}


async def begun(client: AsyncAnthropic) -> Message:
    shown: Any = {"type": "adaptive", "display": "summarized"}
    return await ask(client, model=OPUS, tools=[WRITE_FILE], thinking=shown)


def follow_up(change: Any) -> Message:
    async def talk(client: AsyncAnthropic) -> Message:
        return await ask(client, **change(await begun(client)))

    with ClaudeServer(ScriptedBrain([thinks_and_calls(), says("done")])) as server:
        return with_client(server, talk)


def test_thoughts_that_come_back_unchanged_are_taken() -> None:
    assert follow_up(after).stop_reason == "end_turn"


def without_thoughts(message: Message) -> dict[str, Any]:
    request = after(message)
    del request["messages"][1]["content"][0]
    return request


def with_another_beginning(message: Message) -> dict[str, Any]:
    request = after(message)
    request["messages"][0] = {"role": "user", "content": "Say something else."}
    return request


@pytest.mark.parametrize(
    "change",
    [
        lambda message: after(message, thinking="Let me not."),
        lambda message: after(message, signature="1.0000"),
        lambda message: after(message, signature="what"),
        lambda message: after(message, model=MODEL),
        without_thoughts,
        with_another_beginning,
    ],
    ids=["text", "signature", "nonsense", "model", "missing", "beginning"],
)
def test_thoughts_that_were_touched_are_refused(change: Any) -> None:
    with pytest.raises(anthropic.BadRequestError, match="thinking"):
        follow_up(change)


def test_thoughts_are_empty_unless_summaries_are_asked_for() -> None:
    with ClaudeServer(ScriptedBrain(lambda _: thinks_and_calls())) as server:
        plain = once(server, model=OPUS, tools=[WRITE_FILE])
        shown = with_client(server, begun)
    assert [thought_of(message) for message in (plain, shown)] == ["", "Let me write."]
    assert server.requests[0].usage.thinking_tokens == server.requests[1].usage.thinking_tokens > 0


def test_opus_always_thinks_and_a_switched_off_thought_is_not_sent() -> None:
    with ClaudeServer(ScriptedBrain([says("x"), ScriptedAnswer((Thinking("Hm."), Text("x")))])) as server:
        assert [block.type for block in once(server, model=OPUS).content] == ["thinking", "text"]
        assert [block.type for block in once(server, thinking={"type": "disabled"}).content] == ["text"]


def test_what_is_said_before_a_tool_call_is_a_thought_on_new_models() -> None:
    answer = ScriptedAnswer((Text("I will write."), ToolUse("write_file", {"path": "a"})))
    with ClaudeServer(ScriptedBrain(lambda _: answer)) as server:
        new = once(server, tools=[WRITE_FILE])
        old = once(server, model="claude-haiku-4-5", tools=[WRITE_FILE])
    assert [block.type for block in new.content] == ["thinking", "tool_use"]
    assert [block.type for block in old.content] == ["text", "tool_use"]


def test_a_paused_turn_is_continued_from_its_own_words() -> None:
    async def talk(client: AsyncAnthropic) -> Message:
        paused = await ask(client)
        assert paused.stop_reason == "pause_turn"
        return await ask(client, messages=[HELLO, native(paused)])

    with ClaudeServer(ScriptedBrain([says("Half of it and more", fault=Fault.PAUSE_TURN), says("rest")])) as server:
        assert text_of(with_client(server, talk)) == "rest"


def test_a_signature_outlives_a_restart_of_the_server() -> None:
    async def talk() -> None:
        with ClaudeServer(ScriptedBrain([thinks_and_calls()])) as first:
            async with connected(first) as client:
                message = await begun(client)
        with ClaudeServer(ScriptedBrain([says("done")])) as second:
            async with connected(second) as client:
                await ask(client, **after(message))

    asyncio.run(talk())


def test_counting_tokens_is_free_exact_and_as_strict() -> None:
    request: Any = {"model": MODEL, "messages": [HELLO], "tools": [WRITE_FILE], "system": "Be brief."}
    with ClaudeServer(ScriptedBrain([calls("write_file", {})])) as server:
        counted = with_client(server, lambda client: client.messages.count_tokens(**request))
        used = once(server, **{**request, "max_tokens": 50}).usage.input_tokens
        with pytest.raises(anthropic.BadRequestError):
            with_client(server, lambda client: client.messages.count_tokens(model=MODEL, messages=[]))
    assert counted.input_tokens == used
    assert len(server.other_requests) == 2


def test_a_prompt_never_has_more_tokens_than_bytes() -> None:
    sent = body(messages=[{"role": "user", "content": "äöü€𝄞" * 50}], system="§" * 99, tools=[WRITE_FILE])
    with ClaudeServer() as server:
        once(server, **sent)
    assert server.usage.prompt_tokens <= len(json.dumps(sent, ensure_ascii=False).encode()) + 2000


def test_models_are_listed_page_by_page_newest_first() -> None:
    async def talk(client: AsyncAnthropic) -> list[Any]:
        return [model async for model in client.models.list(limit=4)]

    with ClaudeServer() as server:
        models = with_client(server, talk)
        haiku = with_client(server, lambda client: client.models.retrieve("claude-haiku-5-5"))
        with pytest.raises(anthropic.NotFoundError):
            with_client(server, lambda client: client.models.retrieve("claude-9"))
    assert len(models) == len({model.id for model in models}) == 11
    assert len(server.other_requests) == 5
    assert sorted((model.created_at for model in models), reverse=True) == [model.created_at for model in models]
    assert (haiku.line, haiku.lifecycle, haiku.max_tokens, haiku.max_input_tokens) == (
        "haiku",
        "active",
        128_000,
        1_000_000,
    )
    assert haiku.capabilities is not None
    assert haiku.capabilities.structured_outputs.supported
    assert not haiku.capabilities.thinking.types.enabled.supported


def test_models_are_filtered_by_stage_and_paged_backwards() -> None:
    async def talk(client: AsyncAnthropic) -> tuple[list[str], list[str]]:
        retired = [model.id async for model in client.models.list(lifecycle=["retired"])]
        page = await client.models.list(before_id="claude-opus-5-5", limit=2)
        return retired, [model.id for model in page.data]

    with ClaudeServer() as server:
        retired, before = with_client(server, talk)
    assert (retired, before) == (["claude-sonnet-4-5"], ["claude-haiku-5-5", "claude-sonnet-5-5"])


def text_of(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")


def thought_of(message: Message) -> str:
    return "".join(block.thinking for block in message.content if block.type == "thinking")

"""The raw stream of the Claude stand-in: order of events, usage at its beginning and end, headers, pace."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx2
from anthropic import AsyncAnthropic

from tests.fakes import HelpfulBrain, ScriptedAnswer, ScriptedBrain, Text, Thinking, ToolUse, says
from tests.fakes.claude_server import ClaudeServer
from tests.fakes_test.claude_client import WRITE_FILE, ask, ask_raw, body, once, with_client

LONG = [{"type": "text", "text": "A rule to keep. " * 400, "cache_control": {"type": "ephemeral", "ttl": "1h"}}]


def raw_stream(server: ClaudeServer, **fields: Any) -> httpx2.Response:
    headers = {"x-api-key": "key", "anthropic-version": "2023-06-01"}
    with httpx2.Client(trust_env=False) as client:
        return client.post(f"{server.url}/v1/messages", json={**body(**fields), "stream": True}, headers=headers)


def names(text: str) -> list[str]:
    return [line.removeprefix("event: ") for line in text.splitlines() if line.startswith("event: ")]


def test_events_come_in_the_order_of_the_service() -> None:
    blocks = (Thinking("Hm."), Text("Yes."), ToolUse("write_file", {"path": "a"}))
    shown = {"type": "adaptive", "display": "summarized"}
    with ClaudeServer(ScriptedBrain([ScriptedAnswer(blocks, text_chunk=100)])) as server:
        answer = raw_stream(server, model="claude-opus-5", thinking=shown, tools=[WRITE_FILE])
    block = ["content_block_start", "content_block_delta", "content_block_delta", "content_block_stop"]
    text = ["content_block_start", "content_block_delta", "content_block_stop"]
    tool = ["content_block_start", *["content_block_delta"] * 4, "content_block_stop"]
    assert names(answer.text) == ["message_start", "ping", *block, *text, *tool, "message_delta", "message_stop"]


def test_an_answer_names_its_request_and_its_kind() -> None:
    with ClaudeServer() as server:
        answer = raw_stream(server)
    assert answer.headers["request-id"] == server.requests[0].request_id
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["transfer-encoding"] == "chunked"


def test_the_beginning_has_the_whole_input_and_only_the_ending_the_whole_output() -> None:
    with ClaudeServer(ScriptedBrain(lambda _: says("word " * 40))) as server:
        once(server, system=LONG)
        events = with_client(server, lambda client: ask_raw(client, system=LONG))
    start = next(event.message.usage for event in events if event.type == "message_start")
    end = next(event.usage for event in events if event.type == "message_delta")
    assert start.input_tokens == end.input_tokens
    assert start.cache_read_input_tokens == end.cache_read_input_tokens == server.requests[0].usage.write_1h_tokens
    assert start.cache_creation_input_tokens == end.cache_creation_input_tokens == 0
    assert (start.output_tokens, end.output_tokens) == (1, 50)


def test_cache_writes_are_broken_down_in_the_beginning_alone() -> None:
    with ClaudeServer() as server:
        events = with_client(server, lambda client: ask_raw(client, system=LONG))
    start = next(event.message.usage for event in events if event.type == "message_start")
    end = next(event.usage for event in events if event.type == "message_delta")
    assert start.cache_creation is not None
    written = server.requests[0].usage.write_1h_tokens
    assert written == start.cache_creation.ephemeral_1h_input_tokens == end.cache_creation_input_tokens
    assert not hasattr(end, "cache_creation")


def test_a_stop_sequence_is_named() -> None:
    answer = says("Up to here", stop_reason="stop_sequence", stop_sequence="END")
    with ClaudeServer(ScriptedBrain([answer])) as server:
        message = once(server, stop_sequences=["END"])
    assert (message.stop_reason, message.stop_sequence) == ("stop_sequence", "END")


def test_fifty_streams_run_side_by_side() -> None:
    async def talk(client: AsyncAnthropic) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(50):
                group.create_task(ask(client))

    with ClaudeServer(HelpfulBrain(latency=1.0)) as server:
        with_client(server, talk)
    assert server.in_flight_peak == 50

"""The Ollama stand-in: real wire form, strict about requests, and each fault becomes what its description says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx
import ollama
import pytest
from ollama import AsyncClient, ChatResponse, ResponseError

from tests.fakes import (
    OLLAMA_FAULTS,
    Fault,
    FaultScript,
    Gate,
    HelpfulBrain,
    ScriptedAnswer,
    ScriptedBrain,
    Text,
    Thinking,
    ToolUse,
    dead_url,
    says,
)
from tests.fakes.faults import HANGS, NOTHING
from tests.fakes.ollama_server import OllamaServer

T = TypeVar("T")
CODER = "qwen2.5-coder:14b"
THINKER = "qwen3:8b"
TEXT = "Ünïcödé, one two three four five six seven eight nine ten. " * 6
OPTIONS = {"num_ctx": 8192, "num_predict": 1000}
TOOL = {
    "type": "function",
    "function": {"name": "write_file", "description": "Writes.", "parameters": {"type": "object"}},
}


def with_client(url: str, talk: Callable[[AsyncClient], Awaitable[T]], timeout: float = 30.0) -> T:
    async def run() -> T:
        async with AsyncClient(url, trust_env=False, timeout=timeout) as client:
            return await talk(client)

    return asyncio.run(run())


async def lines(client: AsyncClient, **fields: Any) -> list[ChatResponse]:
    request: dict[str, Any] = {
        "model": CODER,
        "messages": [{"role": "user", "content": "Say it."}],
        "options": OPTIONS,
        **fields,
    }
    return [line async for line in await client.chat(**request, stream=True)]


def chat(server: OllamaServer, **fields: Any) -> list[ChatResponse]:
    return with_client(server.url, lambda client: lines(client, **fields))


def refusal(**fields: Any) -> str:
    with OllamaServer() as server, pytest.raises(ResponseError) as caught:
        chat(server, **fields)
    assert caught.value.status_code == 400
    return caught.value.error


def text_of(answer: list[ChatResponse]) -> str:
    return "".join(line.message.content or "" for line in answer)


def test_a_chat_is_streamed_in_lines_and_ends_with_counts() -> None:
    with OllamaServer(ScriptedBrain([says(TEXT)])) as server:
        answer = chat(server)
    last = answer[-1]
    assert text_of(answer) == TEXT
    assert len(answer) > 5
    assert (last.done, last.done_reason) == (True, "stop")
    assert last.prompt_eval_count
    assert last.eval_count == server.requests[0].usage.output_tokens == -(-len(TEXT.encode()) // 4)
    assert last.total_duration
    assert last.eval_duration
    seen = server.requests[0]
    assert (seen.status, seen.complete, seen.closed_early, seen.billed) == (200, True, False, 0)


def test_bytes_that_split_characters_do_no_harm() -> None:
    with OllamaServer(ScriptedBrain([says(TEXT, byte_chunk=3)])) as server:
        assert text_of(chat(server)) == TEXT


def test_a_chat_without_streaming_is_one_object() -> None:
    brain = ScriptedBrain([ScriptedAnswer((Thinking("Hm."), Text("Yes."), ToolUse("write_file", {"path": "a"})))])

    async def talk(client: AsyncClient) -> ChatResponse:
        message = {"role": "user", "content": "x"}
        return await client.chat(THINKER, [message], tools=[TOOL], options=OPTIONS)

    with OllamaServer(brain) as server:
        answer = with_client(server.url, talk)
    assert (answer.message.content, answer.message.thinking) == ("Yes.", "Hm.")
    assert answer.message.tool_calls is not None
    assert answer.message.tool_calls[0].function.arguments == {"path": "a"}
    assert answer.done


def test_tool_calls_carry_no_id_and_their_results_go_back_by_name() -> None:
    with OllamaServer() as server:
        messages: list[dict[str, Any]] = [{"role": "user", "content": "Affected files: hello_world.py"}]
        answer = chat(server, messages=messages, tools=[TOOL])
        calls = [call for line in answer for call in line.message.tool_calls or []]
        assert [call.function.name for call in calls] == ["write_file"]
        assert calls[0].function.arguments["path"] == "hello_world.py"
        messages.append({"role": "assistant", "content": "", "tool_calls": [call.model_dump() for call in calls]})
        messages.append({"role": "tool", "content": "ok", "tool_name": "write_file"})
        assert "hello_world.py" in text_of(chat(server, messages=messages, tools=[TOOL]))


def test_a_schema_is_answered_in_its_form() -> None:
    schema = {"type": "object", "properties": {"verdict": {"enum": ["passed", "gaps"]}, "count": {"type": "integer"}}}
    with OllamaServer() as server:
        assert text_of(chat(server, format=schema)) == '{"verdict": "passed", "count": 1}'


def test_thoughts_are_sent_unless_switched_off() -> None:
    brain = ScriptedBrain(lambda _: ScriptedAnswer((Thinking("Hm, hm."), Text("Yes."))))
    with OllamaServer(brain) as server:
        wanted = chat(server, model=THINKER, think=True)
        unwanted = chat(server, model=THINKER, think=False)
        unable = chat(server, model=CODER)
    assert "".join(line.message.thinking or "" for line in wanted) == "Hm, hm."
    assert not any(line.message.thinking for line in [*unwanted, *unable])


def test_an_answer_longer_than_num_predict_is_cut() -> None:
    with OllamaServer(ScriptedBrain([says("x" * 4000)])) as server:
        answer = chat(server, options={"num_ctx": 4096, "num_predict": 10})
    assert (text_of(answer), answer[-1].done_reason, answer[-1].eval_count) == ("x" * 40, "length", 10)


def test_a_prompt_longer_than_the_context_is_cut_silently_and_recorded() -> None:
    with OllamaServer() as server:
        answer = chat(server, messages=[{"role": "user", "content": "x" * 9000}], options={"num_ctx": 512})
    assert answer[-1].prompt_eval_count == 512
    assert server.requests[0].truncated_prompt


def test_num_ctx_must_be_given() -> None:
    assert "num_ctx" in refusal(options={"num_predict": 5})
    assert "num_ctx" in refusal(options=None)


def test_unknown_options_are_refused() -> None:
    assert "min_p" in refusal(options={**OPTIONS, "min_p": 0.1})


def test_tools_and_thoughts_are_refused_where_the_model_knows_none() -> None:
    assert "does not support thinking" in refusal(think=True)
    assert "does not support chat" in refusal(model="nomic-embed-text")


def test_results_and_calls_of_tools_must_match() -> None:
    called = {"role": "assistant", "tool_calls": [{"function": {"name": "write_file", "arguments": {}}}]}
    result = {"role": "tool", "content": "ok", "tool_name": "write_file"}
    user = {"role": "user", "content": "x"}
    assert "without a tool call" in refusal(messages=[user, result])
    assert "without a result" in refusal(messages=[user, called, user])
    assert "not called" in refusal(messages=[user, called, {**result, "tool_name": "read_file"}])


def test_unknown_keys_are_refused() -> None:
    with OllamaServer() as server:
        wrong = {"model": CODER, "messages": [], "max_tokens": 3, "options": OPTIONS}
        answer = httpx.post(f"{server.url}/api/chat", json=wrong, trust_env=False)
    assert (answer.status_code, answer.json()) == (400, {"error": "body: unknown key 'max_tokens'"})


def test_a_model_that_is_not_there_is_a_404() -> None:
    with OllamaServer() as server, pytest.raises(ResponseError) as caught:
        chat(server, model="llama9")
    assert (caught.value.status_code, caught.value.error) == (404, "model 'llama9' not found")


def test_lists_describe_what_is_there_and_what_is_loaded() -> None:
    async def talk(client: AsyncClient) -> tuple[list[str | None], list[tuple[str | None, int | None]], list[str]]:
        await lines(client)
        tags, running, shown = await client.list(), await client.ps(), await client.show("nomic-embed-text")
        assert running.models[0].size_vram
        return (
            [model.model for model in tags.models],
            [(model.model, model.context_length) for model in running.models],
            shown.capabilities or [],
        )

    with OllamaServer() as server:
        there, loaded, able = with_client(server.url, talk)
    assert there == [CODER, THINKER, "nomic-embed-text:latest"]
    assert (loaded, able) == ([(CODER, 8192)], ["embedding"])


def test_keep_alive_zero_unloads() -> None:
    async def talk(client: AsyncClient) -> int:
        await lines(client)
        await lines(client, messages=[], keep_alive=0)
        return len((await client.ps()).models)

    with OllamaServer() as server:
        assert with_client(server.url, talk) == 0


def test_embeddings_of_like_texts_are_alike() -> None:
    async def talk(client: AsyncClient) -> list[list[float]]:
        texts = ["the cat sat on the mat", "a cat on a mat", "quarterly tax report"]
        answer = await client.embed("nomic-embed-text", texts)
        return [list(vector) for vector in answer.embeddings]

    with OllamaServer() as server:
        first, near, far = with_client(server.url, talk)
    assert len(first) == 64
    assert dot(first, near) > 0.4 > dot(first, far)


def dot(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_a_pull_tells_its_progress_and_then_the_model_is_there() -> None:
    async def talk(client: AsyncClient) -> tuple[list[str | None], list[str | None]]:
        progress = [line async for line in await client.pull(THINKER, stream=True)]
        assert all((line.completed or 0) <= (line.total or 0) for line in progress if line.digest)
        return [line.status for line in progress], [model.model for model in (await client.list()).models]

    with OllamaServer(models=()) as server:
        states, there = with_client(server.url, talk)
    assert (states[0], states[-1], there) == ("pulling manifest", "success", [THINKER])


def test_a_pull_of_what_does_not_exist_fails_in_mid_stream() -> None:
    async def talk(client: AsyncClient) -> list[str | None]:
        return [line.status async for line in await client.pull("nothing:1b", stream=True)]

    with OllamaServer() as server, pytest.raises(ResponseError, match="file does not exist") as caught:
        with_client(server.url, talk)
    assert caught.value.status_code == -1


def test_the_version_is_told() -> None:
    with OllamaServer() as server:
        assert httpx.get(f"{server.url}/api/version", trust_env=False).json()["version"]


@pytest.mark.parametrize("fault", OLLAMA_FAULTS, ids=lambda fault: fault.value.name)
def test_a_fault_becomes_what_it_says(fault: Fault) -> None:
    brain = ScriptedBrain(lambda _: says(TEXT))
    with OllamaServer(brain, faults=FaultScript([fault])) as server:
        try:
            with_client(server.url, lines, timeout=0.3 if fault in HANGS else 30.0)
            became = NOTHING
        except (ollama.ResponseError, httpx.HTTPError, ValueError, AttributeError) as error:
            became = type(error).__name__
        server.wait_until_idle()
    assert became == fault.ollama
    assert server.requests[0].fault is fault


def test_faults_that_raise_nothing_show_in_the_answer() -> None:
    def answer(fault: Fault) -> list[ChatResponse]:
        with OllamaServer(ScriptedBrain([says(TEXT)]), faults=FaultScript([fault])) as server:
            return chat(server)

    assert not answer(Fault.END_WITHOUT_ENDING)[-1].done
    assert answer(Fault.TEXT_CUT)[-1].done_reason == "length"
    assert text_of(answer(Fault.EMPTY_ANSWER)) == ""
    assert answer(Fault.USAGE_MISSING)[-1].eval_count is None
    assert answer(Fault.USAGE_NULL)[-1].eval_count is None
    assert answer(Fault.USAGE_NEGATIVE)[-1].eval_count == -7
    assert answer(Fault.USAGE_ABSURD)[-1].prompt_eval_count == 10**15
    assert text_of(answer(Fault.SLOW_DRIP)) == TEXT


def test_a_dead_host_is_a_connection_error_of_the_transport_in_a_stream_and_the_builtin_one_elsewhere() -> None:
    with pytest.raises(httpx.ConnectError):
        with_client(dead_url(), lines)
    with pytest.raises(ConnectionError):
        with_client(dead_url(), lambda client: client.list())


def test_a_client_that_leaves_is_noticed() -> None:
    gate = Gate()

    async def talk(client: AsyncClient) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await lines(client)

    with OllamaServer(ScriptedBrain(lambda _: says(TEXT, hold=gate, hold_after=3))) as server:
        with_client(server.url, talk)
        server.wait_until_idle()
    seen = server.requests[0]
    assert (seen.closed_early, seen.complete) == (True, False)
    assert 0 < seen.usage.output_tokens < 90


def test_parallel_chats_overlap() -> None:
    async def talk(client: AsyncClient) -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(3):
                group.create_task(lines(client))
            await asyncio.to_thread(server.wait_for_requests, 3)
            gate.open()

    gate = Gate()
    with OllamaServer(ScriptedBrain(lambda _: says("x", hold=gate))) as server:
        with_client(server.url, talk)
    assert server.in_flight_peak == 3
    assert len(server.overlaps()) == 3


def test_the_helpful_brain_bills_as_it_is_told() -> None:
    with OllamaServer(HelpfulBrain(output_tokens="max")) as server:
        assert chat(server)[-1].eval_count == 1000

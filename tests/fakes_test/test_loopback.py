"""The servers themselves: they leave nothing behind, split bytes anywhere, and can be started from a shell."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import pytest

from tests.fakes import Gate, ScriptedAnswer, ScriptedBrain, Text, ToolUse, dead_url, says
from tests.fakes.claude_server import ClaudeServer
from tests.fakes.http_loopback import HOST
from tests.fakes.ollama_server import OllamaServer
from tests.fakes_test.claude_client import WRITE_FILE, ask, once, with_client

ROOT = Path(__file__).parents[2]
AWKWARD = 'Zeile\u2028zwei\u0085drei\r\nvier \U0001f600 \\u00e9 "x" \x7f \x00 data: {}\n\nevent: error\n\n'


def test_a_server_leaves_neither_thread_nor_port_behind() -> None:
    before = set(threading.enumerate())
    with ClaudeServer() as server:
        once(server)
        port = server.port
    assert set(threading.enumerate()) == before
    with socket.socket() as probe:
        assert probe.connect_ex((HOST, port)) != 0


def test_a_server_stops_while_answers_hang() -> None:
    async def talk() -> None:
        with ClaudeServer(ScriptedBrain(lambda _: says("x", hold=Gate()))) as server:
            async with anthropic.AsyncAnthropic(base_url=server.url, api_key="k", max_retries=0) as client:
                async with asyncio.TaskGroup() as group:
                    waiting = [group.create_task(raised(ask(client))) for _ in range(3)]
                    await asyncio.to_thread(server.wait_for_requests, 3)
                    await asyncio.to_thread(server.stop)
                assert [type(task.result()) for task in waiting] == [anthropic.APIConnectionError] * 3

    asyncio.run(talk())


async def raised(work: Any) -> Exception | None:
    try:
        await work
    except Exception as error:
        return error
    return None


def test_a_taken_port_is_an_error_at_the_start() -> None:
    with ClaudeServer() as server, pytest.raises(OSError):
        ClaudeServer(port=server.port).start()


def test_connections_are_kept_alive_and_can_be_closed() -> None:
    with OllamaServer() as server, httpx2.Client(trust_env=False) as client:
        ports = {
            client.get(f"{server.url}/api/version").extensions["network_stream"].get_extra_info("client_addr")[1]
            for _ in range(3)
        }
        assert len(ports) == 1
        assert client.get(f"{server.url}/", headers={"connection": "close"}).text == "Ollama is running"
        assert client.get(f"{server.url}/").text == "Ollama is running"


def test_what_is_no_http_is_dropped() -> None:
    with ClaudeServer() as server, socket.create_connection((HOST, server.port)) as wire:
        wire.sendall(b"what is this\r\n\r\n")
        assert wire.recv(100) == b""


def test_a_chunked_request_is_read() -> None:
    def parts() -> Any:
        yield b'{"model": "qwen3'
        yield b':8b"}'

    with OllamaServer() as server, httpx2.Client(trust_env=False) as client:
        assert client.post(f"{server.url}/api/show", content=parts()).json()["capabilities"]


@pytest.mark.parametrize("size", [1, 2, 7, None])
@pytest.mark.parametrize("chunk", [1, 5, 1000])
def test_text_and_tool_input_survive_every_split(size: int | None, chunk: int) -> None:
    blocks = (Text(AWKWARD), ToolUse("write_file", {"path": AWKWARD, "content": [1.5, None, {"ä": AWKWARD}]}))
    answer = ScriptedAnswer(blocks, byte_chunk=size, text_chunk=chunk)
    with ClaudeServer(ScriptedBrain([answer])) as server:
        message = once(server, model="claude-haiku-4-5", tools=[WRITE_FILE])
    text, use = message.content
    assert text.type == "text"
    assert use.type == "tool_use"
    assert text.text == AWKWARD
    assert use.input == {"path": AWKWARD, "content": [1.5, None, {"ä": AWKWARD}]}


def test_a_script_that_is_used_up_fails_the_test() -> None:
    with pytest.raises(ExceptionGroup) as caught, ClaudeServer(ScriptedBrain([says("one")])) as server:
        once(server)
        with_client(server, lambda client: raised(ask(client)))
    assert "one more than the script" in str(caught.value.exceptions[0])
    assert (server.requests[1].status, server.requests[1].billed) == (500, 0)


def test_a_coroutine_can_be_a_rule() -> None:
    async def rule(request: Any) -> ScriptedAnswer:
        await asyncio.sleep(0)
        return says(f"request {request.number} of {request.model}")

    with ClaudeServer(ScriptedBrain(rule)) as server:
        assert "request 1 of claude" in str(once(server).content[0])


def test_the_last_answer_can_repeat() -> None:
    with ClaudeServer(ScriptedBrain([says("one"), says("two")], repeat_last=True)) as server:
        answers = [str(once(server).content[0]) for _ in range(4)]
    assert ["one" in answers[0], *("two" in answer for answer in answers[1:])] == [True] * 4


def test_waiting_for_what_does_not_come_is_an_error() -> None:
    with ClaudeServer() as server, pytest.raises(TimeoutError, match="0 requests arrived"):
        server.wait_for_requests(1, timeout=0.01)


def test_a_dead_address_is_dead() -> None:
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(dead_url(), trust_env=False)


def started(module: str, *options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-W", "error", "-m", f"tests.fakes.{module}", *options]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def address_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_server_starts_from_a_shell_and_logs_what_it_saw(tmp_path: Path) -> None:
    log = tmp_path / "claude.jsonl"
    with started("claude_server", "--while-stdin", "--log", str(log), "--output-tokens", "7") as process:
        once(Address(address_of(process)))
        process.communicate(timeout=20)
        assert process.returncode == 0
    request, sums = map(json.loads, log.read_text().splitlines())
    assert (request["status"], request["usage"]["output_tokens"], request["body"]["stream"]) == (200, 7, True)
    assert sums == {"billed": request["billed"], "requests": 1, "in_flight_peak": 1}


def test_the_ollama_server_starts_from_a_shell_too_and_ends_when_told() -> None:
    with started("ollama_server", "--fault-rate", "1", "--faults", "unavailable") as process:
        chat = {"model": "qwen3:8b", "messages": [{"role": "user", "content": "x"}], "options": {"num_ctx": 9}}
        assert httpx2.post(f"{address_of(process)}/api/chat", json=chat, trust_env=False).status_code == 503
        process.terminate()
        assert process.wait(20) in (0, 1)  # Windows knows no polite end


class Address(ClaudeServer):
    """A server that runs elsewhere, known by its address alone."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url

    @property
    def url(self) -> str:
        return self._url

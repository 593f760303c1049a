"""Offline, proved on real sockets: a process that tries everything, and every connect and look-up it makes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.fakes import ClaudeServer, OllamaServer

# Runs in a process of its own, since an audit hook cannot be taken away again, and this one forbids look-ups.
TOUR = """
import asyncio, json, sys

seen = []

def watch(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        seen.append(["connect", arguments[1][0]])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        name = arguments[0]
        seen.append(["look up", name.decode() if isinstance(name, bytes) else str(name)])
        raise OSError("this machine has no name server")

sys.addaudithook(watch)

from orchestra_desktop.calls.clock import SystemClock
from orchestra_desktop.domain.errors import ModelFault, NetworkRefused
from orchestra_desktop.domain.messages import Message, ModelRequest
from orchestra_desktop.network.guard import NetworkGuard, NetworkSettings
from orchestra_desktop.providers.anthropic import AnthropicProvider, AnthropicSettings
from orchestra_desktop.providers.ollama import OllamaProvider

claude_url, ollama_url, redirecting_url = sys.argv[1:4]
results = {}

async def key():
    return "sk-ant-test"

async def outcome(name, provider, model):
    request = ModelRequest(model, (), (Message("user", "Say something."),), 1_000)
    try:
        async for piece in provider.stream(request):
            last = piece
        results[name] = last.message.text[:6]
    except ModelFault as fault:
        results[name] = fault.facts.kind.value
    results[name + " health"] = (await provider.check()).healthy
    await provider.aclose()

async def fetched(name, client, url, **how):
    async with client:
        try:
            results[name] = (await client.get(url, **how)).status_code
        except NetworkRefused as refused:
            results[name] = refused.text.args["why"]

async def main():
    clock = SystemClock()
    guard = NetworkGuard(NetworkSettings(offline=True, allowed_hosts=("listed.test",)), clock)
    behind = NetworkGuard(NetworkSettings(offline=True, proxy_url="http://proxy.test:3128"), clock)

    def claude(url, network=guard):
        return AnthropicProvider(key, network, clock, AnthropicSettings(url))

    await outcome("claude", claude("https://api.anthropic.com"), "claude-haiku-5-5")
    await outcome("claude by number", claude("https://192.0.2.1"), "claude-haiku-5-5")
    await outcome("claude behind a proxy", claude("https://api.anthropic.com", behind), "claude-haiku-5-5")
    await outcome("claude here", claude(claude_url), "claude-haiku-5-5")
    await outcome("claude here in spite of a proxy", claude(claude_url, behind), "claude-haiku-5-5")
    await outcome("ollama in the house", OllamaProvider("192.168.1.7", guard, clock), "qwen3:8b")
    await outcome("ollama by name", OllamaProvider("http://models.test", guard, clock), "qwen3:8b")
    await outcome("ollama cloud", OllamaProvider(ollama_url, guard, clock), "gpt-oss:120b-cloud")
    await outcome("ollama here", OllamaProvider(ollama_url, guard, clock), "qwen3:8b")
    await fetched("httpx", guard.httpx_client(), "https://example.test/")
    await fetched("httpx2", guard.httpx2_client(), "https://example.test/")
    await fetched("redirect", guard.httpx2_client(), redirecting_url, follow_redirects=True)
    results["before the listed host"] = list(seen)
    seen.clear()
    await outcome("listed", claude("https://listed.test"), "claude-haiku-5-5")
    results["at the listed host"] = list(seen)
    results["refused"] = sorted({refused.host for refused in [*guard.log.refused, *behind.log.refused]})

asyncio.run(main())
print(json.dumps(results))
"""

PROXY = "http://proxy-of-the-environment.test:3128"
FOREIGN = {
    "HTTP_PROXY": PROXY,
    "HTTPS_PROXY": PROXY,
    "ALL_PROXY": PROXY,
    "http_proxy": PROXY,
    "https_proxy": PROXY,
    "all_proxy": PROXY,
    "ANTHROPIC_BASE_URL": "http://base-of-the-environment.test",
    "ANTHROPIC_API_KEY": "sk-ant-of-the-environment",
    "OLLAMA_HOST": "http://ollama-of-the-environment.test",
    "OLLAMA_API_KEY": "key-of-the-environment",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://telemetry-of-the-environment.test",
}


def tour() -> dict[str, Any]:
    away = "http://elsewhere.test/"
    with ClaudeServer() as claude, OllamaServer() as ollama, _Redirecting(away) as redirecting:
        ran = subprocess.run(
            [sys.executable, "-c", TOUR, claude.url, ollama.url, redirecting.url],
            env={**os.environ, **FOREIGN},
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    results: dict[str, Any] = json.loads(ran.stdout)
    return results


class _Redirecting(ClaudeServer):
    """Sends whoever asks somewhere else."""

    def __init__(self, away: str) -> None:
        super().__init__()
        self._away = away

    async def handle(self, request: Any, exchange: Any) -> None:
        exchange.add_header("location", self._away)
        await exchange.send_json(307, {})


def test_offline_no_socket_and_no_name_server_is_touched_but_for_listed_hosts() -> None:
    results = tour()

    assert {verb for verb, _ in results["before the listed host"]} == {"connect"}
    assert {host for _, host in results["before the listed host"]} == {"127.0.0.1"}
    assert {tuple(contact) for contact in results["at the listed host"]} == {("look up", "listed.test")}

    refused = ("claude", "claude by number", "claude behind a proxy", "ollama in the house", "ollama by name")
    assert {results[name] for name in (*refused, "ollama cloud")} == {"offline"}
    assert not any(results[f"{name} health"] for name in refused)
    assert (results["httpx"], results["httpx2"], results["redirect"]) == ("offline", "offline", "offline")
    assert results["listed"] == "unreachable"
    here = ("claude here", "claude here in spite of a proxy", "ollama here")
    assert {results[name] for name in here} == {"RESULT"}
    assert all(results[f"{name} health"] for name in here)
    assert results["refused"] == [
        "192.0.2.1",
        "192.168.1.7",
        "api.anthropic.com",
        "elsewhere.test",
        "example.test",
        "models.test",
    ]

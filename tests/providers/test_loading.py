"""The services' libraries are heavy: nothing of them is loaded before the first request."""

from __future__ import annotations

import json
import subprocess
import sys

LOAD = """
import json, pkgutil, sys, importlib
import orchestra_desktop.network, orchestra_desktop.providers
import orchestra_desktop.network.guard, orchestra_desktop.network.children
from orchestra_desktop.providers import anthropic, ollama, rehearsal, ollama_models
from orchestra_desktop.network.guard import NetworkGuard, NetworkSettings
from orchestra_desktop.calls.clock import SystemClock

async def key():
    return "sk-ant-test"

guard = NetworkGuard(NetworkSettings(offline=True), SystemClock())
providers = [
    anthropic.AnthropicProvider(key, guard, SystemClock()),
    ollama.OllamaProvider("", guard, SystemClock()),
    rehearsal.RehearsalProvider(SystemClock()),
]
guard.check("http://localhost/")
print(json.dumps(sorted(sys.modules)))
"""


def test_making_the_providers_loads_no_client_library() -> None:
    ran = subprocess.run([sys.executable, "-c", LOAD], capture_output=True, text=True, check=True)
    heavy = {"anthropic", "ollama", "httpx", "httpx2", "httpcore", "httpcore2", "certifi", "truststore", "anyio"}
    assert heavy & set(json.loads(ran.stdout)) == set()

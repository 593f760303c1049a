"""Loopback servers that stand in for the model services, used through the real client libraries.

They share no code with the program under test, so that they can judge it: their own price list, their own rules.

A server runs in a thread of its own, behind a context manager, for tests of coroutines and of subprocesses alike:

    with ClaudeServer() as server:                      # HelpfulBrain: makes plans, writes the files a task names
        client = AsyncAnthropic(base_url=server.url, api_key="any", max_retries=0)
        …
    assert server.billed == total_of_the_ledger         # nano-dollars
    assert server.in_flight_peak <= 4
    assert [seen.status for seen in server.requests] == [200, 200]

What the model says is a `Brain`: a script, a rule, or your own class with `async def answer(request)`:

    ClaudeServer(ScriptedBrain([says("first"), calls("write_file", {"path": "a", "content": "b"}), says("done")]))
    ClaudeServer(ScriptedBrain(lambda request: says("seen") if "T1" in request.prompt else says("not seen")))
    ClaudeServer(HelpfulBrain(output_tokens="max", think=True, latency=0.05))

What goes wrong is a `Fault`, planted by a plan, by a script per request, or by the answer itself:

    ClaudeServer(faults=FaultPlan(seed=7, rate=0.2))    # one in five, every transient way (QUICK: no hangs)
    ClaudeServer(faults=FaultScript([Fault.OVERLOADED, None, Fault.RESET_IN_STREAM]))
    ClaudeServer(ScriptedBrain([says("x", fault=Fault.HANG_IN_STREAM)]))

Without sleeping: an answer waits at a `Gate` until the test opens it, and a test waits for what the server sees:

    gate = Gate()
    with ClaudeServer(ScriptedBrain(lambda request: says("late", hold=gate))) as server:
        …                                               # start the calls
        server.wait_for_requests(3)                     # blocks; in a coroutine: await asyncio.to_thread(…)
        gate.open()

`OllamaServer` is the same for Ollama: `OllamaServer(brain, faults=…, models=…)`.
`dead_url()` is an address where nobody listens.

From a shell (one JSON line per request in the log, the address on the first line of stdout, ends on SIGTERM or Ctrl-C):

    python -m tests.fakes.claude_server --port 0 --log claude.jsonl --fault-rate 0.2 --seed 7
    python -m tests.fakes.ollama_server --port 0 --log ollama.jsonl
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.fakes.billing import Usage, cost
from tests.fakes.brain import (
    Brain,
    Gate,
    ModelRequest,
    ScriptedAnswer,
    ScriptedBrain,
    Text,
    Thinking,
    ToolUse,
    calls,
    says,
)
from tests.fakes.faults import (
    CLAUDE_FAULTS,
    HANGS,
    OLLAMA_FAULTS,
    PERMANENT,
    QUICK,
    TRANSIENT,
    Fault,
    FaultPlan,
    FaultScript,
    Place,
)
from tests.fakes.helpful_brain import HelpfulBrain
from tests.fakes.http_loopback import dead_url
from tests.fakes.record import Seen

if TYPE_CHECKING:
    from tests.fakes.claude_server import ClaudeServer
    from tests.fakes.ollama_server import OllamaServer

__all__ = [
    "CLAUDE_FAULTS",
    "HANGS",
    "OLLAMA_FAULTS",
    "PERMANENT",
    "QUICK",
    "TRANSIENT",
    "Brain",
    "ClaudeServer",
    "Fault",
    "FaultPlan",
    "FaultScript",
    "Gate",
    "HelpfulBrain",
    "ModelRequest",
    "OllamaServer",
    "Place",
    "ScriptedAnswer",
    "ScriptedBrain",
    "Seen",
    "Text",
    "Thinking",
    "ToolUse",
    "Usage",
    "calls",
    "cost",
    "dead_url",
    "says",
]


def __getattr__(name: str) -> Any:
    # Loaded only when asked for: `python -m tests.fakes.claude_server` would otherwise load its module twice.
    if name == "ClaudeServer":
        from tests.fakes.claude_server import ClaudeServer

        return ClaudeServer
    if name == "OllamaServer":
        from tests.fakes.ollama_server import OllamaServer

        return OllamaServer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

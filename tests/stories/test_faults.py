"""One request in five faulty, in every way a service can fail: nearly everything succeeds and the bill holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fakes import CLAUDE_FAULTS, PERMANENT, ClaudeServer, Fault, FaultPlan, HelpfulBrain
from tests.stories.command import KEY, Command

FINAL = {"succeeded", "skipped", "failed", "cancelled", "needs_person"}
WAYS = tuple(fault for fault in CLAUDE_FAULTS if fault not in PERMANENT)


def _requirements(tmp_path: Path) -> str:
    path = tmp_path / "many.md"
    path.write_text("# Many\n" + "".join(f"- Explain topic number {i} briefly.\n" for i in range(60)), "utf-8")
    return str(path)


@pytest.mark.timeout(300)
def test_one_request_in_five_faulty_and_nearly_every_task_succeeds(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.01)) as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": "http://127.0.0.1:9"}
        settings = {"anthropic.read_timeout_s": 2, "execution.concurrency": 40, "anthropic.concurrent_calls": 40}
        command = Command(tmp_path / "data", environment, settings)
        command("caps", "--daily", "none", "--monthly", "none", "--project", "none")
        project = str(command("plan", _requirements(tmp_path), "--json").json["project"])
        command("approve", project, "--ceiling", "100")
        server.faults = FaultPlan(seed=3, rate=0.2, kinds=WAYS)
        command("run", project, expect=None, timeout=280)
        status = command.status(project)
        usage = command.usage()
        planted: set[Fault] = {seen.fault for seen in server.requests if seen.fault is not None}
    states = [task["state"] for task in status["tasks"]]
    assert set(states) <= FINAL
    assert states.count("succeeded") >= 0.95 * len(states)
    assert len(planted) > 5
    assert usage["total"]["charged"] + usage["total"]["unconfirmed"] >= server.billed
    assert all(line["state"] in {"charged", "voided", "unconfirmed"} for line in usage["lines"])
    by_id = {seen.request_id: seen for seen in server.requests}
    exact = [line for line in usage["lines"] if line["state"] == "charged" and line["request_id"] in by_id]
    assert all(line["charged"] >= by_id[line["request_id"]].billed for line in exact)

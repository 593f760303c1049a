"""Fifty parallel tasks under caps with room for three: never more in flight than fits, nothing overspent or lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.fakes import ClaudeServer, HelpfulBrain
from tests.stories.command import KEY, Command

NANO = 1_000_000_000
TASKS = 50


def _fifty(tmp_path: Path) -> str:
    path = tmp_path / "fifty.md"
    path.write_text(
        "# Fifty\n" + "".join(f"- Explain topic number {i} in one sentence.\n" for i in range(TASKS)), "utf-8"
    )
    return str(path)


def _dollars(nano: int) -> str:
    return f"{nano // NANO}.{nano % NANO:09d}"


def _approved(command: Command, tmp_path: Path) -> str:
    command("caps", "--daily", "none", "--monthly", "none", "--project", "none")
    project = str(command("plan", _fifty(tmp_path), "--json").json["project"])
    command("approve", project, "--ceiling", "100")
    return project


def _reservation(command: Command, project: str) -> int:
    """What one task's call is held at: learned from one task run alone."""
    command("run", project, "--only", "T1", expect=None)
    events = command("events", project, "--jsonl").events
    amounts = [e["amount"] for e in events if e["type"] == "CallReserved" and e["purpose"] == "task"]
    return int(amounts[-1])


def _counted(usage: Any) -> int:
    return int(usage["total"]["charged"] + usage["total"]["unconfirmed"])


def test_a_daily_cap_with_room_for_three_stops_the_run_and_a_raised_one_lets_it_finish(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(output_tokens="max", latency=0.05)) as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": "http://127.0.0.1:9"}
        settings = {"execution.concurrency": 50, "anthropic.concurrent_calls": 50}
        command = Command(tmp_path / "data", environment, settings)
        project = _approved(command, tmp_path)
        one = _reservation(command, project)
        cap = _counted(command.usage()) + one * 301 // 100
        command("caps", "--daily", _dollars(cap))

        stopped = command("run", project, "--jsonl", expect=4)
        status = command.status(project)
        assert status["run"]["state"] == "at_cap"
        assert server.billed <= cap
        assert _counted(command.usage()) <= cap
        assert server.in_flight_peak <= 3
        reached = next(event for event in stopped.events if event["type"] == "CapReached")
        assert reached["cap"] == "daily"
        assert reached["short_by"] == reached["counted"] + reached["needed"] - reached["limit"] > 0
        question = status["checkpoints"][0]
        assert (question["kind"], len(status["checkpoints"])) == ("budget", 1)
        assert "daily cap" in question["question"]

        command("run", project, expect=4)  # still at the cap: nothing is sent
        asked = len(server.requests)
        command("caps", "--daily", "90")
        command("run", project)
        after = command.status(project)
        assert {task["state"] for task in after["tasks"]} == {"succeeded"}
        assert len(server.requests) == asked + TASKS - (asked - 1)  # the plan, and each task once
        assert command.usage()["total"]["charged"] == server.billed


def test_the_runs_ceiling_is_a_cap_of_its_own_and_resolving_its_checkpoint_raises_it(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(output_tokens="max")) as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": "http://127.0.0.1:9"}
        command = Command(tmp_path / "data", environment)
        command("caps", "--daily", "none", "--monthly", "none", "--project", "none")
        project = str(command("plan", _fifty(tmp_path), "--json").json["project"])
        command("approve", project, "--ceiling", "0.01")
        command("run", project, expect=4)
        checkpoint = command("checkpoints", project, "--json").json["checkpoints"][0]
        assert set(checkpoint["actions"]) == {"raise_cap", "lower_tier", "stop"}
        command("resolve", checkpoint["id"], "raise_cap", "--cap", "80")
        command("run", project)
        status = command.status(project)
        assert status["money"]["ceiling"] == 80 * NANO
        assert status["run"]["state"] == "finished"

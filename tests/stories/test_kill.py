"""`kill -9` at random moments: nothing finished is asked for again, and the ledger never says less than the bill."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.fakes import ClaudeServer, HelpfulBrain, Seen
from tests.stories.command import KEY, Command, kill

KILLS = 10
TASKS = 40


def _requirements(tmp_path: Path) -> str:
    path = tmp_path / "forty.md"
    lines = [f"- Write a file part{i}.md that explains topic number {i}.\n" for i in range(12)]
    path.write_text("# Forty\n" + "".join(lines), "utf-8")
    return str(path)


def _kill_later(process: subprocess.Popen[str], seconds: float) -> bool:
    """True if it was still running when its time came."""
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return True
    return False


def test_ten_kills_lose_nothing_finished_and_hide_nothing_billed(tmp_path: Path) -> None:
    chance = random.Random(20261123)
    with ClaudeServer(HelpfulBrain(latency=0.8)) as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": "http://127.0.0.1:9"}
        command = Command(tmp_path / "data", environment)
        project = str(command("plan", _requirements(tmp_path), "--json").json["project"])
        command("approve", project, "--ceiling", "5")
        killed = 0
        while killed < KILLS:
            if not _kill_later(command.start("run", project), chance.uniform(0.6, 2.4)):
                break
            killed += 1
            usage = command.usage()["total"]
            open_lines = [line for line in command.usage()["lines"] if line["state"] == "open"]
            counted = usage["charged"] + usage["unconfirmed"] + sum(line["reserved"] for line in open_lines)
            assert counted >= server.billed
        command("run", project)
        status = command.status(project)
        usage = command.usage()
        requests = [seen for seen in server.requests if seen.path.endswith("/messages")]
    assert killed == KILLS
    assert {task["state"] for task in status["tasks"]} == {"succeeded"}
    answered = [seen for seen in requests if seen.answered]
    charged = [line for line in usage["lines"] if line["state"] == "charged"]
    ids = {line["request_id"] for line in charged}
    assert sum(seen.billed for seen in answered if seen.request_id in ids) == usage["total"]["charged"]
    assert usage["total"]["charged"] + usage["total"]["unconfirmed"] >= server.billed
    assert all(line["state"] in {"charged", "voided", "unconfirmed"} for line in usage["lines"])
    _check_nothing_finished_was_asked_again(requests, ids)


def _check_nothing_finished_was_asked_again(requests: Sequence[Seen], charged: set[str]) -> None:
    """No two charged answers were to the same conversation: a finished round is never sent again."""
    bodies = [str(seen.body["messages"]) for seen in requests if seen.request_id in charged]
    assert len(bodies) == len(set(bodies))

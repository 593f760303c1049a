"""The exit codes of a run, with a service that sends a bill: caps that are reached, keys that are refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from tests.cli.shell import SAMPLE, Shell
from tests.fakes import ClaudeServer


def _environment(server: ClaudeServer) -> Mapping[str, str]:
    return {"ANTHROPIC_API_KEY": "test-key-1234", "ANTHROPIC_BASE_URL": server.url}


def test_a_cap_that_refuses_the_planner_ends_with_four_and_sends_nothing(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        shell = Shell(tmp_path, _environment(server))
        shell.good("caps", "--daily", "0")
        refused = shell("plan", SAMPLE)
        ran = shell("run", SAMPLE, "--yes")

    assert (refused.code, ran.code) == (4, 4)
    assert refused.err.count("\n") == 1
    assert "Nothing was sent" in refused.err
    assert server.requests == []


def test_a_ceiling_that_is_reached_ends_with_four_until_it_is_raised(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        shell = Shell(tmp_path, _environment(server))
        project = shell.good("plan", SAMPLE, "--json").json["project"]
        shell.good("approve", project, "--ceiling", "0")

        stopped = shell("run", project)
        assert stopped.code == 4, stopped
        [opened] = shell.good("checkpoints", project, "--json").json["checkpoints"]
        assert set(opened) >= {"id", "task", "kind", "question", "actions"}
        assert (opened["kind"], opened["task"]) == ("budget", None)
        assert "The run's ceiling is reached" in opened["question"]
        assert "raise_cap" in stopped.out
        assert shell("run", project).code == 4  # asking again changes nothing
        assert shell.good("status", project, "--json").json["run"]["state"] == "at_cap"

        shell.good("resolve", opened["id"], "raise_cap", "--cap", "5")
        finished = shell("run", project)

    assert finished.code == 0, finished
    money = shell.good("status", project, "--json").json["money"]
    assert money["charged"] == server.billed
    assert money["ceiling"] == 5_000_000_000
    usage = shell.good("usage", "--json").json
    assert usage["total"]["charged"] == server.billed == sum(line["charged"] for line in usage["lines"])
    assert all(line["request_id"] for line in usage["lines"])


def test_a_refused_key_ends_with_three_and_asks_once(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        project = Shell(tmp_path, _environment(server)).good("plan", SAMPLE, "--json").json["project"]
    with ClaudeServer(api_key="another") as server:
        shell = Shell(tmp_path, _environment(server))
        shell.good("approve", project)
        asked = shell("run", project)

    assert asked.code == 3, asked
    [opened] = shell.good("checkpoints", project, "--json").json["checkpoints"]
    assert opened["kind"] == "key"
    assert "key set anthropic" in opened["question"]


def test_a_plan_that_the_service_does_not_make_ends_with_one_and_keeps_the_project(tmp_path: Path) -> None:
    with ClaudeServer(api_key="another") as server:
        shell = Shell(tmp_path, _environment(server))
        failed = shell("plan", SAMPLE, "--json")

    assert failed.code == 1, failed
    assert failed.out == ""
    assert failed.err.count("\n") == 1
    [project] = shell.good("list", "--json").json["projects"]
    assert f"replan {project['id']}" in failed.err

"""Every JSON object has the fields of cli.md, typed here once more: scripts rely on them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.shell import SAMPLE, Shell

TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}Z")
MINUTES = {"p50", "p90"}
TOKENS = {"input_tokens", "output_tokens", "cache_read_tokens", "cache_write_5m_tokens", "cache_write_1h_tokens"}
QUOTE = {"p50", "p90", "ceiling", "minutes", "critical_path", "tasks"}
TASK = {
    *("id", "title", "task_type", "state", "wave", "phase", "depends_on", "tier", "model", "attempts", "verdict"),
    *("charged", "started_at", "finished_at", "output", "error", "artifacts"),
}
PLAN_TASK = {
    *("id", "title", "description", "task_type", "complexity", "depends_on", "tools_needed", "requirement_ids"),
    *("verification_criteria", "affected_files", "phase", "model_tier"),
}
LINE = {
    *("at", "project", "run", "task", "attempt", "purpose", "provider", "model", "state", "reserved", "charged"),
    *("request_id", *TOKENS),
}


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """One finished project for all of them: they only look."""
    shell = Shell(tmp_path_factory.mktemp("data"))
    shell.good("run", shell.ready())
    return shell


def has(data: Any, *fields: str) -> bool:
    return isinstance(data, dict) and set(fields) <= set(data)


def test_status(shell: Shell) -> None:
    status = shell.good("status", "hello", "--json").json
    assert has(status, "project", "plan", "run", "tasks", "checkpoints", "money")
    assert has(status["project"], "id", "name", "state", "rigor", "workspace", "rehearsal", "requirements")
    assert has(status["project"]["requirements"][0], "id", "text", "planned_by", "done", "verified")
    assert has(status["plan"], "number", "state", "hash", "summary", "problems")
    assert has(status["run"], "id", "state", "started_at", "finished_at")
    assert has(status["money"], "charged", "reserved", "unconfirmed", "ceiling", "caps")
    assert has(status["money"]["caps"], "daily", "monthly", "project")
    assert status["checkpoints"] == []
    assert (status["project"]["rehearsal"], status["project"]["state"]) == (True, "finished")
    assert status["project"]["requirements"][0]["planned_by"] == ["T1"]


def test_tasks_of_status_and_of_tasks_are_the_same(shell: Shell) -> None:
    tasks = shell.good("tasks", "hello", "--json").json
    assert list(tasks) == ["tasks"]
    assert tasks["tasks"] == shell.good("status", "hello", "--json").json["tasks"]
    for task in tasks["tasks"]:
        assert has(task, *TASK)
    first = tasks["tasks"][0]
    assert (first["id"], first["state"], first["wave"], first["attempts"]) == ("T1", "succeeded", 1, 1)
    assert (first["model"], first["verdict"], first["error"], first["charged"]) == ("rehearsal", None, None, 0)
    assert TIME.fullmatch(first["started_at"])
    assert TIME.fullmatch(first["finished_at"])
    assert "Rehearsal output" in first["output"]
    [artifact] = first["artifacts"]
    assert set(artifact) == {"path", "sha256", "bytes"}
    assert tasks["tasks"][1]["depends_on"] == ["T1"]


def test_before_a_run_all_tasks_wait(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "data")
    shell.good("plan", SAMPLE, "--rehearse", "--name", "draft")
    status = shell.good("status", "draft", "--json").json
    assert status["run"] is None
    assert {task["state"] for task in status["tasks"]} == {"waiting"}
    assert all(has(task, *TASK) for task in status["tasks"])
    assert status["project"]["requirements"][0]["done"] is False


def test_plan(tmp_path: Path) -> None:
    plan = Shell(tmp_path / "data").good("plan", SAMPLE, "--rehearse", "--rigor", "L3", "--json").json
    assert has(plan, "project", "plan", "problems", "quote")
    assert isinstance(plan["project"], str)
    assert has(plan["plan"], "summary", "phases", "tasks", "open_questions", "risk_assessment", "test_strategy")
    assert all(has(task, *PLAN_TASK) for task in plan["plan"]["tasks"])
    assert has(plan["plan"]["phases"][0], "id", "name", "description")
    assert has(plan["plan"]["open_questions"][0], "question", "proposed_answer", "impact")
    assert has(plan["plan"]["risk_assessment"][0], "risk", "likelihood", "impact", "mitigation")
    assert has(plan["plan"]["test_strategy"], "approach", "test_tasks", "coverage_notes")
    assert has(plan["quote"], *QUOTE)


def test_quote(shell: Shell) -> None:
    quote = shell.good("quote", "hello", "--json").json
    assert set(quote) == QUOTE
    assert set(quote["minutes"]) == MINUTES
    assert quote["critical_path"] == ["T1", "T2"]
    assert all(set(task) == {"id", "p50", "p90", "minutes"} for task in quote["tasks"])
    assert (quote["p50"], quote["ceiling"]) == (0, 0)


def test_plans_checkpoints_and_list(shell: Shell) -> None:
    [plan] = shell.good("plans", "hello", "--json").json["plans"]
    assert has(plan, "number", "state", "hash", "tasks", "charged")
    assert (plan["number"], plan["state"], plan["tasks"]) == (1, "approved", 3)
    assert shell.good("checkpoints", "hello", "--json").json == {"checkpoints": []}
    [project] = shell.good("list", "--json").json["projects"]
    assert has(project, "id", "name", "state", "rigor", "charged", "updated_at")
    assert TIME.fullmatch(project["updated_at"])


def test_doctor(shell: Shell) -> None:
    doctor = shell.good("doctor", "--offline", "--json").json
    assert has(doctor, "ok", "checks")
    assert all(has(check, "name", "ok", "detail") for check in doctor["checks"])
    assert doctor["ok"] is True
    assert {"data_folder", "database", "network"} <= {check["name"] for check in doctor["checks"]}


@pytest.mark.parametrize("by", ["day", "project", "model", "purpose", "tier"])
def test_usage(shell: Shell, by: str) -> None:
    usage = shell.good("usage", "--by", by, "--json").json
    sums = {"charged", "unconfirmed", "calls", *TOKENS}
    assert set(usage) == {"total", "rows", "lines"}
    assert set(usage["total"]) == sums
    assert all(set(row) == {"key", *sums} for row in usage["rows"])
    assert all(has(line, *LINE) for line in usage["lines"])
    assert usage["total"]["calls"] == len(usage["lines"]) == sum(row["calls"] for row in usage["rows"])
    assert {line["state"] for line in usage["lines"]} == {"charged"}
    assert all(TIME.fullmatch(line["at"]) for line in usage["lines"])


def test_events(shell: Shell) -> None:
    events = shell.good("events", "hello", "--jsonl").json_lines
    envelope = {"seq", "at", "type", "project", "run", "task", "attempt"}
    assert all(envelope <= set(event) for event in events)
    seqs = [event["seq"] for event in events]
    assert seqs == sorted(set(seqs))
    by_type = {event["type"]: event for event in events}
    assert {"number", "tier", "model", "why"} <= set(by_type["AttemptStarted"])
    assert by_type["AttemptStarted"]["why"] == "rehearsal, standing in for local"
    assert {"from", "to", "reason"} <= set(by_type["TaskStateChanged"])
    assert {"purpose", "amount"} <= set(by_type["CallReserved"])
    assert set(by_type["CallCharged"]["usage"]) >= TOKENS
    assert by_type["RunFinished"]["state"] == "finished"
    assert {"ProjectCreated", "PlanProposed", "PlanApproved", "RunStarted", "RoundFinished"} <= set(by_type)
    assert {"ToolCalled", "ToolReturned", "TaskSucceeded"} <= set(by_type)


def test_every_object_is_ascii_whatever_the_names(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "data")
    wishes = tmp_path / "wishes.md"
    wishes.write_text("- Grüße \x1b[31m\u202e aus Köln 🎉\n", encoding="utf-8")
    shell.good("plan", str(wishes), "--rehearse", "--name", "Köln 🎉")
    said = shell.good("list", "--json")
    assert said.out.isascii()
    assert said.json["projects"][0]["name"] == "Köln 🎉"

"""The hello-world project from a file to finished: with Claude, with Ollama alone and offline, and rehearsed."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.fakes import ClaudeServer, HelpfulBrain, OllamaServer
from tests.stories.command import KEY, SAMPLE, Command, Said


def _claude(tmp_path: Path, server: ClaudeServer) -> Command:
    environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": "http://127.0.0.1:9"}
    return Command(tmp_path / "data", environment)


def _project(said: Said) -> str:
    return str(next(event["project"] for event in said.events if event["type"] == "ProjectCreated"))


def _files(status: Any) -> dict[str, str]:
    return {artifact["path"]: task["id"] for task in status["tasks"] for artifact in task["artifacts"]}


def test_claude_makes_the_files_and_the_bill_is_the_servers_to_the_nano_dollar(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.3, think=True)) as server:
        command = _claude(tmp_path, server)
        said = command("run", str(SAMPLE), "--yes", "--jsonl")
        status = command.status(_project(said))
        usage = command.usage()
        requests = [seen for seen in server.requests if seen.path.endswith("/messages")]
    workspace = Path(status["project"]["workspace"])
    printed = subprocess.run(
        [sys.executable, str(workspace / "hello_world.py")], capture_output=True, text=True, check=True
    ).stdout
    assert re.search(r"\d{4}-\d{2}-\d{2}", printed)
    assert (workspace / "RUN.md").read_text("utf-8").strip()
    assert usage["total"]["charged"] == server.billed > 0
    assert usage["total"]["calls"] == len(requests)
    assert usage["total"]["unconfirmed"] == 0
    assert status["money"]["charged"] == server.billed
    assert status["run"]["state"] == "finished"
    assert {task["state"] for task in status["tasks"]} == {"succeeded"}
    assert set(_files(status)) >= {"hello_world.py", "RUN.md"}
    assert server.overlaps()


def test_the_dependent_task_starts_after_its_dependency_and_sees_its_result(tmp_path: Path) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.05)) as server:
        command = _claude(tmp_path, server)
        said = command("run", str(SAMPLE), "--yes", "--jsonl")
        status = command.status(_project(said))
        bodies = [str(seen.body) for seen in server.requests]
    tasks = {task["id"]: task for task in status["tasks"]}
    dependent = next(task for task in status["tasks"] if task["depends_on"])
    dependency = tasks[dependent["depends_on"][0]]
    changes = [e for e in said.events if e["type"] == "TaskStateChanged"]
    seq = {(e["task"], e["to"]): e["seq"] for e in changes}
    assert seq[dependency["id"], "succeeded"] < seq[dependent["id"], "running"]
    assert any(dependency["output"][:40] in body and "RUN.md" in body for body in bodies)


def test_events_rise_strictly_and_have_the_fields_of_the_contract(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        said = _claude(tmp_path, server)("run", str(SAMPLE), "--yes", "--jsonl", "--deltas")
    stored = [event for event in said.events if event["type"] != "OutputDelta"]
    numbers = [event["seq"] for event in stored]
    assert numbers == sorted(set(numbers))
    assert all({"seq", "at", "type", "project", "run", "task", "attempt"} <= set(event) for event in stored)
    deltas = [event for event in said.events if event["type"] == "OutputDelta"]
    assert deltas
    assert all("seq" not in event for event in deltas)
    assert stored[-1]["type"] == "RunFinished"
    assert stored[-1]["state"] == "finished"


def test_the_key_is_nowhere_in_the_data_folder_not_even_in_the_log_at_debug(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        command = _claude(tmp_path, server)
        said = command("run", str(SAMPLE), "--yes", "--jsonl", "--log-level", "debug")
    assert KEY not in said.out + said.err
    for path in (tmp_path / "data").rglob("*"):
        assert not path.is_file() or KEY.encode() not in path.read_bytes(), path


def test_ollama_alone_and_offline_reaches_no_other_host_and_looks_no_name_up(tmp_path: Path) -> None:
    watched = tmp_path / "contacts"
    with OllamaServer(HelpfulBrain()) as server:
        command = Command(tmp_path / "data", {"OLLAMA_HOST": server.url}, watch_to=watched)
        said = command("run", str(SAMPLE), "--yes", "--jsonl", "--offline")
        status = command.status(_project(said))
    assert status["run"]["state"] == "finished"
    assert {task["tier"] for task in status["tasks"]} == {"local"}
    assert status["money"]["charged"] == 0
    assert set(_files(status)) >= {"hello_world.py", "RUN.md"}
    place = server.url.removeprefix("http://")
    contacts = watched.read_text("utf-8").splitlines()
    assert contacts
    assert set(contacts) == {f"connect {place}"}


def test_a_rehearsal_touches_no_network_at_all_and_says_what_it_is(tmp_path: Path) -> None:
    watched = tmp_path / "contacts"
    command = Command(tmp_path / "data", watch_to=watched)
    said = command("run", str(SAMPLE), "--yes", "--jsonl", "--rehearse")
    assert watched.read_text("utf-8") == ""
    status = command.status(_project(said))
    assert status["project"]["rehearsal"] is True
    assert all("rehears" in task["output"].lower() for task in status["tasks"])


def test_the_command_line_works_with_qt_made_unimportable(tmp_path: Path) -> None:
    block = tmp_path / "sitecustomize.py"
    block.write_text(
        "import sys\n"
        "class Refuse:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in {'PySide6', 'shiboken6', 'qasync', 'pyqtgraph'}:\n"
        "            raise ImportError(name + ' is not to be had')\n"
        "sys.meta_path.insert(0, Refuse())\n",
        "utf-8",
    )
    root = Path(__file__).resolve().parents[2]
    command = Command(tmp_path / "data", {"PYTHONPATH": f"{tmp_path}:{root}"})
    command("run", str(SAMPLE), "--yes", "--rehearse")
    command("doctor", "--json", expect=None)
    assert command("list", "--json").json["projects"][0]["state"] == "finished"

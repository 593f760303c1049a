"""A whole project on the command line: planned, reviewed, approved, run and looked at, as a rehearsal."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cli.shell import SAMPLE, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def test_a_project_goes_from_its_requirements_to_files_and_a_ledger(shell: Shell, tmp_path: Path) -> None:
    planned = shell.good("plan", SAMPLE, "--rehearse", "--name", "hello").out
    assert "T1" in planned
    assert "Open questions" in planned

    assert "P50" not in shell.good("quote", "hello").out
    shell.good("answer", "hello", "1", "English, one line")
    shell.good("edit", "hello", "T2", "--tier", "local", "--priority", "2")
    assert "Next: `run hello`" in shell.good("approve", "hello", "--ceiling", "0.50").out
    ran = shell.good("run", "hello")
    assert "T1 succeeded" in ran.out
    assert "hello_world.py" in ran.out
    assert ran.err == ""

    assert "finished" in shell.good("status", "hello").out
    assert "3 tasks." in shell.good("tasks", "hello").out
    assert "Rehearsal output" in shell.good("output", "hello", "T1").out
    assert "import" in shell.good("output", "hello", "T1", "--file", "hello_world.py").out
    assert "QuestionAnswered" in shell.good("events", "hello").out
    assert "rehearsal" in shell.good("usage", "--by", "model").out
    assert "Nothing waits" in shell.good("checkpoints", "hello").out
    assert "hello" in shell.good("list").out
    assert "approved" in shell.good("plans", "hello").out

    table = tmp_path / "usage.csv"
    shell.good("usage", "--csv", str(table))
    with table.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["provider"] for row in rows} == {"rehearsal"}


def test_a_file_is_planned_approved_and_run_in_one_go(shell: Shell) -> None:
    ran = shell.good("run", SAMPLE, "--yes", "--rehearse", "--name", "one go")

    assert "run finished" in ran.out
    [project] = shell.good("list", "--json").json["projects"]
    assert (project["name"], project["state"]) == ("one go", "finished")


def test_requirements_may_come_from_standard_input(shell: Shell) -> None:
    ran = shell("run", "-", "--yes", "--rehearse", stdin="- A page `a.md` about Zürich.\n")

    assert ran.code == 0, ran
    assert shell.good("list", "--json").json["projects"][0]["name"] == "A page `a.md` about Zürich."
    assert "Z\\xfcrich" in shell.good("list").out  # this locale cannot say it; nothing fails for that


def test_a_run_that_has_ended_is_not_run_again(shell: Shell) -> None:
    project = shell.ready()
    shell.good("run", project)
    calls = len(shell.good("usage", "--json").json["lines"])

    again = shell.good("run", project)

    assert "running" not in again.out
    assert len(shell.good("usage", "--json").json["lines"]) == calls


def test_chosen_tasks_run_alone(shell: Shell) -> None:
    project = shell.ready()

    shell.good("run", project, "--only", "T3")
    states = {task["id"]: task["state"] for task in shell.good("tasks", project, "--json").json["tasks"]}
    assert states == {"T1": "waiting", "T2": "waiting", "T3": "succeeded"}

    refused = shell("run", project, "--only", "T2")
    assert refused.code == 2
    assert "needs the result of T1" in refused.err

    shell.good("run", project)
    assert shell.good("status", project, "--json").json["run"]["state"] == "finished"


def test_decisions_are_recorded_and_the_next_run_carries_them_out(shell: Shell) -> None:
    project = shell.ready()
    shell.good("run", project, "--only", "T1")

    shell.good("retry", project, "T1", "--guidance", "shorter")
    shell.good("skip", project, "T2", "T3")
    assert shell.good("tasks", project, "--state", "succeeded", "--json").json == {"tasks": []}
    shell.good("run", project)

    tasks = {task["id"]: task for task in shell.good("tasks", project, "--json").json["tasks"]}
    assert [tasks[name]["state"] for name in ("T1", "T2", "T3")] == ["succeeded", "skipped", "skipped"]
    assert tasks["T1"]["attempts"] == 2
    wishes = shell.good("status", project, "--json").json["project"]["requirements"]
    assert [wish["done"] for wish in wishes] == [True, False, False]  # skipped alone is not done


def test_a_decision_about_several_tasks_is_made_for_all_or_none(shell: Shell) -> None:
    project = shell.ready()
    shell.good("run", project, "--only", "T3")

    refused = shell("skip", project, "T1", "T9")

    assert refused.code == 2
    assert "no task 'T9'" in refused.err
    assert shell.good("tasks", project, "--state", "skipped", "--json").json == {"tasks": []}


def test_a_stopped_run_ends_with_one_and_can_be_resumed(shell: Shell) -> None:
    project = shell.ready()
    shell.good("run", project, "--only", "T3")
    shell.good("stop", project)

    stopped = shell("run", project)
    assert stopped.code == 1
    assert "resume" in stopped.out

    shell.good("resume", project)
    shell.good("run", project)


def test_a_run_with_a_task_given_up_ends_with_one_and_says_why(shell: Shell) -> None:
    project = shell.ready()
    shell.good("run", project, "--only", "T3")
    shell.good("cancel", project, "T1")

    ended = shell("run", project)

    assert ended.code == 1
    tasks = {task["id"]: task for task in shell.good("tasks", project, "--json").json["tasks"]}
    assert tasks["T1"]["error"] == "cancelled by you"
    assert tasks["T2"]["state"] == "blocked"
    assert "T1" in tasks["T2"]["reason"]


def test_a_replan_makes_a_further_version_that_the_next_approval_signs(shell: Shell) -> None:
    project = shell.ready()
    shell.good("run", project)

    shell.good("replan", project, "--comment", "in fewer words", "--json")
    versions = shell.good("plans", project, "--json").json["plans"]
    assert [(version["number"], version["state"]) for version in versions] == [(1, "approved"), (2, "draft")]
    assert shell.good("status", project, "--json").json["plan"]["newest"] == 2

    shell.good("approve", project)
    status = shell.good("status", project, "--json").json
    assert (status["plan"]["number"], status["run"], status["project"]["state"]) == (2, None, "ready")
    shell.good("run", project)


def test_every_event_of_a_new_project_is_printed_as_it_is_stored(shell: Shell) -> None:
    ran = shell("run", SAMPLE, "--yes", "--rehearse", "--jsonl", "--deltas")

    assert ran.code == 0
    events = [line for line in ran.json_lines if line["type"] != "OutputDelta"]
    assert events[0]["type"] == "ProjectCreated"
    assert events[-1]["type"] == "RunFinished"
    seqs = [event["seq"] for event in events]
    assert seqs == sorted(set(seqs))
    project = events[0]["project"]
    assert events == shell.good("events", project, "--jsonl").json_lines
    deltas = [line for line in ran.json_lines if line["type"] == "OutputDelta"]
    assert all(set(delta) == {"type", "project", "run", "task", "attempt", "text"} for delta in deltas)
    assert "hello_world.py" in "".join(delta["text"] for delta in deltas if delta["task"] == "T1")


def test_tasks_are_filtered_and_sorted(shell: Shell) -> None:
    project = shell.ready()

    def ids(*words: str) -> list[str]:
        return [task["id"] for task in shell.good("tasks", project, *words, "--json").json["tasks"]]

    assert ids("--wave", "2") == ["T2"]
    assert ids("--type", "code") == ["T1"]
    assert ids("--text", "run.MD") == ["T2"]
    assert ids("--phase", "P1", "--tier", "auto") == ["T1", "T3"]
    assert ids("--state", "succeeded") == []
    assert ids("--sort=-id") == ["T3", "T2", "T1"]
    assert ids("--sort", "wave") == ["T1", "T3", "T2"]
    assert "No such task." in shell.good("tasks", project, "--state", "failed").out


def test_a_file_that_was_changed_or_replaced_by_a_link_says_so(shell: Shell, tmp_path: Path) -> None:
    project = shell.ready()
    shell.good("run", project)
    place = Path(shell.good("status", project, "--json").json["project"]["workspace"]) / "hello_world.py"

    place.write_text("changed", encoding="utf-8")
    changed = shell.good("output", project, "T1", "--file", "hello_world.py")
    assert (changed.out, "has changed since" in changed.err) == ("changed", True)

    secret = tmp_path / "secret.txt"
    secret.write_text("private", encoding="utf-8")
    place.unlink()
    place.symlink_to(secret)
    outside = shell("output", project, "T1", "--file", "hello_world.py")
    assert outside.code == 2
    assert "private" not in outside.out
    assert "no longer lies inside the workspace" in outside.err

    unknown = shell("output", project, "T1", "--file", "../secret.txt")
    assert unknown.code == 2
    assert "wrote no file" in unknown.err

"""Several processes on one data folder: interrupted, killed, handing decisions over; and none of them needs Qt."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.programs import ROOT, Program, command, environment, finish, running
from tests.cli.shell import SAMPLE, Shell

WITHOUT_QT = """
import sys
class Nowhere:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"PySide6", "shiboken6", "qasync", "pyqtgraph"}:
            raise ImportError(name + " must not be needed")
sys.meta_path.insert(0, Nowhere())
from orchestra_desktop.__main__ import main
sys.argv[0] = "orchestra-desktop"
sys.exit(main())
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


@pytest.fixture
def long_project(shell: Shell, tmp_path: Path) -> str:
    """Six tasks that depend on nothing: some four seconds, one after the other."""
    wishes = tmp_path / "wishes.md"
    wishes.write_text("".join(f"- A page `p{n}.md` about topic {n}.\n" for n in range(1, 7)), encoding="utf-8")
    return shell.ready("long", str(wishes))


def _run_state(shell: Shell, project: str) -> str:
    return str(shell.good("status", project, "--json").json["run"]["state"])


def _calls(shell: Shell, project: str, task: str) -> int:
    lines = shell.good("usage", "--json").json["lines"]
    return sum(line["task"] == task and line["project"] == project for line in lines)


def test_the_sample_runs_from_a_file_to_its_end(tmp_path: Path) -> None:
    ran = finish(tmp_path / "data", "run", SAMPLE, "--yes", "--rehearse")

    assert ran.returncode == 0, ran
    assert "run finished" in ran.stdout
    assert ran.stderr == ""


def test_without_qt_everything_goes_on_as_before(tmp_path: Path) -> None:
    for words in (["run", SAMPLE, "--yes", "--rehearse"], ["list", "--json"], ["doctor", "--offline"]):
        ran = subprocess.run(
            [sys.executable, "-c", WITHOUT_QT, "--data-dir", str(tmp_path / "data"), *words],
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
        assert ran.returncode == 0, ran


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminated"])
def test_an_interrupted_run_keeps_its_state_and_is_resumed(
    shell: Shell, long_project: str, number: signal.Signals
) -> None:
    with running(shell.folder, "run", long_project, "--concurrency", "1") as program:
        program.wait_for("T1 succeeded")
        program.wait_for("T2 running")
        program.process.send_signal(number)
        code, _, said = program.end()

    assert code == 130
    assert said == f"interrupted; what was done is kept, `run {long_project}` goes on\n"
    assert _run_state(shell, long_project) == "interrupted"
    before = _calls(shell, long_project, "T1")

    shell.good("run", long_project)

    assert _run_state(shell, long_project) == "finished"
    assert _calls(shell, long_project, "T1") == before


def test_a_killed_run_is_shown_as_interrupted_and_is_resumed(shell: Shell, long_project: str) -> None:
    with running(shell.folder, "run", long_project, "--concurrency", "1") as program:
        program.wait_for("T1 succeeded")
        program.process.kill()
        program.end()

    assert _run_state(shell, long_project) == "interrupted"
    assert shell.good("list", "--json").json["projects"][0]["state"] == "paused"
    shell.good("run", long_project)


def test_a_running_instance_is_told_what_others_decide(shell: Shell, long_project: str) -> None:
    with running(shell.folder, "run", long_project, "--concurrency", "1") as program:
        program.wait_for("T1 running")
        shell.good("pause", long_project)  # at once: five tasks are left
        program.wait_for("paused")
        assert _run_state(shell, long_project) == "paused"
        refused = shell("run", long_project)
        assert refused.code == 2
        assert "carried out already" in refused.err

        ready = shell.good("tasks", long_project, "--state", "ready", "--json").json["tasks"]
        assert len(ready) > 1
        shell.good("skip", long_project, ready[-1]["id"])
        assert finish(shell.folder, "resume", long_project).returncode == 0
        code, printed, said = program.end()

    assert code == 0, (printed, said)
    assert f"{ready[-1]['id']} skipped" in printed
    assert "waits here until `resume" in said


def test_a_stop_from_elsewhere_ends_the_run_with_one(shell: Shell, long_project: str) -> None:
    with running(shell.folder, "run", long_project, "--concurrency", "1") as program:
        program.wait_for("T2 running")
        shell.good("stop", long_project)
        code, printed, _ = program.end()

    assert code == 1
    assert "run cancelled" in printed
    assert "resume" in printed


def test_another_project_is_planned_and_run_by_the_instance_that_holds_the_folder(
    shell: Shell, long_project: str
) -> None:
    with _paused(shell, long_project) as program:
        other = shell("run", SAMPLE, "--yes", "--rehearse", "--name", "other", "--jsonl")
        assert other.code == 0, other
        assert "another process" in other.err
        types = [event["type"] for event in other.json_lines]
        assert (types[0], types[-1]) == ("ProjectCreated", "RunFinished")
        shell.good("stop", long_project)
        program.end()

    assert other.json_lines == shell.good("events", "other", "--jsonl").json_lines


def test_work_that_was_handed_over_is_finished_before_the_instance_ends(
    shell: Shell, long_project: str, tmp_path: Path
) -> None:
    second = shell.ready("second", str(tmp_path / "wishes.md"))
    with (
        _paused(shell, long_project) as holder,
        running(shell.folder, "run", second, "--concurrency", "1") as handed,
    ):
        handed.wait_for("running")
        shell.good("stop", long_project)  # the holder's own work is over, the other's is not
        held_code, _, said = holder.end()
        code, printed, _ = handed.end()

    assert (held_code, code) == (1, 0)
    assert "goes on here" in said
    assert "run finished" in printed


def test_a_run_whose_holder_is_killed_is_taken_on(shell: Shell, long_project: str, tmp_path: Path) -> None:
    second = shell.ready("second", str(tmp_path / "wishes.md"))
    with (
        _paused(shell, long_project) as holder,
        running(shell.folder, "run", second, "--concurrency", "1") as handed,
    ):
        handed.wait_for("running")
        holder.process.kill()
        code, _, said = handed.end()

    assert "another process" in said
    assert code == 0, said
    assert _run_state(shell, second) == "finished"


@contextmanager
def _paused(shell: Shell, project: str) -> Iterator[Program]:
    """A process that holds the data folder for as long as it is needed: its run is paused."""
    with running(shell.folder, "run", project, "--concurrency", "1") as program:
        program.wait_for("T1 running")
        shell.good("pause", project)
        program.wait_for("paused")
        yield program


def test_events_are_followed_beside_the_run(shell: Shell, long_project: str) -> None:
    with running(shell.folder, "events", long_project, "--follow", "--jsonl") as follower:
        follower.wait_for("PlanApproved")
        shell.good("run", long_project)
        follower.wait_for("RunFinished")
        follower.process.send_signal(signal.SIGINT)
        code, printed, _ = follower.end()

    assert code == 130
    assert printed.splitlines() == shell.good("events", long_project, "--jsonl").out.splitlines()


def test_a_reader_that_goes_away_breaks_nothing(shell: Shell, long_project: str) -> None:
    shell.good("run", long_project)
    with subprocess.Popen(
        command(shell.folder, "events", long_project, "--jsonl"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stderr is not None
        reader.stdout.close()
        assert reader.wait(60) == 130
        assert reader.stderr.read() == b""


def test_a_run_whose_reader_goes_away_is_interrupted_and_kept(shell: Shell, long_project: str) -> None:
    with subprocess.Popen(
        command(shell.folder, "run", long_project, "--concurrency", "1", "--jsonl"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        run.stdout.close()
        assert run.wait(60) == 130

    assert _run_state(shell, long_project) == "interrupted"
    shell.good("run", long_project)

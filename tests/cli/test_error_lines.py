"""What goes wrong is said in one line on standard error, with the exit code of cli.md and no traceback."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from orchestra_desktop.cli import exit_codes
from orchestra_desktop.cli.main import run_command
from orchestra_desktop.domain import errors
from orchestra_desktop.domain.texts import text
from orchestra_desktop.services.session import SessionFactory
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.storage.folder import DataFolder
from tests.cli.shell import SAMPLE, Result, Shell


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path / "data")


def one_line(result: Result, code: int) -> str:
    assert result.code == code, result
    assert result.out == ""
    assert result.err.count("\n") == 1, result.err
    assert "Traceback" not in result.err
    return result.err


def test_unknown_verbs_options_and_projects_are_input_errors(shell: Shell) -> None:
    assert "bogus" in one_line(shell("bogus"), 2)
    assert "--bogus" in one_line(shell("list", "--bogus"), 2)
    assert "no project 'nix'" in one_line(shell("status", "nix"), 2)
    assert "no project 'nix'" in one_line(shell("run", "nix"), 2)
    assert "no open checkpoint" in one_line(shell("resolve", "nix", "retry"), 2)


def test_without_a_verb_it_is_said_what_to_do(shell: Shell) -> None:
    assert "--help" in one_line(shell(), 2)


def test_help_and_version_are_no_errors(shell: Shell) -> None:
    assert shell("--version").out.startswith("orchestra-desktop 0.")
    assert "PROJECT" in shell("status", "--help").out


def test_files_that_cannot_be_read_are_named(shell: Shell, tmp_path: Path) -> None:
    assert "No such file" in one_line(shell("plan", str(tmp_path / "none.md"), "--rehearse"), 2)
    assert str(tmp_path) in one_line(shell("plan", str(tmp_path), "--rehearse"), 2)
    broken = tmp_path / "broken.md"
    broken.write_bytes(b"- fine\n- \xff\xfe\n")
    assert "line 2" in one_line(shell("plan", str(broken), "--rehearse"), 2)
    empty = tmp_path / "empty.md"
    empty.write_text("\n\n", encoding="utf-8")
    assert "requirements are empty" in one_line(shell("plan", str(empty), "--rehearse"), 2)
    long = tmp_path / "long.md"
    long.write_bytes(b"- x\n" * 300_000)
    assert "longer than" in one_line(shell("plan", str(long), "--rehearse"), 2)


def test_a_file_is_not_run_unseen(shell: Shell) -> None:
    assert "--yes" in one_line(shell("run", SAMPLE), 2)
    assert "--yes" in one_line(shell("run", "-", stdin="- x"), 2)
    assert shell.good("list", "--json").json == {"projects": []}


def test_options_of_planning_do_not_fit_a_project(shell: Shell) -> None:
    shell.ready()
    assert "planning" in one_line(shell("run", "hello", "--rehearse"), 2)
    assert "--jsonl" in one_line(shell("run", "hello", "--deltas"), 2)


def test_a_project_comes_before_a_file_of_its_name(shell: Shell, tmp_path: Path) -> None:
    shell.ready("hello")
    (tmp_path / "hello").write_text("- something else\n", encoding="utf-8")

    with contextlib.chdir(tmp_path):
        assert "run finished" in shell.good("run", "hello").out
        shell.good("run", "hello", "--yes", "--rehearse")
    assert len(shell.good("list", "--json").json["projects"]) == 2


def test_without_any_model_it_is_said_what_to_do(shell: Shell) -> None:
    said = one_line(shell("plan", SAMPLE, "--offline"), 2)
    assert "Ollama" in said
    assert "replan" in said


def test_bad_settings_for_this_start_are_input_errors(shell: Shell) -> None:
    assert "budget.daily" in one_line(shell("list", "--set", "budget.daily=lots"), 2)
    assert "section.name=value" in one_line(shell("list", "--set", "nonsense"), 2)


def test_a_damaged_settings_file_is_told_once_and_left_alone(shell: Shell) -> None:
    shell.ready()
    file = shell.folder / "settings.json"
    file.write_text('{"version": 1, "budget": {"daily": "lots"}}', encoding="utf-8")

    told = shell("status", "hello")

    assert told.code == 0
    assert told.err.startswith("settings: budget.daily")
    assert told.err.count("\n") == 1
    assert "was not changed" in shell("caps", "--daily", "2").err
    assert "lots" in file.read_text(encoding="utf-8")


def test_a_plan_that_did_not_come_about_ends_with_one() -> None:
    fault = errors.ModelFault(errors.FaultFacts(errors.FaultKind.SERVER, errors.Owed.NOTHING, "500"))
    unreadable = errors.PlanUnreadable(text("plan.empty_answer"))
    refused = errors.BudgetError(text("budget.plan_refused"))
    assert exit_codes.of_error(fault, planning=True) == 1
    assert exit_codes.of_error(unreadable, planning=True) == 1
    assert exit_codes.of_error(errors.UnpricedModel("x"), planning=True) == 1
    assert exit_codes.of_error(refused, planning=True) == 4
    assert exit_codes.of_error(errors.WrongMoment(text("models.none")), planning=True) == 2
    assert exit_codes.of_error(errors.SelfDependency("T1")) == 2


def test_a_folder_that_is_held_by_somebody_silent_ends_with_five(shell: Shell) -> None:
    shell.ready()
    holder = DataFolder(shell.folder)
    assert holder.try_hold()
    try:
        assert "does not answer" in one_line(shell("pause", "hello"), 5)
        assert shell("run", "hello").code == 5
        assert shell("plan", SAMPLE, "--rehearse").code == 5
        shell.good("status", "hello")  # looking is always possible
    finally:
        holder.release()


def test_looking_creates_nothing(shell: Shell) -> None:
    assert "No project yet" in shell.good("list").out
    shell.good("usage")
    shell.good("caps")
    assert not shell.folder.exists()


# -- what nobody foresaw --------------------------------------------------------------------------------------------


class Broken:
    """A session factory that fails as nothing should."""

    async def writing(self) -> None:
        raise ZeroDivisionError("never\x1b[2J")

    reading = writing


def _broken(_options: StartOptions) -> SessionFactory:
    return Broken()  # type: ignore[return-value] # that is the point


def test_an_error_that_nobody_foresaw_is_one_line_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["list"], _broken, {}) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert "internal error at test_error_lines.py" in said.err
    assert "\x1b" not in said.err

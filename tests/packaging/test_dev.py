"""What the developer's tool decides: which packages, which environment, which arguments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dev
import dev_bundle
import dev_environment
import dev_system

ROOT = Path(__file__).parent.parent.parent

# --- the Python it is started with


def test_a_python_that_is_new_enough_is_welcome() -> None:
    assert dev.too_old((3, 11), {}) is None
    assert dev.too_old((3, 14), {}) is None


def test_an_old_python_is_told_which_newer_one_is_there() -> None:
    complaint = dev.too_old((3, 9), {"python3.13": None, "python3.12": "/usr/bin/python3.12"})

    assert complaint == "Orchestra Desktop needs Python 3.11 or newer, and this is 3.9: run it with python3.12."


def test_an_old_python_alone_is_told_to_get_a_newer_one() -> None:
    assert "install a newer Python" in str(dev.too_old((3, 10), {"python3.13": None}))


# --- system packages


def test_as_root_what_is_missing_is_installed_and_nothing_else() -> None:
    assert dev_system.step(("dbus", "xvfb"), frozenset({"dbus"}), root=True) == ("install", ("xvfb",))


def test_without_rights_the_command_is_told() -> None:
    assert dev_system.step(("dbus",), frozenset(), root=False) == ("tell", ("dbus",))
    assert dev_system.command(["dbus", "xvfb"]) == "sudo apt-get install dbus xvfb"


def test_nothing_is_done_when_nothing_is_missing() -> None:
    assert dev_system.step(("dbus",), frozenset({"dbus"}), root=True) == ("nothing", ())


def test_a_package_counts_as_installed_under_the_names_that_it_provides() -> None:
    listing = (
        "installed\tlibglib2.0-0t64\tlibglib2.0-0 (= 2.80.0), libgio-fake\n"
        "installed\tdbus\t\n"
        "config-files\tgnome-keyring\tsecret-service\n"
    )

    found = dev_system.parse_installed(listing)

    assert found == {"libglib2.0-0t64", "libglib2.0-0", "libgio-fake", "dbus"}


def test_running_in_the_terminal_needs_no_system_packages_and_every_verb_is_listed() -> None:
    assert dev_system.SYSTEM_PACKAGES["run"] == ()
    assert dev_system.SYSTEM_PACKAGES.keys() == dev.VERBS.keys()


def test_whatever_the_tests_start_on_a_screen_or_a_bus_is_installed_for_them_alone() -> None:
    started = {"xvfb", "openbox", "xdotool", "dbus", "gnome-keyring", "libxcb-cursor0"}

    assert started <= set(dev_system.SYSTEM_PACKAGES["test"])
    assert not any(started & set(dev_system.SYSTEM_PACKAGES[verb]) for verb in dev.VERBS if verb != "test")


def test_dpkg_is_understood_where_there_is_one() -> None:
    assert not dev_system.is_debian() or "dpkg" in dev_system.installed_packages()


# --- the virtual environment


def test_a_folder_without_a_python_is_no_environment(tmp_path: Path) -> None:
    assert dev_environment.version_of(dev_environment.python_in(tmp_path)) is None


def test_an_environment_that_was_cut_short_before_pip_came_is_made_again(tmp_path: Path) -> None:
    half_made = [sys.executable, "-m", "venv", "--without-pip", str(tmp_path)]
    subprocess.run(half_made, check=True, stdin=subprocess.DEVNULL)

    assert dev_environment.version_of(dev_environment.python_in(tmp_path)) is None


def test_a_python_that_runs_is_kept() -> None:
    assert dev_environment.version_of(Path(sys.executable)) == sys.version


def test_the_interpreter_lies_where_each_system_puts_it() -> None:
    assert dev_environment.python_in(Path("v"), "win32") == Path("v/Scripts/python.exe")
    assert dev_environment.python_in(Path("v"), "darwin") == Path("v/bin/python")


@pytest.mark.parametrize("changed", [(b"q", b"c", "3"), (b"p", b"d", "3"), (b"p", b"c", "4"), (b"pc", b"", "3")])
def test_the_stamp_fits_no_other_project_constraints_or_python(changed: tuple[bytes, bytes, str]) -> None:
    assert dev_environment.fingerprint(*changed) != dev_environment.fingerprint(b"p", b"c", "3")


def test_installing_is_held_to_the_constraints() -> None:
    words = dev_environment.install_words(Path("python"), None)

    assert words[words.index("--editable") + 1] == ".[dev]"
    assert words[words.index("--constraint") + 1] == "packaging/constraints.txt"
    assert "--force-reinstall" not in words


def test_after_an_interrupted_installation_everything_is_laid_anew() -> None:
    assert "--force-reinstall" in dev_environment.install_words(Path("python"), dev_environment.INTERRUPTED)


def test_children_keep_the_machine_s_settings_but_no_foreign_python_path() -> None:
    seen = dev_environment.child_environment({"PIP_CERT": "c", "PATH": "p", "PYTHONPATH": "x", "PYTHONHOME": "y"})

    assert seen == {"PIP_CERT": "c", "PATH": "p"}


# --- what is run


def test_a_separator_before_the_program_s_arguments_is_dropped() -> None:
    assert dev.without_separator(["--", "list", "--", "x"]) == ["list", "--", "x"]
    assert dev.without_separator(["list"]) == ["list"]


def test_without_a_display_the_sample_runs_in_the_terminal() -> None:
    assert "no display" in str(dev.why_terminal({}, "linux"))
    assert dev.why_terminal({"WAYLAND_DISPLAY": "wayland-0"}, "linux") is None
    assert dev.why_terminal({}, "win32") is None


def test_the_sample_is_rehearsed_in_its_own_data_folder_and_exists() -> None:
    arguments = dev.sample_arguments("folder")

    assert arguments == ["run", dev.SAMPLE, "--yes", "--rehearse", "--data-dir", "folder"]
    assert (ROOT / dev.SAMPLE).is_file()


@pytest.mark.parametrize(("cores", "workers"), [(1, "1"), (2, "2"), (4, "4"), (64, "4")])
def test_tests_use_every_core_up_to_four(cores: int, workers: str) -> None:
    arguments = dev.pytest_arguments(["tests/domain", "-k", "money"], cores)

    assert arguments[:4] == ["-m", "pytest", "-n", workers]
    assert arguments[-3:] == ["tests/domain", "-k", "money"]


@pytest.mark.parametrize("passed", [["-n0"], ["-n", "1"], ["--numprocesses=3"], ["--pdb"]])
def test_a_person_s_own_number_of_workers_is_respected(passed: list[str]) -> None:
    assert dev.pytest_arguments(passed, 4) == ["-m", "pytest", *passed]


def test_benchmarks_are_the_scripts_that_are_not_private(tmp_path: Path) -> None:
    for name in ("__init__.py", "_measure.py", "event_store.py", "dag_overhead.py", "notes.md"):
        (tmp_path / name).touch()

    assert dev.benchmarks(tmp_path) == ["dag_overhead", "event_store"]


def test_one_benchmark_or_all_are_chosen_and_an_unknown_one_is_named() -> None:
    assert dev.chosen_benchmarks([], ["a", "b"]) == ["a", "b"]
    assert dev.chosen_benchmarks(["b", "--json"], ["a", "b"]) == ["b"]
    with pytest.raises(dev_environment.NotPossible, match="no benchmark c; there are: a, b"):
        dev.chosen_benchmarks(["c"], ["a", "b"])


def test_every_check_of_the_house_is_made() -> None:
    said = " ".join(word for _, arguments in dev.CHECKS for word in arguments)

    assert all(tool in said for tool in ("ruff format --check", "ruff check", "mypy", "importlinter"))


@pytest.mark.parametrize(("arguments", "code"), [([], 2), (["dance"], 2), (["--help"], 0), (["-h"], 0)])
def test_without_a_known_verb_the_usage_is_shown(
    arguments: list[str], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(arguments) == code
    assert "dev.py check" in capsys.readouterr().out


# --- the bundle


def test_the_frozen_program_has_the_name_that_its_system_wants() -> None:
    assert dev_bundle.program_in(Path("dist"), "win32").name == "orchestra-desktop.exe"
    assert dev_bundle.program_in(Path("dist"), "linux") == Path("dist/orchestra-desktop/orchestra-desktop")


def test_a_doctor_who_finds_a_service_missing_has_still_worked() -> None:
    assert dev_bundle.judge_doctor('{"ok": false, "checks": [{"name": "ollama", "ok": false, "detail": ""}]}') is None
    assert dev_bundle.judge_doctor('{"ok": true, "checks": []}') == "doctor checked nothing"
    assert dev_bundle.judge_doctor("Traceback") == "doctor did not answer in JSON"


def test_a_sample_that_did_not_finish_is_reported() -> None:
    assert dev_bundle.judge_list('{"projects": [{"state": "finished"}]}') is None
    assert dev_bundle.judge_list('{"projects": [{"state": "paused"}]}') == "the sample ended as paused"
    assert dev_bundle.judge_list('{"projects": []}') == "the sample ended as nothing at all"
    assert dev_bundle.judge_list("{}") == "list did not answer with projects in JSON"


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ('print(\'{"checks": [1], "projects": [{"state": "finished"}]}\')', 0, ""),
        ("print('{\"checks\": [1]}'); sys.exit(3 if 'run' in sys.argv else 0)", 1, "sample failed (exit code 3)"),
        ("sys.exit('no module named x')", 1, "no module named x"),
    ],
    ids=["works", "sample fails", "does not start"],
)
def test_a_bundle_is_tried_before_it_is_called_good(
    tmp_path: Path, text: str, code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    program = [sys.executable, "-c", f"import sys; {text}"]

    assert dev_bundle.try_out(program, "sample.md", str(tmp_path)) == code
    assert words in capsys.readouterr().err


def test_no_registry_address_is_written_anywhere() -> None:
    files = [*(ROOT / "packaging").glob("*"), ROOT / "pyproject.toml", ROOT / ".ci" / "run"]
    text = "".join(path.read_text(encoding="utf-8") for path in files if path.is_file())

    assert "://" not in text

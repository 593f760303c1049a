"""How the program begins: window or command line, and how Ctrl-C ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestra_desktop.services.start_options import can_show, window_options


@pytest.mark.parametrize(
    "argv", [[], ["--offline"], ["--data-dir", "/x", "--set", "budget.daily=2"], ["--log-level", "debug"]]
)
def test_without_a_verb_the_window_is_meant(argv: list[str]) -> None:
    assert window_options(argv, {}) is not None


@pytest.mark.parametrize(
    "argv", [["list"], ["--version"], ["--help"], ["--data-dir"], ["--data-dir", "/x", "run", "p"]]
)
def test_anything_else_is_for_the_command_line(argv: list[str]) -> None:
    assert window_options(argv, {}) is None


def test_the_common_options_reach_the_window() -> None:
    options = window_options(["--data-dir", "/x", "--offline", "--set", "a.b=1", "--set", "c.d=2"], {"HOME": "/h"})
    assert options is not None
    assert options.data_dir == Path("/x")
    assert options.offline
    assert options.overrides == ("a.b=1", "c.d=2")
    assert options.environment == {"HOME": "/h"}


def test_a_window_needs_a_screen_on_linux_alone() -> None:
    assert not can_show({}, "linux")
    assert can_show({"DISPLAY": ":0"}, "linux")
    assert can_show({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert can_show({"QT_QPA_PLATFORM": "offscreen"}, "linux")
    assert can_show({}, "win32")
    assert can_show({}, "darwin")


def _environment(**more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if name not in {"DISPLAY", "WAYLAND_DISPLAY"}}
    return {**{name: value for name, value in bare.items() if name != "QT_QPA_PLATFORM"}, **more}


def test_without_a_screen_the_program_says_what_to_do_and_loads_no_qt(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "orchestra_desktop", "--data-dir", str(tmp_path)]
    ran = subprocess.run(words, capture_output=True, text=True, env=_environment(), check=False)
    assert ran.returncode == 2
    assert len(ran.stderr.strip().splitlines()) == 1
    assert "Traceback" not in ran.stderr


def test_ctrl_c_in_the_terminal_ends_the_window_and_lets_the_folder_go(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "orchestra_desktop", "--data-dir", str(tmp_path), "--offline"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, env=_environment(QT_QPA_PLATFORM="offscreen")) as process:
        try:
            _until_it_holds(tmp_path, process)
            process.send_signal(signal.SIGINT)
            _out, errors = process.communicate(timeout=20)
        finally:
            process.kill()  # harmless once it has ended
    assert process.returncode == 130, errors
    assert b"Traceback" not in errors


def _until_it_holds(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """The announcement of where the process listens is the last thing that opening the folder does."""
    while not (folder / "instance.json").exists() or not (folder / "instance.json").read_bytes():
        assert process.poll() is None
        time.sleep(0.02)

"""The frozen program: made with PyInstaller from build.spec, then started like a person would, to see that it works."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dev_environment

NAME = "orchestra-desktop"
_MEBIBYTE = 1024 * 1024
_LIMIT_S = 300


def program_in(dist: Path, platform: str = sys.platform) -> Path:
    """The frozen program within `dist`."""
    return dist / NAME / (NAME + ".exe" if platform == "win32" else NAME)


def judge_doctor(output: str) -> str | None:
    """What is wrong with the answer of `doctor --json`. A service that is not there is not the bundle's fault."""
    try:
        answer = json.loads(output)
    except json.JSONDecodeError:
        return "doctor did not answer in JSON"
    return None if answer.get("checks") else "doctor checked nothing"


def judge_list(output: str) -> str | None:
    """What is wrong with the answer of `list --json` after the sample has run."""
    try:
        projects: list[Any] = json.loads(output)["projects"]
    except (json.JSONDecodeError, KeyError):
        return "list did not answer with projects in JSON"
    states = [project["state"] for project in projects]
    return None if states == ["finished"] else "the sample ended as " + (", ".join(states) or "nothing at all")


def _size_mib(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / _MEBIBYTE


def _start(program: Sequence[str], *arguments: str) -> subprocess.CompletedProcess[str]:
    print("    " + " ".join([NAME, *arguments]), flush=True)
    environment = dev_environment.child_environment(os.environ)
    return subprocess.run(
        [*program, *arguments],
        cwd=dev_environment.ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=_LIMIT_S,
        check=False,
    )


def _complain(problem: str, answer: subprocess.CompletedProcess[str]) -> int:
    print(f"The bundle does not work: {problem} (exit code {answer.returncode}).", file=sys.stderr)
    print(answer.stdout[-4000:] + answer.stderr[-4000:], file=sys.stderr)
    return 1


def try_out(program: Sequence[str], sample: str, data_dir: str) -> int:
    """Start `program` three times: ask the doctor, rehearse the sample, look at what is there; 0 if all is well."""
    folder = ("--data-dir", data_dir)
    doctor = _start(program, "doctor", "--json", *folder)
    if problem := judge_doctor(doctor.stdout):
        return _complain(problem, doctor)
    rehearsal = _start(program, "run", sample, "--yes", "--rehearse", *folder)
    if rehearsal.returncode != 0:
        return _complain("the rehearsed sample failed", rehearsal)
    listing = _start(program, "list", "--json", *folder)
    if problem := judge_list(listing.stdout):
        return _complain(problem, listing)
    return 0


def build_and_try(python: Path, sample: str) -> int:
    """Freeze into dist/, then try it in a fresh data folder; 0 if the bundle works."""
    words = ["-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "build.spec"]
    if dev_environment.run([str(python), *words]) != 0:
        return 1
    program = program_in(dev_environment.ROOT / "dist")
    print(f"Bundle: {program.parent} ({_size_mib(program.parent):.0f} MiB). Trying it:", flush=True)
    with tempfile.TemporaryDirectory(prefix="orchestra-bundle-", ignore_cleanup_errors=True) as data_dir:
        return try_out([str(program)], sample, data_dir)

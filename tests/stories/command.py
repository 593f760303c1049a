"""Runs the command line in a process of its own and reads what it said."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "resources" / "samples" / "hello-world.md"
WATCH = ROOT / "tests" / "stories" / "watched.py"
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT")
KEY = "sk-ant-story-0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines() if line.startswith("{")]


@dataclass(slots=True)
class Command:
    """`orchestra-desktop` on one data folder. `environment` comes on top of a bare one without keys or proxies."""

    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    settings: Mapping[str, object] = field(default_factory=dict)
    watch_to: Path | None = None

    def arguments(self, *arguments: str) -> list[str]:
        program = ["-m", "orchestra_desktop"] if self.watch_to is None else [str(WATCH), str(self.watch_to)]
        overrides = [part for name, value in self.settings.items() for part in ("--set", f"{name}={value}")]
        return [sys.executable, *program, *arguments, "--data-dir", str(self.data_dir), *overrides]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A running command; the caller ends it."""
        kept = {
            name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "SYSTEMROOT") if name in os.environ
        }
        environment = {**kept, "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "0", **self.environment}
        return subprocess.Popen(
            self.arguments(*arguments),
            cwd=self.data_dir.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, *arguments: str, expect: int | None = 0, timeout: float = 100) -> Said:
        """Runs a command to its end. `expect` is the exit code that must come; None takes any."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"{arguments} did not end within {timeout} s\n{out[-3000:]}\n{err[-3000:]}") from None
        said = Said(process.returncode, out, err)
        assert expect is None or said.code == expect, f"{arguments} -> {said.code}\n{out[-3000:]}\n{err[-3000:]}"
        return said

    def status(self, project: str) -> Any:
        return self("status", project, "--json").json

    def usage(self) -> Any:
        return self("usage", "--json").json


def kill(process: subprocess.Popen[str]) -> None:
    """`kill -9`, and waits until it is gone."""
    process.send_signal(signal.SIGKILL)
    process.communicate()

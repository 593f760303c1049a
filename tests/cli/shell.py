"""Runs commands as a shell does, in this process, and keeps what they print."""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestra_desktop.app import App
from orchestra_desktop.calls.clock import SystemClock
from orchestra_desktop.cli.main import run_command
from orchestra_desktop.resource_files import resource_root
from orchestra_desktop.services.session import SessionFactory, StartOptions

SAMPLE = str(resource_root() / "samples" / "hello-world.md")
_FASTER = 50.0


class HurriedClock:
    """The system's clock, running faster between two looks: a rehearsal takes its time, a test has none."""

    def __init__(self) -> None:
        self._system = SystemClock()

    def now(self) -> int:
        return self._system.now()

    def monotonic(self) -> float:
        return self._system.monotonic() * _FASTER

    async def sleep(self, seconds: float) -> None:
        await self._system.sleep(seconds / _FASTER)


class HurriedApp(App):
    """The program itself, in a hurry."""

    def __init__(self, options: StartOptions) -> None:
        super().__init__(options)
        self._clock = HurriedClock()


@dataclass(frozen=True, slots=True)
class Result:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def json_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


class Shell:
    """Commands on one data folder. Each opens and closes it, as processes do one after the other."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.environment = dict(environment or {})

    def __call__(self, *words: str, stdin: str = "") -> Result:
        return self.bare("--data-dir", str(self.folder), *words, stdin=stdin)

    def bare(self, *words: str, stdin: str = "") -> Result:
        """Without the common option for the data folder."""
        out, err = _Captured(), _Captured()
        before = sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8")
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = run_command(list(words), _make, self.environment)
        finally:
            sys.stdin = before
        return Result(code, out.text(), err.text())

    def good(self, *words: str) -> Result:
        """A command that must not fail."""
        result = self(*words)
        assert result.code == 0, result
        return result

    def ready(self, name: str = "hello", file: str = SAMPLE) -> str:
        """A rehearsed project with an approved plan; answers its id."""
        project = str(self.good("plan", file, "--rehearse", "--name", name, "--json").json["project"])
        self.good("approve", project)
        return project


def _make(options: StartOptions) -> SessionFactory:
    return HurriedApp(options)


class _Captured(io.TextIOWrapper):
    """Standard output of a pipe: text and bytes alike, ASCII alone, as in the poorest locale."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="ascii", errors="strict", write_through=True)

    def text(self) -> str:
        self.flush()
        content = self.buffer
        assert isinstance(content, io.BytesIO)  # as it was made
        return content.getvalue().decode("utf-8")

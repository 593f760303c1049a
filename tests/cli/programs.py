"""The program as processes of their own: started, watched, interrupted, killed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
_PATIENCE_S = 60.0


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "orchestra_desktop", "--data-dir", str(folder), *words]


def environment() -> dict[str, str]:
    """Ours, without a screen, in the poorest locale."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "LC_ALL": "C", "PYTHONUTF8": "0"}


def finish(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return subprocess.run(
        command(folder, *words),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
        stdin=subprocess.DEVNULL,
    )


class Program:
    """A command under way. Its standard output is read as it comes."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = subprocess.Popen(
            command(folder, *words),
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
        )
        self.lines: list[str] = []
        self._changed = threading.Condition()
        self._reader = threading.Thread(target=self._read, name="program output")
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None  # it is a pipe
        for line in self.process.stdout:
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()

    def wait_for(self, words: str) -> None:
        """Returns once a line with these words has been printed."""
        with self._changed:
            found = self._changed.wait_for(lambda: any(words in line for line in self.lines), _PATIENCE_S)
        assert found, (words, self.lines)

    def end(self) -> tuple[int, str, str]:
        """Waits for its end: exit code, standard output, standard error."""
        code = self.process.wait(_PATIENCE_S)
        self._reader.join(_PATIENCE_S)
        assert self.process.stderr is not None  # it is a pipe
        return code, "".join(self.lines), self.process.stderr.read()

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(_PATIENCE_S)
        self._reader.join(_PATIENCE_S)
        for pipe in (self.process.stdout, self.process.stderr):
            if pipe is not None:
                pipe.close()


@contextmanager
def running(folder: Path, *words: str) -> Iterator[Program]:
    program = Program(folder, *words)
    try:
        yield program
    finally:
        program.close()

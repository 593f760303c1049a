"""Runs steps of a story in processes of their own, in a bare environment and a fresh home; they print lines of JSON."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
UNLOCKED = "echo -n test | gnome-keyring-daemon --unlock --components=secrets >/dev/null"
ON_A_BUS = ("dbus-run-session", "--", "bash", "-c")


@contextmanager
def short_home() -> Iterator[Path]:
    """In a short path: sockets of desktop services lie below it and may have 107 characters at most."""
    with tempfile.TemporaryDirectory(prefix="home-") as folder:
        yield Path(folder)


def bare_environment(home: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / ".local/share"),
        "XDG_RUNTIME_DIR": str(home),
    }


def told(
    home: Path, *command: str, key: str = "", environment: Mapping[str, str] | None = None, patience_s: float = 60
) -> list[dict[str, Any]]:
    """What the steps printed. The key goes in by standard input, never by argument or environment."""
    whole = {**bare_environment(home), **(environment or {})}
    done = subprocess.run(
        command, cwd=ROOT, env=whole, input=key, capture_output=True, text=True, timeout=patience_s, check=False
    )
    assert done.returncode == 0, done.stderr[-5_000:]
    return [json.loads(line) for line in done.stdout.splitlines()]

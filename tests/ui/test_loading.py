"""What start-up may cost: nothing heavy is loaded before the window has been painted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

STORY = """
import asyncio, json, sys
from pathlib import Path
from orchestra_desktop.__main__ import make_session
from orchestra_desktop.app_window import run_window
from orchestra_desktop.services.start_options import StartOptions

seen = {}

async def look(program):
    seen["opened"] = program.context.workspace.session is not None
    seen["modules"] = sorted(sys.modules)
    program.end()

run_window(make_session, StartOptions(data_dir=Path(sys.argv[1]), offline=True), look)
print(json.dumps(seen))
"""
HEAVY = {"anthropic", "ollama", "networkx", "pyqtgraph", "keyring", "numpy", "httpx", "httpx2", "mcp", "structlog"}


def _seen(folder: Path) -> dict[str, object]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run(
        [sys.executable, "-c", STORY, str(folder)], capture_output=True, text=True, env=environment, check=False
    )
    assert ran.returncode == 0, ran.stderr
    seen: dict[str, object] = json.loads(ran.stdout)
    return seen


def test_the_window_is_painted_before_anything_heavy_is_loaded(tmp_path: Path) -> None:
    seen = _seen(tmp_path)
    modules = seen["modules"]
    assert isinstance(modules, list)
    assert set(modules) & HEAVY == set()
    assert "orchestra_desktop.app" not in modules
    assert "peewee" not in modules
    assert seen["opened"] is False

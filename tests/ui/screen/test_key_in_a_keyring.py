"""The key dialog on a real Secret Service: kept, tested, found by another program, deleted; and without a service."""

from __future__ import annotations

import secrets
import shlex
import sys
from pathlib import Path
from typing import Any

from tests.fakes import ClaudeServer
from tests.stories.story_process import ON_A_BUS, UNLOCKED, told
from tests.ui.screen.screen import LONG, STORY_S

_PYTHON = shlex.quote(sys.executable)
_READ = f"{_PYTHON} -m tests.settings.secret_service_story read"
pytestmark = LONG


def _new_key() -> str:
    return f"sk-test-{secrets.token_urlsafe(20)}"


def _window(home: Path, step: str) -> str:
    return f"{_PYTHON} -m tests.ui.screen.key_story {shlex.quote(str(home / 'data'))} {step}"


def _steps(display: str, home: Path, server: ClaudeServer, key: str, *command: str) -> list[dict[str, Any]]:
    environment = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "ANTHROPIC_BASE_URL": server.url}
    return told(home, *command, key=key, environment=environment, patience_s=STORY_S)


def test_a_key_is_kept_tested_and_deleted_in_the_window(display: str, home: Path) -> None:
    key = _new_key()
    steps = (UNLOCKED, _window(home, "keep"), _READ, _window(home, "delete"), _READ)
    with ClaudeServer(api_key=key) as server:
        kept, found, deleted, gone = _steps(display, home, server, key, *ON_A_BUS, " && ".join(steps))
    assert kept["said"].startswith("The key works: ")
    assert found == {"key": key}
    assert deleted["said"].startswith("No key")
    assert gone == {"key": None}
    assert _holding(home / "data", key) == []


def test_without_a_keyring_the_key_is_kept_until_the_window_closes(display: str, home: Path) -> None:
    key = _new_key()
    with ClaudeServer(api_key=key) as server:
        (said,) = _steps(display, home, server, key, *shlex.split(_window(home, "keep-for-session")))
    assert said["said"].endswith("Or keep it until the program ends.")
    assert _holding(home, key) == []


def _holding(folder: Path, key: str) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and key.encode() in path.read_bytes()]

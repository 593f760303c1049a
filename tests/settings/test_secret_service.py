"""A real Secret Service on a session bus of its own: the key is kept, found by another process, and is nowhere on disk.

Needs the packages dbus and gnome-keyring, which `packaging/dev.py test` installs; without them these tests fail.
"""

from __future__ import annotations

import base64
import secrets
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.story_process import ON_A_BUS, UNLOCKED, short_home, told

STORY = f"{shlex.quote(sys.executable)} -m tests.settings.secret_service_story"


@pytest.fixture
def home() -> Iterator[Path]:
    with short_home() as folder:
        yield folder


def on_disk(folder: Path, key: str) -> list[str]:
    """Files that hold the key, plainly or in one of the usual disguises."""
    raw = key.encode()
    forms = [raw, key.encode("utf-16-le"), raw.hex().encode(), base64.b64encode(raw)[:-4]]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(form in path.read_bytes() for form in forms)]


def test_a_key_is_kept_for_other_processes_and_stands_in_no_file(home: Path) -> None:
    key = f"sk-test-{secrets.token_urlsafe(30)}"
    kept, read = told(home, *ON_A_BUS, f"{UNLOCKED}; {STORY} keep; {STORY} read", key=key)
    assert kept == {"backends": ["keyring.backends.SecretService"]}
    assert read == {"key": key}
    assert [path.name for path in home.rglob("*.keyring")] == ["login.keyring"]
    assert on_disk(home, key) == []


def test_a_kept_key_is_there_after_the_next_login_and_gone_once_deleted(home: Path) -> None:
    key = f"sk-test-{secrets.token_urlsafe(30)}"
    told(home, *ON_A_BUS, f"{UNLOCKED}; {STORY} keep", key=key)
    read, deleted, after = told(home, *ON_A_BUS, f"{UNLOCKED}; {STORY} read; {STORY} delete; {STORY} read")
    assert read == {"key": key}
    assert deleted == {"deleted": True, "again": False}
    assert after == {"key": None}


def test_a_locked_keyring_is_unavailable(home: Path) -> None:
    """Nobody has unlocked it and there is no display on which it could ask."""
    (refused,) = told(home, *ON_A_BUS, f"{STORY} read")
    assert refused["unavailable"] in {"keyring.locked", "keyring.no_answer"}


@pytest.mark.parametrize("verb", ["keep", "read", "delete"])
def test_without_a_session_bus_there_is_no_keyring_and_nothing_is_written(home: Path, verb: str) -> None:
    key = f"sk-test-{secrets.token_urlsafe(30)}"
    (refused,) = told(home, "bash", "-c", f"{STORY} {verb}", key=key)
    assert refused["unavailable"] == "keyring.absent"
    assert on_disk(home, key) == []


def test_the_search_of_the_disk_finds_a_key_that_is_there(home: Path) -> None:
    (home / "note.txt").write_text("the key is sk-test-0123456789ab", encoding="utf-16-le")
    assert on_disk(home, "sk-test-0123456789ab") == [str(home / "note.txt")]

"""The key is read from standard input, tried against the service, and never printed or written anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import io
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from orchestra_desktop.cli.main import run_command
from orchestra_desktop.settings.keyring import SessionKeys
from orchestra_desktop.settings.schema import Settings
from tests.cli.shell import HurriedApp, Shell
from tests.fakes import ClaudeServer

KEY = "sk-ant-api03-abcdefghijklmnop"  # not a key of anybody


def test_a_key_that_works_is_said_to_work(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url}
        tested = Shell(tmp_path / "data", environment)("key", "test", "anthropic")

    assert tested.code == 0, tested
    assert "the key works" in tested.out
    assert KEY not in tested.out + tested.err


def test_a_key_that_is_refused_ends_with_one(tmp_path: Path) -> None:
    with ClaudeServer(api_key="another") as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url}
        tested = Shell(tmp_path / "data", environment)("key", "test", "anthropic")

    assert tested.code == 1, tested
    assert KEY not in tested.out + tested.err


def test_what_cannot_be_a_key_is_not_kept_or_repeated(tmp_path: Path) -> None:
    refused = Shell(tmp_path / "data")("key", "set", "anthropic", stdin=f"{KEY} and more\n")

    assert refused.code == 2
    assert "cannot be a key" in refused.err
    assert KEY not in refused.out + refused.err


def test_where_there_is_no_keyring_the_key_is_kept_nowhere(tmp_path: Path) -> None:
    shell = Shell(tmp_path / "data")
    refused = shell("key", "set", "anthropic", "--log-level", "debug", stdin=f"{KEY}\n")

    assert refused.code == 2
    assert "ANTHROPIC_API_KEY" in refused.err
    assert KEY not in refused.out + refused.err
    assert not shell.folder.exists()


def test_another_service_takes_no_key(tmp_path: Path) -> None:
    refused = Shell(tmp_path / "data")("key", "test", "ollama")
    assert refused.code == 2
    assert "anthropic" in refused.err


def test_no_key_stands_in_the_log_of_a_run_at_debug(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url}
        shell = Shell(tmp_path / "data", environment)
        wishes = tmp_path / "wishes.md"
        wishes.write_text("- A page `a.md`.\n", encoding="utf-8")
        ran = shell("run", str(wishes), "--yes", "--log-level", "debug")

    assert ran.code == 0, ran
    log = (shell.folder / "logs" / "orchestra.log").read_text(encoding="utf-8")
    assert "CallCharged" in log
    assert "request_id=req_" in log
    assert KEY not in log + ran.out + ran.err


# -- with a keyring -------------------------------------------------------------------------------------------------


class KeyedApp(HurriedApp):
    """The program on a machine whose keyring works; it is the same one for every command of a test."""

    keyring = SessionKeys()

    def _parts(self, settings: Settings) -> Any:
        return replace(super()._parts(settings), keys=self.keyring)


def _keyed(*words: str, stdin: str = "") -> tuple[int, str]:
    out = io.StringIO()
    before, sys.stdin = sys.stdin, io.StringIO(stdin)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
            return run_command(["key", *words], KeyedApp, {}), out.getvalue()
    finally:
        sys.stdin = before


def test_a_key_is_kept_without_its_line_end_and_deleted_again() -> None:
    code, said = _keyed("set", "anthropic", stdin=f"{KEY}\n")
    assert code == 0
    assert KEY not in said
    assert asyncio.run(KeyedApp.keyring.get("anthropic")) == KEY

    assert _keyed("delete", "anthropic") == (0, "The key for anthropic is deleted.\n")
    assert _keyed("delete", "anthropic") == (0, "There was no key for anthropic.\n")
    assert _keyed("test", "anthropic")[0] == 2

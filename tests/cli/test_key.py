"""The key is read from standard input, tried against the service, and never printed or written anywhere."""

from __future__ import annotations

from pathlib import Path

from tests.cli.shell import Shell
from tests.fakes import ClaudeServer, Fault, FaultScript

KEY = "sk-ant-api03-abcdefghijklmnop"  # not a key of anybody


def test_a_key_that_works_is_said_to_work(tmp_path: Path) -> None:
    with ClaudeServer() as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url}
        tested = Shell(tmp_path / "data", environment)("key", "test", "anthropic")

    assert tested.code == 0, tested
    assert "the key works" in tested.out
    assert KEY not in tested.out + tested.err


def test_a_key_that_is_refused_ends_with_one(tmp_path: Path) -> None:
    with ClaudeServer(faults=FaultScript([Fault.UNAUTHORIZED] * 3)) as server:
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

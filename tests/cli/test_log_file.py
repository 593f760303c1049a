"""The log: where each line belongs, without keys, for its owner alone, and never a reason to fail."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestra_desktop.domain.events import CallCharged, RoundFinished, Scope, Stored
from orchestra_desktop.domain.ids import CallId, Digest, ProjectId, RunId, TaskId
from orchestra_desktop.domain.messages import StopReason
from orchestra_desktop.settings.keyring import SessionKeys
from orchestra_desktop.settings.log_file import FILE_NAME, LogFile, Redaction, WatchedKeys, log_events

log = logging.getLogger("orchestra_desktop.test")


@pytest.fixture
def redaction() -> Redaction:
    return Redaction()


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def written(tmp_path: Path, redaction: Redaction, form: str) -> Iterator[Path]:
    """The file of a log that is open while the test goes on."""
    file = LogFile(tmp_path, "debug", form, redaction)
    yield tmp_path / FILE_NAME
    asyncio.run(file.close())


def test_a_line_names_what_it_is_about(written: Path, form: str) -> None:
    place = {"run": "r1", "task": "T1", "attempt": 2, "request_id": "req_9"}
    log.info("hello %s", "there", extra=place)

    line = written.read_text(encoding="utf-8")
    if form == "json":
        said = json.loads(line)
        assert {name: said[name] for name in place} == place
        assert (said["level"], said["message"]) == ("info", "hello there")
    else:
        assert "run=r1 task=T1 attempt=2 request_id=req_9 hello there" in line


def test_events_are_lines_with_their_run_task_and_request(written: Path) -> None:
    scope = Scope(ProjectId("p"), RunId("r1"), TaskId("T1"), 1)
    charged = CallCharged(CallId("c"), 5, None, "req_9")
    round_ = RoundFinished(1, StopReason.END_TURN, Digest("d"))
    log_events([Stored(1, 0, scope, charged), Stored(2, 0, scope, round_)])

    lines = written.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    assert all(part in lines[0] for part in ("r1", "T1", "req_9", "CallCharged"))


async def test_a_line_of_an_attempt_is_placed_by_the_name_of_its_coroutine(tmp_path: Path) -> None:
    file = LogFile(tmp_path, "info", "json", Redaction())

    async def attempt() -> None:
        log.warning("odd")

    async with asyncio.TaskGroup() as group:
        group.create_task(attempt(), name="attempt T7.2")
    await file.close()

    said = json.loads((tmp_path / FILE_NAME).read_text(encoding="utf-8"))
    assert (said["task"], said["attempt"]) == ("T7", "2")


def test_keys_are_taken_out_wherever_they_stand(written: Path, redaction: Redaction) -> None:
    redaction.add("correct-horse-battery")
    try:
        raise ValueError("with correct-horse-battery inside")
    except ValueError:
        log.warning("key sk-ant-api03-secret and Bearer abcdefghijkl", exc_info=True)

    text = written.read_text(encoding="utf-8")
    assert "[redacted]" in text
    assert not any(secret in text for secret in ("correct-horse", "api03-secret", "abcdefghijkl"))


async def test_a_key_that_passes_through_is_known_from_then_on() -> None:
    redaction = Redaction()
    keys = WatchedKeys(SessionKeys(), redaction)
    await keys.set("anthropic", "a-key-of-odd-form\n")
    assert redaction.clean("a-key-of-odd-form") == "[redacted]"
    assert await keys.get("anthropic") == "a-key-of-odd-form"
    assert await keys.delete("anthropic")


def test_a_short_secret_does_not_blot_out_half_the_log() -> None:
    redaction = Redaction()
    redaction.add("a")
    redaction.add(None)
    assert redaction.clean("banana") == "banana"


def test_a_message_cannot_pose_as_further_lines(written: Path) -> None:
    log.info("said\n2026-11-23T00:00:00.000Z INFO forged")
    assert len(written.read_text(encoding="utf-8").splitlines()) == 1


def test_a_surrogate_does_not_keep_a_line_from_being_written(written: Path) -> None:
    log.info("bad \ud800 name")
    assert "bad" in written.read_text(encoding="utf-8")


def test_the_file_is_for_its_owner_alone(written: Path) -> None:
    log.info("x")
    assert stat.S_IMODE(written.stat().st_mode) == 0o600 or sys.platform == "win32"  # modes are POSIX's


def test_nothing_is_written_below_the_level_and_after_the_end(tmp_path: Path) -> None:
    file = LogFile(tmp_path, "warning", "text", Redaction())
    log.info("quiet")
    log.warning("loud")
    asyncio.run(file.close())
    asyncio.run(file.close())
    log.warning("too late")
    text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert "loud" in text
    assert "quiet" not in text
    assert "too late" not in text


def test_a_log_that_cannot_be_written_disturbs_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = LogFile(tmp_path / "not there", "info", "text", Redaction())
    log.warning("lost")
    asyncio.run(file.close())
    assert capsys.readouterr().err == ""


def test_the_file_is_turned_over_before_it_grows_for_ever(written: Path) -> None:
    for _ in range(11):
        log.info("x" * 1_000_000)
    parts = sorted(os.listdir(written.parent))
    assert parts == [FILE_NAME, f"{FILE_NAME}.1", f"{FILE_NAME}.2"]
    assert all((written.parent / part).stat().st_size < 6_000_000 for part in parts)

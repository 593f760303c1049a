"""One process per data folder, private files, and no lock that outlives its process."""

from __future__ import annotations

import contextlib
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import DataFolderHeld
from orchestra_desktop.storage.folder import DataFolder, Holder, write_private
from orchestra_desktop.storage.store import open_store
from tests.storage.samples import events


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextlib.contextmanager
def another_process(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that tries to hold the folder, and what it says came of it."""
    command = [sys.executable, "-m", "tests.storage.holding_child", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield child, child.stdout.readline().strip()
        finally:
            child.kill()


def test_a_folder_that_another_process_holds_is_refused_until_that_process_is_killed(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with another_process(tmp_path) as (child, said):
        assert said == "held"
        assert not folder.try_hold()
        with pytest.raises(DataFolderHeld):
            open_store(DataFolder(tmp_path))
        assert folder.holder() == Holder(child.pid, "unix:/nowhere", "secret")
        child.kill()
        child.wait()

        assert folder.try_hold()
    folder.release()


def test_another_process_is_refused_while_this_one_holds_the_folder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    assert folder.try_hold()
    with another_process(tmp_path) as (_, said):
        assert said == "refused"
    folder.release()
    with another_process(tmp_path) as (_, said):
        assert said == "held"


def test_holding_twice_is_once_and_two_objects_are_two_holders(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)

    assert first.try_hold()
    assert first.try_hold()
    assert not second.try_hold()
    first.release()
    first.release()
    assert second.try_hold()
    second.release()


def test_a_released_folder_names_no_holder(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    folder.try_hold()
    folder.announce("unix:/here", "token")
    assert DataFolder(tmp_path).holder() == Holder(os.getpid(), "unix:/here", "token")
    folder.release()

    assert DataFolder(tmp_path).holder() is None


def test_only_the_holder_may_announce_itself(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError):
        DataFolder(tmp_path).announce("unix:/here", "token")


@pytest.mark.parametrize("garbage", ["", "{", "[1]", '{"pid": 1}', "\x00"])
def test_a_holder_that_cannot_be_read_is_none(tmp_path: Path, garbage: str) -> None:
    (tmp_path / "instance.json").write_text(garbage)

    assert DataFolder(tmp_path).holder() is None


async def test_everything_in_a_new_folder_is_for_this_user_alone(tmp_path: Path) -> None:
    before = os.umask(0o000)
    try:
        folder = DataFolder(tmp_path / "deep" / "data")
        store = open_store(folder)
        folder.announce(folder.handoff_address, "token")
        await store.journal.append(events("private"))
        modes = {path.name: mode(path) for path in folder.path.iterdir()}
        await store.close()
    finally:
        os.umask(before)

    assert mode(folder.path) == 0o700
    assert modes.pop("workspaces") == 0o700
    assert modes.pop("logs") == 0o700
    assert set(modes) == {"orchestra.db", "orchestra.db-wal", "orchestra.db-shm", "instance.lock", "instance.json"}
    assert set(modes.values()) == {0o600}


def test_a_private_file_is_replaced_at_once(tmp_path: Path) -> None:
    path = tmp_path / "secret.json"
    write_private(path, "one")
    write_private(path, "two")

    assert path.read_text() == "two"
    assert [each.name for each in tmp_path.iterdir()] == ["secret.json"]


def test_the_address_holds_in_any_working_directory(tmp_path: Path) -> None:
    relative = DataFolder(Path(os.path.relpath(tmp_path)))
    kind, _, place = relative.handoff_address.partition(":")

    assert kind == "unix"
    assert Path(place).is_absolute()
    assert Path(place).parent.samefile(tmp_path)

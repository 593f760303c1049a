"""What `write_file` does and reports."""

from __future__ import annotations

import asyncio
import hashlib
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from orchestra_desktop.domain.ids import RunId
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.tools.toolbox import shipped_tools, tools_for
from orchestra_desktop.tools.workspace import Workspace, Workspaces, root_folder
from orchestra_desktop.tools.workspace_path import parse_path
from orchestra_desktop.tools.write_file import MAX_BYTES
from tests.tools.playground import Playground, read, write
from tests.tools.stepped_folder import AtStep, SteppedFolder


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


async def test_a_file_is_written_with_its_folders_and_reported_by_digest(
    door: Workspaces, playground: Playground
) -> None:
    answer = await write(tools_for(door), playground.context, "./src//new/a.py", "print('grüße')\r\n")
    assert (playground.workspace / "src/new/a.py").read_bytes() == "print('grüße')\r\n".encode()
    assert answer.artifacts == (Artifact("src/new/a.py", digest("print('grüße')\r\n"), 18, None),)
    assert answer.text == "Wrote 'src/new/a.py': 18 bytes, a new file."
    assert not answer.is_error


async def test_an_existing_file_is_replaced_as_a_whole_and_its_old_digest_kept(
    door: Workspaces, playground: Playground
) -> None:
    (playground.workspace / "a.txt").write_text("a much longer text that was there")
    answer = await write(tools_for(door), playground.context, "a.txt", "short")
    assert (playground.workspace / "a.txt").read_text() == "short"
    assert answer.artifacts[0].before_sha256 == digest("a much longer text that was there")
    assert os.listdir(playground.workspace) == ["a.txt"]


async def test_writing_the_same_again_gives_the_same_digest(door: Workspaces, playground: Playground) -> None:
    tools = tools_for(door)
    first = await write(tools, playground.context, "a.txt", "same")
    again = await write(tools, playground.context, "a.txt", "same")
    assert first.artifacts[0].sha256 == again.artifacts[0].sha256 == again.artifacts[0].before_sha256
    assert "the same as before" in again.text
    assert tools.known()["write_file"].idempotent
    assert tools.known()["read_file"].idempotent


@pytest.mark.parametrize("bits", [0o755, 0o700, 0o600, 0o664])
async def test_permissions_are_kept(bits: int, playground: Playground) -> None:
    path = playground.workspace / "run.sh"
    path.write_text("old")
    path.chmod(bits)
    before = path.stat().st_mode
    await write(shipped_tools(()), playground.context, "run.sh", "new")
    assert path.stat().st_mode == before


async def test_a_set_uid_bit_is_not_handed_on(playground: Playground) -> None:
    path = playground.workspace / "run.sh"
    path.write_text("old")
    path.chmod(0o4755)
    await write(shipped_tools(()), playground.context, "run.sh", "new")
    assert not path.stat().st_mode & (stat.S_ISUID | stat.S_ISGID)


async def test_a_file_marked_read_only_is_left_alone(door: Workspaces, playground: Playground) -> None:
    path = playground.workspace / "fixed.txt"
    path.write_text("old")
    path.chmod(0o444)
    answer = await write(tools_for(door), playground.context, "fixed.txt", "new")
    assert (answer.is_error, path.read_text()) == (True, "old")
    assert "read-only" in answer.text


async def test_five_megabytes_are_written_and_one_byte_more_is_refused(playground: Playground) -> None:
    tools = shipped_tools(())
    assert not (await write(tools, playground.context, "fits.txt", "é" * (MAX_BYTES // 2))).is_error
    answer = await write(tools, playground.context, "large.txt", "é" * (MAX_BYTES // 2) + "x")
    assert answer.is_error
    assert "5000001 bytes" in answer.text
    assert os.listdir(playground.workspace) == ["fits.txt"]


async def test_content_with_half_a_character_is_refused(playground: Playground) -> None:
    answer = await write(shipped_tools(()), playground.context, "a.txt", "a\ud800")
    assert answer.is_error
    assert os.listdir(playground.workspace) == []


# -- quota -----------------------------------------------------------------------------------------------------------


async def test_the_quota_counts_what_the_run_wrote_before(playground: Playground) -> None:
    tools = shipped_tools(())
    full = playground.context_with(files_written=1_000)
    answer = await write(tools, full, "a.txt")
    assert answer.is_error
    assert "has written 1000 files" in answer.text
    nearly = playground.context_with(run=RunId("r2"), bytes_written=199_999_998)
    assert (await write(tools, nearly, "a.txt", "123")).is_error
    assert not (await write(tools, nearly, "a.txt", "12")).is_error
    assert (await write(tools, nearly, "a.txt", "1")).is_error


async def test_parallel_writes_of_one_run_share_the_quota_exactly(playground: Playground) -> None:
    tools = shipped_tools(())
    context = playground.context_with(quota_files=5, quota_bytes=1_000)
    answers = await asyncio.gather(*(write(tools, context, f"f{number}.txt", "x" * 100) for number in range(20)))
    assert sum(not answer.is_error for answer in answers) == 5
    assert len(os.listdir(playground.workspace)) == 5
    other = playground.context_with(run=RunId("another"), quota_files=5)
    assert not (await write(tools, other, "other.txt")).is_error


async def test_a_write_that_failed_uses_up_no_quota(playground: Playground) -> None:
    tools = shipped_tools(())
    context = playground.context_with(quota_files=1)
    (playground.workspace / "folder").mkdir()
    assert (await write(tools, context, "folder")).is_error
    assert not (await write(tools, context, "a.txt")).is_error
    assert (await write(tools, context, "b.txt")).is_error


# -- at the same time, and not to the end -----------------------------------------------------------------------------


async def test_parallel_writes_of_one_file_leave_one_of_them_whole(door: Workspaces, playground: Playground) -> None:
    tools = tools_for(door)
    contents = [character * 200_000 for character in "abcdefghij"]
    answers = await asyncio.gather(*(write(tools, playground.context, "a.txt", content) for content in contents))
    left = (playground.workspace / "a.txt").read_text()
    assert left in contents
    befores = {answer.artifacts[0].before_sha256 for answer in answers}
    afters = {answer.artifacts[0].sha256 for answer in answers}
    assert befores == {None} | (afters - {digest(left)})  # a chain: each replaced the one before it
    assert os.listdir(playground.workspace) == ["a.txt"]


async def test_parallel_writes_into_one_new_folder_all_arrive(door: Workspaces, playground: Playground) -> None:
    tools = tools_for(door)
    answers = await asyncio.gather(*(write(tools, playground.context, f"new/deep/{n}.txt") for n in range(20)))
    assert not any(answer.is_error for answer in answers)
    assert len(os.listdir(playground.workspace / "new" / "deep")) == 20


async def test_of_two_spellings_of_one_new_folder_only_one_is_made(door: Workspaces, playground: Playground) -> None:
    tools = tools_for(door)
    names = [name for n in range(10) for name in (f"Docs/{n}.txt", f"docs/{n}.txt", f"DOCS/{n}.txt")]
    await asyncio.gather(*(write(tools, playground.context, name) for name in names))
    assert len(os.listdir(playground.workspace)) == 1


@pytest.mark.parametrize("step", ["create", "replace"])
async def test_a_failing_disk_leaves_the_old_content_and_nothing_else(step: str, playground: Playground) -> None:
    (playground.workspace / "a.txt").write_text("old")

    def fail(current: str) -> None:
        if current == step:
            raise OSError(28, "No space left on device", str(playground.workspace))

    tools = tools_for(Workspaces(root=lambda path: SteppedFolder(root_folder(path), fail)))
    answer = await write(tools, playground.context, "a.txt", "new")
    assert (answer.is_error, answer.text) == (True, "'a.txt' could not be used: the disk is full.")
    assert (playground.workspace / "a.txt").read_text() == "old"
    assert os.listdir(playground.workspace) == ["a.txt"]


async def test_a_temporary_file_that_a_crash_left_is_swept_away_and_a_fresh_one_is_not(playground: Playground) -> None:
    left, fresh, strange = (
        playground.workspace / name
        for name in (".orchestra-00112233445566ff.tmp", ".orchestra-ff112233445566ff.tmp", ".orchestra-mine")
    )
    for path in (left, fresh, strange):
        path.write_text("half")
    for path in (left, strange):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    await write(shipped_tools(()), playground.context, "a.txt")
    assert sorted(os.listdir(playground.workspace)) == sorted([fresh.name, strange.name, "a.txt"])


async def test_a_cancelled_write_does_not_happen_later(playground: Playground) -> None:
    """Cancelled while its thread works; the next write of the file waits for that thread and finds the old content."""
    loop, reached, gone = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def before(step: str) -> None:
        if step == "create":
            loop.call_soon_threadsafe(reached.set)
            asyncio.run_coroutine_threadsafe(gone.wait(), loop).result(10)

    (playground.workspace / "a.txt").write_text("old")
    tools = tools_for(Workspaces(root=lambda path: SteppedFolder(root_folder(path), before)))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(write(tools, playground.context, "a.txt", "late"))
        await reached.wait()
        task.cancel()
    assert task.cancelled()
    gone.set()
    answer = await write(tools, playground.context, "a.txt", "next")
    assert answer.artifacts[0].before_sha256 == digest("old")
    assert os.listdir(playground.workspace) == ["a.txt"]


def test_a_folder_is_looked_for_and_made_under_one_lock(playground: Playground) -> None:
    """Else two tasks could at the same time find neither `Docs` nor `docs`, and make both."""
    making = threading.Lock()
    steps: list[tuple[str, bool]] = []
    root = SteppedFolder(root_folder(playground.workspace), lambda step: steps.append((step, making.locked())))
    Workspace(root, making).write(parse_path("docs/a.txt"), b"x")
    root.close()
    assert steps[:3] == [("names", True), ("state", True), ("make", True)]
    assert not any(locked for step, locked in steps if step in {"enter", "create", "replace"})


async def test_blocking_work_leaves_the_loop_free(playground: Playground) -> None:
    """The disk waits for the loop: if the work ran on the loop, neither would ever go on."""
    loop = asyncio.get_running_loop()

    def before(step: str) -> None:
        asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)

    tools = tools_for(Workspaces(root=lambda path: SteppedFolder(root_folder(path), before)))
    assert not (await write(tools, playground.context, "a/b.txt", "text")).is_error
    assert (await read(tools, playground.context, "a/b.txt")).text.endswith("text")


def test_every_write_is_synced_before_and_after_it_takes_its_name(playground: Playground) -> None:
    steps = AtStep(0, lambda: None)
    tools = tools_for(Workspaces(root=lambda path: SteppedFolder(root_folder(path), steps)))
    asyncio.run(write(tools, playground.context, "a.txt"))
    assert steps.steps[-2:] == ["replace", "sync"]
    assert sys.platform == "win32" or Path(playground.workspace / "a.txt").stat().st_nlink == 1

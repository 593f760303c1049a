"""Everything on disk that leads elsewhere or is no plain file, each really there and really tried."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import ToolError
from orchestra_desktop.domain.ports import ToolResult
from orchestra_desktop.tools.folder import Folder
from orchestra_desktop.tools.path_folder import PathFolder
from orchestra_desktop.tools.refusal import sentence_of
from orchestra_desktop.tools.toolbox import tools_for
from orchestra_desktop.tools.workspace import Workspace, Workspaces, root_folder
from orchestra_desktop.tools.workspace_path import parse_path
from tests.tools.attacks import ATTACKS, PROTECTED, spread
from tests.tools.playground import SECRET, Playground, read, snapshot, write


def a_file_link(playground: Playground) -> str:
    (playground.workspace / "link").symlink_to(playground.outside / "secret.txt")
    return "link"


def a_folder_link(playground: Playground) -> str:
    (playground.workspace / "link").symlink_to(playground.outside)
    return "link/secret.txt"


def a_relative_link(playground: Playground) -> str:
    (playground.workspace / "link").symlink_to("../outside")
    return "link/sub/secret.txt"


def a_link_deep_down(playground: Playground) -> str:
    (playground.workspace / "a" / "b").mkdir(parents=True)
    (playground.workspace / "a" / "b" / "c").symlink_to("../../../outside")
    return "a/b/c/secret.txt"


def a_dangling_link(playground: Playground) -> str:
    (playground.workspace / "link").symlink_to(playground.outside / "not-yet.txt")
    return "link"


def a_link_that_stays_inside(playground: Playground) -> str:
    (playground.workspace / "real.txt").write_text(SECRET)
    (playground.workspace / "link").symlink_to("real.txt")
    return "link"


def a_link_to_itself(playground: Playground) -> str:
    (playground.workspace / "link").symlink_to("link")
    return "link"


def a_link_into_the_kernel(playground: Playground) -> str:
    (playground.workspace / "link").symlink_to("/proc/self/root")
    return "link/etc/passwd"


def a_hard_link(playground: Playground) -> str:
    (playground.workspace / "hard").hardlink_to(playground.outside / "secret.txt")
    return "hard"


def a_pipe(playground: Playground) -> str:
    os.mkfifo(playground.workspace / "pipe")
    return "pipe"


def a_socket(playground: Playground) -> str:
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(playground.workspace)  # the address of a socket may not be as long as a temporary path is
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
    return "socket"


def a_folder(playground: Playground) -> str:
    (playground.workspace / "folder").mkdir()
    return "folder"


def a_file_as_folder(playground: Playground) -> str:
    (playground.workspace / "file").write_text("x")
    return "file/inner.txt"


PLANTS = [
    *(a_file_link, a_folder_link, a_relative_link, a_link_deep_down, a_dangling_link, a_link_that_stays_inside),
    *(a_link_to_itself, a_link_into_the_kernel, a_hard_link, a_pipe, a_socket, a_folder, a_file_as_folder),
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
async def test_neither_read_nor_written_is(
    plant: Callable[[Playground], str], door: Workspaces, playground: Playground
) -> None:
    path = plant(playground)
    tools, before = tools_for(door), (playground.outside_now(), snapshot(playground.workspace))
    answers = [await read(tools, playground.context, path), await write(tools, playground.context, path)]
    assert_refused(answers)
    assert (playground.outside_now(), snapshot(playground.workspace)) == before


@pytest.mark.parametrize(("what", "path"), spread(ATTACKS) + spread(PROTECTED), ids=repr)
async def test_no_spelling_reaches_anything(what: str, path: str, door: Workspaces, playground: Playground) -> None:
    tools, before = tools_for(door), (playground.outside_now(), snapshot(playground.workspace))
    assert_refused([await read(tools, playground.context, path), await write(tools, playground.context, path)])
    assert (playground.outside_now(), snapshot(playground.workspace)) == before


@pytest.mark.parametrize("name", ["null", "zero", "random", "tty"])
@pytest.mark.parametrize("folder", [root_folder, PathFolder.at], ids=["this system's folders", "folders by path"])
def test_a_device_is_never_opened(name: str, folder: Callable[[Path], Folder]) -> None:
    with pytest.raises(ToolError) as refusal:
        _touch(Workspace(folder(Path("/dev")), threading.Lock()), name)
    assert "is a device" in sentence_of(refusal.value)


def _touch(devices: Workspace, name: str) -> None:
    with devices.reading(parse_path(name)) as file:
        file.read(1)


async def test_a_twin_in_case_or_unicode_form_is_refused_and_the_spelling_on_disk_is_told(
    door: Workspaces, playground: Playground
) -> None:
    tools = tools_for(door)
    for there, asked in (("README.md", "readme.md"), ("straße", "STRASSE"), ("re\u0301sume\u0301", "résumé")):
        (playground.workspace / there).write_text(SECRET)
        before = snapshot(playground.workspace)
        answers = [await read(tools, playground.context, asked), await write(tools, playground.context, asked)]
        assert_refused(answers)
        assert all(ascii(there) in answer.text for answer in answers)
        assert snapshot(playground.workspace) == before


async def test_a_folder_has_no_twin_either(door: Workspaces, playground: Playground) -> None:
    (playground.workspace / "Docs").mkdir()
    tools = tools_for(door)
    assert_refused(
        [await write(tools, playground.context, "docs/a.txt"), await read(tools, playground.context, "docs/a")]
    )
    assert not (await write(tools, playground.context, "Docs/a.txt")).is_error


async def test_two_files_that_differ_in_case_and_are_both_there_are_told_apart(
    door: Workspaces, playground: Playground
) -> None:
    (playground.workspace / "Makefile").write_text("one")
    (playground.workspace / "makefile").write_text("two")
    if len(os.listdir(playground.workspace)) == 2:  # the disk knows case
        tools = tools_for(door)
        assert (await read(tools, playground.context, "Makefile")).text.endswith("one")
        assert (await read(tools, playground.context, "makefile")).text.endswith("two")


async def test_both_unicode_forms_of_a_name_are_one_file(door: Workspaces, playground: Playground) -> None:
    tools = tools_for(door)
    written = await write(tools, playground.context, "e\u0301te\u0301.txt", "summer")
    assert written.artifacts[0].path == "été.txt"
    assert os.listdir(playground.workspace) == ["été.txt"]
    assert (await read(tools, playground.context, "été.txt")).text.endswith("summer")


def assert_refused(answers: list[ToolResult]) -> None:
    for answer in answers:
        assert answer.is_error, answer.text
        assert SECRET not in answer.text
        assert answer.artifacts == ()
        assert "fault of its own" not in answer.text

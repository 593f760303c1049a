"""Another program swaps a folder or a file for a link while the tools work; nothing outside is ever touched."""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import ToolError
from orchestra_desktop.tools.folder import Folder
from orchestra_desktop.tools.path_folder import PathFolder
from orchestra_desktop.tools.workspace import Workspaces, root_folder
from orchestra_desktop.tools.workspace_path import parse_path
from tests.tools.playground import SECRET, Playground
from tests.tools.stepped_folder import AtStep, SteppedFolder

ROUNDS = 600
NEW = "written-by-tool"


@contextmanager
def swapping(swap: Callable[[], None]) -> Iterator[None]:
    """Swaps on a thread for as long as the context is."""
    stop = threading.Event()

    def work() -> None:
        while not stop.is_set():
            swap()

    thread = threading.Thread(target=work, name="swapping")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def folder_and_link(workspace: Path, outside: Path) -> Callable[[], None]:
    """`sub` is by turns a true folder and a link to the folder outside."""
    wings = workspace / "wings"
    (wings / "folder").mkdir(parents=True)
    (wings / "link").symlink_to(outside)
    (wings / "folder" / "secret.txt").write_text("inside")
    graves = (wings / f"grave{number}" for number in itertools.count())

    def swap() -> None:
        for name in ("folder", "link"):
            try:
                (wings / name).rename(workspace / "sub")
            except OSError:  # between two swaps the tool has made a folder of that name itself
                (workspace / "sub").rename(next(graves))
            else:
                (workspace / "sub").rename(wings / name)

    return swap


def file_and_links(workspace: Path, outside: Path) -> Callable[[], None]:
    """`file.txt` is by turns a true file, a symbolic link, a hard link and a pipe."""

    def swap() -> None:
        scratch = workspace / "scratch"
        for make in (
            lambda: scratch.write_text("plain"),
            lambda: scratch.symlink_to(outside / "secret.txt"),
            lambda: scratch.hardlink_to(outside / "secret.txt"),
            lambda: os.mkfifo(scratch),
        ):
            make()
            scratch.replace(workspace / "file.txt")

    return swap


def tally(tried: Callable[[], str]) -> dict[str, int]:
    """How often each outcome came of many tries."""
    outcomes: dict[str, int] = {}
    for _ in range(ROUNDS):
        outcome = tried()
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    return outcomes


def reading(door: Workspaces, playground: Playground, path: str) -> Callable[[], str]:
    def tried() -> str:
        try:
            with door.open(str(playground.workspace)) as workspace, workspace.reading(parse_path(path)) as file:
                return file.read().decode()
        except ToolError:
            return "refused"

    return tried


def writing(door: Workspaces, playground: Playground, path: str) -> Callable[[], str]:
    def tried() -> str:
        try:
            with door.open(str(playground.workspace)) as workspace:
                workspace.write(parse_path(path), NEW.encode())
        except ToolError:
            return "refused"
        return "written"

    return tried


def test_a_folder_swapped_for_a_link_lets_nothing_be_read(door: Workspaces, playground: Playground) -> None:
    swap = folder_and_link(playground.workspace, playground.outside)
    with swapping(swap):
        outcomes = tally(reading(door, playground, "sub/secret.txt"))
    assert set(outcomes) <= {"refused", "inside"}
    assert outcomes["refused"] > 0


def test_a_folder_swapped_for_a_link_lets_nothing_be_written(playground: Playground) -> None:
    """By descriptor alone: by path, an empty file may exist outside for an instant, as `path_folder` says."""
    swap = folder_and_link(playground.workspace, playground.outside)
    before = playground.outside_now()
    with swapping(swap):
        outcomes = tally(writing(Workspaces(), playground, "sub/made.txt"))
    assert playground.outside_now() == before
    assert set(outcomes) <= {"refused", "written"}


def test_a_file_swapped_for_links_and_pipes_lets_nothing_out(door: Workspaces, playground: Playground) -> None:
    swap = file_and_links(playground.workspace, playground.outside)
    before = (playground.outside / "secret.txt").read_text()
    with swapping(swap):
        outcomes = tally(reading(door, playground, "file.txt")) | tally(writing(door, playground, "file.txt"))
    assert set(outcomes) <= {"refused", "written", "plain", NEW}
    assert (playground.outside / "secret.txt").read_text() == before == SECRET


# -- every instant, one by one ---------------------------------------------------------------------------------------


def folder_becomes_link(playground: Playground) -> None:
    (playground.workspace / "sub").rename(playground.workspace / "moved")
    (playground.workspace / "sub").symlink_to(playground.outside)


def file_becomes_link(playground: Playground) -> None:
    (playground.workspace / "sub" / "secret.txt").unlink(missing_ok=True)
    (playground.workspace / "sub" / "secret.txt").symlink_to(playground.outside / "secret.txt")


def file_becomes_hard_link(playground: Playground) -> None:
    (playground.workspace / "sub" / "secret.txt").unlink(missing_ok=True)
    (playground.workspace / "sub" / "secret.txt").hardlink_to(playground.outside / "secret.txt")


def file_becomes_pipe(playground: Playground) -> None:
    (playground.workspace / "sub" / "secret.txt").unlink(missing_ok=True)
    os.mkfifo(playground.workspace / "sub" / "secret.txt")


def temporary_becomes_link(playground: Playground) -> None:
    """Aims at the file that is about to take its name."""
    for temporary in (playground.workspace / "sub").glob(".orchestra-*"):
        temporary.unlink()
        temporary.symlink_to(playground.outside / "secret.txt")


SWAPS = [folder_becomes_link, file_becomes_link, file_becomes_hard_link, file_becomes_pipe, temporary_becomes_link]


@pytest.mark.parametrize("swap", SWAPS, ids=lambda swap: swap.__name__)
@pytest.mark.parametrize("number", range(1, 21))
@pytest.mark.parametrize("folder", [root_folder, PathFolder.at], ids=["this system's folders", "folders by path"])
def test_a_swap_before_any_step_reads_and_changes_nothing_outside(
    folder: Callable[[Path], Folder], number: int, swap: Callable[[Playground], None], playground: Playground
) -> None:
    (playground.workspace / "sub").mkdir()
    (playground.workspace / "sub" / "secret.txt").write_text("inside")
    content_before = {path: entry.content for path, entry in playground.outside_now().items()}
    at_step = AtStep(number, lambda: swap(playground))
    door = Workspaces(root=lambda path: SteppedFolder(folder(path), at_step))
    outcomes = {writing(door, playground, "sub/secret.txt")(), reading(door, playground, "sub/secret.txt")()}
    assert outcomes <= {"refused", "written", "inside", NEW}
    assert {path: entry.content for path, entry in playground.outside_now().items()} == content_before


class _FleetingLink(SteppedFolder):
    """Whatever is opened in it is a hard link to the secret for just as long as it takes to open it."""

    playground: Playground

    def open(self, name: str) -> int:
        file = self.playground.workspace / name
        file.unlink()
        file.hardlink_to(self.playground.outside / "secret.txt")
        descriptor = super().open(name)
        file.unlink()
        return descriptor


@pytest.mark.parametrize("folder", [root_folder, PathFolder.at], ids=["this system's folders", "folders by path"])
def test_a_hard_link_that_is_gone_once_it_is_open_is_not_read(
    folder: Callable[[Path], Folder], playground: Playground
) -> None:
    (playground.workspace / "file.txt").write_text("inside")

    def root(path: Path) -> Folder:
        found = _FleetingLink(folder(path), lambda step: None)
        found.playground = playground
        return found

    assert reading(Workspaces(root=root), playground, "file.txt")() == "refused"


def test_a_folder_by_path_notices_that_one_above_it_was_swapped(playground: Playground) -> None:
    (playground.workspace / "sub" / "sub").mkdir(parents=True)
    folder = PathFolder.at(playground.workspace).enter("sub")
    folder_becomes_link(playground)
    before = playground.outside_now()
    for step in (lambda: folder.enter("sub"), lambda: folder.open("secret.txt"), lambda: folder.create("x", None)):
        with pytest.raises(OSError, match="link"):
            step()
    after = playground.outside_now()
    assert before.keys() == after.keys()


def test_the_swaps_above_come_at_every_step_there_is(playground: Playground) -> None:
    (playground.workspace / "sub").mkdir()
    (playground.workspace / "sub" / "secret.txt").write_text("inside")
    count = AtStep(0, lambda: None)
    door = Workspaces(root=lambda path: SteppedFolder(root_folder(path), count))
    assert writing(door, playground, "sub/secret.txt")() == "written"
    assert reading(door, playground, "sub/secret.txt")() == NEW
    assert 12 < len(count.steps) <= 20, count.steps

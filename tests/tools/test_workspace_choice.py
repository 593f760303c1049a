"""Which folders may be a workspace."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.tools.toolbox import tools_for
from orchestra_desktop.tools.workspace import Workspaces, check_workspace
from orchestra_desktop.tools.workspace_choice import is_drive
from tests.tools.playground import Playground, read, write


def key_of(path: Path, *forbidden: Path) -> str:
    with pytest.raises(InvalidInput) as refusal:
        check_workspace(path, forbidden)
    return refusal.value.text.key


def test_an_ordinary_folder_is_taken_with_its_links_resolved(playground: Playground) -> None:
    link = playground.outside / "link"
    link.symlink_to(playground.workspace)
    assert check_workspace(link / "new") == playground.workspace / "new"
    assert check_workspace(playground.workspace, (playground.outside,)) == playground.workspace


@pytest.mark.parametrize("path", [Path("/"), Path.home(), Path.home().parent, Path("~")], ids=str)
def test_root_and_home_and_what_holds_a_home_are_refused(path: Path) -> None:
    assert key_of(path) in {"workspace.is_root", "workspace.holds_home"}


@pytest.mark.parametrize("path", ["/etc", "/usr", "/usr/bin", "/proc/self", "/dev"])
def test_a_folder_of_the_system_is_refused(path: str) -> None:
    assert key_of(Path(path)) == "workspace.is_system"


def test_home_is_refused_through_a_link(playground: Playground) -> None:
    link = playground.workspace / "link"
    link.symlink_to(Path.home())
    assert key_of(link) == "workspace.holds_home"


def test_home_is_refused_when_the_environment_names_it(playground: Playground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(playground.workspace))
    assert key_of(playground.workspace) == "workspace.holds_home"


def test_the_data_folder_and_what_lies_in_or_around_it_is_refused_but_for_its_workspaces(
    playground: Playground,
) -> None:
    data = playground.outside
    (data / "workspaces" / "p1").mkdir(parents=True)
    assert key_of(data, data) == "workspace.holds_program_data"
    assert key_of(data.parent, data) == "workspace.holds_program_data"
    assert key_of(data / "sub", data) == "workspace.is_program_data"
    assert key_of(data / "workspaces", data) == "workspace.is_program_data"
    assert key_of(data / "workspaces" / ".." / "sub", data) == "workspace.is_program_data"
    assert check_workspace(data / "workspaces" / "p1", (data,)) == data / "workspaces" / "p1"
    assert check_workspace(data / "workspaces" / "p2", (data,)) == data / "workspaces" / "p2"


def test_a_link_to_the_data_folder_does_not_help(playground: Playground) -> None:
    link = playground.workspace / "link"
    link.symlink_to(playground.outside)
    assert key_of(link, playground.outside) == "workspace.holds_program_data"
    assert key_of(link / "sub", playground.outside) == "workspace.is_program_data"


@pytest.mark.parametrize("name", [".ssh", ".git", ".git/hooks", "autostart", "LaunchAgents/x", ".vscode"])
def test_a_folder_in_which_others_look_for_what_to_run_is_refused(name: str, playground: Playground) -> None:
    (playground.workspace / name).mkdir(parents=True)
    assert key_of(playground.workspace / name) == "workspace.is_protected"


def test_what_is_no_folder_or_no_whole_path_is_refused(playground: Playground) -> None:
    (playground.workspace / "loop").symlink_to(playground.workspace / "loop")
    assert key_of(playground.outside / "secret.txt") == "workspace.not_a_folder"
    assert key_of(Path("relative/folder")) == "workspace.not_absolute"
    assert key_of(playground.workspace / "a\0b") == "workspace.unusable"
    assert key_of(playground.workspace / "loop") == "workspace.unusable"
    assert key_of(Path("/dev/null")) == "workspace.not_a_folder"


def test_a_drive_is_refused_where_drives_are_hung_in() -> None:
    assert is_drive(Path("/mnt/stick"), lambda path: path.name == "stick")
    assert is_drive(Path("/media/ann/stick"), lambda path: path.name == "stick")
    assert not is_drive(Path("/mnt/stick/project"), lambda path: path.name == "stick")
    assert not is_drive(Path("/srv/project"), os.path.isabs)


async def test_a_project_that_names_an_unfit_workspace_gets_no_tool_to_work(playground: Playground) -> None:
    tools = tools_for(Workspaces((playground.outside,)))
    for folder in (playground.outside, Path.home(), playground.workspace / "missing", Path("relative"), Path("/")):
        context = playground.context_with(workspace=str(folder))
        answers = [await read(tools, context, "secret.txt"), await write(tools, context, "made.txt")]
        assert [answer.is_error for answer in answers] == [True, True]
        assert all("a person has to see to it" in answer.text for answer in answers)
    assert not (playground.outside / "made.txt").exists()
    assert not (Path.home() / "made.txt").exists()

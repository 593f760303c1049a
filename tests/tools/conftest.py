"""What the tests of the tools share."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from orchestra_desktop.tools.path_folder import PathFolder
from orchestra_desktop.tools.workspace import Workspaces, root_folder
from tests.tools.playground import Playground

# Pipes, devices and links that anyone may make exist on POSIX alone.
collect_ignore = ["test_links.py", "test_races.py"] if sys.platform == "win32" else []


@pytest.fixture(params=["this system's folders", "folders by path"])
def door(request: pytest.FixtureRequest) -> Workspaces:
    """Both implementations of `Folder`: the one by path is meant for Windows, and holds its own elsewhere too."""
    return Workspaces(root=root_folder if request.param == "this system's folders" else PathFolder.at)


@pytest.fixture
def playground(tmp_path: Path) -> Playground:
    return Playground(Path(os.path.realpath(tmp_path)))

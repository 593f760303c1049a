"""The tools that ship with the program, as one registry."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from orchestra_desktop.tools.read_file import ReadFile
from orchestra_desktop.tools.registry import ToolRegistry
from orchestra_desktop.tools.workspace import Workspaces
from orchestra_desktop.tools.write_file import WriteFile


def shipped_tools(forbidden: tuple[Path, ...]) -> ToolRegistry:
    """All shipped tools. `forbidden` are the program's own folders, which no workspace may be, hold or lie in."""
    return tools_for(Workspaces(forbidden))


def tools_for(workspaces: Workspaces) -> ToolRegistry:
    """All shipped tools behind one door."""
    return ToolRegistry({"read_file": partial(ReadFile, workspaces), "write_file": partial(WriteFile, workspaces)})

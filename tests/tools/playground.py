"""A workspace on disk with something precious beside it, and the tools that work in it."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId, ToolUseId
from orchestra_desktop.domain.messages import ToolUse
from orchestra_desktop.domain.ports import Toolbox, ToolContext, ToolResult

SECRET = "precious-4711"


@dataclass(frozen=True, slots=True)
class Entry:
    """All that a tool could have changed of one thing on disk."""

    mode: int
    links: int
    modified: int
    content: str


class Playground:
    """`workspace` and, beside it, `outside` with a file that nobody may read or change."""

    def __init__(self, top: Path) -> None:
        self.workspace = top / "workspace"
        self.outside = top / "outside"
        self.workspace.mkdir()
        (self.outside / "sub").mkdir(parents=True)
        (self.outside / "secret.txt").write_text(SECRET)
        (self.outside / "sub" / "secret.txt").write_text(SECRET)

    @property
    def context(self) -> ToolContext:
        return ToolContext(ProjectId("p"), RunId("r"), TaskId("T1"), str(self.workspace))

    def context_with(self, **changes: Any) -> ToolContext:
        return replace(self.context, **changes)

    def outside_now(self) -> dict[str, Entry]:
        return snapshot(self.outside)


def snapshot(top: Path) -> dict[str, Entry]:
    """Everything below a folder, links not followed."""
    found: dict[str, Entry] = {}
    for folder, names, files in os.walk(top):
        for name in [".", *names, *files]:
            path = Path(folder) / name
            found[str(path)] = _entry(path)
    return found


def _entry(path: Path) -> Entry:
    state = path.lstat()
    content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
    return Entry(state.st_mode, state.st_nlink, state.st_mtime_ns, content)


async def read(tools: Toolbox, context: ToolContext, path: str, **more: Any) -> ToolResult:
    return await tools.run(ToolUse(ToolUseId("u1"), "read_file", {"path": path, **more}), context)


async def write(tools: Toolbox, context: ToolContext, path: str, content: str = "new") -> ToolResult:
    return await tools.run(ToolUse(ToolUseId("u1"), "write_file", {"path": path, "content": content}), context)

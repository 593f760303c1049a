"""The tool `write_file`: puts a whole text file into the workspace, atomically and within the run's quota."""

from __future__ import annotations

import asyncio
import threading

from pydantic import Field

from orchestra_desktop.domain.ports import ToolContext, ToolResult
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.tools.path_locks import PathLocks
from orchestra_desktop.tools.refusal import refused, shown
from orchestra_desktop.tools.tool import ToolInput, TypedTool
from orchestra_desktop.tools.workspace import Workspaces, Written
from orchestra_desktop.tools.workspace_path import WorkspacePath, parse_path
from orchestra_desktop.tools.write_quota import WriteQuota

MAX_BYTES = 5_000_000


class WriteFileInput(ToolInput):
    path: str = Field(description="Path relative to the workspace, with forward slashes. Missing folders are made.")
    content: str = Field(description="The whole text of the file; it replaces what was there.")


class WriteFile(TypedTool[WriteFileInput]):
    """Writes text. Writing the same again changes nothing and gives the same digest, hence it may be repeated."""

    name = "write_file"
    description = "Writes a text file of at most 5 MB in the workspace. An existing file is replaced as a whole."
    idempotent = True
    input_type = WriteFileInput

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces
        self._quota = WriteQuota()
        self._locks = PathLocks()

    async def work(self, arguments: WriteFileInput, context: ToolContext) -> ToolResult:
        path, content = parse_path(arguments.path), _encoded(arguments.content)
        self._quota.take(context, len(content))
        cancelled = threading.Event()
        try:
            written = await self._locks.run(
                (context.workspace, path.key), lambda: self._write(path, content, context.workspace, cancelled)
            )
        except asyncio.CancelledError:
            cancelled.set()  # stays counted: the thread may just have got past the point of no return
            raise
        except Exception:
            self._quota.give_back(context, len(content))
            raise
        return _result(path, written)

    def _write(self, path: WorkspacePath, content: bytes, workspace: str, cancelled: threading.Event) -> Written:
        with self._workspaces.open(workspace) as folder:
            return folder.write(path, content, cancelled.is_set)


def _encoded(content: str) -> bytes:
    try:
        data = content.encode()
    except UnicodeEncodeError as error:
        raise refused(f"The content holds half a character at position {error.start}; nothing was written.") from error
    if len(data) > MAX_BYTES:
        raise refused(f"The content has {len(data)} bytes; a file may have {MAX_BYTES}. Split it over several files.")
    return data


def _result(path: WorkspacePath, written: Written) -> ToolResult:
    artifact = Artifact(path.text, written.sha256, written.bytes, written.before_sha256)
    return ToolResult(f"Wrote {shown(path.text)}: {written.bytes} bytes, {_change(written)}.", artifacts=(artifact,))


def _change(written: Written) -> str:
    if written.before_sha256 is None:
        return "a new file"
    return "the same as before" if written.before_sha256 == written.sha256 else "replacing what was there"

"""The tool `read_file`: a part of a text file of the workspace, with what is needed to read on."""

from __future__ import annotations

import asyncio
import codecs
import os
from dataclasses import dataclass
from typing import BinaryIO

from pydantic import Field

from orchestra_desktop.domain.ports import ToolContext, ToolResult
from orchestra_desktop.tools.refusal import refused, shown
from orchestra_desktop.tools.tool import ToolInput, TypedTool
from orchestra_desktop.tools.workspace import Workspaces
from orchestra_desktop.tools.workspace_path import WorkspacePath, parse_path

MAX_CHARACTERS = 50_000
MAX_OFFSET = 200_000_000  # characters: everything before an offset has to be decoded, which is a second or two here
_CHUNK = 65_536
_REPLACEMENT = "\ufffd"


class ReadFileInput(ToolInput):
    path: str = Field(description="Path relative to the workspace, with forward slashes.")
    offset: int = Field(default=0, ge=0, le=MAX_OFFSET, description="Characters to skip.")
    limit: int = Field(default=MAX_CHARACTERS, ge=1, le=MAX_CHARACTERS, description="Characters to read at most.")


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text: where it begins, in characters, whether the file ends with it, and the file's size in bytes."""

    text: str
    offset: int
    is_last: bool
    size: int


class ReadFile(TypedTool[ReadFileInput]):
    """Reads text; says so plainly where a file is none."""

    name = "read_file"
    description = (
        "Reads a text file of the workspace, at most 50,000 characters at a time. The first line of the answer, in "
        "brackets, says which part it is and how to read on; the file's own text follows it."
    )
    idempotent = True
    input_type = ReadFileInput

    def __init__(self, workspaces: Workspaces) -> None:
        self._workspaces = workspaces

    async def work(self, arguments: ReadFileInput, context: ToolContext) -> ToolResult:
        path = parse_path(arguments.path)
        return ToolResult(await asyncio.to_thread(self._read, path, arguments, context.workspace))

    def _read(self, path: WorkspacePath, arguments: ReadFileInput, workspace: str) -> str:
        with self._workspaces.open(workspace) as folder, folder.reading(path) as file:
            return _answer(path, read_part(file, arguments.offset, arguments.limit))


def read_part(file: BinaryIO, offset: int, limit: int) -> Part | int:
    """At most `limit` characters after `offset`; the size in bytes if the file turns out to be binary.

    Raises ToolError for an offset behind the end. A byte that is not UTF-8 becomes one replacement character.
    """
    size = os.fstat(file.fileno()).st_size
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    skipped, kept = 0, ""
    while len(kept) <= limit:  # one more than asked for shows whether there is more
        data = file.read(_CHUNK)
        if b"\0" in data:
            return size
        text = decoder.decode(data, final=not data)
        skip = min(offset - skipped, len(text))
        skipped += skip
        kept += text[skip:]
        if not data:
            break
    if skipped < offset:
        raise refused(f"The offset {offset} lies behind the end: the file has {skipped} characters.")
    return Part(kept[:limit], offset, len(kept) <= limit, size)


def _answer(path: WorkspacePath, part: Part | int) -> str:
    name = shown(path.text)
    if isinstance(part, int):
        return f"[{name} is a binary file of {part} bytes; this tool reads text only.]"
    if part.size == 0:
        return f"[{name} is empty: 0 bytes.]"
    return f"[{name}, {part.size} bytes: {_extent(part)}{_damage(part)}]\n{part.text}"


def _extent(part: Part) -> str:
    end = part.offset + len(part.text)
    if not part.is_last:
        return f"characters {part.offset} to {end}; more follows, read on with offset={end}"
    return "the whole file" if part.offset == 0 else f"characters {part.offset} to {end}, the end of the file"


def _damage(part: Part) -> str:
    count = part.text.count(_REPLACEMENT)
    return f"; {count} places that are not valid UTF-8 are shown as {_REPLACEMENT}" if count else ""

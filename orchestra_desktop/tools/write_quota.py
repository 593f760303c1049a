"""How much a run may still write: files and bytes, exact over parallel tasks."""

from __future__ import annotations

from dataclasses import dataclass

from orchestra_desktop.domain.ids import RunId
from orchestra_desktop.domain.ports import ToolContext
from orchestra_desktop.tools.refusal import refused


@dataclass(slots=True)
class _Used:
    files: int
    bytes: int


class WriteQuota:
    """Counts writes per run.

    The context says what the run had written when the tool was called, which is behind as soon as two tasks write at
    the same time; the larger of that and the own count is what counts. After a restart the context alone knows.
    """

    def __init__(self) -> None:
        self._used: dict[RunId, _Used] = {}

    def take(self, context: ToolContext, size: int) -> None:
        """Counts one write of `size` bytes. Raises ToolError if it does not fit; then nothing is counted."""
        used = self._used.setdefault(context.run, _Used(0, 0))
        files, size_used = max(used.files, context.files_written), max(used.bytes, context.bytes_written)
        if files + 1 > context.quota_files:
            raise refused(f"This run has written {files} files and may write no more than {context.quota_files}.")
        if size_used + size > context.quota_bytes:
            left = max(context.quota_bytes - size_used, 0)
            raise refused(f"This run may write {left} more bytes; these are {size}. Nothing was written.")
        used.files, used.bytes = files + 1, size_used + size

    def give_back(self, context: ToolContext, size: int) -> None:
        """Takes back a count whose write did not happen."""
        used = self._used[context.run]
        used.files, used.bytes = used.files - 1, used.bytes - size

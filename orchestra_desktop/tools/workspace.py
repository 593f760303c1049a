"""The one door to the person's files: walks component by component, and reads and replaces nothing but plain files."""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from orchestra_desktop.domain.errors import InvalidInput, ToolError
from orchestra_desktop.tools.folder import Folder
from orchestra_desktop.tools.refusal import refused, refused_by_system, shown
from orchestra_desktop.tools.workspace_choice import check_workspace
from orchestra_desktop.tools.workspace_path import WorkspacePath, same_name_key

__all__ = ["Workspace", "Workspaces", "Written", "check_workspace"]

_TEMPORARY = re.compile(r"\.orchestra-[0-9a-f]{16}\.tmp")
_ABANDONED_AFTER_S = 3_600
_CHUNK = 1_048_576


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did: digests in hexadecimal, size in bytes; `before_sha256` is None for a new file."""

    sha256: str
    bytes: int
    before_sha256: str | None


def root_folder(path: Path) -> Folder:
    """A resolved path as this system opens it without following links. OSError."""
    if sys.platform == "win32":
        from orchestra_desktop.tools.path_folder import PathFolder

        return PathFolder.at(path)
    else:  # noqa: RET505 - without it the type checker follows this branch on Windows
        from orchestra_desktop.tools.posix_folder import PosixFolder

        return PosixFolder.at(path)


class Workspaces:
    """Opens workspaces. `forbidden` are the program's own folders, which are never one, whatever a project says."""

    def __init__(self, forbidden: tuple[Path, ...] = (), root: Callable[[Path], Folder] = root_folder) -> None:
        self._forbidden = forbidden
        self._root = root
        self._making = threading.Lock()

    @contextmanager
    def open(self, path: str) -> Iterator[Workspace]:
        """The workspace, open as long as the context is. Raises ToolError if the folder is not there or unfit."""
        try:
            root = self._root(check_workspace(Path(path), self._forbidden))
        except (InvalidInput, OSError) as error:
            raise refused("The workspace folder of this project cannot be used; a person has to see to it.") from error
        try:
            yield Workspace(root, self._making)
        finally:
            root.close()


class Workspace:
    """An open workspace. Blocks, hence belongs on a thread. Each method raises ToolError for what it refuses.

    `making` is held while a folder is made: else two tasks could make `Docs` and `docs` at the same time.
    """

    def __init__(self, root: Folder, making: threading.Lock) -> None:
        self._root = root
        self._making = making

    @contextmanager
    def reading(self, path: WorkspacePath) -> Iterator[BinaryIO]:
        """The plain file under a path, open for reading."""
        with _explained(path), ExitStack() as stack:
            folder = self._walk(path, stack, make=False)
            _refuse_twin(folder, path.name)
            yield stack.enter_context(_open_plain(folder, path))

    def write(self, path: WorkspacePath, content: bytes, is_cancelled: Callable[[], bool] = lambda: False) -> Written:
        """Replaces the file's content as a whole: whoever looks, even after a crash, sees the old one or the new one.

        Folders on the way are made. `is_cancelled` is asked last thing before the file takes its name.
        """
        with _explained(path), ExitStack() as stack:
            folder = self._walk(path, stack, make=True)
            _refuse_twin(folder, path.name)
            permissions, before = _before(folder, path)
            temporary = _temporary_file(folder, content, permissions)
            try:
                if is_cancelled():
                    raise refused("Cancelled; nothing was written.")
                folder.replace(temporary, path.name)
            except BaseException:
                with suppress(OSError):
                    folder.remove(temporary)
                raise
            folder.sync()
        return Written(hashlib.sha256(content).hexdigest(), len(content), before)

    def _walk(self, path: WorkspacePath, stack: ExitStack, *, make: bool) -> Folder:
        folder = self._root
        for name in path.folders:
            folder = self._step(folder, name, path, make=make)
            stack.callback(folder.close)
        return folder

    def _step(self, folder: Folder, name: str, path: WorkspacePath, *, make: bool) -> Folder:
        if make:
            self._make(folder, name)
        else:
            _refuse_twin(folder, name)
        state = folder.state(name)
        if state is None:
            raise refused(f"{shown(path.text)} is not there: the workspace has no folder {shown(name)} on that path.")
        if not stat.S_ISDIR(state.st_mode):
            raise refused(f"{shown(path.text)} is refused: {shown(name)} is {_kind(state)}, not a folder.")
        return folder.enter(name)

    def _make(self, folder: Folder, name: str) -> None:
        with self._making:
            _refuse_twin(folder, name)
            if folder.state(name) is not None:
                return
            with suppress(FileExistsError):  # another program was quicker; what it made is looked at like any other
                folder.make(name)
                folder.sync()


@contextmanager
def _explained(path: WorkspacePath) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise refused_by_system(path.text, error) from error


def _refuse_twin(folder: Folder, name: str) -> None:
    """Refuses a name that is there in another case or Unicode form: on some disks both would be one file."""
    names = folder.names()
    if name in names:
        return
    key = same_name_key(name)
    for other in names:
        if same_name_key(other) == key:
            raise refused(f"{shown(name)} is there already, spelled {other!a}: the two cannot stand side by side.")


def _open_plain(folder: Folder, path: WorkspacePath) -> BinaryIO:
    """Looks before opening, since opening a device can move it, and after, since it may have been swapped.

    Both looks must have seen the same file: a hard link that lost its name between opening and the second look has one
    name again, and would pass for a plain file of the workspace.
    """
    seen = folder.state(path.name)
    if seen is None:
        raise refused(f"{shown(path.text)} is not there.")
    _refuse_unless_plain(seen, path)
    file = os.fdopen(folder.open(path.name), "rb")
    try:
        opened = os.fstat(file.fileno())
        _refuse_unless_plain(opened, path)
        if not os.path.samestat(seen, opened):
            raise refused(f"{shown(path.text)} was replaced by another program while it was being opened. Try again.")
    except ToolError:
        file.close()
        raise
    return file


def _refuse_unless_plain(state: os.stat_result, path: WorkspacePath) -> None:
    if not stat.S_ISREG(state.st_mode):
        raise refused(f"{shown(path.text)} is refused: it is {_kind(state)}, not a plain file.")
    if state.st_nlink != 1:  # the other name may lie outside the workspace
        raise refused(f"{shown(path.text)} is refused: the same file has a second name elsewhere (a hard link).")


def _kind(state: os.stat_result) -> str:
    for is_kind, word in _KINDS:
        if is_kind(state.st_mode):
            return word
    return "something else"


_KINDS: tuple[tuple[Callable[[int], bool], str], ...] = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def _before(folder: Folder, path: WorkspacePath) -> tuple[int | None, str | None]:
    """Permission bits and digest of the file that is about to be replaced; set-uid and the like are not kept."""
    if folder.state(path.name) is None:
        return None, None
    with _open_plain(folder, path) as file:
        permissions = stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o777
        if not permissions & 0o222:
            raise refused(f"{shown(path.text)} is marked read-only and was left as it is.")
        digest = hashlib.sha256()
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return permissions, digest.hexdigest()


def _temporary_file(folder: Folder, content: bytes, permissions: int | None) -> str:
    """The name of a new file in the same folder that holds the content, durable."""
    name = f".orchestra-{secrets.token_hex(8)}.tmp"
    descriptor = folder.create(name, permissions)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            now = os.fstat(file.fileno()).st_mtime
        _sweep(folder, now)
    except BaseException:
        with suppress(OSError):
            folder.remove(name)
        raise
    return name


def _sweep(folder: Folder, now: float) -> None:
    """Removes temporary files that a crash left behind; `now` is seconds by the disk's own clock."""
    for name in folder.names():
        if _TEMPORARY.fullmatch(name):
            state = folder.state(name)
            if state is not None and now - state.st_mtime > _ABANDONED_AFTER_S:
                with suppress(OSError):
                    folder.remove(name)

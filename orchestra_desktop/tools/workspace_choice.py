"""Which folder may be a workspace: refuses those in which a task's files would meddle with more than the project."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.tools.protected_names import why_protected

DEFAULT_WORKSPACES = "workspaces"  # the one folder within a forbidden one whose subfolders may be workspaces

_SYSTEM_POSIX = (
    *("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/sbin", "/sys", "/System", "/Library"),
    *("/Applications", "/usr/bin", "/usr/lib", "/usr/lib64", "/usr/sbin", "/usr/share", "/usr/local/bin"),
)
_SYSTEM_WINDOWS = ("SYSTEMROOT", "PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMDATA")  # environment variables
_DRIVES_UNDER = ("/media", "/mnt", "/run/media", "/Volumes")  # where drives are hung in on POSIX


def check_workspace(path: Path, forbidden: tuple[Path, ...] = ()) -> Path:
    """The folder with all links resolved, to be stored as the project's workspace; it need not be there yet.

    `forbidden` are the program's own folders: a workspace is none of them, holds none of them and lies in none of them
    but below its `workspaces`. Raises InvalidInput for these, for a home folder or what holds one, for the root, a
    drive, a system folder, a folder in which other programs look for what to run, and for what is no folder.
    """
    resolved = _resolved(path)
    for is_refused, key in _RULES:
        if is_refused(resolved):
            raise _invalid(key, path)
    for own in forbidden:
        _refuse_own(path, resolved, _resolved(own))
    return resolved


def _resolved(path: Path) -> Path:
    try:
        expanded = path.expanduser()
        resolved = expanded.resolve()
        is_other = resolved.exists() and not resolved.is_dir()
    except (OSError, ValueError, RuntimeError) as error:  # a loop of links, a NUL, a home nobody knows
        raise _invalid("workspace.unusable", path) from error
    if not expanded.is_absolute():
        raise _invalid("workspace.not_absolute", path)
    if is_other:
        raise _invalid("workspace.not_a_folder", path)
    return resolved


def _refuse_own(path: Path, resolved: Path, own: Path) -> None:
    if _contains(resolved, own):
        raise _invalid("workspace.holds_program_data", path)
    if _contains(own, resolved):
        shared = own / DEFAULT_WORKSPACES
        if _is_same(resolved, shared) or not _contains(shared, resolved):
            raise _invalid("workspace.is_program_data", path)


def _contains(outer: Path, inner: Path) -> bool:
    """Whether `inner` is `outer` or lies within it, by identity on disk where both exist."""
    return any(_is_same(outer, ancestor) for ancestor in (inner, *inner.parents))


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:  # one of them is not there (yet), or may not be looked at
        return os.path.normcase(one) == os.path.normcase(other)


def _is_root(path: Path) -> bool:
    return path.parent == path


def _homes() -> Iterator[Path]:
    """The environment may name another home than the system does; both are somebody's."""
    yield Path.home()
    if sys.platform != "win32":
        import pwd

        yield Path(pwd.getpwuid(os.getuid()).pw_dir)


def _holds_home(path: Path) -> bool:
    return any(_contains(path, home.resolve()) for home in _homes())


def is_drive(path: Path, is_mount: Callable[[Path], bool] = os.path.ismount) -> bool:
    """A whole drive: hung in where drives are, rather than a folder that a container or a server mounts."""
    return any(Path(place) in path.parents for place in _DRIVES_UNDER) and is_mount(path)


def _is_system(path: Path) -> bool:
    named = [os.environ.get(name, "") for name in _SYSTEM_WINDOWS] if sys.platform == "win32" else _SYSTEM_POSIX
    folders = [Path(folder) for folder in named if folder]
    return any(_contains(folder, path) or _contains(path, folder) for folder in folders)


def _is_protected(path: Path) -> bool:
    return any(why_protected(part, is_file=False) for part in path.parts) or path.name.casefold() == "startup"


def _invalid(key: str, path: Path) -> InvalidInput:
    return InvalidInput(Text(key, {"path": str(path)}))


_RULES: tuple[tuple[Callable[[Path], bool], str], ...] = (
    (_is_root, "workspace.is_root"),
    (is_drive, "workspace.is_drive"),
    (_holds_home, "workspace.holds_home"),
    (_is_system, "workspace.is_system"),
    (_is_protected, "workspace.is_protected"),
)

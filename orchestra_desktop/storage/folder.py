"""The data folder: where its files lie, who may read them, and the lock that lets one process run it."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


@dataclass(frozen=True, slots=True)
class Holder:
    """Who runs a data folder and where it listens: a handoff address (`unix:PATH` or `tcp:HOST:PORT`) and its token."""

    pid: int
    address: str
    token: str


class DataFolder:
    """The layout of one data folder, and the right to run it.

    The lock is the operating system's on an open file, not a file that exists: the system lets it go with the process,
    however that ends, so that nothing has to be cleared up after a kill.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def database(self) -> Path:
        return self.path / "orchestra.db"

    @property
    def workspaces(self) -> Path:
        return self.path / "workspaces"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def settings(self) -> Path:
        return self.path / "settings.json"

    @property
    def handoff_address(self) -> str:
        """Where an instance that runs this folder is to listen; its socket says where it really does."""
        return "tcp:127.0.0.1:0" if sys.platform == "win32" else f"unix:{self.path.absolute() / 'handoff.sock'}"

    @property
    def _lock_file(self) -> Path:
        return self.path / "instance.lock"

    @property
    def _holder_file(self) -> Path:
        return self.path / "instance.json"

    def create(self) -> None:
        """Makes the folder and its sub-folders, each for this user alone. Raises OSError."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for part in (self.workspaces, self.logs):
            part.mkdir(mode=0o700, exist_ok=True)

    # -- the lock ---------------------------------------------------------------------------------------------------

    @property
    def held(self) -> bool:
        """True if this object holds the folder."""
        return self._lock is not None

    def try_hold(self) -> bool:
        """Takes the folder for this process if no other has it; at once either way. Raises OSError."""
        if self._lock is not None:
            return True
        descriptor = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
        if not _lock(descriptor):
            os.close(descriptor)
            return False
        self._lock = descriptor
        return True

    def is_held_by_anyone(self) -> bool:
        """Whether some process runs the folder now; nothing is created. Raises OSError.

        Asked of the lock, taken for a moment: the file that names the last holder may be there after a kill.
        """
        try:
            descriptor = os.open(self._lock_file, os.O_RDWR)
        except FileNotFoundError:
            return False
        try:
            return not _lock(descriptor)
        finally:
            os.close(descriptor)  # which unlocks

    def release(self) -> None:
        """Lets the folder go. Doing it twice does no harm."""
        if self._lock is None:
            return
        self._holder_file.unlink(missing_ok=True)
        os.close(self._lock)  # closing is what unlocks
        self._lock = None

    # -- who holds it -----------------------------------------------------------------------------------------------

    def announce(self, address: str, token: str) -> None:
        """Tells other processes of this user where to hand deciding verbs. Only the holder may."""
        if self._lock is None:
            raise RuntimeError("announce() before try_hold()")
        holder = Holder(os.getpid(), address, token)
        write_private(self._holder_file, json.dumps(asdict(holder)))

    def holder(self) -> Holder | None:
        """Who announced itself last; it may be gone. None where nobody did or the file cannot be read."""
        with contextlib.suppress(OSError, ValueError, TypeError):
            return Holder(**json.loads(self._holder_file.read_text("utf-8")))
        return None


def write_private(path: Path, content: str) -> None:
    """Replaces a file at once and for this user alone (0600). Raises OSError."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


if sys.platform == "win32":

    def _lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:

    def _lock(descriptor: int) -> bool:
        """`flock`, not `lockf`: the latter is let go when *any* descriptor of the file is closed in this process."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

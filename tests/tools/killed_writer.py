"""Writes one file over and over until it is killed, or kills itself before a step: `python -m … FOLDER [STEP]`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from orchestra_desktop.tools.workspace import Workspaces, root_folder
from orchestra_desktop.tools.workspace_path import parse_path
from tests.tools.stepped_folder import AtStep, SteppedFolder

OLD, NEW = b"old " * 100_000, b"new " * 120_000


def die() -> None:
    if sys.platform == "win32":
        os._exit(9)
    os.kill(os.getpid(), signal.SIGKILL)


def main(folder: Path, step: int) -> None:
    door = Workspaces(root=lambda path: SteppedFolder(root_folder(path), AtStep(step, die)))
    for number in range(10_000):
        with door.open(str(folder)) as workspace:
            workspace.write(parse_path("file.txt"), OLD if number % 2 else NEW)
        print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0)

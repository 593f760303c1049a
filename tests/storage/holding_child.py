"""A process to be killed: holds a data folder, says so, and waits.

python -m tests.storage.holding_child FOLDER
"""

from __future__ import annotations

import sys
from pathlib import Path

from orchestra_desktop.storage.folder import DataFolder

if __name__ == "__main__":
    folder = DataFolder(Path(sys.argv[1]))
    folder.create()
    held = folder.try_hold()
    if held:
        folder.announce("unix:/nowhere", "secret")
    print("held" if held else "refused", flush=True)
    sys.stdin.read()

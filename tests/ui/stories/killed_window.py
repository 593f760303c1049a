"""The window in a process of its own, to be killed in the middle of a run: `python killed_window.py FOLDER`.

It plans the twelve tasks of the stage, approves them, starts the run from its button and stays open.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram, run_window
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.settings.keyring import SessionKeys
from tests.ui.driving import until
from tests.ui.stage import approved


async def _begin(program: WindowProgram) -> None:
    await until(program, lambda: program.context.workspace.session is not None)
    await until(program, lambda: not program.bridge.is_running("session.open"))
    await approved(program)
    program.context.do("run.start")


if __name__ == "__main__":
    options = StartOptions(data_dir=Path(sys.argv[1]), environment=dict(os.environ))
    sys.exit(run_window(lambda given: App(given, keyring=SessionKeys()), options, _begin))

"""What the stories of this folder begin with: the real program in this process, with real hands beside it."""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram, run_window
from orchestra_desktop.services.start_options import StartOptions
from tests.ui.screen.hands import Desk, desk
from tests.ui.stories.telling import Telling

_Told = TypeVar("_Told")


def tell(folder: Path, story: Callable[[WindowProgram, Desk], Awaitable[_Told]], *, offline: bool = False) -> _Told:
    """The program on a data folder, from its start to the end of the story; services are where the environment says."""
    application = QApplication(sys.argv[:1])
    assert application.platformName() == "xcb", "without a real screen nothing would be proved"
    options = StartOptions(data_dir=folder, environment=dict(os.environ), offline=offline)
    with desk(application) as found:
        telling = Telling(lambda program: story(program, found))
        run_window(App, options, telling.alongside)
    return telling.end()

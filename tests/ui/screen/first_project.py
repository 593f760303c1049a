"""Tells the first project's story with real hands, in a process of its own on a screen; prints what it came to."""

from __future__ import annotations

import json
import os
import sys
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.app_window import run_window
from orchestra_desktop.services.start_options import StartOptions
from tests.ui.screen.hands import Desk, ScreenKeys, ScreenMouse, desk
from tests.ui.stories.first_project import Told, Way, by_keys, by_mouse, first_project
from tests.ui.stories.telling import Telling


def _way(hand: str, found: Desk) -> Way:
    if hand == "mouse":
        return partial(by_mouse, hands=partial(ScreenMouse, found))
    return partial(by_keys, hands=partial(ScreenKeys, found))


def tell(application: QApplication, folder: Path, hand: str, *, rehearse: bool) -> Told:
    """By `mouse` or by `keys`; the data folder is new."""
    options = StartOptions(data_dir=folder, environment=dict(os.environ), offline=rehearse)
    with desk(application) as found:
        telling = Telling(first_project(_way(hand, found), rehearse=rehearse))
        run_window(App, options, telling.alongside)
    return telling.end()


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    came_to = tell(application, Path(sys.argv[1]), sys.argv[2], rehearse="--rehearse" in sys.argv)
    came_to.check()
    print(json.dumps({"platform": application.platformName(), "run": came_to.run}))

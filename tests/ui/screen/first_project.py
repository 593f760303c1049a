"""Tells the first project's story with real hands, in a process of its own on a screen; prints what it came to."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path

from orchestra_desktop.app_window import WindowProgram
from tests.ui.screen.hands import Desk, ScreenKeys, ScreenMouse
from tests.ui.screen.own_process import tell
from tests.ui.stories.first_project import Told, Way, by_keys, by_mouse, first_project


def _way(hand: str, found: Desk) -> Way:
    if hand == "mouse":
        return partial(by_mouse, hands=partial(ScreenMouse, found))
    return partial(by_keys, hands=partial(ScreenKeys, found))


def told(folder: Path, hand: str, *, rehearse: bool) -> Told:
    """By `mouse` or by `keys`; the data folder is new."""

    async def story(program: WindowProgram, found: Desk) -> Told:
        return await first_project(_way(hand, found), rehearse=rehearse)(program)

    return tell(folder, story, offline=rehearse)


if __name__ == "__main__":
    came_to = told(Path(sys.argv[1]), sys.argv[2], rehearse="--rehearse" in sys.argv)
    came_to.check()
    print(json.dumps({"run": came_to.run}))

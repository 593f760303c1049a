"""Drives the real program through every screen in both themes and saves a picture of each.

`python packaging/dev.py screenshots DIR` runs this in the program's environment, offscreen unless a platform is named.
With `--scale 2` the pictures are as sharp as on a screen of double density.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LC_ALL"] = "en_US.UTF-8"  # dates and figures alike on every machine

from orchestra_desktop.app_window import run_window
from orchestra_desktop.ui.theme.theme import ThemeChoice
from screen_camera import Camera
from screen_tours import TOURS, Tour

_THEMES = {"both": (ThemeChoice.DARK, ThemeChoice.LIGHT), "dark": (ThemeChoice.DARK,), "light": (ThemeChoice.LIGHT,)}


def _take(tour: Tour, given: argparse.Namespace) -> int:
    """One tour in a data folder of its own."""
    size = tuple(int(part) for part in given.size.split("x"))
    with tempfile.TemporaryDirectory(prefix="orchestra-screenshots-") as folder, tour.world(Path(folder)) as world:
        return run_window(
            world.make,
            world.options,
            lambda program: Camera(given.folder, program, (size[0], size[1]), _THEMES[given.theme]).follow(
                lambda camera: tour.walk(camera, world)
            ),
        )


def main(arguments: list[str]) -> int:
    """Saves the pictures into the folder named."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1440x900", help="of the window, in pixels")
    parser.add_argument("--scale", default="1", help="device pixels for each of them")
    parser.add_argument("--theme", choices=_THEMES, default="both")
    parser.add_argument("--tour", choices=TOURS, action="append", help="only these; all if none is named")
    given = parser.parse_args(arguments)
    os.environ["QT_SCALE_FACTOR"] = given.scale
    given.folder.mkdir(parents=True, exist_ok=True)
    return max(_take(TOURS[name], given) for name in given.tour or TOURS)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

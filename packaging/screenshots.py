"""Drives the real program through every screen in both themes and saves a picture of each.

`python packaging/dev.py screenshots DIR` runs this in the program's environment, offscreen unless a platform is named.
With `--scale 2` the pictures are as sharp as on a screen of double density. Those of README and user guide, by their
names there, are taken by `python packaging/dev.py screenshots resources/docs/images --docs`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["LC_ALL"] = "en_US.UTF-8"  # dates and figures alike on every machine

from orchestra_desktop.app_window import run_window
from orchestra_desktop.ui.theme.theme import ThemeChoice
from screen_camera import Album, Camera
from screen_tours import TOURS, Tour

_THEMES = {"both": (ThemeChoice.DARK, ThemeChoice.LIGHT), "dark": (ThemeChoice.DARK,), "light": (ThemeChoice.LIGHT,)}

_IN_THE_DOCS = {
    "full-inspector-T7-output-dark": "run-dark",
    "review-run-plan-light": "review-light",
    "full-projects-light": "projects-light",
    "written-new-project-light": "new-project-light",
    "full-run-requirements-light": "requirements-light",
    "full-run-table-light": "table-light",
    "full-inbox-dark": "inbox-dark",
    "full-usage-dark": "usage-dark",
    "full-services-light": "services-light",
    "full-settings-light": "settings-light",
}


def _take(tour: Tour, given: argparse.Namespace) -> int:
    """One tour in a data folder of its own."""
    size = tuple(int(part) for part in given.size.split("x"))
    album = Album(given.folder, _THEMES[given.theme], _IN_THE_DOCS if given.docs else None)
    with tempfile.TemporaryDirectory(prefix="orchestra-screenshots-") as folder, tour.world(Path(folder)) as world:
        return run_window(
            world.make,
            world.options,
            lambda program: Camera(album, program, (size[0], size[1])).follow(lambda camera: tour.walk(camera, world)),
        )


def _set_up_screen(folder: Path, size: str, scale: str) -> None:
    """Qt's own offscreen screen is smaller than the window, and dialogs would be pressed into it."""
    width, height = (int(part) * float(scale) for part in size.split("x"))
    screen = {"name": "pictures", "x": 0, "y": 0, "width": int(width), "height": int(height)}
    config = folder / "screen.json"
    config.write_text(json.dumps({"screens": [screen | {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}]}))
    os.environ.setdefault("QT_QPA_PLATFORM", f"offscreen:configfile={config}")


def main(arguments: list[str]) -> int:
    """Saves the pictures into the folder named."""
    parser = argparse.ArgumentParser(prog="screenshots", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--size", default="1440x900", help="of the window, in pixels")
    parser.add_argument("--scale", default="1", help="device pixels for each of them")
    parser.add_argument("--theme", choices=_THEMES, default="both")
    parser.add_argument("--tour", choices=TOURS, action="append", help="only these; all if none is named")
    parser.add_argument("--docs", action="store_true", help="only the pictures of the documentation")
    given = parser.parse_args(arguments)
    os.environ["QT_SCALE_FACTOR"] = given.scale
    given.folder.mkdir(parents=True, exist_ok=True)
    tours = given.tour or (("first", "full") if given.docs else TOURS)
    with tempfile.TemporaryDirectory(prefix="orchestra-screenshots-") as folder:
        _set_up_screen(Path(folder), given.size, given.scale)
        return max(_take(TOURS[name], given) for name in tours)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

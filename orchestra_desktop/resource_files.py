"""Finds the files that ship with the program, in a checkout, an installed wheel and a frozen bundle alike."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_root() -> Path:
    """The folder that holds `samples/`, `docs/`, `prices.json` and the like.

    Raises FileNotFoundError if the installation is incomplete.
    """
    frozen = getattr(sys, "_MEIPASS", None)
    candidates = [Path(frozen) / "resources"] if frozen else []
    candidates += [_PACKAGE / "_resources", _PACKAGE.parent / "resources"]
    for candidate in candidates:
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"no resources folder beside {_PACKAGE}")


def resource_text(name: str) -> str:
    """The UTF-8 text of one shipped file, by its path below `resources/`."""
    return (resource_root() / name).read_text(encoding="utf-8")

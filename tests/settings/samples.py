"""Settings files as a person may have written them, and what is told about them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from orchestra_desktop.settings.file import LoadedSettings

SECRET = "sk-ant-" + "api03-abcdefghijklmnop"
"""Has the form of a key and is none."""


def written(path: Path, data: Any) -> Path:
    """The file with this text, or this data as JSON, in it."""
    path.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return path


def told(loaded: LoadedSettings) -> dict[str, str]:
    """What was reported: Text keys by place."""
    return {problem.where: problem.text.key for problem in loaded.problems}

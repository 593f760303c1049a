"""Where settings files of tests lie; and the story of the Secret Service left to the one system that has it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

collect_ignore = [] if sys.platform == "linux" else ["test_secret_service.py"]  # the others have keyrings of their own


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the settings file of a test is, or is to be."""
    return tmp_path / "settings.json"

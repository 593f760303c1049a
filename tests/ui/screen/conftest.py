"""Gives the tests of this folder a screen and a home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.story_process import short_home
from tests.ui.screen.screen import screen


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """One screen for all tests of a process: each of them ends its windows."""
    with short_home() as home, screen(home) as name:
        yield name


@pytest.fixture
def home() -> Iterator[Path]:
    with short_home() as folder:
        yield folder

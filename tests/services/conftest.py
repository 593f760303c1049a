"""A house for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.services.house import House


@pytest.fixture
def house(tmp_path: Path) -> House:
    """Without a key and without Ollama: what is rehearsed needs neither."""
    return House(tmp_path / "data")

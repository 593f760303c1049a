"""Keys in the settings file: refused, and never repeated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.settings.file import load
from tests.settings.samples import SECRET, written


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ({"anthropic": {"api_key": "whatever-it-is"}}, "anthropic.api_key"),
        ({"anthropic": {"apiKey": "whatever-it-is"}}, "anthropic.apiKey"),
        ({"anthropic": {"base_url": SECRET}}, "anthropic.base_url"),
        ({"ANTHROPIC_API_KEY": "whatever-it-is"}, "ANTHROPIC_API_KEY"),
        (
            {"mcp": {"servers": [{"name": "a", "env": {"GITHUB_TOKEN": "whatever-it-is"}}]}},
            "mcp.servers.0.env.GITHUB_TOKEN",
        ),
        ({"mcp": {"servers": [{"name": "a", "command": ["x", f"--k={SECRET}"]}]}}, "mcp.servers.0.command.1"),
        ({"notes": {"password": {"is": "whatever-it-is"}}}, "notes.password"),
    ],
)
def test_a_key_in_the_file_is_refused_and_not_repeated(path: Path, data: dict[str, Any], where: str) -> None:
    loaded = load(written(path, data))
    refused = [problem for problem in loaded.problems if problem.text.key == "settings.secret"]
    assert [problem.where for problem in refused] == [where]
    assert not loaded.valid_file
    assert "whatever-it-is" not in repr(loaded)
    assert SECRET not in repr(loaded)


def test_a_key_in_the_place_of_a_name_is_not_repeated_either(path: Path) -> None:
    loaded = load(written(path, {"anthropic": {SECRET: 1}}))
    assert SECRET not in repr(loaded)
    assert not loaded.valid_file

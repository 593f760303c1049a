"""A new person's first project in the window: from the wish to the opened files, by mouse alone and by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.services.start_options import StartOptions
from tests.fakes import ClaudeServer, HelpfulBrain
from tests.stories.command import KEY
from tests.ui.stories.first_project import Story, Told, by_keys, by_mouse
from tests.ui.stories.telling import Telling

HANDS = pytest.mark.parametrize("story", [by_mouse, by_keys], ids=["mouse", "keys"])
NOWHERE = "http://127.0.0.1:9"


async def _lived(application: QApplication, options: StartOptions, telling: Telling) -> Told:
    await WindowProgram(application, App, options, telling.alongside).live()
    return telling.end()


def _is_whole(told: Told, telling: Telling) -> None:
    assert told.errors == []
    assert len(told.requirements) == 3
    assert told.run == "finished"
    assert told.states == {"succeeded"}
    assert {"hello_world.py", "RUN.md"} <= {place.name for place in telling.desktop.opened}
    assert all(place.exists() and place.is_relative_to(told.workspace) for place in telling.desktop.opened)


@HANDS
async def test_a_new_person_rehearses_the_sample_and_opens_its_files(
    qapp: QApplication, tmp_path: Path, story: Story
) -> None:
    telling = Telling(story, rehearse=True)
    _is_whole(await _lived(qapp, StartOptions(data_dir=tmp_path, offline=True), telling), telling)


@HANDS
async def test_a_new_person_has_claude_make_the_sample_and_opens_its_files(
    qapp: QApplication, tmp_path: Path, story: Story
) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.05)) as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": NOWHERE}
        telling = Telling(story, rehearse=False)
        told = await _lived(qapp, StartOptions(data_dir=tmp_path, environment=environment), telling)
        assert server.billed > 0
    _is_whole(told, telling)

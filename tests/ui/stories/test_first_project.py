"""A new person's first project in the window: from the wish to the opened files, by mouse alone and by keys alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from orchestra_desktop.app import App
from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.services.start_options import StartOptions
from tests.fakes import ClaudeServer, HelpfulBrain, OllamaServer
from tests.stories.command import KEY
from tests.ui.stories.first_project import Told, Way, by_keys, by_mouse, first_project
from tests.ui.stories.telling import Telling

HANDS = pytest.mark.parametrize("way", [by_mouse, by_keys], ids=["mouse", "keys"])
NOWHERE = "http://127.0.0.1:9"


async def _lived(application: QApplication, options: StartOptions, telling: Telling[Told]) -> Told:
    await WindowProgram(application, App, options, telling.alongside).live()
    return telling.end()


@HANDS
async def test_a_new_person_rehearses_the_sample_and_opens_its_files(
    qapp: QApplication, tmp_path: Path, way: Way
) -> None:
    told = await _lived(qapp, StartOptions(data_dir=tmp_path, offline=True), Telling(first_project(way, rehearse=True)))
    told.check()


@HANDS
async def test_a_new_person_has_claude_make_the_sample_and_opens_its_files(
    qapp: QApplication, tmp_path: Path, way: Way
) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.05)) as server:
        environment = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": NOWHERE}
        options = StartOptions(data_dir=tmp_path, environment=environment)
        told = await _lived(qapp, options, Telling(first_project(way, rehearse=False)))
        assert server.billed > 0
    told.check()


@HANDS
async def test_a_new_person_has_models_of_their_own_make_the_sample_offline(
    qapp: QApplication, tmp_path: Path, way: Way
) -> None:
    with OllamaServer(HelpfulBrain(latency=0.05)) as server:
        environment = {"ANTHROPIC_API_KEY": "", "ANTHROPIC_BASE_URL": NOWHERE, "OLLAMA_HOST": server.url}
        options = StartOptions(data_dir=tmp_path, environment=environment, offline=True)
        told = await _lived(qapp, options, Telling(first_project(way, rehearse=False)))
    told.check()

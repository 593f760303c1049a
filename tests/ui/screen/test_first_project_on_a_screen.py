"""A new person's first project in a real window, with real keys and clicks that a window manager hands on."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.fakes import ClaudeServer, HelpfulBrain, OllamaServer, dead_url
from tests.stories.command import KEY
from tests.stories.story_process import told
from tests.ui.screen.screen import LONG, STORY_S

HANDS = pytest.mark.parametrize("hand", ["mouse", "keys"])
pytestmark = LONG


def _told(display: str, home: Path, *words: str, **environment: str) -> None:
    """The story checks what it came to; it ends with an error where that is not whole."""
    on_screen = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", **environment}
    story = (sys.executable, "-m", "tests.ui.screen.first_project", str(home / "data"), *words)
    (said,) = told(home, *story, environment=on_screen, patience_s=STORY_S)
    assert said == {"run": "finished"}


@HANDS
def test_a_new_person_rehearses_the_sample_on_a_screen(display: str, home: Path, hand: str) -> None:
    _told(display, home, hand, "--rehearse")


@HANDS
def test_a_new_person_has_claude_make_the_sample_on_a_screen(display: str, home: Path, hand: str) -> None:
    with ClaudeServer(HelpfulBrain(latency=0.05), api_key=KEY) as server:
        _told(display, home, hand, ANTHROPIC_API_KEY=KEY, ANTHROPIC_BASE_URL=server.url, OLLAMA_HOST=dead_url())
        assert server.billed > 0


@HANDS
def test_a_new_person_has_models_of_their_own_make_the_sample_on_a_screen(display: str, home: Path, hand: str) -> None:
    with OllamaServer(HelpfulBrain(latency=0.05)) as server:
        _told(display, home, hand, ANTHROPIC_API_KEY="", ANTHROPIC_BASE_URL=dead_url(), OLLAMA_HOST=server.url)

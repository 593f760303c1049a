"""A real tray and a real notification service: the icon's states, what is told, and what a click on either opens."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.fakes import ClaudeServer, dead_url
from tests.services.house import KEY
from tests.stories.story_process import told
from tests.ui.screen.screen import LONG, STORY_S
from tests.ui.screen.session_bus import Desktop, desktop, session_bus
from tests.ui.stage import StageBrain

pytestmark = LONG


def test_the_tray_shows_how_things_are_and_a_click_opens_the_place(display: str, home: Path) -> None:
    brain = StageBrain()
    brain.held = ("counter.py",)
    with session_bus(home) as bus, desktop(bus) as desk, ClaudeServer(brain, api_key=KEY) as server:
        reached = {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.url, "OLLAMA_HOST": dead_url()}
        environment = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "DBUS_SESSION_BUS_ADDRESS": bus, **reached}
        words = (sys.executable, "-m", "tests.ui.screen.tray_story", str(home / "data"))
        with ThreadPoolExecutor(1) as pool:
            story = pool.submit(told, home, *words, environment=environment, patience_s=STORY_S)
            try:
                _use_the_tray(desk, brain)
            finally:
                (said,) = story.result()  # where it failed, it says more than what was not seen here
        assert said == {"places": ["inbox", "inbox", "run"]}  # an icon's click leaves the window as it was
        _told_no_content(desk)


def _use_the_tray(desk: Desktop, brain: StageBrain) -> None:
    desk.see_tip("Nothing runs")
    pictures = [desk.picture()]
    desk.see_tip("Running, 0 of 2 tasks done")
    pictures.append(desk.picture())
    brain.gate.open()
    asked = desk.see_told("word counter", "T2 needs you.")
    desk.see_line("1 question needs you")
    pictures.append(desk.picture())
    desk.click(asked)
    desk.see_told("word counter", "The run has finished with failures.")
    desk.see_line("The last run has failures")
    pictures.append(desk.picture())
    desk.click_icon()
    finished = desk.see_told("hello-world", "The run has finished.")
    desk.see_line("Nothing runs")
    assert all(pictures)
    assert len(set(pictures)) == 4, "each state has a picture of its own"
    assert desk.picture() == pictures[0]
    desk.click(finished)


def _told_no_content(desk: Desktop) -> None:
    """Projects by name and tasks by id; what a task is about is on nobody's lock screen."""
    said = " ".join(f"{one.title} {one.words}" for one in desk.told)
    assert not any(word in said for word in ("counter.py", "report.py", "Write", "counts"))

"""A screen without a monitor, with a window manager that hands the keys on as on a person's desk.

Needs the packages xvfb, openbox and xdotool, which `packaging/dev.py test` installs; without them these tests fail.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.stories.story_process import bare_environment

_SIZE = "1600x1000x24"
_STEADY = ("-r", "-noreset")
"""No key repeats; and the server does not begin anew when its last guest goes, ending one who comes just then."""
_PATIENCE_S = 60.0
_LOOK_S = 0.05

STORY_S = 240  # for all processes of one story: on a busy machine each needs ten seconds to begin
LONG = pytest.mark.timeout(STORY_S + 30)


@contextmanager
def running(*command: str, environment: Mapping[str, str], sent: int | None = None) -> Iterator[None]:
    """A program of the desk, for as long as it is needed. `sent` is a descriptor that it writes to."""
    passed, nowhere = () if sent is None else (sent,), subprocess.DEVNULL
    process = subprocess.Popen(command, env=environment, pass_fds=passed, stdin=nowhere, stdout=nowhere, stderr=nowhere)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


@contextmanager
def screen(home: Path) -> Iterator[str]:
    """Its name, as the variable DISPLAY has it. The server takes the first number that is free."""
    bare = bare_environment(home)
    reader, writer = os.pipe()
    words = ("Xvfb", "-displayfd", str(writer), "-screen", "0", _SIZE, "-nolisten", "tcp", *_STEADY)
    with os.fdopen(reader) as number, running(*words, environment=bare, sent=writer):
        os.close(writer)
        display = f":{number.readline().strip()}"
        assert display != ":", "the screen did not start"
        environment = {**bare, "DISPLAY": display}
        with running("openbox", environment=environment):
            _wait_managed(environment)
            yield display


def _wait_managed(environment: Mapping[str, str]) -> None:
    """Until the window manager is at work: before that, windows open without the keys."""
    end = time.monotonic() + _PATIENCE_S
    ask = ("xdotool", "get_desktop")
    while subprocess.run(ask, env=environment, capture_output=True, check=False).returncode != 0:
        assert time.monotonic() < end, "no window manager"
        time.sleep(_LOOK_S)

"""A process killed while it writes leaves the old content or the new one, never a mixture and never nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from orchestra_desktop.tools.workspace import Workspaces, root_folder
from orchestra_desktop.tools.workspace_path import parse_path
from tests.tools.killed_writer import NEW, OLD
from tests.tools.playground import Playground
from tests.tools.stepped_folder import AtStep, SteppedFolder

REPOSITORY = Path(__file__).parents[2]


def writer(playground: Playground, *step: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.tools.killed_writer", str(playground.workspace), *step]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


def steps_of_a_write(playground: Playground) -> list[str]:
    count = AtStep(0, lambda: None)
    with Workspaces(root=lambda path: SteppedFolder(root_folder(path), count)).open(str(playground.workspace)) as door:
        door.write(parse_path("file.txt"), OLD)
    return count.steps


def test_a_kill_before_any_step_leaves_one_content_whole(playground: Playground) -> None:
    file = playground.workspace / "file.txt"
    file.write_bytes(OLD)
    steps = steps_of_a_write(playground)
    for number, step in enumerate(steps, start=1):
        file.write_bytes(OLD)
        for left in playground.workspace.glob("*.tmp"):
            left.unlink()  # looking at it would be one step more
        with writer(playground, str(number)) as process:
            assert process.stdout is not None
            assert process.stdout.read() == "", f"it lived past step {number}, {step}"
        assert abs(process.returncode) == 9
        assert file.read_bytes() == (NEW if number > steps.index("replace") + 1 else OLD), step


def test_kills_at_random_moments_leave_one_content_whole(playground: Playground) -> None:
    chance = random.Random(4711)
    for _ in range(8):
        with writer(playground) as process:
            assert process.stdout is not None
            for _ in range(chance.randint(1, 60)):
                process.stdout.readline()
            process.kill()
        assert (playground.workspace / "file.txt").read_bytes() in {OLD, NEW}

"""The program with its window put away: a question, a failure, and at last a run that goes well.

Told in a process of its own, on a screen and a session bus; it goes on each time that the person has the window up.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.ids import TaskId
from tests.ui.screen.own_process import tell
from tests.ui.stage import approved
from tests.ui.stories.hands import Eyes

TWO = "# Count\n\n- Write `counter.py`, which counts.\n- Write `report.py`, which prints the counts of `counter.py`.\n"


async def story(program: WindowProgram) -> list[str]:
    """The places that the window showed when it came up."""
    eyes, context, window = Eyes(program), program.context, program.window
    await eyes.until(lambda: context.workspace.session, "the data folder open")
    await approved(program, TWO, T2=True)
    window.hide()
    context.do("run.start")
    places = [await _come_up(eyes)]
    context.selection.pick(TaskId("T2"))
    window.hide()
    context.do("task.cancel")
    places.append(await _come_up(eyes))
    await _rehearsed(eyes)
    places.append(await _come_up(eyes))
    return places


async def _rehearsed(eyes: Eyes) -> None:
    context = eyes.program.context
    work = context.workspace
    context.do("project.open_sample")
    await eyes.until(
        lambda: work.project and work.project.name == "hello-world" and context.registry.can("plan.approve_and_run"),
        "the sample's plan",
    )
    context.do("plan.approve_and_run")
    eyes.program.window.hide()
    await eyes.until(lambda: work.run and work.run.state == "finished" and not work.is_live, "the sample finished")


async def _come_up(eyes: Eyes) -> str:
    window = eyes.program.window
    await eyes.until(lambda: window.isVisible() and window.isActiveWindow(), "the window in front")
    return window.places.current


if __name__ == "__main__":
    print(json.dumps({"places": tell(Path(sys.argv[1]), lambda program, _: story(program))}))

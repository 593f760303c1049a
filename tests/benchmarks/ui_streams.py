"""What 64 streams of 100 tokens a second cost the window, beside an insert per token in the same run.

    python -m tests.benchmarks.ui_streams [--seconds 6] [--streams 64] [--rate 100]

prints JSON. `share` is processor time per second of the wall clock, in per cent of one core, all of the program
included; where a variant falls behind, the time that all its tokens would need. `turn_ms` is the longest turn of the
loop. The target is 15 % for `visible`: the program as it is, one inspector in front; no turn over 50 ms.

    idle      the same window with nothing streaming, and the clock of the feeding
    bare      as idle, but each token is handed to somebody who does nothing: the feeding's own part of all that follows
    fed       tokens reach the view model and nobody looks: what the feeding itself costs
    visible   the program: gathered on the flush timer, and only the task in the inspector is written
    gathered  gathered alike, into 64 views that are all on the screen
    control   each token inserted into one shared view as it comes
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication, QGridLayout, QPlainTextEdit, QWidget

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.domain.events import AttemptStarted, Scope, Stored, TaskStateChanged
from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
from orchestra_desktop.domain.messages import TextDelta
from orchestra_desktop.domain.plan import Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.bridge import make_loop
from orchestra_desktop.ui.inspector.output_view import OutputView
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.viewmodels.run_rows import RunRows
from tests.ui.driving import opened

RUN = RunId("f" * 32)
PROJECT = ProjectId("e" * 32)
TICK_S = 0.01
SHARE_LIMIT, TURN_LIMIT_MS = 15.0, 50.0
_SENTENCE = "The script prints a greeting and today's date in ISO form, as agreed in T4.\n"
_WORDS = _SENTENCE.split(" ")

OnToken = Callable[[TaskId, str], object]


@dataclass(frozen=True, slots=True)
class Figures:
    """One variant: per cent of a core, the longest turn, and the share of the tokens that were delivered in time."""

    share: float
    turn_ms: float
    delivered: float


def rows_of(streams: int) -> RunRows:
    """A run whose tasks are all at work."""
    tasks = tuple(
        PlanTask(TaskId(f"T{number}"), f"Write part {number}", "Write it.", TaskType.CODE)
        for number in range(1, streams + 1)
    )
    rows = RunRows(PROJECT, Plan("A part per stream", tasks), 1, RUN)
    seq, now, events = 0, time.time_ns() // 1_000, []
    for task in tasks:
        scope = Scope(PROJECT, RUN, task.id, 1)
        starts = AttemptStarted(1, Tier.SONNET, "anthropic", "claude-sonnet-5-5", text("route.pinned", tier="sonnet"))
        for event in (TaskStateChanged(TaskState.READY, TaskState.RUNNING), starts):
            seq += 1
            events.append(Stored(seq, now, scope, event))
    rows.take(events)
    return rows


async def fed(seconds: float, streams: int, rate: int, on_token: OnToken) -> Figures:
    """Hands each stream its tokens by the clock, and measures meanwhile."""
    tasks = [TaskId(f"T{number}") for number in range(1, streams + 1)]
    begun, processor = time.perf_counter(), time.process_time()
    given, longest, last = 0, 0.0, begun
    while (now := time.perf_counter()) - begun < seconds:
        longest, last = max(longest, now - last), now
        due = min(int((now - begun) * rate) + 1 - given, 25)  # one that has fallen behind does not catch up at once
        for step in range(due):
            word = _WORDS[(given + step) % len(_WORDS)] + " "
            for task in tasks:
                on_token(task, word)
        given += max(0, due)
        await asyncio.sleep(TICK_S)
    wall, used = time.perf_counter() - begun, time.process_time() - processor
    wanted = wall * rate
    share = 100 * used / wall * (wanted / given if 0 < given < wanted else 1.0)
    return Figures(round(share, 1), round(1_000 * max(0.0, longest - TICK_S), 1), round(given / wanted, 3))


# -- the variants -----------------------------------------------------------------------------------------------------


async def program_measured(seconds: float, streams: int, rate: int, program: WindowProgram) -> dict[str, Figures]:
    context = program.context
    live = run_live(context)
    live.put(rows_of(streams), None)
    program.window.resize(1_440, 900)
    program.window.show_place("run", "table")
    context.selection.pick(TaskId("T1"))
    program.window.inspector.choose()
    await asyncio.sleep(0.5)

    def token(task: TaskId, word: str) -> None:
        context.progress.on_run(RUN, task, 1, TextDelta(word))

    found = {"idle": await fed(seconds, 0, rate, token)}
    found["bare"] = await fed(seconds, streams, rate, lambda _task, _word: None)
    found["visible"] = await fed(seconds, streams, rate, token)
    assert _seen(program).strip()[-200:] in context.progress.text(RUN, TaskId("T1"))[1], "nothing was shown"
    context.selection.pick()
    program.window.show_place("settings")
    await asyncio.sleep(0.2)
    found["fed"] = await fed(seconds, streams, rate, token)
    return found


def _seen(program: WindowProgram) -> str:
    """What the inspector shows of the stream."""
    views = program.window.inspector.findChildren(OutputView)
    return max((view.toPlainText() for view in views), key=len)


async def gathered_measured(seconds: float, streams: int, rate: int, program: WindowProgram) -> Figures:
    """All streams on the screen at once, fed by the same view model on the same timer."""
    context = program.context
    live = run_live(context)
    live.put(rows_of(streams), None)
    context.progress.forget(RUN)
    wall = QWidget()
    grid = QGridLayout(wall)
    views = {TaskId(f"T{number}"): OutputView(context.theme, f"T{number}") for number in range(1, streams + 1)}
    for place, view in enumerate(views.values()):
        grid.addWidget(view, place // 8, place % 8)
    wall.resize(1_440, 900)
    wall.show()

    def show(tasks: frozenset[TaskId]) -> None:
        for task in tasks:
            views[task].show_live(live.streaming(task, 1, 0))

    context.progress.streamed.connect(show)
    await asyncio.sleep(0.3)
    found = await fed(seconds, streams, rate, lambda task, word: context.progress.on_run(RUN, task, 1, TextDelta(word)))
    context.progress.streamed.disconnect(show)
    wall.hide()
    wall.deleteLater()
    return found


async def control_measured(seconds: float, streams: int, rate: int) -> Figures:
    """Each token into one shared view as it comes, the view kept at its end."""
    view = QPlainTextEdit()
    view.setReadOnly(True)
    view.setUndoRedoEnabled(False)
    view.setMaximumBlockCount(6_000)
    view.resize(1_440, 900)
    view.show()

    def insert(task: TaskId, word: str) -> None:
        cursor = view.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(word)
        view.setTextCursor(cursor)
        view.ensureCursorVisible()

    await asyncio.sleep(0.3)
    found = await fed(seconds, streams, rate, insert)
    view.hide()
    view.deleteLater()
    return found


# -- the run ----------------------------------------------------------------------------------------------------------


async def measured(application: QApplication, seconds: float, streams: int, rate: int) -> dict[str, Figures]:
    with tempfile.TemporaryDirectory(prefix="orchestra-streams-") as folder:
        async with opened(application, Path(folder)) as program:
            found = await program_measured(seconds, streams, rate, program)
            found["gathered"] = await gathered_measured(seconds, streams, rate, program)
            found["control"] = await control_measured(seconds, streams, rate)
    return found


def main(arguments: list[str]) -> int:
    """0 if the program keeps to its targets."""
    parser = argparse.ArgumentParser(prog="ui_streams", description=__doc__)
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--streams", type=int, default=64)
    parser.add_argument("--rate", type=int, default=100, help="tokens a second and stream")
    given = parser.parse_args(arguments)
    application = QApplication(sys.argv[:1])
    application.setQuitOnLastWindowClosed(False)
    with asyncio.Runner(loop_factory=lambda: make_loop(application)) as runner:
        found = runner.run(measured(application, given.seconds, given.streams, given.rate))
    visible, control = found["visible"], found["control"]
    said = {
        **{name: asdict(figures) for name, figures in found.items()},
        "control_over_visible": round(control.share / max(visible.share, 0.1), 1),
        "within": visible.share < SHARE_LIMIT and visible.turn_ms < TURN_LIMIT_MS,
    }
    print(json.dumps(said, indent=2))
    return 0 if said["within"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Large and hostile inputs, held to what the design promises of them.

    python -m tests.benchmarks.limits [--quick]

prints JSON. `milliseconds` are processor time of this process, beside the most that is allowed. `growth` is how many
times as long ten times the input takes as the input itself, which is the control of the same run: about 10 where the
time is linear, 100 where it is quadratic. Each is the least of three, with --quick measured once; `missed` names what
is over. `interrupted` alone is by the wall clock: another process is told to stop, and waited for.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import PlanError
from orchestra_desktop.domain.graph import check_graph, waves
from orchestra_desktop.domain.run import DependencyResult, TaskInputs
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.planning.parsing import read_plan
from orchestra_desktop.planning.priors import load_priors
from orchestra_desktop.planning.quote import quote
from orchestra_desktop.planning.requirements import renumber
from orchestra_desktop.planning.streaming import DraftScanner
from orchestra_desktop.planning.validation import review
from orchestra_desktop.prompts.fencing import fenced
from orchestra_desktop.prompts.task import TaskPrompts
from orchestra_desktop.resource_files import resource_root, resource_text
from orchestra_desktop.settings.prices import load_prices
from orchestra_desktop.ui.events.event_table import EventModel
from orchestra_desktop.ui.inspector.output_view import OutputView
from orchestra_desktop.ui.theme.theme import Theme, ThemeChoice
from orchestra_desktop.viewmodels.event_rows import EventWish
from orchestra_desktop.viewmodels.graph_layout import lay_out
from orchestra_desktop.viewmodels.requirement_lines import numbering
from orchestra_desktop.viewmodels.task_board import TaskBoard
from tests.cli.programs import running
from tests.prompts.examples import REQUIREMENTS, a_plan, a_spec, a_task
from tests.viewmodels.happenings import PROJECT, Happenings
from tests.viewmodels.large_graphs import Graph, layered_graph, random_graph, two_hubs

REFUSED_MS = 1_000.0  # R8: a plan of 10,000 tasks, or what is none
TURN_MS = 100.0  # S8: the window is blocked no longer, whether by 10 MB of output or by 100,000 events
IDLE_MS = 2_000.0  # R5: from being told to stop to the end
LAID_OUT_MS = 300.0  # ux.md: 1,000 tasks
PROMPT_MS = 0.1  # of one task, since the scheduler waits for it
LINEAR = 30.0  # the growth that still counts as linear
LEVEL = 3.0  # and as none
DAY = dt.date(2026, 11, 23)

Work = Callable[[], object]


def spent(work: Work) -> float:
    """Milliseconds of this process."""
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1e3


def least(work: Work, times: int) -> float:
    return min(spent(work) for _ in range(times))


# -- what is measured in milliseconds ---------------------------------------------------------------------------------


def refused(raw: str) -> None:
    with contextlib.suppress(PlanError):
        read_plan(raw)
        raise SystemExit("a plan that is too large was accepted")


def checked(tasks: int) -> Work:
    """Each task needs the five before it."""
    told = [(f"T{n}", [f"T{m}" for m in range(max(1, n - 5), n)]) for n in range(1, tasks + 1)]
    return lambda: waves(check_graph(told))


def quoted(tasks: int) -> Work:
    spec = a_spec(a_plan(*[a_task(f"T{n}", *([f"T{n - 20}"] if n > 20 else [])) for n in range(1, tasks + 1)]))
    prices, priors = load_prices(resource_text("prices.json")), load_priors(resource_text("priors.json"))
    work = partial(quote, spec, {}, prices, DAY, priors)
    work()  # the first one imports numpy
    return work


def prompts(tasks: int, count: int = 100) -> Work:
    """The prompts of 100 tasks of a plan, each with a result that it depends on."""
    plan = a_plan(*[a_task(f"T{n}") for n in range(1, tasks + 1)])
    made = TaskPrompts(a_spec(plan))
    inputs = TaskInputs(results=(DependencyResult(plan.tasks[0].id, "succeeded", "Some result."),))
    return lambda: [made.message(task, inputs) for task in plan.tasks[-count:]]


def plain_figures(times: int) -> Iterator[tuple[str, float, float]]:
    """Name, milliseconds and the most allowed."""
    raw = json.dumps({"summary": "", "tasks": [{"id": f"T{n}", "title": "x" * 100} for n in range(10_000)]})
    yield "10000_tasks_refused", least(partial(refused, raw), times), REFUSED_MS
    yield "900000_fence_marks_refused", least(partial(refused, "x```\n" * 900_000), times), REFUSED_MS
    yield "10000_tasks_checked", least(checked(10_000), times), REFUSED_MS
    yield "200_tasks_quoted", least(quoted(200), times), TURN_MS
    yield "one_prompt_of_1000", least(prompts(1_000, 1_000), times) / 1_000, PROMPT_MS
    yield "1000_laid_out", least(partial(lay_out, layered_graph(1_000, 25)), times), LAID_OUT_MS


# -- turns of the window's loop ---------------------------------------------------------------------------------------


def event_turns(theme: Theme, happened: Happenings) -> dict[str, float]:
    """Each step that a person waits for, with 100,000 events to look at."""
    model = EventModel(theme)
    took = {"events_opened": spent(lambda: model.open(PROJECT, happened.events, EventWish()))}
    took["events_filtered"] = spent(lambda: model.choose(EventWish(words="nothing of that kind")))
    took["events_looked_further"] = spent(lambda: model.fetchMore(model.index(-1, -1)))
    model.choose(EventWish())
    fresh = [ev.Stored(one.seq + len(happened.events), one.at, one.scope, one.event) for one in happened.events[:2]]
    took["events_taken"] = spent(lambda: model.take(fresh))
    return took


def output_turn(theme: Theme, piece: str, pieces: int) -> float:
    """The longest turn while a text streams in, painted each time."""
    view = OutputView(theme, "output")
    view.resize(360, 200)
    view.show()
    text, longest = "", 0.0
    for _ in range(pieces):
        text += piece
        longest = max(longest, spent(partial(view.show_live, text)) + spent(view.repaint))
    view.hide()
    view.deleteLater()
    return longest


def turns(theme: Theme, happened: Happenings) -> dict[str, float]:
    words = ("some words that go on " * 20 + "\n") * 22
    return {
        **event_turns(theme, happened),
        "output_without_a_space": output_turn(theme, "x" * 10_000, 30),
        "output_of_10_mb": output_turn(theme, words, 10_000_000 // len(words) + 1),
    }


def turn_figures(times: int) -> Iterator[tuple[str, float, float]]:
    theme = Theme(QApplication.instance() or QApplication(sys.argv[:1]), ThemeChoice.DARK)  # type: ignore[arg-type]
    happened = Happenings()
    for number in range(100_000):
        happened.moved(number % 50, TaskState.WAITING, TaskState.READY)
    rounds = [turns(theme, happened) for _ in range(times)]
    for name in rounds[0]:
        yield name, min(one[name] for one in rounds), TURN_MS


def interrupted() -> float:
    """Milliseconds of the wall clock from Ctrl+C in a terminal to the end of a run that is under way."""
    sample = str(resource_root() / "samples" / "hello-world.md")
    with (
        tempfile.TemporaryDirectory(prefix="orchestra-limits-") as folder,
        running(Path(folder), "run", sample, "--yes", "--rehearse") as program,
    ):
        program.wait_for("T1 running")
        began = time.perf_counter()
        program.process.send_signal(signal.SIGINT)
        program.end()
        return (time.perf_counter() - began) * 1e3


# -- what is measured against a tenth of itself -----------------------------------------------------------------------


def empty_tasks(count: int) -> Work:
    return partial(refused, '{"tasks": [' + ",".join(["{}"] * count) + "]}")


def empty_nested_tasks(count: int) -> Work:
    return partial(refused, '{"phases": [{"tasks": [' + ",".join(["{}"] * count) + "]}]}")


def feed(text: str, size: int) -> None:
    scanner = DraftScanner()
    for start in range(0, len(text), size):
        scanner.feed(text[start : start + size])


def drafted(size: int, tasks: int) -> Work:
    """A plan that arrives in pieces of `size` characters."""
    return partial(feed, json.dumps({"tasks": [{"title": "x" * 400, "description": 'y\\n"z" ' * 20}] * tasks}), size)


def endless_title(kilobytes: int) -> Work:
    return partial(feed, '{"tasks":[{"title":"' + "x" * 1_000 * kilobytes + '"}]}', 1_000)


def endless_depth(count: int) -> Work:
    return partial(feed, '{"tasks":[' * 500 * count, 5_000)


def shared_file(tasks: int) -> Work:
    plan = a_plan(*[a_task(f"T{n}", affected_files=("a.py",)) for n in range(1, tasks + 1)])
    return partial(review, plan, ("read_file", "write_file"), REQUIREMENTS[:1])


def edited_wishes(count: int) -> Work:
    """Every one has changed a little, so that each is looked for among those before."""
    old = renumber((), "\n".join(f"- The report number {n} shows {n * 7} rows" for n in range(count)))
    return partial(renumber, old, "\n".join(f"- The report number {n} shows {n * 7} lines" for n in range(count)))


def numbered_wishes(count: int) -> Work:
    return partial(numbering, "\n".join(f"- wish number {number} of many" for number in range(count)))


def hostile_brackets(kilobytes: int) -> Work:
    return partial(fenced, ("<" + " " * 1_000) * kilobytes + "<" * 250 * kilobytes, "a file")


def laid_out(graph_of: Callable[[int], Graph], tasks: int) -> Work:
    return partial(lay_out, graph_of(tasks))


def board_events(tasks: int) -> Work:
    """The same 10,000 events, folded into boards of different lengths."""
    happened = Happenings()
    for _ in range(5_000):
        happened.begun(1)
        happened.moved(1, TaskState.RUNNING, TaskState.READY)
    board = TaskBoard(a_plan(*[a_task(f"T{n}") for n in range(1, tasks + 1)]))
    return partial(board.fold, happened.events)


# Name -> what makes the work for an input of a length, the control's length, the highest growth.
GROWTH: Mapping[str, tuple[Callable[[int], Work], int, float]] = {
    "empty_tasks": (empty_tasks, 100_000, LINEAR),
    "empty_tasks_nested": (empty_nested_tasks, 100_000, LINEAR),
    "drafted_by_1": (partial(drafted, 1), 25, LINEAR),
    "drafted_by_16": (partial(drafted, 16), 25, LINEAR),
    "drafted_by_4096": (partial(drafted, 4_096), 25, LINEAR),
    "endless_title": (endless_title, 200, LINEAR),
    "endless_depth": (endless_depth, 20, LINEAR),
    "shared_file": (shared_file, 50, LINEAR),
    "edited_wishes": (edited_wishes, 200, LINEAR),
    "numbered_wishes": (numbered_wishes, 500, LINEAR),
    "hostile_brackets": (hostile_brackets, 200, LINEAR),
    "laid_out_in_layers": (partial(laid_out, partial(layered_graph, width=60)), 500, LINEAR),
    "laid_out_at_random": (partial(laid_out, partial(random_graph, seed=3)), 500, LINEAR),
    "laid_out_between_hubs": (partial(laid_out, two_hubs), 200, LINEAR),
    "prompts_by_plan": (prompts, 100, LEVEL),
    "events_by_plan": (board_events, 500, LEVEL),
}


def growth_figures(times: int) -> Iterator[tuple[str, float, float]]:
    for name, (make, small, most) in GROWTH.items():
        yield name, least(make(10 * small), times) / least(make(small), times), most


# -- the run ----------------------------------------------------------------------------------------------------------


def report(figures: Iterator[tuple[str, float, float]]) -> dict[str, dict[str, float]]:
    return {name: {"measured": round(value, 3), "most": most} for name, value, most in figures}


def measure(times: int) -> dict[str, object]:
    milliseconds = report(plain_figures(times)) | report(turn_figures(times))
    milliseconds |= report(iter([("interrupted", min(interrupted() for _ in range(times)), IDLE_MS)]))
    growth = report(growth_figures(times))
    missed = [name for name, one in (milliseconds | growth).items() if one["measured"] > one["most"]]
    return {"milliseconds": milliseconds, "growth": growth, "missed": missed}


def main(arguments: list[str]) -> int:
    """Prints the figures; 1 if a bound was missed."""
    parser = argparse.ArgumentParser(prog="limits", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="measure once instead of three times")
    found = measure(1 if parser.parse_args(arguments).quick else 3)
    print(json.dumps({"benchmark": "limits", **found}, indent=2))
    return 1 if found["missed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

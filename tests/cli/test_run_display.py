"""A run is shown readably, line by line, or as JSON lines; a lost reader ends it instead of breaking the journal."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import pytest

from orchestra_desktop.cli.output import Output
from orchestra_desktop.cli.run_display import JsonLines, Listener, Readable
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ids import CheckpointId, Digest, PlanHash, ProjectId, RunId, TaskId
from orchestra_desktop.domain.messages import TextDelta, ThinkingDelta
from orchestra_desktop.domain.plan import Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState

PLAN = Plan("", (PlanTask(TaskId("T1"), "Write \x1b[2J it", "", TaskType.CODE),))
PROJECT, RUN, TASK = ProjectId("p"), RunId("r"), TaskId("T1")
WHY = text("route.pinned", tier="haiku")
_T = TaskState


def stored(event: ev.Event, *, task: TaskId | None = None, project: ProjectId = PROJECT, at: int = 0) -> ev.Stored:
    return ev.Stored(1, at, ev.Scope(project, RUN, task), event)


def lines_for(*events: ev.Stored) -> tuple[list[str], str]:
    """What is printed, without the time of day, and what is noted on standard error."""
    out, err = io.StringIO(), io.StringIO()
    display = Readable(Output(out, err), "hello")
    display.begin(PLAN, [])
    display.hear(events)
    return [line.partition(" ")[2] for line in out.getvalue().splitlines()], err.getvalue()


CASES: list[tuple[ev.Event, TaskId | None, str]] = [
    (ev.RunStarted(1, PlanHash("h"), Digest("d"), None), None, "run of plan 1 begins"),
    (
        ev.AttemptStarted(1, Tier.HAIKU, "anthropic", "m", WHY),
        TASK,
        "T1 running haiku: Write \\x1b[2J it",
    ),
    (
        ev.AttemptStarted(2, Tier.HAIKU, "anthropic", "m", WHY),
        TASK,
        "T1 running haiku, attempt 2: Write \\x1b[2J it",
    ),
    (
        ev.AttemptFailed(1, text("attempt.empty")),
        TASK,
        "T1 attempt 1 came to nothing: The model answered with nothing.",
    ),
    (ev.TaskStateChanged(_T.WAITING, _T.SKIPPED, text("task.skipped")), TASK, "T1 skipped: skipped by you"),
    (
        ev.TaskStateChanged(_T.RUNNING, _T.WAITING, text("wait.retry", seconds=72, fault="overloaded")),
        TASK,
        "T1 waits 1:12 and tries again (overloaded)",
    ),
    (
        ev.CheckpointOpened(CheckpointId("r-1"), "human_needed", text("attempt.empty"), ("retry",)),
        TASK,
        "T1 needs you (r-1): The model answered with nothing.",
    ),
    (ev.HealthChanged("ollama", False, "refused", 5.0), None, "ollama does not answer: refused; asked again in 5 s"),
    (ev.HealthChanged("ollama", True, ""), None, "ollama is back"),
    (ev.CapNear(CapKind.DAILY, "d", 5 * 10**9, 4 * 10**9), None, "the daily cap is near: $4.00 of $5.00"),
    (ev.RunFinished(RunStateName.FINISHED_WITH_FAILURES), None, "run finished with failures"),
]


@pytest.mark.parametrize(("event", "task", "line"), CASES, ids=[line[:30] for _, _, line in CASES])
def test_what_a_person_wants_to_know_is_a_line(event: ev.Event, task: TaskId | None, line: str) -> None:
    assert lines_for(stored(event, task=task)) == ([line], "")


QUIET: list[tuple[ev.Event, TaskId | None]] = [
    (ev.TaskStateChanged(_T.WAITING, _T.READY), TASK),
    (ev.TaskStateChanged(_T.READY, _T.WAITING, text("wait.dependencies")), TASK),
    (ev.RunPaused(text("run.scope_done", tasks=1)), None),
]


@pytest.mark.parametrize(("event", "task"), QUIET)
def test_what_nobody_needs_to_know_is_none(event: ev.Event, task: TaskId | None) -> None:
    assert lines_for(stored(event, task=task)) == ([], "")


def test_success_is_told_with_its_time_and_cost() -> None:
    lines, _ = lines_for(
        stored(ev.TaskStateChanged(_T.READY, _T.RUNNING), task=TASK, at=0),
        stored(ev.TaskStateChanged(_T.RUNNING, _T.SUCCEEDED), task=TASK, at=72_000_000),
    )
    assert lines == ["T1 succeeded after 1:12, free"]


def test_a_pause_by_a_person_says_how_it_goes_on() -> None:
    lines, noted = lines_for(stored(ev.RunPaused(text("run.paused_by_person"))))
    assert lines == ["paused: paused by you"]
    assert "`resume hello`" in noted


# -- JSON lines -----------------------------------------------------------------------------------------------------


def _json_lines(*, deltas: bool) -> tuple[JsonLines, Callable[[], list[dict[str, object]]]]:
    out = io.StringIO()
    display = JsonLines(Output(out, io.StringIO()), lambda: PROJECT, deltas=deltas)
    return display, lambda: [json.loads(line) for line in out.getvalue().splitlines()]


def test_streamed_text_is_a_line_only_if_it_is_asked_for() -> None:
    for deltas in (True, False):
        display, lines = _json_lines(deltas=deltas)
        display.piece(RUN, TASK, 1, TextDelta("a"))
        display.piece(RUN, TASK, 1, ThinkingDelta("secret"))
        delta = {"type": "OutputDelta", "project": "p", "run": "r", "task": "T1", "attempt": 1, "text": "a"}
        assert lines() == ([delta] if deltas else [])


def test_events_of_the_project_are_passed_on_from_its_first() -> None:
    display, lines = _json_lines(deltas=False)
    listener = Listener(display, lambda _error: None)
    finished = ev.RunFinished(RunStateName.FINISHED)
    listener([stored(finished), stored(finished, project=ProjectId("other"))])
    assert lines() == []

    listener.watch(PROJECT)
    listener([stored(finished, project=ProjectId("other"))])
    listener([stored(finished)])
    assert [line["project"] for line in lines()] == ["p", "p"]


class Gone(io.StringIO):
    """A pipe whose reader has gone."""

    def write(self, _text: str) -> int:
        raise BrokenPipeError


def test_a_lost_reader_is_told_and_not_raised_into_the_journal() -> None:
    lost: list[OSError] = []
    listener = Listener(JsonLines(Output(Gone(), io.StringIO()), lambda: PROJECT, deltas=True), lost.append)
    listener.watch(PROJECT)
    listener([stored(ev.RunFinished(RunStateName.FINISHED))])
    listener.piece(RUN, TASK, 1, TextDelta("a"))
    assert [type(error) for error in lost] == [BrokenPipeError, BrokenPipeError]

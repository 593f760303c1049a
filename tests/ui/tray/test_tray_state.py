"""What the tray says of a stream of events, without Qt."""

from __future__ import annotations

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ids import CheckpointId, Digest, PlanHash, ProjectId, RunId, TaskId
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.viewmodels.tray_state import Mood, News, NewsKind, TrayFace, TrayState

PROJECT, RUN = ProjectId("p"), RunId("r")


def _stored(event: ev.Event, task: str | None = None) -> ev.Stored:
    return ev.Stored(1, 0, ev.Scope(PROJECT, RUN, TaskId(task) if task else None), event)


def _started() -> ev.Stored:
    return _stored(ev.RunStarted(1, PlanHash("h"), Digest("d"), None))


def _asked(checkpoint: str, task: str | None = None) -> ev.Stored:
    return _stored(ev.CheckpointOpened(CheckpointId(checkpoint), "ask_before", text("a.b"), ("go",)), task)


def _moved(task: str, to: TaskState) -> ev.Stored:
    return _stored(ev.TaskStateChanged(TaskState.RUNNING, to), task)


def _finished(state: RunStateName) -> ev.Stored:
    return _stored(ev.RunFinished(state))


def test_nothing_has_happened_is_idle() -> None:
    assert TrayState().face() == TrayFace(Mood.IDLE)


def test_a_run_counts_its_tasks_once_they_are_known() -> None:
    state = TrayState()
    assert state.take([_started(), _moved("T1", TaskState.SUCCEEDED)]) == []
    assert state.unknown == {RUN}
    state.know(RUN, {TaskId("T1"): TaskState.RUNNING, TaskId("T2"): TaskState.SKIPPED, TaskId("T3"): TaskState.READY})
    assert state.unknown == frozenset()
    assert state.face() == TrayFace(Mood.RUNNING, done=2, total=3)


def test_a_question_comes_before_what_runs_and_is_told_by_task() -> None:
    state = TrayState()
    news = state.take([_started(), _asked("c1", "T2")])
    assert news == [News(NewsKind.NEEDS_PERSON, PROJECT, TaskId("T2"))]
    assert (state.face().mood, state.face().waiting) == (Mood.NEEDS_PERSON, 1)
    state.take([_stored(ev.CheckpointResolved(CheckpointId("c1"), "go"))])
    assert state.face().mood is Mood.RUNNING


def test_what_waited_before_the_start_counts() -> None:
    state = TrayState()
    state.seed([(CheckpointId("c0"), RUN)])
    assert state.face().mood is Mood.NEEDS_PERSON


def test_the_end_of_a_run_is_told_and_takes_its_questions_with_it() -> None:
    state = TrayState()
    news = state.take([_started(), _asked("c1"), _finished(RunStateName.FINISHED)])
    assert news[-1] == News(NewsKind.FINISHED, PROJECT)
    assert state.face() == TrayFace(Mood.IDLE)


def test_failures_stay_until_someone_looks_or_it_goes_on() -> None:
    for after in ("looked", "reopened"):
        state = TrayState()
        news = state.take([_started(), _finished(RunStateName.FINISHED_WITH_FAILURES)])
        assert news == [News(NewsKind.FAILED, PROJECT)]
        assert state.face().mood is Mood.FAILED
        if after == "looked":
            state.forget_failures()
        else:
            state.take([_started()])
        assert state.face().mood is not Mood.FAILED


def test_a_near_cap_is_told_once_and_is_no_mood() -> None:
    state = TrayState()
    news = state.take([_stored(ev.CapNear(CapKind.DAILY, "2026-11-23", 10, 9), "T1")])
    assert news == [News(NewsKind.CAP_NEAR, PROJECT, cap=CapKind.DAILY)]
    assert state.face().mood is Mood.IDLE


def test_a_cancelled_run_is_no_news() -> None:
    assert TrayState().take([_started(), _finished(RunStateName.CANCELLED)]) == []

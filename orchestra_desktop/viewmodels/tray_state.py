"""What the tray shows and tells: idle, running, needs a person or failed, told from committed events alone.

It follows the runs of all projects, whatever the window shows: while it is hidden, the window itself hears nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ids import CheckpointId, ProjectId, RunId, TaskId
from orchestra_desktop.domain.transitions import DONE_STATES, ENDED_RUN_STATES, RunStateName, TaskState


class Mood(StrEnum):
    """In order of what comes first where several are true: who needs a person is told before what runs."""

    NEEDS_PERSON = "needs_person"
    RUNNING = "running"
    FAILED = "failed"
    IDLE = "idle"


class NewsKind(StrEnum):
    """Named as the setting that says whether it is told."""

    FINISHED = "run_finished"
    FAILED = "run_failed"
    NEEDS_PERSON = "needs_person"
    CAP_NEAR = "cap_near"


@dataclass(frozen=True, slots=True)
class News:
    """Something worth a notification: which project and task, never what the task is about or has said."""

    kind: NewsKind
    project: ProjectId | None
    task: TaskId | None = None
    cap: CapKind | None = None


@dataclass(frozen=True, slots=True)
class TrayFace:
    """`done` and `total` are tasks of all runs that go on; `waiting` counts open checkpoints."""

    mood: Mood
    done: int = 0
    total: int = 0
    waiting: int = 0


@dataclass(slots=True)
class _Run:
    project: ProjectId | None
    states: dict[TaskId, TaskState] = field(default_factory=dict)
    is_live: bool = False
    failed: bool = False


class TrayState:
    """Fed with committed events; `seed` tells it of what waited before this start."""

    def __init__(self) -> None:
        self._runs: dict[RunId, _Run] = {}
        self._waiting: dict[CheckpointId, RunId | None] = {}
        self._totals: dict[RunId, int] = {}

    def seed(self, waiting: Iterable[tuple[CheckpointId, RunId]]) -> None:
        self._waiting.update(waiting)

    def know(self, run: RunId, states: Mapping[TaskId, TaskState]) -> None:
        """All tasks of a run as they were read: its events name only those that have moved since this start."""
        self._totals[run] = len(states)
        if run in self._runs:
            self._runs[run].states = {**states, **self._runs[run].states}

    def forget_failures(self) -> None:
        """The person has looked."""
        for run in self._runs.values():
            run.failed = False

    @property
    def unknown(self) -> frozenset[RunId]:
        """Runs that go on and of which it is not known how many tasks they have."""
        return frozenset(id_ for id_, run in self._runs.items() if run.is_live and id_ not in self._totals)

    def face(self) -> TrayFace:
        live = {id_: run for id_, run in self._runs.items() if run.is_live}
        done = sum(state in DONE_STATES for run in live.values() for state in run.states.values())
        total = sum(max(self._totals.get(id_, 0), len(run.states)) for id_, run in live.items())
        return TrayFace(self._mood(bool(live)), done, total, len(self._waiting))

    def _mood(self, running: bool) -> Mood:
        if self._waiting:
            return Mood.NEEDS_PERSON
        if running:
            return Mood.RUNNING
        return Mood.FAILED if any(run.failed for run in self._runs.values()) else Mood.IDLE

    # -- hearing ----------------------------------------------------------------------------------------------------

    def take(self, events: Sequence[ev.Stored]) -> list[News]:
        """Folds committed events; what of them is worth a notification, in their order."""
        return [news for stored in events if (news := self._take(stored)) is not None]

    def _take(self, stored: ev.Stored) -> News | None:
        scope, event = stored.scope, stored.event
        if isinstance(event, ev.CheckpointOpened):
            self._waiting[event.checkpoint] = scope.run
            return News(NewsKind.NEEDS_PERSON, scope.project, scope.task)
        if isinstance(event, ev.CapNear):
            return News(NewsKind.CAP_NEAR, scope.project, cap=event.cap)
        if isinstance(event, ev.CheckpointResolved):
            self._waiting.pop(event.checkpoint, None)
        return self._take_of_run(stored, scope.run) if scope.run is not None else None

    def _take_of_run(self, stored: ev.Stored, id_: RunId) -> News | None:
        run = self._runs.setdefault(id_, _Run(stored.scope.project))
        event = stored.event
        if isinstance(event, ev.RunStarted | ev.RunResumed | ev.RunReopened):
            run.is_live, run.failed = True, False
        elif isinstance(event, ev.RunPaused | ev.RunInterrupted):
            run.is_live = False
        elif isinstance(event, ev.TaskStateChanged) and stored.scope.task is not None:
            run.states[stored.scope.task] = event.to
        return self._ended(id_, run, event.state) if isinstance(event, ev.RunFinished) else None

    def _ended(self, id_: RunId, run: _Run, state: RunStateName) -> News | None:
        run.is_live = False
        run.failed = state is RunStateName.FINISHED_WITH_FAILURES
        if state in ENDED_RUN_STATES:  # whatever it asked is moot
            self._waiting = {checkpoint: of for checkpoint, of in self._waiting.items() if of != id_}
        if state is RunStateName.FINISHED:
            return News(NewsKind.FINISHED, run.project)
        return News(NewsKind.FAILED, run.project) if run.failed else None

"""What the window works on, live: the projects, the picked one's plans and run, its rows and the money line.

It listens to committed events and keeps itself current; what changed is told by topic, so that each widget repaints
only for what it shows. No Qt: the window gathers the topics on a timer of its own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from orchestra_desktop.viewmodels.situation import Situation

if TYPE_CHECKING:
    from orchestra_desktop.domain.events import HealthChanged, Stored
    from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
    from orchestra_desktop.domain.plan import PlanVersion
    from orchestra_desktop.domain.ports import RunRow
    from orchestra_desktop.domain.projects import Project
    from orchestra_desktop.domain.transitions import TaskState
    from orchestra_desktop.services.money import Standing
    from orchestra_desktop.services.session import Session
    from orchestra_desktop.viewmodels.task_board import TaskBoard

MOST_EVENTS = 5_000  # of the picked project, kept for the list; older ones are read from the archive


class Topic(StrEnum):
    """What may have changed."""

    SESSION = "session"  # opened, closed, offline or not
    PROJECTS = "projects"  # the list, a name, a state
    PLANS = "plans"  # the versions of the picked project
    RUN = "run"  # the picked project's run as a whole
    TASKS = "tasks"  # rows of the run
    EVENTS = "events"  # the list of what happened
    MONEY = "money"
    SERVICES = "services"  # how providers are
    SITUATION = "situation"  # what can be done now


_READ_AGAIN: Mapping[str, frozenset[Topic]] = {
    "ProjectCreated": frozenset({Topic.PROJECTS}),
    "RequirementsEdited": frozenset({Topic.PROJECTS}),
    **dict.fromkeys(
        (
            "PlanRequested",
            "PlanProposed",
            "PlanFailed",
            "PlanEdited",
            "QuestionAnswered",
            "PlanApproved",
            "PlanRejected",
        ),
        frozenset({Topic.PROJECTS, Topic.PLANS}),
    ),
    **dict.fromkeys(
        ("RunStarted", "RunPaused", "RunResumed", "RunInterrupted", "RunReopened", "RunFinished", "CeilingChanged"),
        frozenset({Topic.PROJECTS, Topic.RUN}),
    ),
    **dict.fromkeys(("CheckpointOpened", "CheckpointResolved"), frozenset({Topic.PROJECTS, Topic.RUN})),
}
_ABOUT_MONEY = frozenset({"CallReserved", "CallCharged", "CallVoided", "CallUnconfirmed", "CapChanged", "RunStarted"})


class Workspace:
    """The live model of one opened session. `on_change` hears a topic per change, often; it must be cheap."""

    def __init__(self, on_change: Callable[[Topic], None], on_stale: Callable[[], None]) -> None:
        self._on_change = on_change
        self._on_stale = on_stale
        self._stale: set[Topic] = set()
        self._unsubscribe: Callable[[], None] | None = None
        self.session: Session | None = None
        self.projects: Sequence[Project] = ()
        self.project: Project | None = None
        self.versions: Sequence[PlanVersion] = ()
        self.run: RunRow | None = None
        self.board: TaskBoard | None = None
        self.changed_tasks: frozenset[TaskId] = frozenset()
        self._board_of: RunId | None = None
        self._early: list[Stored] = []  # events of a run whose rows are just being read
        self.events: deque[Stored] = deque(maxlen=MOST_EVENTS)
        self.services: dict[str, HealthChanged] = {}
        self.planning: set[ProjectId] = set()

    # -- opening ----------------------------------------------------------------------------------------------------

    async def open(self, session: Session) -> None:
        """Takes a session over and reads what there is."""
        self.session = session
        if not session.reads_only:
            self._unsubscribe = session.context.journal.subscribe(self.take)
        self.projects = await session.projects.all()
        self._tell(Topic.SESSION, Topic.PROJECTS, Topic.MONEY, Topic.SITUATION)

    def close(self) -> None:
        """Lets the session go; what was read stays to look at."""
        if self._unsubscribe is not None:
            self._unsubscribe()
            self._unsubscribe = None
        self.session = None
        self._tell(Topic.SESSION, Topic.SITUATION)

    async def choose(self, project: ProjectId | None) -> None:
        """Makes a project the one worked on, with its plans, its newest run and the last events."""
        self.project = next((known for known in self.projects if known.id == project), None)
        self.versions, self.run = (), None
        self._drop_board()
        self.events.clear()
        if self.project is not None:
            await self._read_plans()
            await self._read_run()
            await self._read_events()
        self._tell(*Topic)

    # -- hearing ----------------------------------------------------------------------------------------------------

    def take(self, events: Sequence[Stored]) -> None:
        """Folds committed events; what only the archive can say is marked to be read again."""
        before = bool(self._stale)
        for stored in events:
            self._take(stored)
        if self._stale and not before:
            self._on_stale()

    def _take(self, stored: Stored) -> None:
        kind, scope, event = stored.type, stored.scope, stored.event
        self._stale |= _READ_AGAIN.get(kind, frozenset())
        if kind in _ABOUT_MONEY:
            self._tell(Topic.MONEY)
        if kind == "HealthChanged":
            self.services[event.service] = event  # type: ignore[union-attr, assignment]
            self._tell(Topic.SERVICES)
        if scope.project is not None:
            self._note_planning(kind, scope.project)
        if self.project is None or scope.project != self.project.id:
            return
        self.events.append(stored)
        self._tell(Topic.EVENTS)
        if scope.run is not None:
            self._take_of_run(scope.run, stored)

    def _take_of_run(self, run: RunId, stored: Stored) -> None:
        if self.board is not None and run == self._board_of:
            self.board.fold((stored,))
            self._tell(Topic.TASKS, Topic.SITUATION)
        else:
            self._early.append(stored)
        if stored.type == "TaskStateChanged" and self._stands_otherwise(run):
            self._stale.add(Topic.RUN)

    def _stands_otherwise(self, run: RunId) -> bool:
        """A run comes to a standstill by the last change of a task, which announces no change of the run itself."""
        live = self.session.runs.live.get(run) if self.session is not None else None
        return live is None or self.run is None or live.state.name is not self.run.state

    def _note_planning(self, kind: str, project: ProjectId) -> None:
        if kind == "PlanRequested":
            self.planning.add(project)
        elif kind in {"PlanProposed", "PlanFailed"}:
            self.planning.discard(project)

    def settle(self) -> None:
        """Called before a flush: names the rows that changed since the one before, for whoever draws them."""
        rows = self.board.take_changed() if self.board is not None else []
        self.changed_tasks = frozenset(row.id for row in rows)

    async def refresh(self) -> None:
        """Reads again what events have made stale, until nothing is."""
        while self._stale and self.session is not None:
            stale, self._stale = self._stale, set()
            self.projects = await self.session.projects.all()
            if self.project is not None:
                chosen = self.project.id
                self.project = next((known for known in self.projects if known.id == chosen), None)
            if Topic.PLANS in stale:
                await self._read_plans()
            if Topic.RUN in stale:
                await self._read_run()
            self._tell(*stale, Topic.MONEY, Topic.SITUATION)

    # -- reading ----------------------------------------------------------------------------------------------------

    async def _read_plans(self) -> None:
        if self.session is not None and self.project is not None:
            self.versions = await self.session.plans.versions(self.project)

    async def _read_run(self) -> None:
        if self.session is None or self.project is None:
            return
        self.run = await self.session.runs.newest(self.project)
        if self.run is None:
            self._drop_board()
        elif self.run.run != self._board_of:
            await self._read_board(self.run)
        self._tell(Topic.TASKS)

    async def _read_board(self, run: RunRow) -> None:
        """The rows of a run, from its stored events and from those that came while they were being read."""
        from orchestra_desktop.domain.ports import EventFilter
        from orchestra_desktop.viewmodels.task_board import TaskBoard

        assert self.session is not None  # asked for by whoever has one
        plan = next((version.plan for version in self.versions if version.number == run.plan_number), None)
        if plan is None:
            self.versions = await self.session.plans.versions(self.project) if self.project is not None else ()
            plan = next(version.plan for version in self.versions if version.number == run.plan_number)
        stored = await self.session.context.archive.events(EventFilter(run=run.run))
        last = stored[-1].seq if stored else 0
        board = TaskBoard(plan)
        board.fold(stored)
        board.fold(late for late in self._early if late.scope.run == run.run and late.seq > last)
        self.board, self._board_of, self._early = board, run.run, []

    def _drop_board(self) -> None:
        self.board, self._board_of, self._early = None, None, []

    async def _read_events(self) -> None:
        if self.session is None or self.project is None:
            return
        from orchestra_desktop.domain.ports import EventFilter

        stored = await self.session.context.archive.events(EventFilter(project=self.project.id))
        self.events.extend(stored[-MOST_EVENTS:])

    # -- answering --------------------------------------------------------------------------------------------------

    @property
    def money(self) -> Standing | None:
        """From the balances in memory, which know more than the events do while nothing can be stored."""
        if self.session is None or self.session.reads_only:
            return None
        return self.session.money.standing(self.project, self.run)

    @property
    def is_live(self) -> bool:
        """Whether this process carries the picked project's run out."""
        return self.session is not None and self.run is not None and self.run.run in self.session.runs.live

    @property
    def live_runs(self) -> int:
        """How many runs this process carries out, of any project."""
        return len(self.session.runs.live) if self.session is not None else 0

    def counts(self) -> dict[TaskState, int]:
        """Tasks of the run by state; empty where nothing has run."""
        return self.board.counts if self.board is not None else {}

    def task_state(self, task: TaskId | None) -> TaskState | None:
        """A task's state in the run; None where nothing has run."""
        row = self.board.rows.get(task) if self.board is not None and task is not None else None
        return row.state if row is not None else None

    def situation(self, task: TaskId | None = None) -> Situation:
        """Where things stand, with the state of the picked task."""
        approved = [version.number for version in self.versions if version.state == "approved"]
        return Situation(
            is_open=self.session is not None,
            reads_only=self.session is not None and self.session.reads_only,
            has_project=self.project is not None,
            planning=self.project is not None and self.project.id in self.planning,
            plan=self.versions[-1].state if self.versions else None,
            has_approved=bool(approved),
            new_approval=bool(approved) and (self.run is None or approved[-1] > self.run.plan_number),
            run=self.run.state if self.run is not None else None,
            live=self.is_live,
            task=self.task_state(task),
        )

    def _tell(self, *topics: Topic) -> None:
        for topic in topics:
            self._on_change(topic)

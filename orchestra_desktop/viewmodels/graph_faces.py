"""What each node of the graph's picture says: planned, compared with the version before, and live in a run. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol

from orchestra_desktop.domain.transitions import ACTIVE_STATES, DONE_STATES, TaskState

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import TaskId
    from orchestra_desktop.domain.plan import Phase, Plan, PlanTask
    from orchestra_desktop.domain.run import Route
    from orchestra_desktop.domain.texts import Text
    from orchestra_desktop.services.shapes import Quote
    from orchestra_desktop.viewmodels.task_board import TaskRow

_PER_SECOND = 1_000_000  # microseconds


class Mark(StrEnum):
    """What became of a task since the version compared with."""

    SAME = ""
    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"


class ChangedTask(Protocol):
    @property
    def task(self) -> TaskId: ...


class Difference(Protocol):
    """What lies between two versions of a plan, as services find it."""

    @property
    def added(self) -> Sequence[TaskId]: ...

    @property
    def removed(self) -> Sequence[TaskId]: ...

    @property
    def changed(self) -> Sequence[ChangedTask]: ...


@dataclass(frozen=True, slots=True)
class NodeFace:
    """One task. `state` is None while it is only planned; amounts are nano-dollars, `quoted` P50 and P90, moments
    microseconds since the epoch, `expected_s` the quote's P50 in seconds. `after` are the tasks it still waits for."""

    id: TaskId
    title: str
    tier: str
    mark: Mark = Mark.SAME
    state: TaskState | None = None
    after: tuple[TaskId, ...] = ()
    attempts: int = 0
    charged: int = 0
    quoted: tuple[int, int] | None = None
    expected_s: float | None = None
    started_at: int | None = None
    finished_at: int | None = None
    reason: Text | None = None

    @property
    def is_active(self) -> bool:
        return self.state in ACTIVE_STATES

    def seconds(self, now: int) -> float | None:
        """How long it has taken so far, or took; None before it begins."""
        if self.started_at is None:
            return None
        return max(0.0, ((self.finished_at or now) - self.started_at) / _PER_SECOND)

    def share(self, now: int) -> float | None:
        """How much of the expected time has passed, 0 to 0.95: a task that takes longer is never shown as done."""
        seconds = self.seconds(now)
        if not self.is_active or seconds is None or not self.expected_s:
            return None
        return min(seconds / self.expected_s, 0.95)


@dataclass(frozen=True, slots=True)
class PlannedGraph:
    """A plan as a picture: tasks in the plan's order (removed ones behind), what each needs, phases, new edges."""

    faces: Mapping[TaskId, NodeFace] = field(default_factory=dict)
    needs: Mapping[str, tuple[TaskId, ...]] = field(default_factory=dict)
    phase_of: Mapping[str, str | None] = field(default_factory=dict)
    phases: tuple[Phase, ...] = ()
    new_edges: frozenset[tuple[str, str]] = frozenset()

    @property
    def shape(self) -> tuple[object, ...]:
        """What the layout depends on: equal shapes are drawn at the same places."""
        return tuple(self.needs.items()), tuple(self.phase_of.items())


def planned_graph(
    plan: Plan,
    routes: Mapping[TaskId, Route],
    difference: Difference | None = None,
    before: Plan | None = None,
    quote: Quote | None = None,
    expected_seconds: Mapping[TaskId, float] = MappingProxyType({}),
) -> PlannedGraph:
    """The picture of a plan. With `before`, removed tasks are shown too, and edges are compared one by one."""
    marks = _marks(difference)
    quotes = {task.id: task for task in quote.tasks} if quote is not None else {}
    tasks = [*plan.tasks, *_removed(plan, before, marks)]
    known = {task.id for task in tasks}
    faces: dict[TaskId, NodeFace] = {}
    for task in tasks:
        route, quoted = routes.get(task.id), quotes.get(task.id)
        face = NodeFace(
            task.id,
            task.title,
            route.tier.value if route is not None else task.model_tier.value,
            marks.get(task.id, Mark.SAME),
            expected_s=expected_seconds.get(task.id),
        )
        if quoted is not None:
            face = replace(face, quoted=(quoted.p50, quoted.p90), expected_s=quoted.expected_seconds)
        faces[task.id] = face
    return PlannedGraph(
        faces=faces,
        needs={task.id: tuple(need for need in dict.fromkeys(task.depends_on) if need in known) for task in tasks},
        phase_of={task.id: task.phase for task in tasks},
        phases=plan.phases,
        new_edges=_new_edges(tasks, marks, before) if difference is not None else frozenset(),
    )


def _marks(difference: Difference | None) -> dict[TaskId, Mark]:
    if difference is None:
        return {}
    return {
        **{change.task: Mark.CHANGED for change in difference.changed},
        **dict.fromkeys(difference.added, Mark.ADDED),
        **dict.fromkeys(difference.removed, Mark.REMOVED),
    }


def _removed(plan: Plan, before: Plan | None, marks: Mapping[TaskId, Mark]) -> list[PlanTask]:
    if before is None:
        return []
    kept = {task.id for task in plan.tasks}
    return [task for task in before.tasks if task.id not in kept and marks.get(task.id) is Mark.REMOVED]


def _new_edges(
    tasks: Sequence[PlanTask], marks: Mapping[TaskId, Mark], before: Plan | None
) -> frozenset[tuple[str, str]]:
    now = {(need, task.id) for task in tasks for need in task.depends_on if marks.get(task.id) is not Mark.REMOVED}
    if before is not None:
        return frozenset(now - {(need, task.id) for task in before.tasks for need in task.depends_on})
    return frozenset(edge for edge in now if Mark.ADDED in {marks.get(edge[0]), marks.get(edge[1])})


def live_face(planned: NodeFace, row: TaskRow, needs: Sequence[TaskId], states: Mapping[TaskId, TaskState]) -> NodeFace:
    """A node's face in a run. `states` are those of all tasks, of which the unfinished ones it needs are named."""
    return replace(
        planned,
        title=row.title or planned.title,
        tier=row.tier if row.tier != "auto" else planned.tier,
        state=row.state,
        after=tuple(need for need in needs if states.get(need) not in DONE_STATES),
        attempts=row.attempts,
        charged=row.charged,
        started_at=row.started_at,
        finished_at=row.finished_at,
        reason=row.reason,
    )

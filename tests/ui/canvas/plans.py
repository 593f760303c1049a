"""Plans to show, and runs of them that are as far as a test wants. No Qt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from orchestra_desktop.domain.ids import PhaseId, TaskId
from orchestra_desktop.domain.plan import Phase, Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.viewmodels.task_board import TaskBoard

NOW = 1_800_000_000_000_000  # microseconds since the epoch
SECOND = 1_000_000
CENT = 10_000_000  # nano-dollars


def task(id_: str, title: str, *needs: str, phase: str | None = None, tier: Tier = Tier.SONNET) -> PlanTask:
    return PlanTask(
        id=TaskId(id_),
        title=title,
        description=title,
        task_type=TaskType.CODE,
        depends_on=tuple(TaskId(need) for need in needs),
        phase=PhaseId(phase) if phase is not None else None,
        model_tier=tier,
    )


def hello_plan() -> Plan:
    """The plan of the design's pictures."""
    return Plan(
        "Hello world",
        (
            task("T1", "Write greeting", phase="P1", tier=Tier.LOCAL),
            task("T2", "Pick date format", phase="P1", tier=Tier.HAIKU),
            task("T3", "hello_world.py", "T1", phase="P1"),
            task("T4", "Locale notes", "T1", "T2", phase="P1", tier=Tier.LOCAL),
            task("T5", "Research packaging", "T2", phase="P1", tier=Tier.HAIKU),
            task("T6", "Unit tests", "T3", "T4", phase="P2"),
            task("T7", "Write RUN.md", "T4", phase="P2"),
            task("T8", "Screenshots", "T5", phase="P2", tier=Tier.LOCAL),
            task("T9", "Summary", "T6", "T7", "T8", phase="P2", tier=Tier.HAIKU),
        ),
        phases=(Phase(PhaseId("P1"), "Foundation"), Phase(PhaseId("P2"), "Command line and docs")),
    )


def large_plan(tasks: int, width: int = 25, phases: int = 0) -> Plan:
    """Layers of `width`; each task needs one or two of the layer before."""
    made = []
    for at in range(tasks):
        before = at // width * width
        needs = {before - width + (at * 7 + turn * 3) % width for turn in range(1 + at % 2)} if before else set()
        phase = f"P{at * phases // tasks + 1}" if phases else None
        made.append(
            task(f"T{at + 1}", f"Write part {at + 1} of it", *(f"T{need + 1}" for need in sorted(needs)), phase=phase)
        )
    return Plan("Large", tuple(made), phases=tuple(Phase(PhaseId(f"P{n + 1}"), f"Part {n + 1}") for n in range(phases)))


def board_of(plan: Plan, states: Mapping[str, TaskState]) -> TaskBoard:
    """A run of the plan in which some tasks have come so far."""
    board = TaskBoard(plan)
    for id_, state in states.items():
        set_state(board, id_, state)
    return board


def set_state(board: TaskBoard, id_: str, state: TaskState, *, seconds: int = 38, charged: int = 4 * CENT) -> None:
    row = board.rows[TaskId(id_)]
    row.state = state
    begun = state not in {TaskState.WAITING, TaskState.READY, TaskState.BLOCKED}
    row.attempts = max(row.attempts, 1) if begun else row.attempts
    row.started_at = NOW - seconds * SECOND if begun else None
    row.finished_at = NOW if state in {TaskState.SUCCEEDED, TaskState.FAILED, TaskState.CANCELLED} else None
    row.charged = charged if begun else 0
    board.changed.add(row.id)


def hello_states() -> dict[str, TaskState]:
    """As in the design's picture of a run."""
    return {
        "T1": TaskState.SUCCEEDED,
        "T2": TaskState.SUCCEEDED,
        "T3": TaskState.SUCCEEDED,
        "T4": TaskState.SUCCEEDED,
        "T5": TaskState.NEEDS_PERSON,
        "T6": TaskState.VERIFYING,
        "T7": TaskState.RUNNING,
    }


def with_tasks(plan: Plan, *more: PlanTask) -> Plan:
    return replace(plan, tasks=(*plan.tasks, *more))


def without(plan: Plan, ids: Sequence[str]) -> Plan:
    return replace(plan, tasks=tuple(one for one in plan.tasks if one.id not in ids))

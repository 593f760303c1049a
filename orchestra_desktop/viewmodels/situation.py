"""What can be done now: a small frozen picture of where things stand, and the questions that actions ask of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestra_desktop.domain.plan import PlanState
    from orchestra_desktop.domain.transitions import RunStateName, TaskState


@dataclass(frozen=True, slots=True)
class Situation:
    """Where things stand for the picked project and task.

    `plan` is the newest version's state; `has_approved` says that some version is signed; `new_approval` that one newer
    than the last run is. `live` is true while this process carries the run out.
    """

    is_open: bool = False
    reads_only: bool = False
    has_project: bool = False
    planning: bool = False
    plan: PlanState | None = None
    has_approved: bool = False
    new_approval: bool = False
    run: RunStateName | None = None
    live: bool = False
    task: TaskState | None = None

    @property
    def can_write(self) -> bool:
        return self.is_open and not self.reads_only


def always(_: Situation) -> bool:
    return True


def can_write(now: Situation) -> bool:
    return now.can_write


def has_project(now: Situation) -> bool:
    return now.has_project


def can_propose(now: Situation) -> bool:
    """Asking for another plan is possible beside a run: the run keeps its frozen copy."""
    return now.can_write and now.has_project and not now.planning


def is_planning(now: Situation) -> bool:
    return now.planning


def can_regenerate(now: Situation) -> bool:
    return can_propose(now) and now.plan is not None


def can_approve(now: Situation) -> bool:
    return now.can_write and now.plan == "draft" and not now.planning


def can_start(now: Situation) -> bool:
    """A signed plan that has not run yet, or a run that has not come to its end and that nobody carries out."""
    if not (now.can_write and now.has_approved) or now.live:
        return False
    return now.new_approval or now.run not in {None, "finished", "finished_with_failures", "cancelled"}


def can_approve_and_run(now: Situation) -> bool:
    return can_approve(now) and not now.live


def can_pause(now: Situation) -> bool:
    return now.live and now.run != "paused"


def can_resume(now: Situation) -> bool:
    return now.live and now.run == "paused"


def can_stop(now: Situation) -> bool:
    return now.live


def _on_task(now: Situation, question: str) -> bool:
    """Tasks of a plan that a newer approval has superseded never run again."""
    if now.task is None or not now.can_write or (now.new_approval and not now.live):
        return False
    from orchestra_desktop.domain import transitions  # not needed to paint the window, which picks no task

    answer: bool = getattr(transitions, question)(now.task)
    return answer


def can_retry_task(now: Situation) -> bool:
    return _on_task(now, "can_retry")


def can_skip_task(now: Situation) -> bool:
    return _on_task(now, "can_skip")


def can_accept_task(now: Situation) -> bool:
    return _on_task(now, "can_accept")


def can_cancel_task(now: Situation) -> bool:
    return _on_task(now, "can_cancel")

"""Stored events of one made-up run, numbered and a second apart, for tests of what is folded from them."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import CallId, Digest, PhaseId, ProjectId, RequirementId, RunId, TaskId
from orchestra_desktop.domain.ledger import Purpose
from orchestra_desktop.domain.messages import StopReason, Usage
from orchestra_desktop.domain.plan import Phase, Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import TaskState

PROJECT, RUN = ProjectId("p" * 32), RunId("r" * 32)
SECOND = 1_000_000
START = 1_795_435_200 * SECOND


def a_task(number: int, *depends_on: int, phase: str | None = None, title: str = "") -> PlanTask:
    return PlanTask(
        TaskId(f"T{number}"),
        title or f"Task {number}",
        "Do it.",
        TaskType.CODE,
        depends_on=tuple(TaskId(f"T{other}") for other in depends_on),
        requirement_ids=(RequirementId("R1"),),
        phase=PhaseId(phase) if phase is not None else None,
    )


def a_plan(*tasks: PlanTask) -> Plan:
    return Plan("A plan", tasks, (Phase(PhaseId("P1"), "Make"), Phase(PhaseId("P2"), "Finish")))


@dataclass(slots=True)
class Happenings:
    """Events in the order in which they are told; `now` is the time of the next one."""

    run: RunId = RUN
    events: list[ev.Stored] = field(default_factory=list)
    now: int = START

    def add(self, event: ev.Event, task: int | None = None, attempt: int | None = None) -> ev.Stored:
        scope = ev.Scope(PROJECT, self.run, TaskId(f"T{task}") if task is not None else None, attempt)
        stored = ev.Stored(len(self.events) + 1, self.now, scope, event)
        self.events.append(stored)
        self.now += SECOND
        return stored

    def moved(self, task: int, before: TaskState, after: TaskState, reason: str = "") -> None:
        self.add(ev.TaskStateChanged(before, after, text(reason) if reason else None), task)

    def begun(self, task: int, attempt: int = 1, tier: Tier = Tier.HAIKU) -> None:
        self.moved(task, TaskState.READY, TaskState.RUNNING)
        why = text("route.pinned", tier=tier.value)
        self.add(ev.AttemptStarted(attempt, tier, "anthropic", f"claude-{tier.value}-5-5", why), task, attempt)

    def called(self, task: int, attempt: int = 1, *, amount: int = 1_000, usage: Usage | None = None) -> CallId:
        call = CallId(f"call {len(self.events)}")
        self.add(ev.CallReserved(call, Purpose.TASK, "anthropic", "claude-haiku-5-5", 5_000, 8_192), task, attempt)
        self.add(ev.CallCharged(call, amount, usage or Usage(100, 20)), task, attempt)
        return call

    def answered(self, task: int, attempt: int = 1, number: int = 1, prompt: str | None = None) -> None:
        message = Digest(f"message {task} {attempt} {number}")
        opening = Digest(prompt) if prompt is not None else None
        self.add(ev.RoundFinished(number, StopReason.TOOL_USE, message, opening), task, attempt)

    def succeeded(self, task: int, attempt: int = 1) -> None:
        self.add(ev.TaskSucceeded(Digest(f"result {task}"), 12), task, attempt)
        self.moved(task, TaskState.RUNNING, TaskState.SUCCEEDED)

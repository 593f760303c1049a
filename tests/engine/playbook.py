"""A run of rules alone: stimuli in, events out, no loop and no time; with ways into every state of a task."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import Account, CapKind, Refusal
from orchestra_desktop.domain.errors import FaultFacts, FaultKind, Owed
from orchestra_desktop.domain.ids import Digest, TaskId
from orchestra_desktop.domain.plan import Plan
from orchestra_desktop.domain.run import ModelChoice, RunSettings, RunSpec
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.engine.instructions import Instruction
from orchestra_desktop.engine.rules import Decision, decide
from orchestra_desktop.engine.run_state import OpenCheckpoint, RunState, TaskRecord, fold
from orchestra_desktop.engine.slots import Slots
from orchestra_desktop.engine.stimuli import (
    AttemptAnswered,
    AttemptEnd,
    AttemptGaveUp,
    AttemptNeedsPerson,
    Begin,
    CallFaulted,
    CancelTask,
    HeadroomRefused,
    Resolve,
    SkipTask,
    Stimulus,
)
from tests.engine.world import PAID, PROJECT, RUN, plan_of, spec_of

CHAIN = {"T1": (), "T2": ("T1",), "T3": ("T2",)}
OUTPUT = Digest("0" * 64)
Edges = Mapping[str, Sequence[str]]


class Playbook:
    """One run, stimulus by stimulus. `told` are all its events, `last` is the latest decision."""

    def __init__(
        self,
        edges: Edges | Plan = CHAIN,
        settings: RunSettings | None = None,
        choice: ModelChoice = PAID,
        spec: RunSpec | None = None,
    ) -> None:
        plan = edges if isinstance(edges, Plan) else plan_of(edges)
        self.spec = spec or spec_of(plan, settings, choice)
        self.state = RunState(self.spec)
        self.slots = Slots(self.spec.settings.concurrency, self.spec.settings.per_provider)
        self.told: list[ev.Stored] = []
        self.last = Decision((), ())
        self.at = 1_000
        self._hear([ev.Draft(ev.Scope(PROJECT, RUN), ev.RunStarted(1, self.spec.plan_hash, OUTPUT, None), self.at)])
        self.state = fold(self.spec, self.told)

    def _hear(self, drafts: Sequence[ev.Draft]) -> None:
        for draft in drafts:
            self.told.append(ev.Stored(len(self.told) + 1, draft.at, draft.scope, draft.event))

    def say(self, *stimuli: Stimulus) -> tuple[ev.Event, ...]:
        """Decides them in turn, giving back the slot of each attempt that ends, and answers the events of the last."""
        for stimulus in stimuli:
            self.at += 1_000
            if isinstance(stimulus, AttemptEnd):
                self.slots.give(self.spec.routes[stimulus.task].choice.provider)
            self.last = decide(self.state, stimulus, self.slots, self.at)
            self._hear(self.last.events)
        return tuple(draft.event for draft in self.last.events)

    def succeed(self, *tasks: str) -> None:
        """Each of them comes to an answer, in turn."""
        for task in tasks:
            self.say(self.answered(task))

    def begin(self, only: frozenset[TaskId] | None = None, *, fresh: bool = True) -> Playbook:
        self.say(Begin(only, fresh=fresh))
        return self

    # -- looking ----------------------------------------------------------------------------------------------------

    def record(self, task: str) -> TaskRecord:
        return self.state.tasks[TaskId(task)]

    def states(self) -> dict[str, str]:
        return {task: record.state.value for task, record in self.state.tasks.items()}

    def run(self) -> str:
        """The run's state by name."""
        return self.state.name.value

    def kinds(self) -> list[str]:
        """The kinds of the open checkpoints, oldest first."""
        return [checkpoint.kind for checkpoint in self.state.checkpoints.values()]

    def question(self) -> OpenCheckpoint:
        """The newest open checkpoint."""
        return list(self.state.checkpoints.values())[-1]

    def folded(self) -> dict[str, Any]:
        """What the events alone say."""
        return fold(self.spec, self.told).snapshot()

    def snapshot(self) -> dict[str, Any]:
        """A copy that later changes do not reach."""
        return copy.deepcopy(self.state.snapshot())

    def instructions(self) -> tuple[Instruction, ...]:
        return self.last.instructions

    # -- ends of attempts -------------------------------------------------------------------------------------------

    def answered(self, task: str) -> AttemptAnswered:
        return AttemptAnswered(TaskId(task), self.record(task).attempt, OUTPUT, 7)

    def gave_up(self, task: str, output: Digest | None = None) -> AttemptGaveUp:
        return AttemptGaveUp(TaskId(task), self.record(task).attempt, text("attempt.empty"), "Say more.", output)

    def needs_person(self, task: str, output: Digest | None = None) -> AttemptNeedsPerson:
        return AttemptNeedsPerson(TaskId(task), self.record(task).attempt, text("attempt.refused"), output)

    def faulted(self, task: str, kind: FaultKind, retry_after_s: float | None = None) -> CallFaulted:
        facts = FaultFacts(kind, Owed.NOTHING, "scripted", retry_after_s=retry_after_s)
        return CallFaulted(TaskId(task), self.record(task).attempt, facts, 0.5)

    def refused(self, task: str, *, may_free: bool = False) -> HeadroomRefused:
        return HeadroomRefused(TaskId(task), self.record(task).attempt, refusal(may_free=may_free))

    def resolve(self, action: str, **how: Any) -> Resolve:
        """Answers the newest checkpoint."""
        return Resolve(self.question().id, action, **how)


def refusal(*, may_free: bool = False) -> Refusal:
    """A cap of a dollar with 90 cents counted and 20 asked for."""
    return Refusal(Account(CapKind.RUN, RUN), 1_000_000_000, 900_000_000, 200_000_000, may_free)


# -- ways into every state of a task ----------------------------------------------------------------------------------


def _waiting(task: str) -> Playbook:
    """For its dependency."""
    assert task == "T2"
    return Playbook().begin()


def _ready(task: str) -> Playbook:
    """Its dependency is done, and another task has the only slot."""
    first, *others = plan_of({**CHAIN, "T0": ()}).tasks
    urgent = [replace(first, priority=1), *others[:-1], replace(others[-1], priority=2)]
    book = Playbook(Plan("A plan.", tuple(urgent)), RunSettings(concurrency=1)).begin()
    book.succeed("T1")
    assert task == "T2"
    return book


def _running(task: str) -> Playbook:
    book = Playbook().begin()
    book.say(book.answered("T1"))
    assert book.record(task).state is TaskState.RUNNING
    return book


def _verifying(task: str) -> Playbook:
    book = _running(task)
    scope = book.record(task).scope
    event = ev.TaskStateChanged(TaskState.RUNNING, TaskState.VERIFYING)
    book._hear([ev.Draft(scope, event, book.at)])
    book.state = fold(book.spec, book.told)
    return book


def _needs_person(task: str) -> Playbook:
    book = _running(task)
    book.say(book.needs_person(task, OUTPUT))
    return book


def _blocked(task: str) -> Playbook:
    book = Playbook().begin()
    book.say(CancelTask(TaskId("T1")))
    assert task == "T2"
    return book


def _succeeded(task: str) -> Playbook:
    book = Playbook({**CHAIN, "T4": ("T2",), "T0": ()})
    book.begin()
    book.succeed("T1", task, "T3")
    book.say(book.needs_person("T4"))
    return book


def _failed(task: str) -> Playbook:
    book = _needs_person(task)
    book.say(book.resolve("fail"))
    return book


def _skipped(task: str) -> Playbook:
    book = Playbook().begin()
    book.say(SkipTask(TaskId(task)))
    book.say(book.needs_person("T3"))
    return book


def _cancelled(task: str) -> Playbook:
    book = _running(task)
    book.say(CancelTask(TaskId(task)))
    return book


WAYS: dict[TaskState, Callable[[str], Playbook]] = {
    TaskState.WAITING: _waiting,
    TaskState.READY: _ready,
    TaskState.RUNNING: _running,
    TaskState.VERIFYING: _verifying,
    TaskState.NEEDS_PERSON: _needs_person,
    TaskState.BLOCKED: _blocked,
    TaskState.SUCCEEDED: _succeeded,
    TaskState.FAILED: _failed,
    TaskState.SKIPPED: _skipped,
    TaskState.CANCELLED: _cancelled,
}


def with_t2(state: TaskState) -> Playbook:
    """A run in which T2, the middle of a chain of three, is in this state."""
    book = WAYS[state]("T2")
    assert book.record("T2").state is state
    return book

"""One decision under way: collects events and instructions and advances the state event by event."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import WrongMoment
from orchestra_desktop.domain.ids import CheckpointId, Digest, TaskId
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.domain.transitions import (
    FINAL_STATES,
    STOPPED_STATES,
    RunStateName,
    TaskState,
    can_move,
)
from orchestra_desktop.engine.instructions import Instruction, StartAttempt
from orchestra_desktop.engine.run_state import DEPENDENCIES, SCOPE, RunState, TaskRecord, evolve
from orchestra_desktop.engine.slots import Slots


@dataclass(slots=True)
class Step:
    """What a decision has come to so far. `at` is the time of its events, microseconds since the epoch."""

    state: RunState
    at: int
    slots: Slots
    events: list[ev.Draft] = field(default_factory=list)
    instructions: list[Instruction] = field(default_factory=list)

    def emit(self, event: ev.Event, scope: ev.Scope | None = None) -> None:
        """States a fact: it counts from here on."""
        if scope is None:
            scope = ev.Scope(self.state.spec.project.id, self.state.spec.run)
        self.events.append(ev.Draft(scope, event, self.at))
        evolve(self.state, self.at, scope, event)

    def move(self, record: TaskRecord, to: TaskState, reason: Text | None = None) -> None:
        """Changes a task's state. Raises WrongMoment for a move that the table does not allow."""
        if not can_move(record.state, to):
            raise WrongMoment(text("task.cannot_move", task=record.task.id, before=record.state.value, after=to.value))
        self.emit(ev.TaskStateChanged(record.state, to, reason), record.scope)

    # -- forward ----------------------------------------------------------------------------------------------------

    def release(self, record: TaskRecord, reason: Text | None = None) -> None:
        """Lets a task whose dependencies are done go on: ready, or asking first, or held back by the run's scope."""
        if not self.state.in_scope(record.task.id):
            if record.state is not TaskState.WAITING or record.hold != DEPENDENCIES:
                self.hold_back(record, SCOPE)
        elif record.task.ask_before and not record.asked:
            if not can_move(record.state, TaskState.NEEDS_PERSON):
                self.move(record, TaskState.WAITING, reason)
            self.open_checkpoint(record, "ask_before", text("ask.before", task=record.task.id), ("go", "skip", "fail"))
            self.move(record, TaskState.NEEDS_PERSON, text("ask.before", task=record.task.id))
        else:
            self.move(record, TaskState.READY, reason)

    def release_dependants(self, record: TaskRecord) -> None:
        """Called when a task is done: whoever waited for nothing else goes on in the same turn."""
        for name in record.dependants:
            dependant = self.state.tasks[name]
            if dependant.missing == 0 and dependant.state is TaskState.WAITING and dependant.hold == DEPENDENCIES:
                self.release(dependant)

    def put_back(self, record: TaskRecord, reason: Text) -> None:
        """Ready if its dependencies are done, else waiting for them or blocked behind them, with what waits for it."""
        if record.missing == 0:
            self.release(record, reason)
            return
        self.hold_back(record, DEPENDENCIES)
        stopped = self.stopped_before(record)
        if stopped:
            self.move(record, TaskState.BLOCKED, text("blocked.behind", task=stopped[0]))
            self.block_behind(record)

    def hold_back(self, record: TaskRecord, hold: str) -> None:
        """Lets a task wait for this, whatever it waited for before."""
        if record.state is TaskState.WAITING and record.hold != hold:
            self.move(record, TaskState.READY)  # the table has no move from waiting to waiting
        if record.state is not TaskState.WAITING:
            self.move(record, TaskState.WAITING, text(hold))

    def start_ready(self) -> None:
        """Starts what may start: best first per provider while slots are free."""
        state = self.state
        if state.paused is not None or state.finished is not None or state.interrupted:
            return
        for provider in state.providers_with_ready():
            while len(state.active) < state.spec.settings.concurrency and self.slots.has(provider):
                record = state.next_to_start(provider)
                if record is None:
                    break
                self._start(record)

    def _start(self, record: TaskRecord) -> None:
        resumed = record.resumable and (record.prompt is not None or not record.log)
        number = record.attempt if resumed else record.attempt + 1
        self.slots.take(record.route.choice.provider)
        self.move(record, TaskState.RUNNING)
        scope = ev.Scope(record.scope.project, record.scope.run, record.scope.task, number)
        if resumed:
            self.emit(ev.AttemptResumed(number, record.rounds), scope)
        else:
            route = record.route
            started = ev.AttemptStarted(number, route.tier, route.choice.provider, route.choice.model, route.why)
            self.emit(started, scope)
        self.instructions.append(StartAttempt(record.task.id, number))

    # -- stopped ----------------------------------------------------------------------------------------------------

    def block_behind(self, record: TaskRecord) -> None:
        """A failed, cancelled or blocked task blocks its own descendants and nothing else."""
        reason = text("blocked.behind", task=record.task.id)
        queue = list(record.dependants)
        while queue:
            dependant = self.state.tasks[queue.pop()]
            if dependant.state in {TaskState.WAITING, TaskState.READY}:
                self.move(dependant, TaskState.BLOCKED, reason)
                queue.extend(dependant.dependants)

    def unblock_behind(self, record: TaskRecord) -> None:
        """Frees the descendants that are blocked behind this task alone."""
        queue = list(record.dependants)
        while queue:
            dependant = self.state.tasks[queue.pop(0)]
            if dependant.state is TaskState.BLOCKED and not self.stopped_before(dependant):
                self.move(dependant, TaskState.WAITING, text(DEPENDENCIES))
                if dependant.missing == 0:
                    self.release(dependant)
                queue.extend(dependant.dependants)

    def stopped_before(self, record: TaskRecord) -> list[TaskId]:
        """The direct dependencies that keep a task blocked."""
        return [name for name in record.task.depends_on if self.state.tasks[name].state in STOPPED_STATES]

    # -- asking -----------------------------------------------------------------------------------------------------

    def open_checkpoint(
        self,
        record: TaskRecord | None,
        kind: str,
        question: Text,
        actions: tuple[str, ...],
        output: Digest | None = None,
    ) -> None:
        """Asks a person. The id is counted within the run, so that the rules need no chance."""
        checkpoint = CheckpointId(f"{self.state.spec.run}-{self.state.checkpoints_opened + 1}")
        scope = record.scope if record is not None else None
        self.emit(ev.CheckpointOpened(checkpoint, kind, question, actions, output), scope)

    def close_checkpoint(self, checkpoint: CheckpointId | None, action: str, by: str = "person") -> None:
        if checkpoint is not None and checkpoint in self.state.checkpoints:
            task = self.state.checkpoints[checkpoint].task
            scope = self.state.tasks[task].scope if task is not None else None
            self.emit(ev.CheckpointResolved(checkpoint, action, by), scope)

    # -- the end ----------------------------------------------------------------------------------------------------

    def finish_if_done(self) -> None:
        """Ends the run once every task has ended or is blocked; pauses it once none of the chosen ones can go on."""
        state = self.state
        if state.finished is not None or not state.begun:
            return
        if state.checkpoints:
            self._withdraw_questions()
        if state.active or state.checkpoints:
            return
        if self._all_ended():
            self.emit(ev.RunFinished(self._result()))
        elif state.only is not None and state.paused is None and not state.moves_by_itself():
            self.emit(ev.RunPaused(text("run.scope_done", tasks=len(state.only))))

    def _all_ended(self) -> bool:
        counts = self.state.counts
        return sum(counts[name] for name in FINAL_STATES | {TaskState.BLOCKED}) == len(self.state.tasks)

    def _withdraw_questions(self) -> None:
        """Closes what was asked for the sake of tasks that a person has meanwhile skipped or cancelled."""
        all_ended = self._all_ended()
        for opened in tuple(self.state.checkpoints.values()):
            if opened.task is None and (all_ended or (opened.kind == "budget" and not self.state.parked)):
                self.close_checkpoint(opened.id, "withdrawn", by="run")

    def _result(self) -> RunStateName:
        counts = self.state.counts
        failures = counts[TaskState.FAILED] + counts[TaskState.CANCELLED] + counts[TaskState.BLOCKED]
        return RunStateName.FINISHED_WITH_FAILURES if failures else RunStateName.FINISHED

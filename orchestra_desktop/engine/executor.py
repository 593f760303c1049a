"""Carries out what the rules of a run decide, and feeds what happened back to them."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestra_desktop.calls.call import Calls
from orchestra_desktop.calls.deadlines import Deadlines
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import Refusal
from orchestra_desktop.domain.errors import StorageError, WrongMoment
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.messages import Message, ModelRequest, TextDelta, ThinkingDelta, request_bytes
from orchestra_desktop.domain.ports import Archive, Batch, Clock, Ids, Journal, RunRow, Toolbox, ToolContext
from orchestra_desktop.domain.run import DependencyResult, TaskInputs
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.bodies import BodyCache
from orchestra_desktop.engine.conversation import Assignment, Conversation, Ended, Frame
from orchestra_desktop.engine.instructions import CancelAttempt, Instruction, StartAttempt, Wait, WatchProvider
from orchestra_desktop.engine.rules import decide
from orchestra_desktop.engine.run_state import RunState, TaskRecord, evolve
from orchestra_desktop.engine.slots import NO_SLOTS, Slots
from orchestra_desktop.engine.stimuli import (
    AttemptCancelled,
    AttemptGaveUp,
    Begin,
    Interrupted,
    Pause,
    PersonsVerb,
    ProviderBack,
    ProviderStillDown,
    RoomGone,
    RoomMade,
    SlotsFreed,
    Stimulus,
    WaitOver,
)
from orchestra_desktop.engine.tool_round import ToolRounds
from orchestra_desktop.prompts.task import TaskPrompts

log = logging.getLogger(__name__)

FIRST_CHECK_S = 5.0
LONGEST_CHECK_S = 60.0
NOTHING = Batch()
OnProgress = Callable[[TaskId, int, TextDelta | ThinkingDelta], None]


@dataclass(frozen=True, slots=True)
class EnginePorts:
    """What a run needs of the world."""

    calls: Calls
    journal: Journal
    archive: Archive
    toolbox: Toolbox
    clock: Clock
    ids: Ids


@dataclass(slots=True)
class _Running:
    """An attempt under way and whose slot it holds. `begun` is False until its first step, `worker` None until its turn
    to begin."""

    provider: str
    worker: asyncio.Task[Any] | None = None
    begun: bool = False


class Executor:
    """One run while it is carried out. Everything happens on the loop; each stimulus is decided in one step."""

    def __init__(self, state: RunState, row: RunRow, ports: EnginePorts, slots: Slots, on_progress: OnProgress) -> None:
        self.state = state
        self._row = row
        self._ports = ports
        self._slots = slots
        self._on_progress = on_progress
        self._bodies = BodyCache(ports.archive)
        self._prompts = TaskPrompts(state.spec)
        self._frames: dict[tuple[str, ...], Frame] = {}
        self._deadlines = Deadlines()
        self._attempts: dict[tuple[TaskId, int], _Running] = {}
        self._starts: deque[StartAttempt] = deque()
        self._starting: StartAttempt | None = None  # has a worker that has not taken its first step
        self._pauses: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None  # None: what is decided is recorded, and left to the next run
        self._quiet = asyncio.Event()
        self._winds_down = False

    # -- life -------------------------------------------------------------------------------------------------------

    async def run(self, begin: Begin) -> RunStateName:
        """Carries the run out until nothing can move by itself; returns the state it is in, everything committed.

        Cancelling it closes the calls under way and leaves the run interrupted, to be resumed.
        """
        ends = [self._ports.calls.on_room(self._look_at_room), self._slots.on_free(self._slots_freed)]
        try:
            async with asyncio.TaskGroup() as self._group:
                trouble = await self._run_until_quiet(begin)
        finally:
            self._deadlines.close()
            for end in ends:
                end()
        if trouble is not None:
            raise trouble
        return self.state.name

    async def _run_until_quiet(self, begin: Begin) -> StorageError | None:
        """Returns once nothing moves and all is stored, or why it cannot be: raised in a group it would be wrapped."""
        try:
            self._feed(replace(begin, fitting=self._fitting()))
            while True:
                await self._quiet.wait()
                await self._ports.journal.append(Batch())  # stored in order: when this one is, all before it are
                if self._quiet.is_set():  # or a person decided something meanwhile
                    return None
        except asyncio.CancelledError:
            self._feed(Interrupted())
            raise
        except StorageError as error:
            return error
        finally:
            self._group = None
            for pause in self._pauses.values():
                pause.cancel()

    def submit(self, verb: PersonsVerb) -> None:
        """Decides at once. An impossible decision is raised to the asker, and the run lives on."""
        if self._winds_down:  # many a decision ends a pause, and what went on then would only be cut off
            raise WrongMoment(text("session.closes"))
        self._feed(verb)

    def wind_down(self) -> None:
        """The process ends: calls under way may finish, nothing else begins, and nobody can change that."""
        self._winds_down = True
        if self.state.finished is None:
            self._feed(Pause(text("run.closes")))

    def fitting(self) -> tuple[TaskId, ...]:
        """The parked tasks whose next calls would fit now."""
        return self._fitting()

    # -- deciding ---------------------------------------------------------------------------------------------------

    def _feed(
        self, stimulus: Stimulus, ended: Ended | None = None, worker: asyncio.Task[Any] | None = None
    ) -> StartAttempt | None:
        """Decides, hands the facts to the journal in one batch and carries out what follows.

        What follows may begin before the commit, since whatever leaves this process (a request, a tool) waits for the
        commit of a later batch. Returns the attempt that is left to the `worker`, which has just ended another.
        """
        now = self._ports.clock.now()
        first = self._taken(ended, now) if ended is not None else NOTHING
        decision = decide(self.state, stimulus, self._slots if self._group is not None else NO_SLOTS, now)
        rows = first.rows + self._changed_row()
        self._append(Batch(first.events + decision.events, first.bodies, first.ledger, rows))
        left_to_worker = None
        for instruction in decision.instructions:
            if isinstance(instruction, StartAttempt) and worker is not None and left_to_worker is None:
                left_to_worker = instruction
                self._attempts[instruction.task, instruction.attempt] = _Running(
                    self._provider(instruction.task), worker, begun=True
                )
            else:
                self._carry_out(instruction)
        if self.state.parked and not isinstance(stimulus, RoomMade):  # those it lets go have not reserved yet
            self._look_at_room()
        self._note_quiet()
        return left_to_worker

    def _taken(self, ended: Ended, at: int) -> Batch:
        return ended.batch + self._evolved(ended.scope, ended.events, at)

    def _evolved(self, scope: ev.Scope, events: Sequence[ev.Event], at: int) -> Batch:
        for event in events:
            evolve(self.state, at, scope, event)
        return Batch(events=tuple(ev.Draft(scope, event, at) for event in events))

    def _append(self, batch: Batch) -> None:
        if batch != NOTHING:
            self._bodies.keep(batch.bodies)
            _ = self._ports.journal.append(batch)

    def _changed_row(self) -> tuple[RunRow, ...]:
        name = self.state.name
        if (name, self.state.finished_at, self.state.ceiling) == (
            self._row.state,
            self._row.finished_at,
            self._row.ceiling,
        ):
            return ()
        self._row = replace(self._row, state=name, finished_at=self.state.finished_at, ceiling=self.state.ceiling)
        return (self._row,)

    # -- carrying out -----------------------------------------------------------------------------------------------

    def _carry_out(self, instruction: Instruction) -> None:
        match instruction:
            case StartAttempt(task, attempt):
                self._attempts[task, attempt] = _Running(self._provider(task))
                self._starts.append(instruction)
                self._start_next()
            case CancelAttempt(task, attempt):
                self._cancel(task, attempt)
            case Wait(task, seconds):
                self._spawn_pause(self._wait(task, seconds), f"wait {task}")
            case WatchProvider(provider):
                self._spawn_pause(self._watch(provider), f"watch {provider}")

    def _start_next(self) -> None:
        """Workers begin one in a turn of the loop: all at once they would hold up the window and the first request."""
        while self._starting is None and self._starts and self._group is not None:
            start = self._starts.popleft()
            running = self._attempts.get((start.task, start.attempt))
            if running is not None and running.worker is None:  # else it was cancelled in the meantime
                self._starting = start
                running.worker = self._spawn(self._attempts_from(start), f"attempts from {start.task}.{start.attempt}")

    def _begin(self, start: StartAttempt) -> None:
        self._attempts[start.task, start.attempt].begun = True
        self._starting = None
        self._start_next()

    def _cancel(self, task: TaskId, attempt: int) -> None:
        running = self._attempts.get((task, attempt))
        if running is None:
            return
        if running.worker is not None:
            running.worker.cancel()
        if not running.begun:  # then not a line of it is ever run, not even what stands under `finally`
            if self._starting == StartAttempt(task, attempt):
                self._starting = None
            self._attempt_over(task, attempt, Ended(AttemptCancelled(task, attempt)))
            self._start_next()

    def _provider(self, task: TaskId) -> str:
        return self.state.tasks[task].route.choice.provider

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        if self._group is None:
            work.close()
            raise RuntimeError(f"{name}: the run is not being carried out")
        return self._group.create_task(work, name=name)

    def _spawn_pause(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """One of each name: a new pause of a task takes the place of one that a person has cut short."""
        if self._group is None:
            work.close()
            return
        if name in self._pauses:
            self._pauses[name].cancel()
        self._pauses[name] = self._spawn(work, name)

    async def _wait(self, task: TaskId, seconds: float) -> None:
        await self._ports.clock.sleep(seconds)
        self._feed(WaitOver(task))

    async def _watch(self, provider: str) -> None:
        """Asks the provider how it is, at growing distances, until it is well or a person wants it tried anyway."""
        clock = self._ports.clock
        since = clock.monotonic()
        delay = FIRST_CHECK_S
        while provider in self.state.down:
            await clock.sleep(delay)
            health = await self._ports.calls.providers[provider].check()
            if health.healthy:
                self._feed(ProviderBack(provider))
                return
            delay = min(delay * 2, LONGEST_CHECK_S)
            self._feed(ProviderStillDown(provider, clock.monotonic() - since, delay, health.detail))

    # -- an attempt -------------------------------------------------------------------------------------------------

    async def _attempts_from(self, first: StartAttempt) -> None:
        """A worker: one attempt, then the next that may start, until there is none.

        A task for each attempt was rejected: on the window's loop its three callbacks take as long as all the rules,
        and the end of one attempt and the reservation of the next would seldom share a commit.
        """
        self._begin(first)
        worker = asyncio.current_task()
        start: StartAttempt | None = first
        while start is not None:
            start = await self._attempt(start.task, start.attempt, worker)

    async def _attempt(self, task: TaskId, attempt: int, worker: asyncio.Task[Any] | None) -> StartAttempt | None:
        """One attempt from start to end, and what the worker is to do next.

        Never raises but for a cancellation: its siblings must not suffer for it.
        """
        try:
            ended = await self._conversed(self.state.tasks[task], attempt)
        except Exception as error:  # a failure is a result of the attempt
            log.exception("attempt %s of %s broke", attempt, task)
            reason = text("attempt.broke", detail=f"{type(error).__name__}: {error}"[:300])
            ended = Ended(AttemptGaveUp(task, attempt, reason, ""))
        except BaseException:
            self._attempt_over(task, attempt, Ended(AttemptCancelled(task, attempt)))
            raise
        return self._attempt_over(task, attempt, ended, worker)

    def _attempt_over(
        self, task: TaskId, attempt: int, ended: Ended, worker: asyncio.Task[Any] | None = None
    ) -> StartAttempt | None:
        self._slots.give(self._attempts.pop((task, attempt)).provider)
        following = self._feed(ended.end, ended, worker)
        self._slots.tell(self._slots_freed)
        return following

    async def _conversed(self, record: TaskRecord, attempt: int) -> Ended:
        seconds = record.task.timeout_s or self.state.spec.settings.task_timeout_s
        try:
            async with self._deadlines.within(seconds):
                return await self._conversation(record, attempt).run()
        except TimeoutError:
            if not self._ports.journal.writable:  # it waited for the disk, which is no fault of the attempt
                return Ended(AttemptCancelled(record.task.id, attempt))
            reason = text("attempt.timed_out", seconds=seconds)
            feedback = f"The attempt was stopped after {seconds} seconds. Work in fewer, smaller steps."
            return Ended(AttemptGaveUp(record.task.id, attempt, reason, feedback))

    def _conversation(self, record: TaskRecord, attempt: int) -> Conversation:
        ports, task, scope = self._ports, record.task, record.attempt_scope

        def record_facts(events: Sequence[ev.Event], batch: Batch) -> Awaitable[object]:
            at = ports.clock.now()
            self._bodies.keep(batch.bodies)
            return ports.journal.append(batch + self._evolved(scope, events, at))

        assignment = Assignment(
            spec=self.state.spec,
            task=task,
            attempt=attempt,
            route=record.route,
            scope=scope,
            log=tuple(record.log),
            prompt=record.prompt,
            frame=self._frame(task.tools_needed),
            opening=lambda: self._opening(record),
            tool_context=lambda: self._tool_context(task.id),
        )
        return Conversation(
            assignment,
            ports.calls,
            self._bodies,
            ports.clock,
            ports.ids,
            record_facts,
            lambda: self.state.paused is None,
            lambda piece: self._on_progress(task.id, attempt, piece),
            self._deadlines.within,
        )

    def _frame(self, tools: tuple[str, ...]) -> Frame:
        frame = self._frames.get(tools)
        if frame is None:
            rounds = ToolRounds(self._ports.toolbox, tools, self._bodies, self._ports.clock)
            system = self._prompts.system
            size = request_bytes(ModelRequest("", system, (), 0, rounds.specs))
            frame = self._frames[tools] = Frame(system, rounds, size)
        return frame

    def _tool_context(self, task: TaskId) -> ToolContext:
        spec = self.state.spec
        return ToolContext(
            project=spec.project.id,
            run=spec.run,
            task=task,
            workspace=spec.project.workspace,
            files_written=self.state.files_written,
            bytes_written=self.state.bytes_written,
            quota_files=spec.settings.write_quota_files,
            quota_bytes=spec.settings.write_quota_bytes,
        )

    async def _opening(self, record: TaskRecord) -> Message:
        inputs = TaskInputs(
            results=await self._results(record),
            feedback=tuple(record.feedback),
            guidance=tuple(record.guidance),
        )
        return self._prompts.message(record.task, inputs)

    async def _results(self, record: TaskRecord) -> tuple[DependencyResult, ...]:
        dependencies = [self.state.tasks[name] for name in record.task.depends_on]
        contents = (
            await self._bodies.read(d.result for d in dependencies if d.result is not None) if dependencies else {}
        )
        return tuple(
            DependencyResult(
                d.task.id,
                d.verdict.value if d.verdict is not None else d.state.value,
                contents[d.result].decode("utf-8", "replace") if d.result is not None else "",
                tuple(d.artifacts),
            )
            for d in dependencies
        )

    # -- room, slots, rest ------------------------------------------------------------------------------------------

    def _ranked_parked(self) -> list[TaskRecord]:
        return sorted((self.state.tasks[task] for task in self.state.parked), key=lambda record: record.rank)

    def _fitting(self) -> tuple[TaskId, ...]:
        """The parked tasks whose next calls fit together, best rank first; none overtakes another."""
        total, fitting = 0, []
        for record in self._ranked_parked():
            total += record.needed
            if self._refusal(record, total) is not None:
                break
            fitting.append(record.task.id)
        return tuple(fitting)

    def _refusal(self, record: TaskRecord, amount: int) -> Refusal | None:
        return self._ports.calls.refusal(record.scope, amount)

    def _look_at_room(self) -> None:
        """After a settlement or a raised cap: parked tasks go on, or a person is asked if nothing can free room."""
        if not self.state.parked or self._group is None:
            return
        fitting = self._fitting()
        if fitting:
            self._feed(RoomMade(fitting))
            return
        if self.state.checkpoint_of("budget") is None:
            record = self._ranked_parked()[0]
            refusal = self._refusal(record, record.needed)
            if refusal is not None and not refusal.may_free:
                self._feed(RoomGone(record.task.id, refusal))

    def _slots_freed(self) -> None:
        if self.state.counts[TaskState.READY] and self._group is not None:
            self._feed(SlotsFreed())

    def _note_quiet(self) -> None:
        if self._is_quiet():
            self._quiet.set()
        else:
            self._quiet.clear()

    def _is_quiet(self) -> bool:
        """True if nothing goes on without a person. What a person has paused waits for their word here."""
        state = self.state
        if self._attempts:
            return False
        if state.finished is not None or state.interrupted:
            return True
        if state.paused is not None:
            return bool(state.checkpoints) or state.paused.key == "run.scope_done"
        return not state.moves_by_itself()

"""Runs: started, resumed, decided about and looked back at; one execution of an approved plan each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from orchestra_desktop.domain.errors import AmbiguousName, StorageDamaged, UnknownThing, WrongMoment
from orchestra_desktop.domain.events import Draft, RunInterrupted, RunStarted, Scope, Stored
from orchestra_desktop.domain.ids import CheckpointId, RunId, TaskId
from orchestra_desktop.domain.messages import TextDelta, ThinkingDelta
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.ports import Batch, EventFilter, RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import RunSpec, spec_from_json, spec_json
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import ENDED_RUN_STATES, RunStateName
from orchestra_desktop.engine.bodies import body
from orchestra_desktop.engine.executor import Executor
from orchestra_desktop.engine.rules import decide
from orchestra_desktop.engine.run_state import RunState, fold
from orchestra_desktop.engine.slots import NO_SLOTS, Slots
from orchestra_desktop.engine.stimuli import (
    Begin,
    ChangeCeiling,
    Interrupted,
    PersonsVerb,
    Resolve,
    StopNow,
)
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.plans import Plans, checked_amount
from orchestra_desktop.services.run_choice import RunChoice, check, chosen_tasks, find_task, with_concurrency
from orchestra_desktop.services.under_way import UnderWay
from orchestra_desktop.settings.run_settings import run_settings

__all__ = ["OnRunProgress", "RunChoice", "Runs", "find_task"]

OnRunProgress = Callable[[RunId, TaskId, int, TextDelta | ThinkingDelta], None]
_UNTIL_THE_END = 2**62


class Runs:
    """What can be done with runs.

    What is decided about a run that nobody carries out, and the moment in which it begins to be carried out, come one
    after the other: an executor that took the run over in the middle of a decision would not know of it.
    """

    def __init__(self, context: Context, plans: Plans) -> None:
        self._c = context
        self._plans = plans
        self._slots: Slots | None = None
        self._turn = asyncio.Lock()
        self._under_way: UnderWay[RunId] = UnderWay()
        self._closes = False

    @property
    def live(self) -> Mapping[RunId, Executor]:
        """Those that this process is carrying out."""
        return self._c.writing.live if self._c.writing is not None else {}

    # -- reading ----------------------------------------------------------------------------------------------------

    async def newest(self, project: Project) -> RunRow | None:
        runs = await self._c.archive.runs(project.id)
        return self._c.as_it_stands(runs[-1]) if runs else None

    async def state(self, row: RunRow) -> RunState:
        """The run as it stands: the live one, else the fold of its stored events."""
        live = self.live.get(row.run)
        return live.state if live is not None else await self.state_at(row, _UNTIL_THE_END)

    async def state_at(self, row: RunRow, seq: int) -> RunState:
        """The run as it was when the event of that number had happened."""
        spec, events = await self._stored(row, seq)
        return fold(spec, events)

    async def _stored(self, row: RunRow, until: int) -> tuple[RunSpec, Sequence[Stored]]:
        bodies = await self._c.archive.bodies([row.spec])
        events = await self._c.archive.events(EventFilter(run=row.run, until=until))
        try:
            return spec_from_json(bodies[row.spec]), events
        except ValueError as error:
            raise StorageDamaged(text("run.spec_unreadable", run=row.run, detail=type(error).__name__)) from error

    async def next_up(self, project: Project) -> RunRow | None:
        """The run that `run` would go on with or say the end of; None where it would begin a new one, if any."""
        version, row = await self._plans.approved(project), await self.newest(project)
        superseded = row is not None and version is not None and version.number > row.plan_number
        return None if superseded else row

    # -- running ----------------------------------------------------------------------------------------------------

    async def run(self, project: Project, choice: RunChoice, on_progress: OnRunProgress) -> RunStateName:
        """Carries the project's run on until nothing moves by itself.

        A newly approved plan begins a new run; an unfinished one is resumed; an ended one does nothing and says how
        it ended. Raises WrongMoment where no plan is approved or the run is being carried out already: a second click
        finds the project taken before the first has even asked which models there are.
        """
        check(choice)
        busy = self._c.writer.busy
        if self._closes:
            raise WrongMoment(text("session.closes"))
        if project.id in busy:
            raise WrongMoment(text("run.is_live", run=project.name))
        busy.add(project.id)
        try:
            ready = await self._prepared(project, choice, on_progress)
            return ready if isinstance(ready, RunStateName) else await self._carry_out(*ready)
        finally:
            busy.discard(project.id)

    async def _prepared(
        self, project: Project, choice: RunChoice, on_progress: OnRunProgress
    ) -> tuple[Executor, Begin] | RunStateName:
        """The run's executor, registered as live; or how it ended where there is nothing to carry out."""
        row = await self.next_up(project)
        if row is not None:
            async with self._turn:
                return await self._resumed(row, choice, on_progress)
        version = await self._plans.approved(project)
        if version is None:
            raise WrongMoment(text("run.nothing_approved", project=project.name))
        await self._plans.check_signed(project, version)
        spec = await self._spec(project, version, choice)
        only = chosen_tasks(RunState(spec), choice)
        async with self._turn:
            await self._end_older(project)
            ceiling = version.ceiling if choice.ceiling is None else choice.ceiling
            state, row = await self._stored_start(spec, ceiling)
            return self._executor(state, row, on_progress), Begin(only, fresh=True)

    async def _stored_start(self, spec: RunSpec, ceiling: int | None) -> tuple[RunState, RunRow]:
        now = self._c.clock.now()
        spec_body = body(spec_json(spec))
        started = RunStarted(spec.plan_number, spec.plan_hash, spec_body.digest, ceiling)
        row = RunRow(
            spec.run,
            spec.project.id,
            spec.plan_number,
            spec.plan_hash,
            spec_body.digest,
            RunStateName.RUNNING,
            now,
            None,
            ceiling,
        )
        draft = Draft(Scope(spec.project.id, spec.run), started, now)
        stored = await self._c.journal.append(Batch(events=(draft,), bodies=(spec_body,), rows=(row,)))
        return fold(spec, stored), row

    async def _end_older(self, project: Project) -> None:
        """Unfinished runs of plans that have been superseded: their tasks never run again, their questions lapse."""
        for row in await self._c.archive.runs(project.id):
            if row.state not in ENDED_RUN_STATES:
                await self._record(row, await self.state(row), StopNow())

    async def _spec(self, project: Project, version: PlanVersion, choice: RunChoice) -> RunSpec:
        routed = await self._plans.route(project, version, RunId(self._c.ids.new()))
        spec = with_concurrency(routed.spec, choice.concurrency)
        return replace(spec, expected_seconds=self._plans.quote_of(spec).expected_seconds)

    async def _resumed(
        self, row: RunRow, choice: RunChoice, on_progress: OnRunProgress
    ) -> tuple[Executor, Begin] | RunStateName:
        state = await self.state(row)
        only = chosen_tasks(state, choice)
        if choice.ceiling is not None and choice.ceiling != state.ceiling:
            row = await self._record(row, state, ChangeCeiling(choice.ceiling))
        if state.finished is not None:
            return state.finished
        state.spec = with_concurrency(state.spec, choice.concurrency)
        return self._executor(state, row, on_progress), Begin(only)

    def _executor(self, state: RunState, row: RunRow, on_progress: OnRunProgress) -> Executor:
        """Registered at once: from here on decisions go to it."""
        self._c.writer.limits.set_ceiling(row.run, state.ceiling)
        executor = Executor(
            state,
            row,
            self._c.writer.engine,
            self._shared_slots(state),
            lambda task, attempt, piece: on_progress(row.run, task, attempt, piece),
        )
        self._c.writer.live[row.run] = executor
        return executor

    async def _carry_out(self, executor: Executor, begin: Begin) -> RunStateName:
        run = executor.state.spec.run
        with self._under_way.piece(run):
            try:
                return await executor.run(begin)
            finally:
                del self._c.writer.live[run]

    def _shared_slots(self, state: RunState) -> Slots:
        """One set of slots for all runs of this process, as the settings are now; a run's own limit comes on top.

        A run that was asked to work at more tasks at once than the settings say widens it.
        """
        if self._slots is None or not self.live:
            limits = run_settings(self._c.settings)
            total = max(limits.concurrency, state.spec.settings.concurrency)
            self._slots = Slots(total, {**limits.per_provider, "rehearsal": total})
        return self._slots

    # -- deciding ---------------------------------------------------------------------------------------------------

    async def decide(self, row: RunRow, *verbs: PersonsVerb) -> None:
        """Carries decisions out: at once in a live run, else they are recorded for the next `run`; durable either way.

        Raises WrongMoment or UnknownThing, with nothing changed, if one of them is not possible now; none is about a
        live run while the process ends.
        """
        async with self._turn:
            if row.run not in self.live:
                await self._record(row, await self.state(row), *verbs)
                return
        await self._submit(row, verbs)

    async def _submit(self, row: RunRow, verbs: Sequence[PersonsVerb]) -> None:
        if len(verbs) > 1:  # tried on a copy first, so that one which is refused changes nothing
            copy = await self.state_at(row, _UNTIL_THE_END)
            for verb in verbs:
                decide(copy, verb, NO_SLOTS, self._c.clock.now())
        live = self.live.get(row.run)
        if live is None:  # it came to its end meanwhile
            await self.decide(row, *verbs)
            return
        for verb in verbs:
            live.submit(replace(verb, fitting=live.fitting()) if isinstance(verb, Resolve) else verb)
        await self._c.journal.append(Batch())  # stored in order: when this one is, they are

    async def change_ceiling(self, row: RunRow, ceiling: int | None) -> None:
        """Signs another ceiling for this run, in nano-dollars."""
        await self.decide(row, ChangeCeiling(None if ceiling is None else checked_amount(ceiling)))
        self._c.writer.limits.set_ceiling(row.run, ceiling)
        self._c.writer.announce_room()

    async def _record(self, row: RunRow, state: RunState, *verbs: PersonsVerb) -> RunRow:
        """Takes decisions about a run that nobody carries out; one that they open again waits, interrupted."""
        now = self._c.clock.now()
        events = [event for verb in verbs for event in decide(state, verb, NO_SLOTS, now).events]
        if state.name is RunStateName.RUNNING:
            events += decide(state, Interrupted(), NO_SLOTS, now).events
        row = replace(row, state=state.name, finished_at=state.finished_at, ceiling=state.ceiling)
        await self._c.journal.append(Batch(events=tuple(events), rows=(row,)))
        return row

    async def find_checkpoint(self, name: str) -> tuple[RunRow, CheckpointId]:
        """By id or unique id prefix, over all projects. Raises UnknownThing or AmbiguousName."""
        found: list[tuple[RunRow, CheckpointId]] = []
        for row in await self._c.archive.runs():
            if row.state in ENDED_RUN_STATES:
                continue
            for checkpoint in (await self.state(row)).checkpoints:
                if checkpoint == name:
                    return row, checkpoint
                if name and checkpoint.startswith(name):
                    found.append((row, checkpoint))
        if len(found) > 1:
            ids = ", ".join(checkpoint for _, checkpoint in found[:5])
            raise AmbiguousName(text("checkpoint.ambiguous", name=name, ids=ids))
        if not found:
            raise UnknownThing(text("checkpoint.unknown", checkpoint=name))
        return found[0]

    # -- the end ----------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """The process ends: no run begins any more, and those under way are left interrupted, to be resumed.

        Calls that are being answered may finish within the grace of the settings, so that less remains unconfirmed;
        none is made after this.
        """
        self._closes = True
        try:
            await self._let_calls_finish(self._c.settings.execution.shutdown_grace_s)
        finally:
            await self._under_way.cancel()

    async def _let_calls_finish(self, seconds: float) -> None:
        idle = asyncio.Event()

        def look(_stored: object = None) -> None:
            if not any(executor.state.active for executor in self.live.values()):
                idle.set()

        if not self.live:
            return
        end = self._c.journal.subscribe(look)
        try:
            for executor in self.live.values():
                executor.wind_down()
            look()
            async with asyncio.timeout(seconds):
                await idle.wait()
        except TimeoutError:
            return  # what has not come by now is cancelled
        finally:
            end()

    # -- after a crash ----------------------------------------------------------------------------------------------

    async def note_interrupted(self) -> int:
        """Called once the data folder is opened: runs that the last process left running are interrupted."""
        rows = [row for row in await self._c.archive.runs() if row.state is RunStateName.RUNNING]
        now = self._c.clock.now()
        for row in rows:
            draft = Draft(Scope(row.project, row.run), RunInterrupted(), now)
            interrupted = replace(row, state=RunStateName.INTERRUPTED)
            await self._c.journal.append(Batch(events=(draft,), rows=(interrupted,)))
        return len(rows)

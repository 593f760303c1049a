"""Runs: started, resumed, decided about and looked back at; one execution of an approved plan each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

from orchestra_desktop.domain.errors import AmbiguousName, UnknownThing, WrongMoment
from orchestra_desktop.domain.events import Draft, RunInterrupted, RunStarted, Scope, Stored
from orchestra_desktop.domain.graph import downstream
from orchestra_desktop.domain.ids import CheckpointId, RunId, TaskId
from orchestra_desktop.domain.messages import TextDelta, ThinkingDelta
from orchestra_desktop.domain.plan import PlanVersion, with_hash
from orchestra_desktop.domain.ports import Batch, EventFilter, RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import RunSpec, spec_from_json, spec_json
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import DONE_STATES, ENDED_RUN_STATES, RunStateName
from orchestra_desktop.engine.bodies import body
from orchestra_desktop.engine.executor import Executor
from orchestra_desktop.engine.rules import decide
from orchestra_desktop.engine.run_state import RunState, fold
from orchestra_desktop.engine.slots import NO_SLOTS, Slots
from orchestra_desktop.engine.stimuli import Begin, ChangeCeiling, PersonsVerb, Resolve
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.plans import Plans

OnRunProgress = Callable[[RunId, TaskId, int, TextDelta | ThinkingDelta], None]
_UNTIL_THE_END = 2**62


@dataclass(frozen=True, slots=True)
class RunChoice:
    """What a person says when a run is started or resumed.

    `only` are tasks that alone may run, `start_at` a task to run with everything behind it; `concurrency` counts for a
    new run. `ceiling` in nano-dollars; None keeps what was signed.
    """

    only: tuple[str, ...] = ()
    start_at: str | None = None
    concurrency: int | None = None
    ceiling: int | None = None


class Runs:
    """What can be done with runs. `live` are those that this process is carrying out."""

    def __init__(self, context: Context, plans: Plans) -> None:
        self._c = context
        self._plans = plans
        self.live: dict[RunId, Executor] = {}
        self._slots: Slots | None = None

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
        return spec_from_json(bodies[row.spec]), events

    # -- running ----------------------------------------------------------------------------------------------------

    async def run(self, project: Project, choice: RunChoice, on_progress: OnRunProgress) -> RunStateName:
        """Carries the project's run on until nothing moves by itself.

        A newly approved plan begins a new run; an unfinished one is resumed; an ended one does nothing and says how
        it ended. Raises WrongMoment where no plan is approved or the run is being carried out already.
        """
        version = await self._plans.approved(project)
        row = await self.newest(project)
        if row is not None and (version is None or version.number <= row.plan_number):
            return await self._resume(row, choice, on_progress)
        if version is None:
            raise WrongMoment(text("run.nothing_approved", project=project.name))
        return await self._start(project, version, choice, on_progress)

    async def _start(
        self, project: Project, version: PlanVersion, choice: RunChoice, on_progress: OnRunProgress
    ) -> RunStateName:
        if not with_hash(version):
            raise WrongMoment(text("plan.hash_differs", number=version.number))
        spec = await self._spec(project, version, choice)
        only = self._only(RunState(spec), choice)
        ceiling = version.ceiling if choice.ceiling is None else choice.ceiling
        now = self._c.clock.now()
        spec_body = body(spec_json(spec))
        started = RunStarted(version.number, version.hash, spec_body.digest, ceiling)
        row = RunRow(
            spec.run,
            project.id,
            version.number,
            version.hash,
            spec_body.digest,
            RunStateName.RUNNING,
            now,
            None,
            ceiling,
        )
        draft = Draft(Scope(project.id, spec.run), started, now)
        stored = await self._c.journal.append(Batch(events=(draft,), bodies=(spec_body,), rows=(row,)))
        return await self._execute(fold(spec, stored), row, Begin(only, fresh=True), on_progress)

    async def _spec(self, project: Project, version: PlanVersion, choice: RunChoice) -> RunSpec:
        routed = await self._plans.route(project, version, RunId(self._c.ids.new()))
        spec = routed.spec
        if choice.concurrency is not None:
            spec = replace(spec, settings=replace(spec.settings, concurrency=choice.concurrency))
        return replace(spec, expected_seconds=self._plans.quote_of(spec).expected_seconds)

    async def _resume(self, row: RunRow, choice: RunChoice, on_progress: OnRunProgress) -> RunStateName:
        if row.run in self.live:
            raise WrongMoment(text("run.is_live", run=row.run))
        state = await self.state(row)
        if choice.ceiling is not None and choice.ceiling != state.ceiling:
            row = await self._record(row, state, ChangeCeiling(choice.ceiling))
        if row.state in ENDED_RUN_STATES:
            return row.state
        return await self._execute(state, row, Begin(self._only(state, choice)), on_progress)

    async def _execute(self, state: RunState, row: RunRow, begin: Begin, on_progress: OnRunProgress) -> RunStateName:
        self._c.writer.limits.set_ceiling(row.run, state.ceiling)
        executor = Executor(
            state,
            row,
            self._c.writer.engine,
            self._shared_slots(state),
            lambda task, attempt, piece: on_progress(row.run, task, attempt, piece),
        )
        self.live[row.run] = executor
        try:
            return await executor.run(begin)
        finally:
            del self.live[row.run]

    def _shared_slots(self, state: RunState) -> Slots:
        """One set of slots for all runs of this process; a single run's own limits come on top."""
        if self._slots is None or not self.live:
            settings = state.spec.settings
            self._slots = Slots(settings.concurrency, settings.per_provider)
        return self._slots

    def _only(self, state: RunState, choice: RunChoice) -> frozenset[TaskId] | None:
        """The tasks that may run. Raises WrongMoment if one of them lacks a result that is outside of them."""
        if not choice.only and choice.start_at is None:
            return None
        chosen = {find_task(state, name) for name in choice.only}
        if choice.start_at is not None:
            first = find_task(state, choice.start_at)
            graph = {task.id: task.depends_on for task in state.spec.plan.tasks}
            behind = downstream(graph, [first])  # type: ignore[arg-type]
            chosen |= {first, *(TaskId(name) for name in behind)}
        for task in chosen:
            _check_dependencies(state, task, chosen, first_only=choice.start_at is not None)
        return frozenset(chosen)

    # -- deciding ---------------------------------------------------------------------------------------------------

    async def decide(self, row: RunRow, verb: PersonsVerb) -> None:
        """Carries a person's decision out: at once in a live run, else it is recorded for the next `run`.

        Raises WrongMoment or UnknownThing, with nothing changed, if it is not possible now.
        """
        live = self.live.get(row.run)
        if live is not None:
            live.submit(replace(verb, fitting=live.fitting()) if isinstance(verb, Resolve) else verb)
        else:
            await self._record(row, await self.state(row), verb)

    async def change_ceiling(self, row: RunRow, ceiling: int | None) -> None:
        """Signs another ceiling for this run."""
        self._c.writer.limits.set_ceiling(row.run, ceiling)
        await self.decide(row, ChangeCeiling(ceiling))
        self._c.writer.announce_room()

    async def _record(self, row: RunRow, state: RunState, verb: PersonsVerb) -> RunRow:
        decision = decide(state, verb, NO_SLOTS, self._c.clock.now())
        row = replace(row, state=state.name, finished_at=state.finished_at, ceiling=state.ceiling)
        await self._c.journal.append(Batch(events=decision.events, rows=(row,)))
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


def find_task(state: RunState, name: str) -> TaskId:
    """By id (any case) or unique title. Raises UnknownThing or AmbiguousName."""
    by_id = [task for task in state.tasks if task.lower() == name.lower()]
    titled = [task for task, record in state.tasks.items() if record.task.title == name]
    found = by_id or titled
    if len(found) > 1:
        raise AmbiguousName(text("task.ambiguous", name=name, matches=", ".join(found[:5])))
    if not found:
        raise UnknownThing(text("task.unknown", name=name))
    return found[0]


def _check_dependencies(state: RunState, task: TaskId, chosen: Collection[TaskId], *, first_only: bool) -> None:
    for dependency in state.tasks[task].task.depends_on:
        if dependency not in chosen and state.tasks[dependency].state not in DONE_STATES:
            key = "run.start_at_needs" if first_only else "run.only_needs"
            raise WrongMoment(text(key, task=task, dependency=dependency))

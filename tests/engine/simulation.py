"""Whole runs with the real executor through moods, full disks, kills and a person of changing mind, all from a seed."""

from __future__ import annotations

import asyncio
import zoneinfo
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from orchestra_desktop.calls.accounts import Accounts
from orchestra_desktop.calls.call import Calls
from orchestra_desktop.calls.recovery import settle_abandoned
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.ids import Digest, TaskId
from orchestra_desktop.domain.ledger import LineOpened, LineSettled
from orchestra_desktop.domain.messages import ModelRequest
from orchestra_desktop.domain.plan import Complexity, Plan, PlanTask, TaskType, Tier
from orchestra_desktop.domain.ports import Batch, RunRow
from orchestra_desktop.domain.pricing import PriceTable
from orchestra_desktop.domain.run import RunSettings, RunSpec, spec_json
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import (
    ACTIVE_STATES,
    RunStateName,
    TaskState,
)
from orchestra_desktop.engine.bodies import body
from orchestra_desktop.engine.executor import EnginePorts, Executor
from orchestra_desktop.engine.rules import decide
from orchestra_desktop.engine.run_state import RunState, fold
from orchestra_desktop.engine.slots import NO_SLOTS, Slots
from orchestra_desktop.engine.stimuli import (
    AcceptTask,
    Begin,
    CancelTask,
    ChangeCeiling,
    Pause,
    PersonsVerb,
    Resolve,
    Resume,
    RetryTask,
    SkipTask,
    StopNow,
)
from tests.engine.simulated_service import GOOD, SimulatedService
from tests.engine.virtual_time import LoopClock, SeededIds
from tests.engine.world import FREE, PRICE, PROJECT, RUN, RecordingToolbox, spec_of
from tests.fakes.journal import MemoryStore

MONTH_S = 30 * 24 * 3_600.0
STARTS = 40  # after so many the service is good and the person sensible, and the run must come to its end


def random_spec(random: Random) -> RunSpec:
    """1 to 30 tasks, each depending on up to three earlier ones; some local, some asking first."""
    names = [TaskId(f"T{n}") for n in range(1, random.choice([1, 2, 6, 12, 30]) + 1)]
    tasks = []
    for place, name in enumerate(names):
        task = PlanTask(
            id=name,
            title=f"Task {name}",
            description="Do it.",
            task_type=TaskType.CODE,
            complexity=random.choice(list(Complexity)),
            depends_on=tuple(random.sample(names[:place], min(place, random.randint(0, 3)))),
            tools_needed=("write_file",),
            priority=random.choice([None, None, 1]),
            retries=random.choice([None, 0]),
            ask_before=random.randrange(12) == 0,
        )
        tasks.append(task)
    spec = spec_of(Plan("Any plan.", tuple(tasks)), _settings(random))
    for name in names:
        if random.randrange(5) == 0:
            spec.routes[name] = replace(spec.routes[name], tier=Tier.LOCAL, choice=FREE)
    return spec


def _settings(random: Random) -> RunSettings:
    return RunSettings(
        concurrency=random.randint(1, 8),
        per_provider={"anthropic": random.randint(1, 4), "ollama": 1},
        max_rounds=random.choice([3, 10]),
        further_attempts=random.randint(0, 2),
        task_timeout_s=random.choice([120, 1_800]),
    )


@dataclass(slots=True)
class Simulation:
    """One seed: `play` brings its run to an end through all that happens to it; `faults` is what was wrong."""

    seed: int
    trouble: bool = True  # kills, failing disks, a person who interferes
    spec: RunSpec = field(init=False)
    random: Random = field(init=False)
    clock: LoopClock = field(default_factory=LoopClock)
    store: MemoryStore = field(default_factory=MemoryStore)
    starts: int = 0
    kills: int = 0
    faults: list[str] = field(default_factory=list)
    paid: SimulatedService = field(init=False)
    local: SimulatedService = field(init=False)
    accounts: Accounts = field(init=False)
    calls: Calls = field(init=False)
    slots: Slots = field(init=False)
    executor: Executor | None = None
    ceiling: int | None = None

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        self.spec = random_spec(self.random)
        self.paid = SimulatedService(Random(self.seed + 1), look=self._look)
        self.local = SimulatedService(Random(self.seed + 2), "ollama", is_free=True, look=self._look)
        self.paid.mood = replace(self.paid.mood, well=self.random.choice([5, 65]))
        self.ceiling = self.random.choice([None, None, PRICE.bound(5_000, 32_768) * self.random.randint(1, 4)])

    # -- playing ----------------------------------------------------------------------------------------------------

    async def play(self) -> RunState:
        """Starts, and starts again, until the run has ended; answers its last state."""
        await self._begin()
        while True:
            self.starts += 1
            assert self.starts < STARTS + 30, "it does not come to an end"
            if self.starts == STARTS:
                self._all_becomes_well()
            state = await self._start()
            if state.finished is not None and self.starts >= min(STARTS, 6):
                return state
            await self._decide_offline(state)

    def _all_becomes_well(self) -> None:
        self.trouble = False
        self.paid.mood = self.local.mood = GOOD

    async def _begin(self) -> None:
        spec_body = body(spec_json(self.spec))
        started = ev.RunStarted(1, self.spec.plan_hash, spec_body.digest, self.ceiling)
        draft = ev.Draft(ev.Scope(PROJECT, RUN), started, self.clock.now())
        await self.store.append(Batch(events=(draft,), bodies=(spec_body,), rows=(self._row(RunStateName.RUNNING),)))

    def _row(self, state: RunStateName) -> RunRow:
        return RunRow(RUN, PROJECT, 1, self.spec.plan_hash, Digest(""), state, 0, None, self.ceiling)

    def folded(self) -> RunState:
        return fold(self.spec, [stored for stored in self.store.stored if stored.scope.run == RUN])

    async def _start(self) -> RunState:
        """One process: opened, run until it rests, is ended or is killed, with whatever happens meanwhile."""
        state = await self._open()
        executor = self.executor = self._executor(state)
        loop = asyncio.get_running_loop()
        going = loop.create_task(executor.run(Begin(self._scope(), fresh=self.starts == 1)))
        around = [loop.create_task(self._disk()), loop.create_task(self._person())] if self.trouble else []
        left = self.random.choice([5.0, 60.0, 600.0, MONTH_S]) if self.trouble else MONTH_S
        done, _ = await asyncio.wait({going}, timeout=left)
        for each in around:
            each.cancel()
        await asyncio.gather(*around, return_exceptions=True)
        self.store.recover()
        self.store.release()
        if done:
            self._rested(executor, going.result())
        else:
            assert left < MONTH_S, "nothing moves, and nobody is asked"
            await self._end_process(going)
        return self.folded()

    def _executor(self, state: RunState) -> Executor:
        settings = self.spec.settings
        self.slots = Slots(settings.concurrency, settings.per_provider)
        ports = EnginePorts(self.calls, self.store, self.store, RecordingToolbox(), self.clock, SeededIds(self._roll()))
        return Executor(state, self._row(state.name), ports, self.slots, lambda *_piece: None)

    def _roll(self) -> int:
        return self.random.randrange(10**9)

    def _scope(self) -> frozenset[TaskId] | None:
        names = list(self.spec.routes)
        chosen = self.trouble and self.random.randrange(6) == 0
        return frozenset(self.random.sample(names, self.random.randint(1, len(names)))) if chosen else None

    async def _open(self) -> RunState:
        """What the top floor does when it opens a data folder."""
        self.accounts = Accounts(zoneinfo.ZoneInfo("UTC"))
        ids = SeededIds(self._roll())
        providers: dict[str, Any] = {"anthropic": self.paid, "ollama": self.local}
        self.calls = Calls(providers, self.store, self.accounts, lambda: PriceTable([PRICE]), self.clock, ids)
        await settle_abandoned(self.store, self.store, self.clock)
        await self.accounts.load(self.store, [PROJECT], [RUN], self.clock.now())
        rows = await self.store.runs()
        if self.starts > 1 and rows[0].state is RunStateName.RUNNING:
            draft = ev.Draft(ev.Scope(PROJECT, RUN), ev.RunInterrupted(), self.clock.now())
            await self.store.append(Batch(events=(draft,), rows=(self._row(RunStateName.INTERRUPTED),)))
        state = self.folded()
        self.accounts.set_ceiling(RUN, state.ceiling)
        return state

    async def _end_process(self, going: asyncio.Task[RunStateName]) -> None:
        """Asked to end, or killed: then nothing that it still says reaches the disk."""
        killed = self.random.randrange(3) > 0
        if killed:
            self.kills += 1
            found = self.store.after_kill()
            self.store.hold()
        before = asyncio.get_running_loop().time()
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
        self.expect(asyncio.get_running_loop().time() - before < 2, "it took long to be idle")
        self.expect(self.slots.used == 0, "a slot was not given back")
        self.expect(not self.accounts.balances.holds, "a reservation was leaked")
        self.expect(self.paid.in_flight + self.local.in_flight == 0, "a request was left open")
        if killed:
            self.store = found
        else:
            await self.store.append(Batch())

    def _rested(self, executor: Executor, name: RunStateName) -> None:
        state = executor.state
        self.expect(name is state.name, "it answered another state")
        rests = state.finished is not None or bool(state.checkpoints)
        scope_done = state.paused is not None and state.paused.key == "run.scope_done"
        self.expect(rests or scope_done, f"it rests as {state.name} and asks nobody")
        self.expect(self.slots.used == 0, "a slot was not given back")
        self.expect(not self.accounts.balances.holds, "a reservation was leaked")
        self.expect(self.folded().snapshot() == state.snapshot(), "the stored events say something else")
        self.expect(not self.store.uncommitted, "it ended before all was committed")

    def expect(self, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(f"start {self.starts}: {fault}")

    # -- what happens around it -------------------------------------------------------------------------------------

    async def _disk(self) -> None:
        while True:
            await asyncio.sleep(self.random.expovariate(1 / 200))
            trouble = self.random.choice([self.store.hold, self.store.fail])
            trouble()
            await asyncio.sleep(self.random.choice([0.0, 5.0, 300.0]))
            self.store.recover()
            self.store.release()

    async def _person(self) -> None:
        while True:
            await asyncio.sleep(self.random.expovariate(1 / 60))
            assert self.executor is not None
            verb = self._any_verb(self.executor.state)
            self._try(self.executor.submit, verb)
            if isinstance(verb, Pause):
                await asyncio.sleep(self.random.uniform(0, 60))
                self._try(self.executor.submit, Resume())

    def _try(self, say: Any, verb: PersonsVerb) -> None:
        if isinstance(verb, ChangeCeiling):
            self.accounts.set_ceiling(RUN, verb.ceiling)
        try:
            say(verb)
        except InvalidInput:
            return
        finally:
            if isinstance(verb, ChangeCeiling):
                self.calls.announce_room()

    def _any_verb(self, state: RunState) -> PersonsVerb:
        task = self.random.choice(list(state.tasks))
        verbs: list[PersonsVerb] = [
            Pause(text("run.paused_by_person")),
            Resume(),
            RetryTask(task, "Try."),
            SkipTask(task),
            CancelTask(task),
            AcceptTask(task),
            ChangeCeiling(self.random.choice([None, (state.ceiling or 0) + PRICE.bound(5_000, 32_768)])),
        ]
        if self.random.randrange(10) == 0:
            verbs.append(StopNow())
        if state.checkpoints:
            verbs += [self._answer(state, self.random.choice(sorted(state.checkpoints)))] * 4
        return self.random.choice(verbs)

    def _answer(self, state: RunState, checkpoint: Any) -> Resolve:
        opened = state.checkpoints[checkpoint]
        action = self.random.choice(opened.actions)
        if not self.trouble:
            action = opened.actions[0]  # go, retry, raise the cap
        tier = Tier.LOCAL if action == "lower_tier" else None
        return Resolve(checkpoint, action, "Gently.", tier)

    async def _decide_offline(self, state: RunState) -> None:
        """Between two processes: every question is answered, an ended run opened again by a retry."""
        if self._wants(state, "budget"):
            ceiling = (state.ceiling or 0) + PRICE.bound(5_000, 32_768) * 4
            await self._record(state, ChangeCeiling(None if not self.trouble else ceiling))
        for checkpoint in tuple(state.checkpoints):
            if checkpoint in state.checkpoints and state.checkpoints[checkpoint].kind != "budget":
                await self._record(state, self._answer(state, checkpoint))
        if state.finished is not None and state.finished is not RunStateName.FINISHED:
            stopped = [t for t, r in state.tasks.items() if r.state in {TaskState.FAILED, TaskState.CANCELLED}]
            for task in self.random.sample(stopped, min(2, len(stopped))):
                await self._record(state, RetryTask(task))

    def _wants(self, state: RunState, kind: str) -> bool:
        return any(checkpoint.kind == kind for checkpoint in state.checkpoints.values())

    async def _record(self, state: RunState, verb: PersonsVerb) -> None:
        try:
            decision = decide(state, verb, NO_SLOTS, self.clock.now())
        except InvalidInput:
            return
        await self.store.append(Batch(events=decision.events, rows=(self._row(state.name),)))

    # -- what the service sees --------------------------------------------------------------------------------------

    def _look(self, task: TaskId, request: ModelRequest) -> None:
        """R1, M2: the request goes on where the stored rounds end, and its reservation is on the disk."""
        state = self.folded()  # of what is committed
        record = state.tasks[task]
        answers = sum(message.role == "assistant" for message in request.messages)
        late = self.executor is not None and self.executor.state.tasks[task].state not in ACTIVE_STATES
        self.expect(late or answers == record.rounds, f"{task} is asked with {answers} answers, {record.rounds} stored")
        opened = {w.call for b in self.store.batches for w in b.ledger if isinstance(w, LineOpened) and w.task == task}
        settled = {w.call for b in self.store.batches for w in b.ledger if isinstance(w, LineSettled)}
        self.expect(len(opened - settled) >= 1, f"{task} is asked without a reservation")

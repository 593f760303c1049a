"""A small world for runs: a plan by its edges, a scripted provider, a store in memory, and an executor over them."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from orchestra_desktop.calls.accounts import Accounts
from orchestra_desktop.calls.call import Calls
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import Digest, ProjectId, RunId, TaskId
from orchestra_desktop.domain.messages import TextDelta, ThinkingDelta, ToolSpec, ToolUse
from orchestra_desktop.domain.plan import Complexity, Plan, PlanTask, TaskType, Tier, plan_hash
from orchestra_desktop.domain.ports import Archive, Batch, Body, Clock, Ids, Journal, RunRow, ToolContext, ToolResult
from orchestra_desktop.domain.pricing import Price, PriceTable, Rates
from orchestra_desktop.domain.run import ModelChoice, ProjectBrief, Route, RunSettings, RunSpec, spec_json
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.engine.bodies import body
from orchestra_desktop.engine.executor import EnginePorts, Executor
from orchestra_desktop.engine.run_state import RunState, fold
from orchestra_desktop.engine.slots import Slots
from orchestra_desktop.engine.stimuli import Begin
from tests.engine.virtual_time import LoopClock, SeededIds
from tests.fakes.journal import MemoryStore
from tests.fakes.scripted_provider import ScriptedProvider

PROJECT = ProjectId("p1")
RUN = RunId("r1")
PAID = ModelChoice("anthropic", "claude-test", 32_000, 1_000_000)
FREE = ModelChoice("ollama", "local-test", 32_000, 32_000, free=True)
PRICE = Price("claude-test", dt.date(2020, 1, 1), Rates(2_000, 10_000, 2_500, 4_000, 200), 1_000_000, 128_000)


def plan_of(edges: Mapping[str, Sequence[str]], **fields: object) -> Plan:
    """A plan from `{"T2": ["T1"], …}`; `fields` go into every task."""
    tasks = []
    for name, depends_on in edges.items():
        task = PlanTask(
            id=TaskId(name),
            title=f"Task {name}",
            description=f"Do {name}.",
            task_type=TaskType.CODE,
            complexity=Complexity.SIMPLE,
            depends_on=tuple(TaskId(d) for d in depends_on),
            tools_needed=("write_file",),
        )
        tasks.append(replace(task, **fields))  # type: ignore[arg-type]
    return Plan("A plan for a test.", tuple(tasks))


def spec_of(plan: Plan, settings: RunSettings | None = None, choice: ModelChoice = PAID) -> RunSpec:
    return RunSpec(
        run=RUN,
        project=ProjectBrief(PROJECT, "test", (), "/nowhere"),
        plan=plan,
        plan_number=1,
        plan_hash=plan_hash(plan),
        routes={task.id: Route(Tier.SONNET, choice, text("route.table")) for task in plan.tasks},
        models={Tier.SONNET: choice, Tier.LOCAL: FREE},
        expected_seconds={task.id: 1.0 for task in plan.tasks},
        settings=settings or RunSettings(),
    )


@dataclass(slots=True)
class RecordingToolbox:
    """`Toolbox` that notes what was run; `idempotent` as the test needs it."""

    idempotent: bool = True
    uses: list[ToolUse] = field(default_factory=list)

    def known(self) -> Mapping[str, ToolSpec]:
        spec = ToolSpec("write_file", "Writes a file.", {"type": "object"}, idempotent=self.idempotent)
        return {"write_file": spec}

    async def run(self, use: ToolUse, context: ToolContext) -> ToolResult:
        self.uses.append(use)
        return ToolResult("written")


@dataclass(slots=True)
class World:
    """Everything a run needs; `start` begins it as a service would, `executor` builds one over what is stored."""

    spec: RunSpec
    provider: ScriptedProvider
    local: ScriptedProvider | None = None
    store: MemoryStore = field(default_factory=MemoryStore)
    toolbox: RecordingToolbox = field(default_factory=RecordingToolbox)
    clock: LoopClock = field(default_factory=LoopClock)
    ids: SeededIds = field(default_factory=lambda: SeededIds(1))
    ceiling: int | None = None
    daily: int | None = None
    deltas: list[tuple[TaskId, int, TextDelta | ThinkingDelta]] = field(default_factory=list)
    accounts: Accounts = field(init=False)
    calls: Calls = field(init=False)

    def __post_init__(self) -> None:
        self.accounts = Accounts(zoneinfo.ZoneInfo("UTC"), daily=self.daily)
        self.accounts.set_ceiling(RUN, self.ceiling)
        providers = {self.provider.name: self.provider}
        if self.local is not None:
            providers[self.local.name] = self.local
        journal: Journal = self.store.journal
        clock: Clock = self.clock
        ids: Ids = self.ids
        self.calls = Calls(providers, journal, self.accounts, lambda: PriceTable([PRICE]), clock, ids)

    async def start(self) -> Executor:
        """Stores the run's beginning and answers the executor that carries it out."""
        spec_body: Body = body(spec_json(self.spec))
        started = ev.RunStarted(1, self.spec.plan_hash, spec_body.digest, self.ceiling)
        draft = ev.Draft(ev.Scope(PROJECT, RUN), started, self.clock.now())
        await self.store.journal.append(Batch(events=(draft,), bodies=(spec_body,), rows=(self._row(),)))
        return self.executor()

    def executor(self) -> Executor:
        archive: Archive = self.store.archive
        ports = EnginePorts(self.calls, self.store.journal, archive, self.toolbox, self.clock, self.ids)
        settings = self.spec.settings
        slots = Slots(settings.concurrency, settings.per_provider)
        return Executor(self.folded(), self._row(), ports, slots, self._on_progress)

    def folded(self) -> RunState:
        """The state that the stored events alone say."""
        return fold(self.spec, [stored for stored in self.store.stored if stored.scope.run == RUN])

    def _row(self) -> RunRow:
        return RunRow(RUN, PROJECT, 1, self.spec.plan_hash, Digest(""), RunStateName.RUNNING, 0, None, self.ceiling)

    def _on_progress(self, task: TaskId, attempt: int, piece: TextDelta | ThinkingDelta) -> None:
        self.deltas.append((task, attempt, piece))

    async def run(self, fresh: bool = True, only: frozenset[TaskId] | None = None) -> Executor:
        """Starts (or goes on with) the run until nothing moves, and answers the executor it used."""
        executor = await self.start() if fresh else self.executor()
        await executor.run(Begin(only=only, fresh=fresh))
        return executor


def states(executor: Executor) -> dict[str, TaskState]:
    return {name: record.state for name, record in executor.state.tasks.items()}

"""A run with everything there is: rules, prompts, budget, journal, archive, and a view that folds the events."""

from __future__ import annotations

import time
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orchestra_desktop.calls.accounts import Accounts
from orchestra_desktop.calls.call import Calls
from orchestra_desktop.calls.clock import SystemClock, SystemIds
from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.ports import Batch, Journal, ModelProvider, RunRow
from orchestra_desktop.domain.pricing import PriceTable
from orchestra_desktop.domain.run import RunSettings, RunSpec, spec_json
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.engine.bodies import body
from orchestra_desktop.engine.executor import EnginePorts, Executor
from orchestra_desktop.engine.run_state import fold
from orchestra_desktop.engine.slots import Slots
from orchestra_desktop.engine.stimuli import Begin
from orchestra_desktop.storage.store import Store
from orchestra_desktop.viewmodels.task_board import TaskBoard
from tests.benchmarks.dag.loops import LongestTurn
from tests.benchmarks.dag.recording import Recording, RecordingJournal
from tests.benchmarks.dag.shapes import Edges
from tests.engine.world import FREE, PAID, PRICE, PROJECT, RUN, RecordingToolbox, plan_of, spec_of

_CAP = 10**15  # caps that are compared with, but never reached


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds that passed, that the process computed, that the loop was away at most, and that the run itself took.

    `run` is counted from the first decision: what a plan's tasks take has nothing to do with preparing the run.
    """

    wall: float
    cpu: float
    longest_turn: float = 0.0
    run: float = 0.0


def spec_for(edges: Edges, limit: int, *, free: bool, expected: Mapping[str, float] | None = None) -> RunSpec:
    choice = FREE if free else PAID
    settings = RunSettings(concurrency=limit, per_provider={choice.provider: limit})
    spec = spec_of(plan_of(edges), settings, choice)
    if expected is None:
        return spec
    return replace(spec, expected_seconds={TaskId(task): seconds for task, seconds in expected.items()})


async def whole_engine(
    spec: RunSpec, service: ModelProvider, store: Store, recording: Recording | None = None, *, turns: bool = True
) -> Took:
    """Carries the run out, from its frozen spec to the last commit, with a task board that folds its events.

    The store must be new. `turns` False leaves the loop's turns unmeasured, whose timers take one to two per cent.
    """
    journal: Journal = store.journal if recording is None else RecordingJournal(store.journal, recording)
    stored, row = await _started(spec, store)
    began, computed = time.perf_counter(), time.process_time()
    turn = LongestTurn()
    if turns:
        turn.start()
    board = TaskBoard(spec.plan)
    end = journal.subscribe(board.fold)
    executor = _executor(spec, service, store, journal, stored, row)
    prepared = time.perf_counter()
    state = await executor.run(Begin(fresh=True))
    if turns:
        turn.stop()
    ended = time.perf_counter()
    end()
    if state is not RunStateName.FINISHED or board.finished is not RunStateName.FINISHED:
        raise SystemExit(f"the run is {state}, its board says {board.finished}")
    return Took(ended - began, time.process_time() - computed, turn.seconds, ended - prepared)


async def _started(spec: RunSpec, store: Store) -> tuple[Sequence[ev.Stored], RunRow]:
    """The run's beginning, as a service writes it."""
    stored_spec = body(spec_json(spec))
    row = RunRow(RUN, PROJECT, 1, spec.plan_hash, stored_spec.digest, RunStateName.RUNNING, 0, None, None)
    started = ev.RunStarted(1, spec.plan_hash, stored_spec.digest, None)
    draft = ev.Draft(ev.Scope(PROJECT, RUN), started, SystemClock().now())
    return await store.journal.append(Batch((draft,), (stored_spec,), rows=(row,))), row


def _executor(
    spec: RunSpec, service: ModelProvider, store: Store, journal: Journal, stored: Sequence[ev.Stored], row: RunRow
) -> Executor:
    clock, ids = SystemClock(), SystemIds()
    accounts = Accounts(zoneinfo.ZoneInfo("UTC"), daily=_CAP, monthly=_CAP, project=_CAP)
    accounts.set_ceiling(RUN, _CAP)
    prices = PriceTable([PRICE])
    calls = Calls({service.name: service}, journal, accounts, lambda: prices, clock, ids)
    ports = EnginePorts(calls, journal, store.archive, RecordingToolbox(), clock, ids)
    settings = spec.settings
    slots = Slots(settings.concurrency, settings.per_provider)
    return Executor(fold(spec, stored), row, ports, slots, lambda _task, _attempt, _piece: None)

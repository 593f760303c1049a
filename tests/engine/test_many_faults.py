"""One request in five faulty, over two hundred tasks, with the settings as they come."""

from __future__ import annotations

from random import Random

import pytest

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.transitions import TaskState
from tests.engine.judge import ledger
from tests.engine.simulated_service import Mood, SimulatedService
from tests.engine.virtual_time import run_virtually
from tests.engine.world import World, plan_of, spec_of

MOOD = Mood(tools=15, cut=0, useless=0, passing=16, lasting=0, unreachable=3, silent=1, lies=5, well=95)
LAYERED = {f"T{n}": tuple(f"T{d}" for d in range(max(1, n - 12), n - 9)) for n in range(1, 201)}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nineteen_in_twenty_tasks_succeed_though_one_request_in_five_fails(seed: int) -> None:
    service = SimulatedService(Random(seed), mood=MOOD)
    world = World(spec_of(plan_of(LAYERED)), service)  # type: ignore[arg-type]
    executor = run_virtually(world.run())
    ends = [record.state for record in executor.state.tasks.values()]
    assert ends.count(TaskState.SUCCEEDED) >= 190
    faulty = sum(isinstance(s.event, ev.CallVoided | ev.CallUnconfirmed) for s in world.store.stored)
    assert 0.15 <= faulty / service.asked <= 0.3
    assert executor.state.finished is not None or executor.state.checkpoints
    lines = ledger(world.store).values()
    assert not any(line.state is LineState.OPEN for line in lines)
    assert sum(line.counts for line in lines) >= sum(bill.cost for bill in service.bills.values())
    assert len(lines) == service.asked

"""Whether the books and the history that a simulated run left behind are right."""

from __future__ import annotations

from collections import Counter
from typing import Any

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import Account, CapKind
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.ledger import LedgerLine, LineOpened, LineSettled, LineState
from orchestra_desktop.domain.transitions import ACTIVE_STATES, DONE_STATES, ENDED_RUN_STATES, FINAL_STATES, TaskState
from orchestra_desktop.engine.run_state import RunState, evolve
from tests.engine.simulation import Simulation
from tests.engine.world import RUN
from tests.fakes.journal import MemoryStore


def judge(simulation: Simulation, state: RunState) -> list[str]:
    """Everything that is wrong with what is stored now; empty if nothing is."""
    simulation.expect(state.name in ENDED_RUN_STATES, "it has not ended")
    for task, record in state.tasks.items():
        simulation.expect(record.state in FINAL_STATES | {TaskState.BLOCKED}, f"{task} is {record.state}")
    _judge_money(simulation)
    _judge_events(simulation)
    return simulation.faults


def _judge_money(simulation: Simulation) -> None:
    lines = ledger(simulation.store)
    billed = {**simulation.paid.bills}
    for line in lines.values():
        simulation.expect(line.state is not LineState.OPEN, "a line is open")
        settled = line.settled
        bill = billed.get(settled.request_id or "") if settled is not None else None
        if bill is None or line.opened.provider != "anthropic":
            continue
        if line.state is LineState.CHARGED and bill.reported:
            simulation.expect(line.counts == bill.cost, "a charge is not what was billed")
        simulation.expect(line.counts >= bill.cost, "a line counts less than was billed")
    total = sum(line.counts for line in lines.values())
    simulation.expect(total >= sum(bill.cost for bill in billed.values()), "the ledger is below the bill")
    simulation.expect(len(billed) + len(simulation.local.bills) <= len(lines), "a request has no line of its own")
    counted = simulation.accounts.balances.balance(Account(CapKind.RUN, RUN)).counted
    simulation.expect(counted == total, "the balance is not the sum of the ledger")


def _judge_events(simulation: Simulation) -> None:
    """Replays the batches as they were committed: caps at each grant, order of attempts, bounds."""
    ceiling, lines, rounds = simulation.ceiling, dict[Any, LedgerLine](), Counter[ev.Scope]()
    state = RunState(simulation.spec)
    for batch in simulation.store.batches:
        for draft in batch.events:
            if isinstance(draft.event, ev.CeilingChanged):
                ceiling = draft.event.after
            if draft.scope.run == RUN:
                evolve(state, draft.at, draft.scope, draft.event)
            _judge_event(simulation, state, draft)
            if isinstance(draft.event, ev.RoundFinished):
                rounds[draft.scope] += 1
                simulation.expect(draft.event.round == rounds[draft.scope], "a round was counted wrongly")
        for write in batch.ledger:
            _write(lines, write)
            if isinstance(write, LineOpened) and write.reserved and ceiling is not None:
                counted = sum(line.counts for line in lines.values())
                simulation.expect(counted <= ceiling, f"{counted} were counted under a ceiling of {ceiling}")


def _judge_event(simulation: Simulation, state: RunState, draft: ev.Draft) -> None:
    match draft.event:
        case ev.CallReserved():
            record = state.tasks[draft.scope.task or TaskId("")]
            done = all(state.tasks[d].state in DONE_STATES for d in record.task.depends_on)
            simulation.expect(done, f"{record.task.id} was asked before its dependencies were done")
            simulation.expect(record.state in ACTIVE_STATES, f"{record.task.id} was asked while {record.state}")
        case ev.RoundFinished(number):
            simulation.expect(number <= simulation.spec.settings.max_rounds + 1, "more rounds than allowed")
        case ev.AttemptStarted():
            record = state.tasks[draft.scope.task or TaskId("")]
            simulation.expect(
                record.tried <= simulation.spec.settings.further_attempts + 1, "more attempts than allowed"
            )
        case _:
            pass


def ledger(store: MemoryStore) -> dict[Any, LedgerLine]:
    """The ledger as it is committed."""
    lines: dict[Any, LedgerLine] = {}
    for batch in store.batches:
        for write in batch.ledger:
            _write(lines, write)
    return lines


def _write(lines: dict[Any, LedgerLine], write: LineOpened | LineSettled) -> None:
    match write:
        case LineOpened():
            assert write.call not in lines
            lines[write.call] = LedgerLine(write, None)
        case LineSettled():
            assert lines[write.call].settled is None
            lines[write.call] = LedgerLine(lines[write.call].opened, write)

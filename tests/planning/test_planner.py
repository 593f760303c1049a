"""A plan is paid for and kept before it is looked at; passing faults are repeated, a bad plan goes back once."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from orchestra_desktop.domain.budget import Account, CapKind, Refusal
from orchestra_desktop.domain.errors import FaultKind, ModelFault
from orchestra_desktop.domain.events import CallCharged, CallVoided, RetryPlanned
from orchestra_desktop.domain.ids import Digest, ProjectId
from orchestra_desktop.domain.ledger import Purpose
from orchestra_desktop.domain.messages import StopReason
from orchestra_desktop.domain.plan import Plan, Tier, plan_json
from orchestra_desktop.domain.projects import Rigor
from orchestra_desktop.planning.planner import (
    NoPlan,
    Planner,
    PlanningRefused,
    PlanningRequest,
    PlanProgress,
    Proposal,
)
from orchestra_desktop.planning.schema import plan_schema
from tests.fakes.asked_models import FakeCalls, Scripted, answer, fault
from tests.fakes.journal import MemoryStore
from tests.fakes.toolbox import FakeToolbox
from tests.prompts.examples import HELLO, REQUIREMENTS, SONNET, a_task

GOOD = json.dumps(plan_json(HELLO))
CYCLE = json.dumps(
    {
        "summary": "x",
        "tasks": [{"id": "T1", "title": "A", "depends_on": ["T2"]}, {"id": "T2", "title": "B", "depends_on": ["T1"]}],
    }
)
REQUEST = PlanningRequest(
    project=ProjectId("p"),
    name="Hello",
    requirements=REQUIREMENTS,
    rigor=Rigor.L2,
    tier=Tier.SONNET,
    choice=SONNET,
    tools=FakeToolbox().known(),
)
REFUSED = Refusal(Account(CapKind.DAILY, "2026-11-23"), 100, 90, 20, may_free=False)


class InstantClock:
    """`Clock` whose waits take no time; `waits` keeps them."""

    def __init__(self) -> None:
        self.waits: list[float] = []

    def now(self) -> int:
        return 1_000_000

    def monotonic(self) -> float:
        return sum(self.waits)

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


class HalfIds:
    """`Ids` whose chance is always in the middle."""

    def new(self) -> str:
        return "id"

    def uniform(self) -> float:
        return 0.5


class World:
    """A planner with everything around it."""

    def __init__(self, *script: Scripted, **how: Any) -> None:
        self.store = MemoryStore()
        self.clock = InstantClock()
        self.calls = FakeCalls(script, **how)
        self.progress: list[PlanProgress] = []

    async def propose(self, request: PlanningRequest = REQUEST) -> Proposal:
        planner = Planner(self.calls, self.store.journal, self.clock, HalfIds())
        return await planner.propose(request, self.progress.append)

    @property
    def stored(self) -> list[str]:
        return [stored.type for stored in self.store.stored]

    async def body(self, digest: Digest) -> str:
        return (await self.store.archive.bodies([digest]))[digest].decode()


def digest_of(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()


async def test_a_good_plan_is_proposed_with_its_call_and_its_raw_text() -> None:
    world = World(answer(GOOD))
    proposal = await world.propose()
    assert proposal.plan == replace(HELLO, open_questions=tuple(replace(q, answer=None) for q in HELLO.open_questions))
    assert (proposal.problems, proposal.calls) == ((), ("call-1",))
    assert proposal.raw == digest_of(GOOD)
    assert await world.body(proposal.raw) == GOOD


async def test_the_request_is_what_the_rigor_asks_for() -> None:
    world = World(answer(GOOD))
    await world.propose(replace(REQUEST, choice=replace(SONNET, max_output_tokens=20_000), timeout_s=42))
    (spec,) = world.calls.asked
    assert (spec.purpose, spec.tier, spec.scope.project) == (Purpose.PLAN, Tier.SONNET, "p")
    assert spec.request.json_schema == plan_schema(Rigor.L2)
    assert (spec.request.max_tokens, spec.request.timeout_s, spec.request.tools) == (20_000, 42, ())
    assert "R2: A page that says how to run it." in spec.request.messages[0].text


async def test_the_price_and_the_text_are_durable_together_before_the_text_is_looked_at() -> None:
    for raw in (GOOD, "garbage"):
        world = World(answer(raw), answer(GOOD))
        await world.propose()
        first = world.store.batches[0]
        assert [type(draft.event) for draft in first.events] == [CallCharged]
        assert [body.content.decode() for body in first.bodies] == [raw]


async def test_what_cannot_be_committed_is_not_looked_at() -> None:
    world = World(answer("garbage"))  # looking at it would ask a second time, for which there is no script
    world.store.fail()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await world.propose()
    assert len(world.calls.asked) == 1
    world.store.recover()


async def test_tasks_are_told_as_they_arrive() -> None:
    world = World(answer(GOOD))
    await world.propose()
    assert [task.title for told in world.progress for task in told.new] == ["Write hello_world.py", "Write RUN.md"]
    assert world.progress[0] == PlanProgress(1, (), 0, len("Let me see."))
    assert [told.characters for told in world.progress] == sorted(told.characters for told in world.progress)
    assert world.progress[-1].characters < len(GOOD) + len("Let me see.")


@pytest.mark.parametrize("bad", ["garbage", "", "{}", CYCLE, '{"tasks": []}', json.dumps({"tasks": [{}] * 501})])
async def test_a_plan_that_cannot_be_used_goes_back_once_with_its_errors(bad: str) -> None:
    world = World(answer(bad), answer(GOOD))
    proposal = await world.propose()
    assert proposal.calls == ("call-1", "call-2")
    assert proposal.raw == digest_of(GOOD)
    first, second = (spec.request for spec in world.calls.asked)
    assert (second.system, second.json_schema) == (first.system, first.json_schema)
    (message,) = second.messages
    assert message.text.startswith(first.messages[0].text)
    assert "Your last answer could not be used" in message.text
    assert {told.request for told in world.progress} == {1, 2}


async def test_the_path_of_a_cycle_is_told_to_the_model() -> None:
    world = World(answer(CYCLE), answer(GOOD))
    await world.propose()
    assert "in a circle: T1 -> T2 -> T1" in world.calls.asked[1].request.messages[0].text


async def test_a_second_bad_plan_goes_to_the_person_with_the_raw_text_kept() -> None:
    world = World(answer("garbage"), answer(CYCLE))
    with pytest.raises(NoPlan) as failed:
        await world.propose()
    assert failed.value.text.key == "graph.cycle"
    assert failed.value.calls == ("call-1", "call-2")
    assert await world.body(failed.value.raw) == CYCLE


@pytest.mark.parametrize(
    ("reason", "key"),
    [
        (StopReason.MAX_TOKENS, "plan.cut_off"),
        (StopReason.REFUSAL, "plan.model_refused"),
        (StopReason.CONTEXT_EXCEEDED, "plan.context_exceeded"),
        (StopReason.PAUSE_TURN, "plan.stopped"),
        (StopReason.UNKNOWN, "plan.stopped"),
        (StopReason.TOOL_USE, "plan.stopped"),
    ],
)
async def test_an_answer_that_does_not_count_says_so_and_its_cost_is_kept(reason: StopReason, key: str) -> None:
    world = World(answer(GOOD, reason))
    with pytest.raises(NoPlan) as failed:
        await world.propose()
    assert failed.value.text.key == key
    assert world.stored == ["CallCharged"]
    assert await world.body(failed.value.raw) == GOOD


@pytest.mark.parametrize("kind", [FaultKind.OVERLOADED, FaultKind.CONNECTION, FaultKind.SERVER, FaultKind.TIMEOUT])
async def test_a_passing_fault_is_repeated_after_a_wait_and_each_try_is_settled(kind: FaultKind) -> None:
    world = World(fault(kind), fault(kind, retry_after_s=9), answer(GOOD))
    proposal = await world.propose()
    assert proposal.calls == ("call-1", "call-2", "call-3")
    assert world.clock.waits == [2.5, 9]
    assert world.stored == ["CallVoided", "RetryPlanned", "CallVoided", "RetryPlanned", "CallCharged"]
    planned = [stored.event for stored in world.store.stored if isinstance(stored.event, RetryPlanned)]
    assert [(event.tries, event.delay_s) for event in planned] == [(1, 2.5), (2, 9)]


async def test_the_third_fault_in_a_row_is_the_last() -> None:
    world = World(*[fault(FaultKind.OVERLOADED)] * 3)
    with pytest.raises(ModelFault) as failed:
        await world.propose()
    assert failed.value.facts.kind is FaultKind.OVERLOADED
    assert world.stored.count("CallVoided") == 3
    assert len(world.clock.waits) == 2


@pytest.mark.parametrize(
    "kind", [FaultKind.KEY_REFUSED, FaultKind.SPEND_LIMIT, FaultKind.BAD_REQUEST, FaultKind.NO_KEY]
)
async def test_a_lasting_fault_is_raised_at_once_and_settled(kind: FaultKind) -> None:
    world = World(fault(kind))
    with pytest.raises(ModelFault):
        await world.propose()
    assert [type(stored.event) for stored in world.store.stored] == [CallVoided]
    assert world.clock.waits == []


async def test_a_pause_of_more_than_a_minute_is_not_waited_out_silently() -> None:
    world = World(fault(FaultKind.RATE_LIMITED, retry_after_s=3_600))
    with pytest.raises(ModelFault):
        await world.propose()
    assert world.clock.waits == []


async def test_a_cap_that_forbids_asking_is_named() -> None:
    world = World(REFUSED)
    with pytest.raises(PlanningRefused) as failed:
        await world.propose()
    assert failed.value.refusal is REFUSED
    assert failed.value.text.args == {"cap": "daily", "limit": 100, "counted": 90, "needed": 20, "short_by": 10}


async def test_a_cap_reached_on_the_way_back_is_named_too() -> None:
    world = World(answer("garbage"), REFUSED)
    with pytest.raises(PlanningRefused):
        await world.propose()
    assert world.stored == ["CallCharged"]


async def test_repairs_are_listed_with_the_proposal() -> None:
    task = {"id": "one", "title": "A", "task_type": "magic", "depends_on": ["nine"], "requirement_ids": ["R1"]}
    proposal = await World(answer(json.dumps({"summary": "s", "tasks": [task]}))).propose()
    assert [problem.text.key for problem in proposal.problems] == [
        "plan.unknown_value",
        "plan.unknown_dependency",
        "plan.uncovered",
    ]


async def test_problems_name_the_task_by_the_id_it_has_in_the_plan() -> None:
    tasks = [{"id": "a", "title": "A"}, {"id": "b", "title": "B", "task_type": "magic"}]
    proposal = await World(answer(json.dumps({"tasks": tasks}))).propose(replace(REQUEST, requirements=()))
    assert [problem.task for problem in proposal.problems] == ["T2"]


async def test_a_replan_keeps_ids_and_what_the_person_had_set_and_never_reuses_an_id() -> None:
    pinned = replace(HELLO.tasks[0], local_only=True, priority=1)
    previous = replace(HELLO, tasks=(pinned, HELLO.tasks[1]))
    told = plan_json(Plan("New.", (HELLO.tasks[0], a_task("T3", "T1"))))
    world = World(answer(json.dumps(told)))
    used = frozenset(task.id for task in (*previous.tasks, a_task("T3"), a_task("T7")))
    proposal = await world.propose(replace(REQUEST, previous=previous, used_ids=used, comment="Shorter."))
    assert _edges(proposal.plan) == {"T1": (), "T8": ("T1",)}
    assert (proposal.plan.tasks[0].local_only, proposal.plan.tasks[0].priority) == (True, 1)
    assert "Shorter." in world.calls.asked[0].request.messages[0].text


def _edges(plan: Plan) -> dict[str, Sequence[str]]:
    return {task.id: task.depends_on for task in plan.tasks}

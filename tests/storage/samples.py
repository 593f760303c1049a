"""Things to store: short builders for events, ledger lines, bodies and rows."""

from __future__ import annotations

import hashlib

from orchestra_desktop.domain.events import Draft, GuidanceGiven, Scope, Stored
from orchestra_desktop.domain.ids import CallId, Digest, PlanHash, ProjectId, RequirementId, RunId, TaskId
from orchestra_desktop.domain.ledger import Flag, LineOpened, LineSettled, LineState, Purpose
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.plan import Plan, PlanState, PlanTask, PlanVersion, TaskType, plan_hash
from orchestra_desktop.domain.ports import Batch, Body, RunRow
from orchestra_desktop.domain.projects import Project, ProjectState, Requirement, Rigor
from orchestra_desktop.domain.transitions import RunStateName

NOON = 1_795_435_200_000_000  # 2026-11-23 12:00 UTC in microseconds


def event(words: str, *, project: str = "p1", run: str | None = "r1", task: str | None = "T1") -> Draft:
    """An event that carries these words."""
    scope = Scope(ProjectId(project), None if run is None else RunId(run), None if task is None else TaskId(task), 1)
    return Draft(scope, GuidanceGiven(words), NOON)


def events(*words: str, project: str = "p1", run: str | None = "r1") -> Batch:
    """A batch of nothing but events."""
    return Batch(events=tuple(event(word, project=project, run=run) for word in words))


def words(stored: object) -> list[str]:
    """What the events of `events` carried, in order."""
    assert isinstance(stored, list | tuple)
    found = []
    for each in stored:
        assert isinstance(each, Stored)
        assert isinstance(each.event, GuidanceGiven)
        found.append(each.event.guidance)
    return found


def opened(
    call: str, reserved: int = 100, *, day: str = "2026-11-23", project: str | None = "p1", run: str | None = "r1"
) -> LineOpened:
    return LineOpened(
        call=CallId(call),
        at=NOON,
        period=Period(day),
        project=None if project is None else ProjectId(project),
        run=None if run is None else RunId(run),
        task=TaskId("T1"),
        attempt=1,
        purpose=Purpose.TASK,
        provider="anthropic",
        model="claude-sonnet-5-5",
        tier="sonnet",
        reserved=reserved,
    )


def settled(call: str, state: LineState = LineState.CHARGED, charged: int = 60) -> LineSettled:
    return LineSettled(
        call=CallId(call),
        at=NOON + 1,
        state=state,
        charged=charged if state is LineState.CHARGED else 0,
        usage=Usage(input_tokens=7, output_tokens=11, thinking_tokens=3, cache_breakdown=False),
        request_id="req_1",
        flags=(Flag.CACHE_WRITE_UNSPLIT,),
    )


def body(content: bytes) -> Body:
    return Body(Digest(hashlib.sha256(content).hexdigest()), content)


def project(key: str = "p1", *, name: str = "Greeter", created_at: int = NOON) -> Project:
    return Project(
        id=ProjectId(key),
        name=name,
        requirements_text="* greet\n* say the date — in ISO form",
        requirements=(Requirement(RequirementId("R1"), "greet"), Requirement(RequirementId("R2"), "say the date")),
        rigor=Rigor.L2,
        workspace="/tmp/greeter",
        rehearsal=True,
        state=ProjectState.READY,
        created_at=created_at,
        updated_at=created_at + 5,
        instructions="be short",
        overrides={"budget": {"project": 2_000_000_000}},
    )


def plan_version(number: int = 1, *, state: PlanState = PlanState.DRAFT, ceiling: int | None = None) -> PlanVersion:
    first = PlanTask(TaskId("T1"), "Script", "Write it", TaskType.CODE, affected_files=("hello.py",))
    second = PlanTask(TaskId("T2"), "Steps", "Describe it", TaskType.DOCUMENTATION, depends_on=(TaskId("T1"),))
    plan = Plan(f"Version {number}", (first, second))
    problems = ({"severity": "warning", "key": "plan.uncovered", "args": {"requirement": "R2"}},)
    return PlanVersion(number, state, plan_hash(plan), plan, problems, NOON, "once more", ceiling)


def run_row(
    key: str = "r1", *, project: str = "p1", state: RunStateName = RunStateName.RUNNING, started_at: int = NOON
) -> RunRow:
    return RunRow(
        run=RunId(key),
        project=ProjectId(project),
        plan_number=1,
        plan_hash=PlanHash("ab" * 32),
        spec=Digest("cd" * 32),
        state=state,
        started_at=started_at,
        finished_at=None,
        ceiling=5_000_000_000,
    )

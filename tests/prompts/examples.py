"""Plans and run specs that prompt and planning tests start from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestra_desktop.domain.ids import PhaseId, ProjectId, RequirementId, RunId, TaskId
from orchestra_desktop.domain.plan import Complexity, OpenQuestion, Phase, Plan, PlanTask, TaskType, Tier, plan_hash
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.domain.run import ModelChoice, ProjectBrief, Route, RunSettings, RunSpec
from orchestra_desktop.domain.texts import text

HAIKU = ModelChoice("anthropic", "claude-haiku-5-5", 128_000, 1_000_000)
SONNET = ModelChoice("anthropic", "claude-sonnet-5-5", 128_000, 1_000_000)
LOCAL = ModelChoice("ollama", "qwen2.5-coder:14b", 32_000, 32_000, free=True)
REHEARSAL = ModelChoice("rehearsal", "rehearsal", 64_000, 200_000, free=True)


def a_task(id_: str, *needs: str, **fields: Any) -> PlanTask:
    """A code task `id_` that depends on `needs`."""
    task = PlanTask(
        id=TaskId(id_),
        title=f"Do {id_}",
        description=f"What {id_} is about.",
        task_type=TaskType.CODE,
        complexity=Complexity.SIMPLE,
        depends_on=tuple(TaskId(need) for need in needs),
        tools_needed=("read_file", "write_file"),
        requirement_ids=(RequirementId("R1"),),
    )
    return replace(task, **fields)


def a_plan(*tasks: PlanTask, **fields: Any) -> Plan:
    return replace(Plan(summary="A small plan.", tasks=tasks), **fields)


REQUIREMENTS = (
    Requirement(RequirementId("R1"), "A script that greets."),
    Requirement(RequirementId("R2"), "A page that says how to run it."),
)

HELLO = a_plan(
    a_task("T1", title="Write hello_world.py", affected_files=("hello_world.py",), phase=PhaseId("P1")),
    a_task(
        "T2",
        "T1",
        title="Write RUN.md",
        task_type=TaskType.DOCUMENTATION,
        affected_files=("RUN.md",),
        requirement_ids=(RequirementId("R2"),),
        verification_criteria="RUN.md holds the exact command.",
        phase=PhaseId("P2"),
    ),
    phases=(Phase(PhaseId("P1"), "Build", "The script."), Phase(PhaseId("P2"), "Explain")),
    open_questions=(
        OpenQuestion("Which greeting?", "Hello", "The text"),
        OpenQuestion("Which date?", "UTC", "", "Local"),
    ),
)


def a_spec(plan: Plan, choice: ModelChoice = HAIKU, tier: Tier = Tier.HAIKU, **settings: Any) -> RunSpec:
    """A run of the plan with every task on one model."""
    return RunSpec(
        run=RunId("run"),
        project=ProjectBrief(ProjectId("project"), "Hello", REQUIREMENTS, "/nowhere", "Write plainly."),
        plan=plan,
        plan_number=1,
        plan_hash=plan_hash(plan),
        routes={task.id: Route(tier, choice, text("route.table")) for task in plan.tasks},
        models={tier: choice},
        expected_seconds={},
        settings=replace(RunSettings(), **settings),
    )

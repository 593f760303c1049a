"""Two versions of one plan, twelve tasks in the newer one, with everything a thorough plan has."""

from __future__ import annotations

from orchestra_desktop.domain.ids import PhaseId, RequirementId, TaskId
from orchestra_desktop.domain.plan import (
    Complexity,
    Level,
    OpenQuestion,
    Phase,
    Plan,
    PlanState,
    PlanTask,
    PlanTestStrategy,
    PlanVersion,
    Risk,
    TaskType,
    Tier,
    plan_hash,
)

LONG_TITLE = "Help text that explains every option, its default and what happens when it is left out"
_LONG = (LONG_TITLE, "In a form that fits into eighty columns.", TaskType.CODE, Complexity.COMPLEX)


def task(number: int, about: tuple[str, str, TaskType, Complexity], *needs: int, **more: object) -> PlanTask:
    title, description, kind, complexity = about
    made = PlanTask(
        TaskId(f"T{number}"),
        title,
        description,
        kind,
        complexity,
        depends_on=tuple(TaskId(f"T{need}") for need in needs),
        tools_needed=("read_file", "write_file"),
        requirement_ids=(RequirementId("R1"),),
        verification_criteria=f"{title} is there.",
        phase=PhaseId("P1"),
    )
    from dataclasses import replace

    return replace(made, **more)  # type: ignore[arg-type]


def _tasks(*, newer: bool) -> tuple[PlanTask, ...]:
    code, simple, medium = TaskType.CODE, Complexity.SIMPLE, Complexity.MEDIUM
    about = "The script itself." + (" With the week number." if newer else "")
    two = PhaseId("P2")
    tasks = [
        task(1, ("Write greeting", "Greets by name.", code, simple)),
        task(2, ("Pick date format", "ISO or locale.", TaskType.RESEARCH, medium)),
        task(3, ("hello_world.py", about, code, medium), 1, 2),
        task(4, ("Locale notes", "What locales do.", TaskType.DOCUMENTATION, simple), 1, 2),
        task(5, ("Research packaging", "Compare three.", TaskType.RESEARCH, Complexity.COMPLEX), 2),
        task(7, ("Write RUN.md", "Exact steps.", TaskType.DOCUMENTATION, medium), 3, 4, phase=two),
        task(9, ("Summary", "Two bullets.", TaskType.DOCUMENTATION, simple), 7, phase=two, model_tier=Tier.HAIKU),
        task(10, _LONG, 3, phase=two, model_tier=Tier.OPUS, priority=1),
        task(11, ("Check exit codes", "0, 1 and 2.", code, simple), 10, phase=two),
        task(12, ("Integrate", "Put together.", TaskType.INTEGRATION, Complexity.COMPLEX), 11, 7, phase=two),
    ]
    if newer:
        third = (RequirementId("R3"),)
        tasks.append(task(6, ("Unit tests", "pytest.", code, medium), 3, 4, phase=two, requirement_ids=third))
        tasks.append(task(8, ("Screenshots", "Of the terminal.", TaskType.ASSET, simple), 5, phase=two))
    else:
        tasks.append(task(13, ("Old idea", "Goes away.", code, simple), 1))
    return tuple(tasks)


def plan(*, newer: bool = True) -> Plan:
    return Plan(
        "Builds the script first, then its command line and documents.",
        _tasks(newer=newer),
        (Phase(PhaseId("P1"), "Foundation"), Phase(PhaseId("P2"), "Command line and docs")),
        (OpenQuestion("Which date locale?", "ISO 8601 everywhere", "Changes T3, T6"), OpenQuestion("Tests?", "Yes")),
        (Risk("Packaging tools change.", Level.MEDIUM, Level.HIGH, "Pin the version."),),
        PlanTestStrategy("Unit tests.", ("greeting in three languages",), "Notes are read by a person."),
    )


PROBLEMS: tuple[dict[str, object], ...] = (
    {"severity": "repaired", "key": "plan.self_dependency", "args": {"task": "T3"}, "task": "T3"},
    {"severity": "warning", "key": "plan.uncovered", "args": {"requirement": "R2"}, "task": None},
)


def version(number: int, *, newer: bool = True, state: PlanState = PlanState.DRAFT) -> PlanVersion:
    made = plan(newer=newer)
    return PlanVersion(number, state, plan_hash(made), made, PROBLEMS, 0)

"""Reviews a plan before a person sees it: repairs what can be repaired and lists each repair, warning and error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from orchestra_desktop.domain.errors import DependencyCycle, PlanTooLarge
from orchestra_desktop.domain.graph import Dependencies, check_graph, dependants_of, topological_order
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import MAX_TASKS, Plan, PlanTask
from orchestra_desktop.domain.projects import Requirement
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.planning.bounds import bounded
from orchestra_desktop.planning.coverage import uncovered, with_known_requirements
from orchestra_desktop.planning.graph_repair import numbered
from orchestra_desktop.planning.parsing import read_plan
from orchestra_desktop.planning.phase_repair import phased
from orchestra_desktop.planning.problems import Problem, Severity, at_most, error, warning
from orchestra_desktop.planning.tool_choice import with_known_tools

_NAMED_TOGETHER = 6  # tasks that one warning about a file names


@dataclass(frozen=True, slots=True)
class Reviewed:
    """The repaired plan; without an error among the problems it is acyclic, its ids unique, and it may be approved."""

    plan: Plan
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.severity is Severity.ERROR)


def review(
    plan: Plan,
    known_tools: Collection[str],
    requirements: Sequence[Requirement],
    previous_ids: Collection[TaskId] = (),
    used_ids: Collection[TaskId] = (),
) -> Reviewed:
    """The plan as it can be shown. Reviewing a reviewed plan changes nothing.

    `previous_ids` are the task ids of the version that this one replaces: a task that names one keeps it. `used_ids`
    are those of all versions: no new task gets one. Raises PlanTooLarge for more than MAX_TASKS tasks.
    """
    if len(plan.tasks) > MAX_TASKS:
        raise PlanTooLarge(text("plan.too_many_tasks", tasks=len(plan.tasks), limit=MAX_TASKS))
    if not plan.tasks:
        return Reviewed(plan, (error("plan.no_tasks"),))
    found: list[Problem] = []
    plan = replace(plan, tasks=numbered(plan.tasks, previous_ids, used_ids, found))
    plan = bounded(plan, found)
    known = {requirement.id: requirement for requirement in requirements}
    tasks = [with_known_requirements(task, known, found) for task in plan.tasks]
    plan = replace(plan, tasks=tuple(with_known_tools(task, known_tools, found) for task in tasks))
    return _with_order(plan, requirements, found)


def read_and_review(
    raw: str,
    known_tools: Collection[str],
    requirements: Sequence[Requirement],
    previous_ids: Collection[TaskId] = (),
    used_ids: Collection[TaskId] = (),
    *,
    by_person: bool = False,
) -> Reviewed:
    """The reviewed plan in a text, with the problems of reading and reviewing it. Raises PlanError."""
    parsed = read_plan(raw, by_person=by_person)
    reviewed = review(parsed.plan, known_tools, requirements, previous_ids, used_ids)
    ids = {f"#{place}": task.id for place, task in enumerate(reviewed.plan.tasks, start=1)}
    return Reviewed(reviewed.plan, (*(_renamed(problem, ids) for problem in parsed.problems), *reviewed.problems))


def _renamed(problem: Problem, ids: Mapping[str, TaskId]) -> Problem:
    """A problem that named its task by place, with the id the task has got."""
    task = ids.get(problem.task or "")
    if task is None:
        return problem
    return replace(problem, text=Text(problem.text.key, {**problem.text.args, "task": task}), task=task)


def _with_order(plan: Plan, requirements: Sequence[Requirement], found: list[Problem]) -> Reviewed:
    """What needs the graph: cycles, phases, files of parallel tasks, coverage."""
    try:
        check_graph((task.id, task.depends_on) for task in plan.tasks)
    except DependencyCycle as cycle:
        found.append(Problem(Severity.ERROR, cycle.text, TaskId(cycle.path[0])))
    else:
        phases, tasks = phased(plan.phases, plan.tasks, found)
        plan = replace(plan, phases=phases, tasks=tasks)
        found += shared_files(plan.tasks)
    found += uncovered(plan, requirements)
    return Reviewed(plan, at_most(found))


def shared_files(tasks: Sequence[PlanTask]) -> list[Problem]:
    """A warning for each file that tasks without an order between them name. Tasks must be acyclic.

    Whether two tasks are ordered is asked of bit sets, one bit per task, so that 500 tasks that all name one file
    cost no 125,000 searches.
    """
    related = _related(tasks)
    naming: dict[str, list[int]] = defaultdict(list)
    names: dict[str, str] = {}
    for place, task in enumerate(tasks):
        for file in task.affected_files:
            key = file.casefold()  # one file on Windows and macOS
            names.setdefault(key, file)
            if not naming[key] or naming[key][-1] != place:
                naming[key].append(place)
    found = []
    for key, places in naming.items():
        everyone = sum(1 << place for place in places)
        loose = [place for place in places if everyone & ~related[place] & ~(1 << place)]
        if loose:
            shown = ", ".join(tasks[place].id for place in loose[:_NAMED_TOGETHER])
            found.append(warning("plan.shared_file", file=names[key], tasks=shown, count=len(loose)))
    return found


def _related(tasks: Sequence[PlanTask]) -> list[int]:
    """For each task the set of those before and behind it, as bits by place in the plan."""
    graph: dict[str, tuple[TaskId, ...]] = {task.id: task.depends_on for task in tasks}
    places: dict[str, int] = {task.id: place for place, task in enumerate(tasks)}
    order = [TaskId(id_) for id_ in topological_order(graph)]
    before = _reached(order, graph, places)
    behind = _reached(list(reversed(order)), dependants_of(graph), places)
    return [before[place] | behind[place] for place in range(len(tasks))]


def _reached(order: Sequence[TaskId], neighbours: Dependencies, places: Mapping[str, int]) -> dict[int, int]:
    """By place: all that can be reached over `neighbours`, which come earlier in `order`."""
    reached: dict[int, int] = {}
    for id_ in order:
        bits = 0
        for neighbour in neighbours[id_]:
            bits |= reached[places[neighbour]] | 1 << places[neighbour]
        reached[places[id_]] = bits
    return reached

"""What a person says when a run is started or resumed: which tasks, how many at once, under which ceiling."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from orchestra_desktop.domain.errors import AmbiguousName, InvalidInput, UnknownThing, WrongMoment
from orchestra_desktop.domain.graph import downstream
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.run import RunSpec
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import DONE_STATES
from orchestra_desktop.engine.run_state import RunState
from orchestra_desktop.services.plans import checked_amount

MOST_AT_ONCE = 1_000  # tasks, as the settings allow


@dataclass(frozen=True, slots=True)
class RunChoice:
    """What a person says when a run is started or resumed.

    `only` are tasks that alone may run, `start_at` a task to run with everything behind it; `concurrency` counts for
    this process. `ceiling` in nano-dollars; None keeps what was signed.
    """

    only: tuple[str, ...] = ()
    start_at: str | None = None
    concurrency: int | None = None
    ceiling: int | None = None


def check(choice: RunChoice) -> None:
    """Raises InvalidInput for numbers that no run can keep to."""
    if choice.concurrency is not None and not 1 <= choice.concurrency <= MOST_AT_ONCE:
        raise InvalidInput(text("run.concurrency", given=choice.concurrency, most=MOST_AT_ONCE))
    if choice.ceiling is not None:
        checked_amount(choice.ceiling)


def with_concurrency(spec: RunSpec, concurrency: int | None) -> RunSpec:
    """The spec with the person's word for this process; a rehearsal waits for nobody, so it is as wide."""
    if concurrency is None:
        return spec
    providers = {**spec.settings.per_provider, "rehearsal": concurrency}
    return replace(spec, settings=replace(spec.settings, concurrency=concurrency, per_provider=providers))


def chosen_tasks(state: RunState, choice: RunChoice) -> frozenset[TaskId] | None:
    """The tasks that may run. Raises WrongMoment if one of them lacks a result that is outside of them."""
    if not choice.only and choice.start_at is None:
        return None
    chosen = {find_task(state, name) for name in choice.only}
    if choice.start_at is not None:
        first = find_task(state, choice.start_at)
        graph = {task.id: task.depends_on for task in state.spec.plan.tasks}
        behind = downstream(graph, [first])  # type: ignore[arg-type]
        chosen |= {first, *(TaskId(name) for name in behind)}
    for task in chosen:
        _check_dependencies(state, task, chosen, first_only=choice.start_at is not None)
    return frozenset(chosen)


def _check_dependencies(state: RunState, task: TaskId, chosen: Collection[TaskId], *, first_only: bool) -> None:
    for dependency in state.tasks[task].task.depends_on:
        if dependency not in chosen and state.tasks[dependency].state not in DONE_STATES:
            key = "run.start_at_needs" if first_only else "run.only_needs"
            raise WrongMoment(text(key, task=task, dependency=dependency))


def find_task(state: RunState, name: str) -> TaskId:
    """By id or unique title, case aside. Raises UnknownThing or AmbiguousName."""
    wanted = " ".join(name.split()).casefold()
    by_id = [task for task in state.tasks if task.casefold() == wanted]
    titled = [task for task, record in state.tasks.items() if record.task.title.casefold() == wanted]
    found = by_id or titled
    if len(found) > 1:
        raise AmbiguousName(text("task.ambiguous", name=name, matches=", ".join(found[:5])))
    if not found:
        raise UnknownThing(text("task.unknown", name=name))
    return found[0]

"""Runs that were broken off with work under way: how far each had come, and what of its money nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestra_desktop.domain.events import RunFinished, RunReopened, RunResumed
from orchestra_desktop.domain.transitions import DONE_STATES, RunStateName

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestra_desktop.domain.events import Stored
    from orchestra_desktop.domain.ids import ProjectId, RunId
    from orchestra_desktop.domain.ports import RunRow
    from orchestra_desktop.domain.projects import Project
    from orchestra_desktop.services.session import Session

_GOES_ON = (RunResumed, RunReopened, RunFinished)


@dataclass(frozen=True, slots=True)
class Interruption:
    """`done` of `tasks` are finished and kept; `unconfirmed` nano-dollars are counted for requests of the run whose
    price nobody knows."""

    run: RunId
    project: ProjectId
    name: str
    done: int
    tasks: int
    unconfirmed: int


async def read_interruptions(session: Session) -> list[Interruption]:
    """Of every project the newest run, where it is interrupted and no newer plan has taken its place."""
    found = []
    for project in await session.projects.all():
        row = await session.runs.next_up(project)
        if row is not None and row.state is RunStateName.INTERRUPTED:
            found.append(await _interruption(session, project, row))
    return found


async def _interruption(session: Session, project: Project, row: RunRow) -> Interruption:
    state = await session.runs.state(row)
    balance = session.money.standing(project, row).run
    return Interruption(
        run=row.run,
        project=project.id,
        name=project.name,
        done=sum(state.counts[name] for name in DONE_STATES),
        tasks=len(state.tasks),
        unconfirmed=balance.unconfirmed if balance is not None else 0,
    )


def taken_up(events: Sequence[Stored]) -> set[RunId]:
    """Runs that go on, or have come to an end, by these events."""
    return {one.scope.run for one in events if one.scope.run is not None and isinstance(one.event, _GOES_ON)}

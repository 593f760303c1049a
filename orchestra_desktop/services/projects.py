"""Projects: made, found by id, prefix or name, and how each one stands."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestra_desktop.domain.errors import AmbiguousName, InvalidInput, UnknownThing
from orchestra_desktop.domain.events import Draft, PlanFailed, ProjectCreated, RequirementsEdited, Scope
from orchestra_desktop.domain.ids import ProjectId, RequirementId
from orchestra_desktop.domain.plan import PlanState, PlanVersion
from orchestra_desktop.domain.ports import Batch, EventFilter, ProjectRow, RunRow
from orchestra_desktop.domain.projects import Project, ProjectState, Requirement, Rigor
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.planning.fields import clean
from orchestra_desktop.planning.requirements import renumber
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.models import Availability, Models

MAX_REQUIREMENTS_BYTES = 1_000_000
MAX_NAME_CHARACTERS = 120
_MANY_CHARACTERS = 20_000  # numbering more than this takes longer than one turn of the loop should

# What turns the direction of text round or is not seen: a name made of them could pose as another one.
_UNSEEN = re.compile("[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u0080-\u009f]")

_STATE_OF_RUN = {
    RunStateName.RUNNING: ProjectState.RUNNING,
    RunStateName.PAUSED: ProjectState.PAUSED,
    RunStateName.NEEDS_PERSON: ProjectState.NEEDS_PERSON,
    RunStateName.AT_CAP: ProjectState.NEEDS_PERSON,
    RunStateName.INTERRUPTED: ProjectState.PAUSED,
    RunStateName.FINISHED: ProjectState.FINISHED,
    RunStateName.FINISHED_WITH_FAILURES: ProjectState.FINISHED_WITH_FAILURES,
    RunStateName.CANCELLED: ProjectState.CANCELLED,
}


@dataclass(frozen=True, slots=True)
class NewProject:
    """What a person says of a project to be made; an empty name is taken from the requirements, an empty workspace
    lies in the data folder."""

    requirements_text: str
    name: str = ""
    rigor: Rigor = Rigor.L2
    workspace: str = ""
    rehearsal: bool = False
    instructions: str = ""
    repository: str = ""
    base_branch: str = ""


class Projects:
    """Makes and finds projects."""

    def __init__(self, context: Context) -> None:
        self._c = context

    async def create(self, wanted: NewProject) -> Project:
        """Makes a project. Raises InvalidInput for empty or over-long requirements and unfit workspaces."""
        wording = _checked_text(wanted.requirements_text)
        requirements = await _numbered(wording)
        project_id = ProjectId(self._c.ids.new())
        now = self._c.clock.now()
        project = Project(
            id=project_id,
            name=_line(wanted.name) or _first_line(wording) or project_id,
            requirements_text=wording,
            requirements=requirements,
            rigor=wanted.rigor,
            workspace=str(self._workspace(wanted.workspace, project_id)),
            rehearsal=wanted.rehearsal,
            state=ProjectState.DRAFT,
            created_at=now,
            updated_at=now,
            instructions=clean(wanted.instructions),
            repository=clean(wanted.repository),
            base_branch=clean(wanted.base_branch),
        )
        created = ProjectCreated(project.name, project.rigor, project.rehearsal, len(requirements))
        self._c.writer.projects[project_id] = project
        await self._c.journal.append(
            Batch(events=(Draft(Scope(project_id), created, now),), rows=(ProjectRow(project),))
        )
        return project

    def _workspace(self, given: str, project: ProjectId) -> Path:
        if given:
            # A home is looked up by the check, which says it plainly where there is no such person.
            path = self._c.check_workspace(Path(given) if given.startswith("~") else Path(given).absolute())
        else:
            path = self._c.data_folder / "workspaces" / project
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(
                text("workspace.cannot_make", path=str(path), detail=error.strerror or str(error))
            ) from None
        return path

    def check_workspace(self, given: str) -> Path:
        """The folder that a project would get; nothing is made. Raises InvalidInput with what is wrong with it."""
        return self._c.check_workspace(Path(given) if given.startswith("~") else Path(given).absolute())

    async def planners(self, *, rehearsal: bool) -> Availability:
        """Who could plan a project that is not there yet. Raises WrongMoment if nobody could: it says what to do."""
        return await Models(self._c).available(replace(_NOT_YET, rehearsal=rehearsal))

    async def edit_requirements(self, project: Project, requirements_text: str) -> Project:
        """Takes an edited text and numbers it again: what it keeps or changes keeps its id, and an id that was ever
        given is not given to another requirement.

        Plans and runs that are there stay as they are. Raises InvalidInput for empty or over-long requirements.
        """
        wording = _checked_text(requirements_text)
        taken = await self.taken_ids(project)
        before = self._c.writer.projects[project.id]
        requirements = await _numbered(wording, before.requirements, taken)
        if (wording, requirements) == (before.requirements_text, before.requirements):
            return project
        now = self._c.clock.now()
        edited = _edited(before.requirements, requirements)
        row = self._c.writer.changed(project.id, requirements_text=wording, requirements=requirements, updated_at=now)
        await self._c.journal.append(Batch(events=(Draft(Scope(project.id), edited, now),), rows=(row,)))
        return await self._with_state(row.project)

    async def taken_ids(self, project: Project) -> frozenset[RequirementId]:
        """Every requirement id that this project ever had, whether it is still there or not."""
        types = frozenset({"ProjectCreated", "RequirementsEdited"})
        taken: set[RequirementId] = {requirement.id for requirement in project.requirements}
        for stored in await self._c.archive.events(EventFilter(project=project.id, types=types)):
            if isinstance(stored.event, ProjectCreated):
                taken |= {RequirementId(f"R{number}") for number in range(1, stored.event.requirements + 1)}
            elif isinstance(stored.event, RequirementsEdited):
                taken |= set(stored.event.added)
        return frozenset(taken)

    async def all(self) -> Sequence[Project]:
        """Every project with its state as it is now, oldest first."""
        return [await self._with_state(project) for project in await self._c.archive.projects()]

    async def find(self, name: str) -> Project:
        """By id, unique id prefix or unique name. Raises UnknownThing or AmbiguousName."""
        projects = await self._c.archive.projects()
        exact = [project for project in projects if project.id == name]
        named = [project for project in projects if project.name == _line(name)]  # as it was tidied when it was given
        prefixed = [project for project in projects if name and project.id.startswith(name)]
        for found in (exact, named, prefixed):
            if len(found) == 1:
                return await self._with_state(found[0])
            if found:
                ids = ", ".join(project.id for project in found[:5])
                raise AmbiguousName(text("project.ambiguous", name=name, ids=ids))
        raise UnknownThing(text("project.unknown", name=name))

    async def _with_state(self, project: Project) -> Project:
        plans = await self._c.archive.plans(project.id)
        runs = [self._c.as_it_stands(row) for row in await self._c.archive.runs(project.id)]
        if project.state is ProjectState.PLANNING and not self._c.held:  # whoever planned was killed
            project = replace(project, state=ProjectState.DRAFT)
        return replace(project, state=project_state(project, plans, runs), updated_at=_updated_at(project, runs))

    # -- after a crash ----------------------------------------------------------------------------------------------

    async def note_interrupted(self) -> int:
        """Called once the data folder is opened: projects that the last process was planning go back."""
        rows = [row for row in await self._c.archive.projects() if row.state is ProjectState.PLANNING]
        now = self._c.clock.now()
        for row in rows:
            draft = Draft(Scope(row.id), PlanFailed(text("plan.interrupted")), now)
            back = self._c.writer.changed(row.id, state=ProjectState.DRAFT, updated_at=now)
            await self._c.journal.append(Batch(events=(draft,), rows=(back,)))
        return len(rows)


def project_state(project: Project, plans: Sequence[PlanVersion], runs: Sequence[RunRow]) -> ProjectState:
    """What a project is doing: planning, unless a run goes on; else what its newest run does, unless a newer plan has
    been approved or there is no run yet."""
    if project.state is ProjectState.PLANNING and not (runs and runs[-1].state is RunStateName.RUNNING):
        return ProjectState.PLANNING
    approved = [version.number for version in plans if version.state is PlanState.APPROVED]
    if runs and not (approved and approved[-1] > runs[-1].plan_number):
        return _STATE_OF_RUN[runs[-1].state]
    if approved:
        return ProjectState.READY
    return project.state


def _updated_at(project: Project, runs: Sequence[RunRow]) -> int:
    """When something last became of it; a run that goes on has no such moment yet but its start."""
    return max(project.updated_at, *(row.finished_at or row.started_at for row in runs), project.created_at)


def _checked_text(requirements: str) -> str:
    """The requirements without what cannot be stored. Raises InvalidInput for more than a plan can be made of."""
    size = len(requirements.encode("utf-8", "surrogatepass"))
    if size > MAX_REQUIREMENTS_BYTES:
        raise InvalidInput(text("requirements.too_long", bytes=size, limit=MAX_REQUIREMENTS_BYTES))
    return clean(requirements)


async def _numbered(
    wording: str, before: Sequence[Requirement] = (), taken: Collection[RequirementId] = ()
) -> tuple[Requirement, ...]:
    """Raises InvalidInput where there is nothing to number."""
    if len(wording) > _MANY_CHARACTERS:
        requirements = await asyncio.to_thread(renumber, before, wording, taken)
    else:
        requirements = renumber(before, wording, taken)
    if not requirements:
        raise InvalidInput(text("requirements.empty"))
    return requirements


def _first_line(wording: str) -> str:
    """The first line of the requirements without its marks, as a name."""
    lines = (_line(line.strip().lstrip("#*-0123456789.) \t")) for line in wording.splitlines())
    return next((line for line in lines if line), "")


def _line(given: str) -> str:
    """One line that says what it seems to say, short enough for a list."""
    return " ".join(_UNSEEN.sub("", clean(given)).split())[:MAX_NAME_CHARACTERS].strip()


def requirements_of(
    wording: str, before: Sequence[Requirement] = (), taken: Collection[RequirementId] = ()
) -> tuple[Requirement, ...]:
    """How this text would be numbered; nothing is checked or stored, so that it may be asked while somebody types."""
    return renumber(before, clean(wording), taken)


def _edited(before: Sequence[Requirement], after: Sequence[Requirement]) -> RequirementsEdited:
    was = {requirement.id: requirement.text for requirement in before}
    now = {requirement.id: requirement.text for requirement in after}
    return RequirementsEdited(
        added=tuple(id_ for id_ in now if id_ not in was),
        removed=tuple(id_ for id_ in was if id_ not in now),
        changed=tuple(id_ for id_, wish in now.items() if id_ in was and was[id_] != wish),
        requirements=len(after),
    )


_NOT_YET = Project(ProjectId(""), "", "", (), Rigor.L2, "", False, ProjectState.DRAFT, 0, 0)

"""Projects: made, found by id, prefix or name, and how each one stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from orchestra_desktop.domain.errors import AmbiguousName, InvalidInput, UnknownThing
from orchestra_desktop.domain.events import Draft, ProjectCreated, Scope
from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.domain.plan import PlanState, PlanVersion
from orchestra_desktop.domain.ports import Batch, ProjectRow, RunRow
from orchestra_desktop.domain.projects import Project, ProjectState, Rigor
from orchestra_desktop.domain.texts import text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.planning.requirements import renumber
from orchestra_desktop.services.context import Context

MAX_REQUIREMENTS_BYTES = 1_000_000
MAX_NAME_CHARACTERS = 120

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
        requirements = renumber((), _checked_text(wanted.requirements_text))
        if not requirements:
            raise InvalidInput(text("requirements.empty"))
        project_id = ProjectId(self._c.ids.new())
        now = self._c.clock.now()
        project = Project(
            id=project_id,
            name=_name(wanted),
            requirements_text=wanted.requirements_text,
            requirements=requirements,
            rigor=wanted.rigor,
            workspace=str(self._workspace(wanted.workspace, project_id)),
            rehearsal=wanted.rehearsal,
            state=ProjectState.DRAFT,
            created_at=now,
            updated_at=now,
            instructions=wanted.instructions,
            repository=wanted.repository,
            base_branch=wanted.base_branch,
        )
        created = ProjectCreated(project.name, project.rigor, project.rehearsal, len(requirements))
        await self._c.journal.append(
            Batch(events=(Draft(Scope(project_id), created, now),), rows=(ProjectRow(project),))
        )
        return project

    def _workspace(self, given: str, project: ProjectId) -> Path:
        if given:
            path = self._c.check_workspace(Path(given).expanduser().absolute())
        else:
            path = self._c.data_folder / "workspaces" / project
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InvalidInput(
                text("workspace.cannot_make", path=str(path), detail=error.strerror or str(error))
            ) from None
        return path

    async def all(self) -> Sequence[Project]:
        """Every project with its state as it is now, oldest first."""
        return [await self._with_state(project) for project in await self._c.archive.projects()]

    async def find(self, name: str) -> Project:
        """By id, unique id prefix or unique name. Raises UnknownThing or AmbiguousName."""
        projects = await self._c.archive.projects()
        exact = [project for project in projects if project.id == name]
        named = [project for project in projects if project.name == name]
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
        return replace(project, state=project_state(project, plans, runs))


def project_state(project: Project, plans: Sequence[PlanVersion], runs: Sequence[RunRow]) -> ProjectState:
    """What a project is doing: its newest run, unless a newer plan has been approved or there is no run yet."""
    approved = [version.number for version in plans if version.state is PlanState.APPROVED]
    if runs and not (approved and approved[-1] > runs[-1].plan_number):
        return _STATE_OF_RUN[runs[-1].state]
    if approved:
        return ProjectState.READY
    return project.state


def _checked_text(requirements: str) -> str:
    size = len(requirements.encode("utf-8", "surrogatepass"))
    if size > MAX_REQUIREMENTS_BYTES:
        raise InvalidInput(text("requirements.too_long", bytes=size, limit=MAX_REQUIREMENTS_BYTES))
    return requirements


def _name(wanted: NewProject) -> str:
    """The name given, else the first line of the requirements without its marks."""
    lines = (line.strip().lstrip("#*-0123456789.) \t") for line in wanted.requirements_text.splitlines())
    name = wanted.name.strip() or next((line for line in lines if line), "")
    return " ".join(name.split())[:MAX_NAME_CHARACTERS]

"""The list of projects as rows: newest first, searched by name or id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.domain.projects import Project, ProjectState, Rigor
from orchestra_desktop.viewmodels.harmless import harmless


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """One project. `charged` is in nano-dollars, None while it is being read; `updated_at` microseconds, UTC."""

    id: ProjectId
    name: str
    state: ProjectState
    rigor: Rigor
    charged: int | None
    updated_at: int
    rehearsal: bool


def project_rows(
    projects: Iterable[Project], charged: Mapping[ProjectId, int], search: str = ""
) -> tuple[ProjectRow, ...]:
    """Every word of the search must be in the name, or begin the id; case aside."""
    words = search.casefold().split()
    found = [project for project in projects if all(_fits(project, word) for word in words)]
    found.sort(key=lambda project: (-project.updated_at, project.name.casefold(), project.id))
    return tuple(_row(project, charged.get(project.id)) for project in found)


def _fits(project: Project, word: str) -> bool:
    return word in project.name.casefold() or project.id.startswith(word)


def _row(project: Project, charged: int | None) -> ProjectRow:
    return ProjectRow(
        id=project.id,
        name=harmless(project.name),
        state=project.state,
        rigor=project.rigor,
        charged=charged,
        updated_at=project.updated_at,
        rehearsal=project.rehearsal,
    )

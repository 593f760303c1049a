"""What the services share: the ports of this process, the settings in force and where things lie."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from orchestra_desktop.domain.budget import Balances
from orchestra_desktop.domain.errors import WrongMoment
from orchestra_desktop.domain.ids import ProjectId, RunId
from orchestra_desktop.domain.messages import ModelInfo
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.ports import (
    Archive,
    Clock,
    Ids,
    Journal,
    Keys,
    ModelProvider,
    Network,
    ProjectRow,
    RunRow,
    Toolbox,
)
from orchestra_desktop.domain.pricing import PriceTable
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.engine.executor import EnginePorts, Executor
from orchestra_desktop.planning.planner import Planner
from orchestra_desktop.planning.priors import PriorTable
from orchestra_desktop.settings.project_overrides import with_overrides
from orchestra_desktop.settings.schema import Settings

PickLocal = Callable[[str, Sequence[ModelInfo]], tuple[str | None, Text]]
"""Chooses among the models a host has: the one wanted, or the best that is there and why; None if none fits."""


class Limits(Protocol):
    """The caps that the next reservation is held against, in nano-dollars; None is no cap."""

    daily: int | None
    monthly: int | None
    project_default: int | None

    @property
    def balances(self) -> Balances: ...

    def period(self, at: int) -> Period: ...

    def project_cap(self, project: ProjectId) -> int | None: ...

    def set_project_cap(self, project: ProjectId, cap: int | None) -> None: ...

    def set_ceiling(self, run: RunId, ceiling: int | None) -> None: ...


@dataclass(slots=True)
class Writing:
    """What only the process that holds the data folder has. `announce_room` is called after a cap was raised.

    `projects` are the rows as they were written last, `live` the runs that this process is carrying out, `busy` the
    projects of which a run is about to begin or goes on.
    """

    journal: Journal
    planner: Planner
    engine: EnginePorts
    limits: Limits
    announce_room: Callable[[], None]
    projects: dict[ProjectId, Project] = field(default_factory=dict)
    live: dict[RunId, Executor] = field(default_factory=dict)
    busy: set[ProjectId] = field(default_factory=set)

    def changed(self, project: ProjectId, **changes: Any) -> ProjectRow:
        """The row of a project with these fields changed, to be appended before the next `await`.

        It builds on every change made before, on its way to the disk or not: two verbs that each read the row, waited
        for a model and wrote it whole would undo one another's changes. Only this process writes, so it knows them all.
        """
        self.projects[project] = replace(self.projects[project], **changes)
        return ProjectRow(self.projects[project])


@dataclass(slots=True)
class Context:
    """Built by hand in `app.py`. `writing` is None for a process that only reads beside another one; `held` says that
    some process, this one or another, runs the data folder. `apply_network` makes the guard keep to settings."""

    data_folder: Path
    settings_file: Path
    settings: Settings
    archive: Archive
    writing: Writing | None
    clock: Clock
    ids: Ids
    keys: Keys
    network: Network
    providers: Mapping[str, ModelProvider]
    toolbox: Toolbox
    prices: PriceTable
    priors: PriorTable
    pick_local: PickLocal
    check_workspace: Callable[[Path], Path]
    save_settings: Callable[[Mapping[str, object]], None]
    load_settings: Callable[[], Settings]
    apply_network: Callable[[Settings], None]
    held: bool = True

    @property
    def journal(self) -> Journal:
        return self.writer.journal

    @property
    def writer(self) -> Writing:
        """Raises WrongMoment in a process that only reads."""
        if self.writing is None:
            raise WrongMoment(text("session.reads_only"))
        return self.writing

    def as_it_stands(self, row: RunRow) -> RunRow:
        """A run that is stored as running while nobody runs the folder was interrupted; the next start notes it."""
        if row.state is RunStateName.RUNNING and not self.held:
            return replace(row, state=RunStateName.INTERRUPTED)
        return row

    def settings_of(self, project: Project) -> Settings:
        """The settings with what the project overrides of them."""
        return with_overrides(self.settings, project.overrides)

"""How a project stands: its plan, its run, what became of each task and requirement, and its money, read together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestra_desktop.domain.budget import Balance
from orchestra_desktop.domain.ids import Digest, RequirementId, TaskId
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.ports import RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.planning.coverage import coverage
from orchestra_desktop.services.money import CapsInForce
from orchestra_desktop.services.session import Session
from orchestra_desktop.services.shapes import RunState


@dataclass(frozen=True, slots=True)
class Overview:
    """`version` is the plan that the tasks belong to: the run's, unless a newer one has been approved since.

    `newest` is the number of the newest version. `costs` are nano-dollars by task, `outputs` the texts of results where
    they were asked for.
    """

    project: Project
    version: PlanVersion | None
    newest: int | None
    row: RunRow | None
    state: RunState | None
    balance: Balance
    caps: CapsInForce
    costs: Mapping[str, int] = field(default_factory=dict)
    outputs: Mapping[Digest, str] = field(default_factory=dict)

    @property
    def ceiling(self) -> int | None:
        """The current run's; before it has begun what the approval signed."""
        if self.row is not None:
            return self.row.ceiling
        return self.version.ceiling if self.version is not None else None

    @property
    def claims(self) -> Mapping[RequirementId, tuple[TaskId, ...]]:
        """For each requirement the tasks that claim it."""
        if self.version is None:
            return {requirement.id: () for requirement in self.project.requirements}
        return coverage(self.version.plan, self.project.requirements)


async def overview(session: Session, project: Project, *, with_outputs: bool = False) -> Overview:
    """Reads it all; changes nothing."""
    versions = await session.plans.versions(project)
    approved = await session.plans.approved(project)
    row = await session.runs.newest(project)
    if row is not None and approved is not None and approved.number > row.plan_number:
        row = None
    number = row.plan_number if row is not None else approved.number if approved is not None else None
    version = next((v for v in versions if v.number == number), versions[-1] if versions else None)
    state = await session.runs.state(row) if row is not None else None
    return Overview(
        project=project,
        version=version,
        newest=versions[-1].number if versions else None,
        row=row,
        state=state,
        balance=await session.money.project_balance(project.id),
        caps=await session.money.caps(project),
        costs=await session.money.task_costs(project.id, row.run) if row is not None else {},
        outputs=await _outputs(session, state) if state is not None and with_outputs else {},
    )


async def _outputs(session: Session, state: RunState) -> Mapping[Digest, str]:
    digests = {record.output for record in state.tasks.values() if record.output is not None}
    bodies = await session.context.archive.bodies(digests) if digests else {}
    return {digest: content.decode("utf-8", "replace") for digest, content in bodies.items()}

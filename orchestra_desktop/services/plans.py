"""Plans: asked for, edited, answered, quoted and approved; every version is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestra_desktop.domain.errors import InvalidInput, PlanError, WrongMoment
from orchestra_desktop.domain.events import (
    Draft,
    Event,
    PlanApproved,
    PlanEdited,
    PlanFailed,
    PlanProposed,
    PlanRequested,
    PlanSuperseded,
    QuestionAnswered,
    Scope,
)
from orchestra_desktop.domain.ids import RunId, TaskId
from orchestra_desktop.domain.periods import utc
from orchestra_desktop.domain.plan import Plan, PlanState, PlanVersion, Tier, plan_hash
from orchestra_desktop.domain.ports import Batch, PlanRow, ProjectRow
from orchestra_desktop.domain.projects import Project, ProjectState, Rigor
from orchestra_desktop.domain.run import ProjectBrief, RunSpec
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.planning.edits import answered, edited, find_task
from orchestra_desktop.planning.planner import NoPlan, PlanningRequest, PlanProgress
from orchestra_desktop.planning.problems import Problem, Severity, problem_row
from orchestra_desktop.planning.quote import Quote, quote
from orchestra_desktop.planning.routing import routed
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.models import Availability, Models
from orchestra_desktop.settings.run_settings import run_settings

OnPlanProgress = Callable[[PlanProgress], None]


@dataclass(frozen=True, slots=True)
class Routed:
    """A plan with a route for each task: what a quote is made of and a run starts from."""

    spec: RunSpec
    problems: tuple[Problem, ...]


class Plans:
    """What can be done with a project's plans."""

    def __init__(self, context: Context, models: Models) -> None:
        self._c = context
        self._models = models

    # -- reading ----------------------------------------------------------------------------------------------------

    async def versions(self, project: Project) -> Sequence[PlanVersion]:
        return await self._c.archive.plans(project.id)

    async def newest(self, project: Project) -> PlanVersion:
        """The newest version. Raises WrongMoment if there is none."""
        versions = await self.versions(project)
        if not versions:
            raise WrongMoment(text("plan.none", project=project.name))
        return versions[-1]

    async def approved(self, project: Project) -> PlanVersion | None:
        versions = [version for version in await self.versions(project) if version.state is PlanState.APPROVED]
        return versions[-1] if versions else None

    async def route(self, project: Project, version: PlanVersion, run: RunId | None = None) -> Routed:
        """The spec of a run of this version as things are now. Raises PlanError if a task has no model."""
        available = await self._models.available(project)
        return self._routed(project, version, available, run or RunId(""))

    def _routed(self, project: Project, version: PlanVersion, available: Availability, run: RunId) -> Routed:
        settings = self._c.settings_of(project)
        offline = self._c.network.offline and not project.rehearsal
        routing = routed(version.plan, settings.routing.table(), available.choices, offline=offline)
        spec = RunSpec(
            run=run,
            project=ProjectBrief(
                project.id,
                project.name,
                project.requirements,
                project.workspace,
                project.instructions,
                project.rehearsal,
            ),
            plan=version.plan,
            plan_number=version.number,
            plan_hash=version.hash,
            routes=routing.routes,
            models=available.choices,
            expected_seconds={},
            settings=run_settings(settings),
        )
        return Routed(spec, routing.problems)

    async def quote(self, project: Project, version: PlanVersion) -> Quote:
        """What the version will cost and take. Raises UnpricedModel."""
        return self.quote_of((await self.route(project, version)).spec)

    def quote_of(self, spec: RunSpec) -> Quote:
        day = utc(self._c.clock.now()).date()
        return quote(spec, self._c.toolbox.known(), self._c.prices, day, self._c.priors)

    # -- asking -----------------------------------------------------------------------------------------------------

    async def propose(
        self,
        project: Project,
        on_progress: OnPlanProgress,
        *,
        rigor: Rigor | None = None,
        planner: Tier | None = None,
        comment: str = "",
    ) -> PlanVersion:
        """Asks for a plan; its cost is on the ledger whatever becomes of it.

        Raises NoPlan, ModelFault, PlanningRefused, UnpricedModel, WrongMoment.
        """
        available = await self._models.available(project)
        tier = self._models.planner_tier(planner, available.choices)
        versions = await self.versions(project)
        request = self._request(project, rigor or project.rigor, tier, available, versions, comment)
        requested = PlanRequested(request.rigor, tier, request.choice.model, comment)
        await self._append(project, requested, state=ProjectState.PLANNING)
        try:
            proposal = await self._c.writer.planner.propose(request, on_progress)
        except BaseException as error:
            await self._note_failure(project, error)
            raise
        return await self._store(project, proposal.plan, proposal.problems, available, versions, comment)

    def _request(
        self,
        project: Project,
        rigor: Rigor,
        tier: Tier,
        available: Availability,
        versions: Sequence[PlanVersion],
        comment: str,
    ) -> PlanningRequest:
        settings = self._c.settings_of(project)
        previous = versions[-1].plan if versions else None
        answers = [(q.question, q.answer) for q in previous.open_questions if q.answer is not None] if previous else []
        return PlanningRequest(
            project=project.id,
            name=project.name,
            requirements=project.requirements,
            requirements_text=project.requirements_text,
            rigor=rigor,
            tier=tier,
            choice=available.choices[tier],
            tools=self._c.toolbox.known(),
            instructions=project.instructions,
            table=settings.routing.table(),
            previous=previous,
            used_ids=frozenset(task.id for version in versions for task in version.plan.tasks),
            comment=comment,
            answers=tuple(answers),
            timeout_s=settings.execution.call_timeout_s,
        )

    async def _note_failure(self, project: Project, error: BaseException) -> None:
        reason = getattr(error, "text", None)
        raw = error.raw if isinstance(error, NoPlan) else None
        failed = PlanFailed(reason if isinstance(reason, Text) else text("plan.interrupted"), raw)
        await self._append(project, failed, state=ProjectState.DRAFT)

    async def _store(
        self,
        project: Project,
        plan: Plan,
        problems: Sequence[Problem],
        available: Availability,
        versions: Sequence[PlanVersion],
        comment: str,
    ) -> PlanVersion:
        version = PlanVersion(
            number=versions[-1].number + 1 if versions else 1,
            state=PlanState.DRAFT,
            hash=plan_hash(plan),
            plan=plan,
            problems=(),
            created_at=self._c.clock.now(),
            comment=comment,
        )
        risks = self._risks(project, version, available)
        rows = tuple(problem_row(problem) for problem in (*problems, *risks))
        version = replace(version, problems=rows)
        proposed = PlanProposed(version.number, version.hash, len(plan.tasks), len(rows))
        await self._append(project, proposed, PlanRow(project.id, version), state=ProjectState.DRAFT)
        return version

    def _risks(self, project: Project, version: PlanVersion, available: Availability) -> tuple[Problem, ...]:
        """What routing puts at risk. A task without a model is a problem to be read: the plan has been paid for."""
        try:
            return self._routed(project, version, available, RunId("")).problems
        except PlanError as error:
            return (Problem(Severity.WARNING, error.text),)

    # -- changing a draft -------------------------------------------------------------------------------------------

    async def edit(self, project: Project, task: str, changes: dict[str, Any]) -> PlanVersion:
        """Changes fields of one task of the draft. An approved plan is not changed: its copy becomes the next draft."""
        version = await self.newest(project)
        found = find_task(version.plan, task)
        plan = edited(version.plan, TaskId(found.id), self._c.toolbox.known(), **changes)
        label = text("plan.edited_task", task=found.id, fields=", ".join(sorted(changes)))
        draft = self._as_draft(version, plan)
        await self._append(project, PlanEdited(draft.number, draft.hash, label), PlanRow(project.id, draft))
        return draft

    async def answer(self, project: Project, question: int, words: str) -> PlanVersion:
        """Answers an open question of the draft, counted from 1."""
        version = await self.newest(project)
        draft = self._as_draft(version, answered(version.plan, question, words))
        said = QuestionAnswered(draft.number, question, words)
        await self._append(project, said, PlanRow(project.id, draft))
        return draft

    def _as_draft(self, version: PlanVersion, plan: Plan) -> PlanVersion:
        is_draft = version.state is PlanState.DRAFT
        return replace(
            version,
            number=version.number if is_draft else version.number + 1,
            state=PlanState.DRAFT,
            hash=plan_hash(plan),
            plan=plan,
            created_at=version.created_at if is_draft else self._c.clock.now(),
            ceiling=None,
        )

    # -- approving --------------------------------------------------------------------------------------------------

    async def approve(
        self, project: Project, number: int | None = None, ceiling: int | None = None
    ) -> tuple[PlanVersion, Quote]:
        """Freezes a draft by its content hash and signs what it may cost; the versions before it are superseded.

        Questions left open take their proposed answers. Without a ceiling the quote's own is signed.
        """
        version = await self._draft_to_approve(project, number)
        version = replace(version, plan=with_proposed_answers(version.plan))
        version = replace(version, hash=plan_hash(version.plan))
        quoted = await self.quote(project, version)
        signed = replace(version, state=PlanState.APPROVED, ceiling=quoted.ceiling if ceiling is None else ceiling)
        before = [v for v in await self.versions(project) if v.state is not PlanState.SUPERSEDED]
        old = [replace(v, state=PlanState.SUPERSEDED) for v in before if v.number != signed.number]
        approved = PlanApproved(signed.number, signed.hash, signed.ceiling, quoted.p50, quoted.p90)
        events: list[Event] = [approved, *(PlanSuperseded(v.number) for v in old)]
        rows = [PlanRow(project.id, v) for v in (signed, *old)]
        await self._append(project, *events, *rows, state=ProjectState.READY)
        return signed, quoted

    async def _draft_to_approve(self, project: Project, number: int | None) -> PlanVersion:
        versions = await self.versions(project)
        drafts = [version for version in versions if version.state is PlanState.DRAFT]
        if number is not None:
            drafts = [version for version in drafts if version.number == number]
        if not drafts:
            raise WrongMoment(text("plan.no_draft", project=project.name))
        return drafts[-1]

    async def _append(self, project: Project, *parts: Event | PlanRow, state: ProjectState | None = None) -> None:
        now = self._c.clock.now()
        drafts = tuple(Draft(Scope(project.id), part, now) for part in parts if not isinstance(part, PlanRow))
        rows: list[PlanRow | ProjectRow] = [part for part in parts if isinstance(part, PlanRow)]
        stored = await self._c.archive.project(project.id) or project
        rows.append(ProjectRow(replace(stored, state=state or stored.state, updated_at=now)))
        await self._c.journal.append(Batch(events=drafts, rows=tuple(rows)))


def with_proposed_answers(plan: Plan) -> Plan:
    """Questions nobody answered take their proposals."""
    questions = tuple(
        replace(question, answer=question.proposed_answer) if question.answer is None else question
        for question in plan.open_questions
    )
    return replace(plan, open_questions=questions)


def checked_rigor(name: str) -> Rigor:
    """Raises InvalidInput for anything but L1, L2, L3."""
    try:
        return Rigor(name.upper())
    except ValueError:
        raise InvalidInput(text("rigor.unknown", given=name)) from None

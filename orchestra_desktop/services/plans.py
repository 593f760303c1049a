"""Plans: asked for, edited, answered, quoted and approved; every version is kept."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestra_desktop.domain.errors import InvalidInput, PlanError, StorageError, WrongMoment
from orchestra_desktop.domain.events import (
    Draft,
    Event,
    PlanApproved,
    PlanEdited,
    PlanFailed,
    PlanProposed,
    PlanRejected,
    PlanRequested,
    PlanSuperseded,
    QuestionAnswered,
    Scope,
)
from orchestra_desktop.domain.ids import PlanHash, ProjectId, RunId, TaskId
from orchestra_desktop.domain.periods import utc
from orchestra_desktop.domain.plan import Plan, PlanState, PlanVersion, Tier, plan_hash
from orchestra_desktop.domain.ports import Batch, EventFilter, PlanRow
from orchestra_desktop.domain.projects import Project, ProjectState, Rigor
from orchestra_desktop.domain.run import ModelChoice, ProjectBrief, RunSpec
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.planning.edits import answered, edited, find_task
from orchestra_desktop.planning.planner import NoPlan, PlanningRequest, PlanProgress, Proposal
from orchestra_desktop.planning.problems import Problem, Severity, problem_row
from orchestra_desktop.planning.quote import Quote, quote
from orchestra_desktop.planning.routing import routed
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.models import Availability, Models
from orchestra_desktop.services.plan_versions import (
    as_draft,
    first_draft,
    is_signed,
    newest,
    newest_or_none,
    with_proposed_answers,
)
from orchestra_desktop.services.under_way import UnderWay
from orchestra_desktop.settings.run_settings import run_settings

OnPlanProgress = Callable[[PlanProgress], None]


@dataclass(frozen=True, slots=True)
class Routed:
    """A plan with a route for each task: what a quote is made of and a run starts from."""

    spec: RunSpec
    problems: tuple[Problem, ...]


class Plans:
    """What can be done with a project's plans.

    Versions are read and written one verb after another, so that two edits made at once are two edits, and a plan that
    arrives while another is edited takes a number of its own.
    """

    def __init__(self, context: Context, models: Models) -> None:
        self._c = context
        self._models = models
        self._turn = asyncio.Lock()
        self._under_way: UnderWay[ProjectId] = UnderWay()
        self._closes = False

    # -- reading ----------------------------------------------------------------------------------------------------

    async def versions(self, project: Project) -> Sequence[PlanVersion]:
        return await self._c.archive.plans(project.id)

    async def newest(self, project: Project) -> PlanVersion:
        """The newest version that still counts: what an edit builds on. Raises WrongMoment if there is none."""
        return newest(project, await self.versions(project))

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
        if self._closes:
            raise WrongMoment(text("session.closes"))
        if project.id in self._under_way:
            raise WrongMoment(text("plan.under_way", project=project.name))
        with self._under_way.piece(project.id):
            available = await self._models.available(project)
            tier, choice = self._models.planner(planner, available, project)
            versions = await self.versions(project)
            request = self._request(project, rigor or project.rigor, (tier, choice), versions, comment)
            return await self._asked(project, request, available, on_progress)

    async def _asked(
        self, project: Project, request: PlanningRequest, available: Availability, on_progress: OnPlanProgress
    ) -> PlanVersion:
        before = self._c.writer.projects[project.id].state
        version: PlanVersion | None = None
        try:
            requested = PlanRequested(request.rigor, request.tier, request.choice.model, request.comment)
            await self._append(project, requested, state=ProjectState.PLANNING)
            proposal = await self._c.writer.planner.propose(request, on_progress)
            async with self._turn:
                versions = await self.versions(project)
                version = self._version(project, proposal, versions, available, request.comment)
                proposed = PlanProposed(version.number, version.hash, len(version.plan.tasks), len(version.problems))
                await self._append(project, proposed, PlanRow(project.id, version), state=ProjectState.DRAFT)
        except BaseException as error:
            if version is None:
                noted = self._note_failure(project, error, before)
                if isinstance(error, Exception):  # whoever is told to stop does not wait for a full disk
                    with contextlib.suppress(StorageError):
                        await noted
            raise
        return version

    def _request(
        self,
        project: Project,
        rigor: Rigor,
        planner: tuple[Tier, ModelChoice],
        versions: Sequence[PlanVersion],
        comment: str,
    ) -> PlanningRequest:
        settings = self._c.settings_of(project)
        counting = newest_or_none(versions)
        previous = counting.plan if counting is not None else None
        answers = [(q.question, q.answer) for q in previous.open_questions if q.answer is not None] if previous else []
        return PlanningRequest(
            project=project.id,
            name=project.name,
            requirements=project.requirements,
            requirements_text=project.requirements_text,
            rigor=rigor,
            tier=planner[0],
            choice=planner[1],
            tools=self._c.toolbox.known(),
            instructions=project.instructions,
            table=settings.routing.table(),
            previous=previous,
            used_ids=frozenset(task.id for version in versions for task in version.plan.tasks),
            comment=comment,
            answers=tuple(answers),
            timeout_s=settings.execution.call_timeout_s,
        )

    def _note_failure(self, project: Project, error: BaseException, before: ProjectState) -> Awaitable[object]:
        reason = getattr(error, "text", None)
        raw = error.raw if isinstance(error, NoPlan) else None
        failed = PlanFailed(reason if isinstance(reason, Text) else text("plan.interrupted"), raw)
        return self._append(project, failed, state=before)

    def _version(
        self,
        project: Project,
        proposal: Proposal,
        versions: Sequence[PlanVersion],
        available: Availability,
        comment: str,
    ) -> PlanVersion:
        version = first_draft(proposal.plan, versions, self._c.clock.now(), comment)
        notes = (Problem(Severity.WARNING, note) for note in available.notes)
        found = (*proposal.problems, *notes, *self._risks(project, version, available))
        return replace(version, problems=tuple(problem_row(problem) for problem in found))

    def _risks(self, project: Project, version: PlanVersion, available: Availability) -> tuple[Problem, ...]:
        """What routing puts at risk. A task without a model is a problem to be read: the plan has been paid for."""
        try:
            return self._routed(project, version, available, RunId("")).problems
        except PlanError as error:
            return (Problem(Severity.WARNING, error.text),)

    # -- changing a draft -------------------------------------------------------------------------------------------

    async def edit(self, project: Project, task: str, changes: dict[str, Any]) -> PlanVersion:
        """Changes fields of one task of the draft. An approved plan is not changed: its copy becomes the next draft.

        Raises InvalidInput for what cannot be changed or not to this, GraphError for impossible dependencies.
        """
        if not changes:
            raise InvalidInput(text("edit.nothing"))

        def change(plan: Plan) -> tuple[Plan, Text]:
            found = find_task(plan, task)
            label = text("plan.edited_task", task=found.id, fields=", ".join(sorted(changes)))
            return edited(plan, TaskId(found.id), self._c.toolbox.known(), **changes), label

        return await self._redraft(project, change)

    async def replace(self, project: Project, plan: Plan, label: Text, *, instead_of: PlanHash) -> PlanVersion:
        """Puts a plan in the place of the newest one, as undo and redo do.

        Raises WrongMoment, with nothing changed, if the newest one is another than the one meant.
        """

        def change(now: Plan) -> tuple[Plan, Text]:
            if plan_hash(now) != instead_of:
                raise WrongMoment(text("plan.is_another"))
            return plan, label

        return await self._redraft(project, change)

    async def _redraft(self, project: Project, change: Callable[[Plan], tuple[Plan, Text]]) -> PlanVersion:
        async with self._turn:
            versions = await self.versions(project)
            plan, label = change(newest(project, versions).plan)
            draft = as_draft(project, versions, plan, self._c.clock.now())
            await self._append(project, PlanEdited(draft.number, draft.hash, label), PlanRow(project.id, draft))
        return draft

    async def answer(self, project: Project, question: int, words: str) -> PlanVersion:
        """Answers an open question of the draft, counted from 1."""
        async with self._turn:
            versions = await self.versions(project)
            plan = answered(newest(project, versions).plan, question, words)
            draft = as_draft(project, versions, plan, self._c.clock.now())
            said = QuestionAnswered(draft.number, question, plan.open_questions[question - 1].answer or "")
            await self._append(project, said, PlanRow(project.id, draft))
        return draft

    # -- approving --------------------------------------------------------------------------------------------------

    async def approve(
        self, project: Project, number: int | None = None, ceiling: int | None = None
    ) -> tuple[PlanVersion, Quote]:
        """Freezes a draft by its content hash and signs what it may cost; the other versions are superseded.

        Questions left open take their proposed answers. Without a ceiling (nano-dollars) the quote's own is signed.
        Raises WrongMoment if there is no such draft, if it is edited meanwhile, or while a run of the plan that it
        would take the place of is being carried out.
        """
        chosen = await self._draft(project, number)
        answered_plan = with_proposed_answers(chosen.plan)
        version = replace(chosen, plan=answered_plan, hash=plan_hash(answered_plan))
        quoted = await self.quote(project, version)
        signed = replace(
            version, state=PlanState.APPROVED, ceiling=quoted.ceiling if ceiling is None else checked_amount(ceiling)
        )
        async with self._turn:
            versions = await self.versions(project)
            if chosen not in versions:
                raise WrongMoment(text("plan.changed_meanwhile", number=chosen.number))
            if project.id in self._c.writer.busy:
                raise WrongMoment(text("plan.run_goes_on", project=project.name))
            await self._sign(project, signed, quoted, versions)
        return signed, quoted

    async def _sign(
        self, project: Project, signed: PlanVersion, quoted: Quote, versions: Sequence[PlanVersion]
    ) -> None:
        others = [v for v in versions if v.number != signed.number and v.state is not PlanState.SUPERSEDED]
        old = [replace(v, state=PlanState.SUPERSEDED) for v in others]
        approved = PlanApproved(signed.number, signed.hash, signed.ceiling, quoted.p50, quoted.p90)
        events: list[Event] = [approved, *(PlanSuperseded(v.number) for v in old)]
        rows = [PlanRow(project.id, v) for v in (signed, *old)]
        await self._append(project, *events, *rows, state=ProjectState.READY)

    async def check_signed(self, project: Project, version: PlanVersion) -> None:
        """Raises WrongMoment unless the plan is, by content, the one that was signed when it was approved."""
        approvals = frozenset({"PlanApproved"})
        events = await self._c.archive.events(EventFilter(project=project.id, types=approvals))
        if not is_signed(version, [stored.event for stored in events]):
            raise WrongMoment(text("plan.hash_differs", number=version.number))

    async def _draft(self, project: Project, number: int | None) -> PlanVersion:
        versions = await self.versions(project)
        drafts = [version for version in versions if version.state is PlanState.DRAFT]
        if number is not None:
            drafts = [version for version in drafts if version.number == number]
        if not drafts:
            raise WrongMoment(text("plan.no_draft", project=project.name))
        return drafts[-1]

    async def reject(self, project: Project, number: int | None = None) -> PlanVersion:
        """Puts a draft aside for good: it stays to be read, and what counts is the version before it, if any.

        Raises WrongMoment if there is no such draft.
        """
        async with self._turn:
            rejected = replace(await self._draft(project, number), state=PlanState.REJECTED)
            await self._append(project, PlanRejected(rejected.number), PlanRow(project.id, rejected))
        return rejected

    # -- the end ----------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """The process ends: plans that are nearly there may come within the grace of the settings."""
        self._closes = True
        try:
            await self._under_way.wait_over(self._c.settings.execution.shutdown_grace_s)
        finally:
            await self._under_way.cancel()

    def _append(
        self, project: Project, *parts: Event | PlanRow, state: ProjectState | None = None
    ) -> Awaitable[object]:
        """Takes events and rows at once; awaiting it waits for the commit."""
        now = self._c.clock.now()
        drafts = tuple(Draft(Scope(project.id), part, now) for part in parts if not isinstance(part, PlanRow))
        plans = tuple(part for part in parts if isinstance(part, PlanRow))
        states = {} if state is None else {"state": state}
        row = self._c.writer.changed(project.id, updated_at=now, **states)
        return self._c.journal.append(Batch(events=drafts, rows=(*plans, row)))


def checked_rigor(name: str) -> Rigor:
    """Raises InvalidInput for anything but L1, L2, L3."""
    try:
        return Rigor(name.upper())
    except ValueError:
        raise InvalidInput(text("rigor.unknown", given=name)) from None


def checked_amount(amount: int) -> int:
    """Nano-dollars. Raises InvalidInput for less than nothing."""
    if amount < 0:
        raise InvalidInput(text("amount.negative"))
    return amount

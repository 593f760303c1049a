"""What the parts of the review share: the version looked at, its prices and ticks, and every change to it.

The table, the picture, the pane at the right and the buttons all read this one object and hear its one signal.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from orchestra_desktop.domain.errors import InvalidInput, OrchestraError
from orchestra_desktop.domain.ids import ProjectId, TaskId
from orchestra_desktop.domain.money import from_dollars
from orchestra_desktop.domain.plan import Plan, PlanState, PlanVersion, Tier
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.run import Route
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.ui.review.edits import DraftEdits
from orchestra_desktop.ui.work_names import planning_name
from orchestra_desktop.viewmodels.plan_drafting import DraftBoard, Failure, newest_failure
from orchestra_desktop.viewmodels.plan_review import TaskRow, kept_ticks, task_rows, ticked
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.services.shapes import PlanProgress, Quote
    from orchestra_desktop.ui.context import UiContext

_LOOKED_AT = frozenset({Topic.PLANS, Topic.PROJECTS, Topic.SESSION, Topic.RUN})


def desk_of(context: UiContext) -> ReviewDesk:
    """The one desk of this window. It hangs on the selection, whose life is the window's: no global knows it."""
    found = context.selection.findChild(ReviewDesk)
    return found if found is not None else ReviewDesk(context)


class ReviewDesk(QObject):
    """`changed` tells that something of the review is different; `grown` that a drafted task has come."""

    changed = Signal()
    grown = Signal()
    picked_task = Signal(object)  # TaskId: somebody asked to see this one

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.selection)
        self._c = context
        self._boards: dict[ProjectId, DraftBoard] = {}
        self._failures: dict[ProjectId, Text] = {}
        self._unticked: frozenset[TaskId] = frozenset()
        self._priced = ""  # the hash that routes and quote are of
        self.last_comment = ""
        self.last_planner: Tier | None = None
        self.version: PlanVersion | None = None
        self.routes: dict[TaskId, Route] = {}
        self.quote: Quote | None = None
        self.unquoted: Text | None = None
        self.rows: tuple[TaskRow, ...] = ()
        self.ceiling_words = ""
        self._against: int | None = None
        self.edits = DraftEdits(context, self)
        self.changed.connect(context.registry.look_again)  # first: the buttons that sign agree with their keys
        context.flush.changed.connect(self._flushed)
        context.selection.plan_changed.connect(lambda _: self.look())
        context.selection.project_changed.connect(lambda _: self._other_project())
        context.bridge.busy_changed.connect(lambda name, _: self._busy(name))
        context.progress.plan_streamed.connect(self._streamed)
        self.look()

    # -- what is looked at ------------------------------------------------------------------------------------------

    @property
    def project(self) -> Project | None:
        return self._c.workspace.project

    @property
    def versions(self) -> tuple[PlanVersion, ...]:
        return tuple(self._c.workspace.versions)

    @property
    def plan(self) -> Plan | None:
        return self.version.plan if self.version is not None else None

    @property
    def before(self) -> PlanVersion | None:
        """The version that this one is compared with: the one chosen, else the one before it."""
        if self.version is None:
            return None
        older = [version for version in self.versions if version.number < self.version.number]
        chosen = [version for version in self.versions if version.number == self._against]
        found = chosen or older[-1:]
        return found[0] if found else None

    @property
    def is_planning(self) -> bool:
        project = self.project
        if project is None:
            return False
        return project.id in self._c.workspace.planning or self._c.bridge.is_running(planning_name(project.id))

    @property
    def is_draft(self) -> bool:
        """Whether the version looked at is the newest and unsigned: what can be approved."""
        return self.is_newest and self.version is not None and self.version.state is PlanState.DRAFT

    @property
    def is_newest(self) -> bool:
        """Not while another project has just been picked, whose versions are still to be looked at."""
        versions = self.versions
        return self.version is not None and bool(versions) and self.version.number == versions[-1].number

    @property
    def can_edit(self) -> bool:
        """Editing an approved plan makes the next draft of it."""
        if not self.is_newest or self.version is None or not self.version.counts:
            return False
        return not self.is_planning and self._c.workspace.situation().can_write

    @property
    def board(self) -> DraftBoard | None:
        return self._boards.get(self.project.id) if self.project is not None else None

    @property
    def failure(self) -> Failure | None:
        """Why the last planning came to nothing; None after a plan, while planning and where none was asked for."""
        project = self.project
        if project is None or self.is_planning:
            return None
        reason = self._failures.get(project.id)
        stored = newest_failure(self._c.workspace.events)
        if reason is not None:
            return Failure(reason, stored.raw if stored is not None and stored.reason == reason else None)
        return stored

    def compare_with(self, number: int | None) -> None:
        self._against = number
        self.look()

    def _other_project(self) -> None:
        self._unticked = frozenset()
        self._against = None
        self.ceiling_words = ""
        self._forget_prices()
        self.look()

    def _forget_prices(self) -> None:
        self.routes, self.quote, self.unquoted, self._priced = {}, None, None, ""

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.SERVICES in topics:
            self._priced = ""  # a model came or went: other routes, other prices
        if topics & _LOOKED_AT or Topic.SERVICES in topics:
            self.look()

    def _busy(self, name: str) -> None:
        if self.project is not None and name == planning_name(self.project.id):
            self.changed.emit()

    def look(self) -> None:
        """Takes over what the live model has. Where the plan is another one, prices are asked for; those of the plan
        before it stand until the new ones are there, so that the layout keeps still."""
        versions = self.versions
        chosen = [version for version in versions if version.number == self._c.selection.plan]
        found = chosen or versions[-1:]
        self.version = found[0] if found else None
        if self.version is not None and self._priced != self.version.hash:
            self._c.spawn(self._price(), "review.price")
        self._tell()

    def _tell(self) -> None:
        if self.version is None:
            self.rows = ()
            self._forget_prices()
        else:
            before = self.before.plan if self.before is not None else None
            self.rows = task_rows(self.version, before, self.routes, self.quote)
        self.edits.offer()
        self.changed.emit()

    async def _price(self) -> None:
        """Asks who would do each task and at what price, until the plan that was priced is the one looked at."""
        while self.version is not None and self._priced != self.version.hash and self.project is not None:
            version, project, plans = self.version, self.project, self._c.session.plans
            routes: dict[TaskId, Route] = {}
            quote: Quote | None = None
            unquoted: Text | None = None
            try:
                routed = await plans.route(project, version)
                routes = routed.spec.routes
                quote = await asyncio.to_thread(plans.quote_of, routed.spec)
            except OrchestraError as error:
                unquoted = error.text
            self.routes, self.quote, self.unquoted, self._priced = routes, quote, unquoted, version.hash
        self._tell()

    # -- planning ---------------------------------------------------------------------------------------------------

    def asked(self, project: ProjectId, comment: str, planner: Tier | None) -> None:
        """A plan is being asked for: what was there before it is void."""
        self._boards[project] = DraftBoard()
        self._failures.pop(project, None)
        self.last_comment, self.last_planner = comment, planner
        self._c.selection.pick_plan(None)
        self.changed.emit()

    def failed(self, project: ProjectId, reason: Text) -> None:
        self._failures[project] = reason

    def ended(self, project: ProjectId) -> None:
        self._boards.pop(project, None)
        self.changed.emit()

    def _streamed(self, project: ProjectId, piece: PlanProgress) -> None:
        self._boards.setdefault(project, DraftBoard()).take(piece)
        if self.project is not None and project == self.project.id:
            self.grown.emit()

    # -- ticks ------------------------------------------------------------------------------------------------------

    @property
    def ticks(self) -> frozenset[TaskId]:
        return kept_ticks(self.plan, self._unticked) if self.plan is not None else frozenset()

    def tick(self, task: TaskId, *, on: bool) -> None:
        """Chooses whether a task is to run; what it needs, or what needs it, goes along."""
        if self.plan is not None:
            everything = frozenset(one.id for one in self.plan.tasks)
            self._unticked = everything - ticked(self.plan, self.ticks, task, on=on)
            self.changed.emit()

    # -- money ------------------------------------------------------------------------------------------------------

    @property
    def ceiling(self) -> int | None:
        """What would be signed, in nano-dollars: what was typed, else the quote's own. Raises InvalidInput."""
        if self.ceiling_words.strip():
            return from_dollars(self.ceiling_words.strip().replace(",", "."))
        return self.quote.ceiling if self.quote is not None else None

    @property
    def ceiling_is_valid(self) -> bool:
        try:
            _ = self.ceiling
        except InvalidInput:
            return False
        return True

    @property
    def is_free(self) -> bool:
        """Whether nobody sends a bill for any task."""
        if self.project is not None and self.project.rehearsal:
            return True
        return bool(self.routes) and all(route.choice.free for route in self.routes.values())

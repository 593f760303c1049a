"""The plan in the middle of the window: while it is written, where it failed, and as picture, table and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.ui.canvas import GraphPicture
from orchestra_desktop.ui.empty_places import no_plan, no_project_picked
from orchestra_desktop.ui.review.desk import ReviewDesk, desk_of
from orchestra_desktop.ui.review.failure import PlanningFailed
from orchestra_desktop.ui.review.growing import GrowingPlan
from orchestra_desktop.ui.review.lists import (
    CoverageList,
    ProblemList,
    ReviewList,
    RiskList,
    StrategyList,
    VersionList,
    plan_state_word,
)
from orchestra_desktop.ui.review.parts import scrolling
from orchestra_desktop.ui.review.quote_view import QuoteView
from orchestra_desktop.ui.review.task_table import TaskTable
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.tabs import Tabs
from orchestra_desktop.viewmodels.plan_changes import task_difference, task_signs

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class PlanReview(QFrame):
    """One of four: no project, no plan, a plan being written, a plan to be read. A failure stands above all of them."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._desk = desk_of(context)
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Review", "Plan"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.failed = PlanningFailed(context, self._desk)
        self._above = QWidget()
        above = QVBoxLayout(self._above)
        above.setContentsMargins(16, 12, 16, 12)
        above.addWidget(self.failed)
        column.addWidget(self._above)
        self._stack = QStackedWidget()
        self.no_project = no_project_picked(context)
        self.no_plan = no_plan(context)
        self.growing = GrowingPlan(context, self._desk)
        self.whole = PlanParts(context, self._desk)
        self._nothing = QWidget()
        for widget in (self.no_project, self.no_plan, self.growing, self.whole, self._nothing):
            self._stack.addWidget(widget)
        column.addWidget(self._stack, 1)
        self._desk.changed.connect(self._follow)
        self._desk.grown.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.failed.follow()
        self._above.setVisible(self._desk.failure is not None)
        shown = self._shown()
        if shown is self.growing and self._stack.currentWidget() is not shown:
            self.growing.follow()
        self._stack.setCurrentWidget(shown)

    def _shown(self) -> QWidget:
        if self._desk.project is None:
            return self.no_project
        if self._desk.is_planning:
            return self.growing
        if self._desk.version is not None:
            return self.whole
        return self.no_plan if self._desk.failure is None else self._nothing  # the failure says what to do


class PlanParts(QWidget):
    """The picture above, and below it the tasks and everything else there is to read, on tabs."""

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._c = context
        self._desk = desk
        self._drawn: tuple[object, ...] = ()
        self.table = TaskTable(context, desk)
        self.tabs = self._make_tabs()
        self._splitter = QSplitter(Qt.Orientation.Vertical)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self.picture = GraphPicture(context)
        self.picture.setMinimumHeight(120)
        self._splitter.addWidget(self.picture)
        self._splitter.addWidget(self.tabs)
        self._splitter.setSizes([420, 320])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._splitter)
        desk.changed.connect(self.follow)
        self.follow()

    def _make_tabs(self) -> Tabs:
        tabs = Tabs(self._c.theme, translate("Review", "Parts of the plan"))
        tabs.add("tasks", translate("Review", "Tasks"), self.table)
        self.lists: dict[str, ReviewList] = {}
        kinds: tuple[tuple[str, str, type[ReviewList]], ...] = (
            ("problems", translate("Review", "Problems"), ProblemList),
            ("coverage", translate("Review", "Coverage"), CoverageList),
            ("risks", translate("Review", "Risks"), RiskList),
            ("strategy", translate("Review", "Test strategy"), StrategyList),
            ("versions", translate("Review", "Versions"), VersionList),
        )
        for id_, title, kind in kinds:
            self.lists[id_] = kind(self._c, self._desk, title)
            tabs.add(id_, title, self.lists[id_])
            if id_ == "problems":
                tabs.add("quote", translate("Review", "Quote"), self._quote())
        self.changed = plain_label("", self._c.theme, Face.SECONDARY, tone="secondary")
        tabs.row.corner.addWidget(self.changed)
        return tabs

    def _quote(self) -> QWidget:
        area, column = scrolling(translate("Review", "Quote"), (0, 0, 0, 0), 0)
        column.addWidget(QuoteView(self._c.theme, self._desk))
        column.addStretch(1)
        return area

    def follow(self) -> None:
        version = self._desk.version
        self.tabs.row.set_count("tasks", len(self._desk.rows))
        for id_, one in self.lists.items():
            one.follow()
            self.tabs.row.set_count(id_, one.count)
        if version is None:
            return
        before = self._desk.before
        self.changed.setText(self._changed_words())
        older, quote = before.plan if before is not None else None, self._desk.quote
        drawn = (
            version.hash,
            version.state,
            before.hash if before is not None else "",
            tuple(self._desk.routes.items()),
            quote,
        )
        if drawn != self._drawn:
            self._drawn = drawn
            diff = task_difference(older, version.plan)
            word = plan_state_word(version.state)
            self.picture.show_plan(version.plan, self._desk.routes, diff, before=older, quote=quote, word=word)

    def _changed_words(self) -> str:
        """`+2 added · ~1 changed · against plan 2`."""
        version, before = self._desk.version, self._desk.before
        if version is None or before is None:
            return ""
        signs = list(task_signs(before.plan, version.plan).values())
        gone = len({task.id for task in before.plan.tasks} - {task.id for task in version.plan.tasks})
        words = []
        if signs.count("+"):
            words.append(counted("Review", "+{n} added", "+{n} added", signs.count("+")))
        if gone:
            words.append(counted("Review", "−{n} removed", "−{n} removed", gone))
        if signs.count("~"):
            words.append(counted("Review", "~{n} changed", "~{n} changed", signs.count("~")))
        words.append(translate("Review", "against plan {number}", number=before.number))
        return " · ".join(words)

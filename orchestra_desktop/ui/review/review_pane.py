"""The right side of the review: questions, the quote, the ceiling, changes to ask for, and the buttons that sign."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.review.comment_field import CommentField
from orchestra_desktop.ui.review.desk import ReviewDesk, desk_of
from orchestra_desktop.ui.review.lists import plan_state_word, tasks_words
from orchestra_desktop.ui.review.parts import fact, heading, scrolling
from orchestra_desktop.ui.review.questions import Questions
from orchestra_desktop.ui.review.signing import CeilingField, Footer
from orchestra_desktop.ui.review.task_detail import TaskDetail
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import as_tool_tip, exact_money, money, plain_label
from orchestra_desktop.viewmodels.harmless import harmless_lines
from orchestra_desktop.viewmodels.plan_review import claims, findings, leaves_for, minutes_range, money_range

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_SUMMARY_SHOWN = 600  # characters


class ReviewPane(QFrame):
    """The version as a whole; or one task of it, where one is picked."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._desk = desk_of(context)
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Review", "Review of the plan"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.whole = WholePlan(context, self._desk)
        self.detail = TaskDetail(context, self._desk)
        self.detail.closed.connect(self._let_go)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.whole)
        self._stack.addWidget(self.detail)
        column.addWidget(self._stack, 1)
        self.footer = Footer(context, self._desk)
        column.addWidget(self.footer)
        context.selection.tasks_changed.connect(lambda _: self._follow())
        self._desk.changed.connect(self._follow)
        self._follow()

    def _let_go(self) -> None:
        self._c.selection.pick()

    def _follow(self) -> None:
        task = self._c.selection.task
        known = {row.task.id for row in self._desk.rows}
        if task is not None and task in known and not self._desk.is_planning:
            self.detail.show_task(TaskId(task))
            self._stack.setCurrentWidget(self.detail)
        else:
            self._stack.setCurrentWidget(self.whole)


class WholePlan(QWidget):
    """Summary, questions, what it costs and sends out, and the field for changes."""

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._desk = desk
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        area, self._column = scrolling(translate("Review", "Review of the plan"), (16, 14, 16, 16))
        outer.addWidget(area)
        self._build_head()
        self._build_questions()
        self._build_quote()
        self._build_changes()
        self._column.addStretch(1)
        desk.changed.connect(self.follow)
        self.follow()

    # -- building ---------------------------------------------------------------------------------------------------

    def _build_head(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.title = plain_label("", self._theme, Face.HEADING)
        self.state = plain_label("", self._theme, Face.SECONDARY, tone="muted")
        row.addWidget(self.title)
        row.addStretch(1)
        row.addWidget(self.state)
        self._column.addLayout(row)
        self.words = plain_label("", self._theme, Face.SECONDARY, tone="secondary", wrap=True)
        self._column.addWidget(self.words)
        self.summary = plain_label("", self._theme, Face.SECONDARY, tone="secondary", wrap=True)
        self._column.addWidget(self.summary)
        self._column.addSpacing(8)

    def _build_questions(self) -> None:
        self._asks = heading(self._theme, translate("Review", "Open questions"))
        self._column.addWidget(self._asks)
        self.questions = Questions(self._c, self._desk)
        self._column.addWidget(self.questions)

    def _build_quote(self) -> None:
        self._column.addSpacing(8)
        self._money = heading(self._theme, translate("Review", "Approve"))
        self._column.addWidget(self._money)
        self.cost = plain_label("", self._theme, Face.SECONDARY)
        self.time = plain_label("", self._theme, Face.SECONDARY, wrap=True)
        self.leaves = plain_label("", self._theme, Face.SECONDARY, wrap=True)
        self.ceiling = CeilingField(self._c, self._desk)
        for name, widget in (
            (translate("Review", "Cost, P50–P90"), self.cost),
            (translate("Review", "Finish"), self.time),
            (translate("Review", "Ceiling"), self.ceiling),
            (translate("Review", "Leaves this machine"), self.leaves),
        ):
            self._column.addWidget(fact(self._theme, name, widget))

    def _build_changes(self) -> None:
        self._column.addSpacing(8)
        self.comment = CommentField(translate("Review", "Ask for changes…"))
        self.comment.sent.connect(self._ask)
        self._column.addWidget(self.comment)
        self.ask = Button(translate("Review", "Ask for another plan"), self._theme)
        self.ask.clicked.connect(self._ask)
        self.ask.hide()
        self.comment.textChanged.connect(lambda: self.ask.setVisible(bool(self.comment.toPlainText().strip())))
        self._column.addWidget(self.ask, 0, Qt.AlignmentFlag.AlignLeft)

    def _ask(self) -> None:
        words = self.comment.toPlainText().strip()
        if words and self._desk.project is not None and ask_for_plan(self._c, self._desk.project, words):
            self.comment.clear()

    # -- following --------------------------------------------------------------------------------------------------

    def follow(self) -> None:
        version, planning = self._desk.version, self._desk.is_planning
        self.comment.setEnabled(self._desk.project is not None and not planning)
        if planning or version is None:
            self.title.setText(
                translate("Review", "Writing the plan") if planning else translate("Review", "No plan yet")
            )
            self.state.setText("")
            self.words.setText(translate("Review", "Its questions and its price come here when it is whole."))
            self._show_rest(on=False)
            return
        self.title.setText(translate("Review", "Review plan {number}", number=version.number))
        self.state.setText(plan_state_word(version.state))
        self.words.setText(self._said())
        summary = harmless_lines(version.plan.summary)
        self.summary.setText(summary if len(summary) <= _SUMMARY_SHOWN else f"{summary[:_SUMMARY_SHOWN]}…")
        self.summary.setToolTip(as_tool_tip(summary) if len(summary) > _SUMMARY_SHOWN else "")
        self._show_rest(on=True)
        self._follow_quote()

    def _show_rest(self, *, on: bool) -> None:
        has_questions = on and self._desk.plan is not None and bool(self._desk.plan.open_questions)
        self._asks.setVisible(has_questions)
        self.questions.setVisible(has_questions)
        self.summary.setVisible(on and bool(self.summary.text()))
        for widget in (self._money, self.cost, self.time, self.leaves, self.ceiling):
            holder = widget.parentWidget() if widget is not self._money else widget
            if holder is not None:
                holder.setVisible(on)
        self.comment.setVisible(on)
        self.ask.setVisible(on and bool(self.comment.toPlainText().strip()))

    def _said(self) -> str:
        """`12 tasks in 2 phases. All 3 requirements are covered. 2 findings.`"""
        version, project = self._desk.version, self._desk.project
        assert version is not None  # asked only where there is one
        said = [f"{tasks_words(version)}."]
        if project is not None and project.requirements:
            missing = sum(1 for tasks in claims(version.plan, project.requirements).values() if not tasks)
            count = len(project.requirements)
            if missing:
                said.append(
                    translate(
                        "Review", "{missing} of {count} requirements are not covered.", missing=missing, count=count
                    )
                )
            else:
                said.append(
                    counted("Review", "The requirement is covered.", "All {n} requirements are covered.", count)
                )
        found = len(findings(version))
        if found:
            said.append(counted("Review", "{n} finding.", "{n} findings.", found))
        return " ".join(said)

    def _follow_quote(self) -> None:
        quote = self._desk.quote
        if quote is None:
            self.cost.setText(translate("Review", "being priced") if self._desk.unquoted is None else "–")
            self.time.setText("–")
        else:
            self.cost.setText(money_range(quote.p50, quote.p90, money))
            self.cost.setToolTip(f"{exact_money(quote.p50)} – {exact_money(quote.p90)}")
            path = " ".join(quote.critical_path[:6]) + (" …" if len(quote.critical_path) > 6 else "")
            span = minutes_range(quote.minutes.p50, quote.minutes.p90)
            self.time.setText(translate("Review", "{span} · critical path {tasks}", span=span, tasks=path))
        self.leaves.setText(self._leaves())

    def _leaves(self) -> str:
        """To whom prompts of how many tasks go."""
        routes = self._desk.routes
        if not routes:
            return "–"
        providers = leaves_for(tuple(routes.values()))
        if not providers:
            return translate("Review", "nothing: a rehearsal asks nobody")
        if providers == {"ollama"}:
            return translate("Review", "nothing but what goes to Ollama")
        sent = sum(1 for route in routes.values() if route.choice.provider == "anthropic")
        host = self._c.session.context.settings.anthropic.base_url.split("://")[-1].split("/")[0]
        tasks = counted("Review", "the prompts of {n} task", "the prompts of {n} tasks", sent)
        return translate("Review", "{tasks} to {host}", tasks=tasks, host=host)

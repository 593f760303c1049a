"""What was found about a plan, what it covers, its risks, its test strategy, and how its versions differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Level, PlanState, PlanVersion
from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.review.parts import emptied, line_with_icon, scrolling
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import ElidedLabel, plain_label
from orchestra_desktop.viewmodels.harmless import harmless_lines
from orchestra_desktop.viewmodels.plan_changes import Change, changes
from orchestra_desktop.viewmodels.plan_review import claims, findings

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_SEVERITIES = {
    "error": ("cross", Token.FAILED, "error"),
    "warning": ("warning", Token.NEEDS_PERSON, "warning"),
    "repaired": ("check", Token.SUCCEEDED, "repaired"),
}
_LEVELS = {Level.LOW: "low", Level.MEDIUM: "medium", Level.HIGH: "high"}
_PLAN_STATES = {
    PlanState.DRAFT: "draft",
    PlanState.APPROVED: "approved",
    PlanState.SUPERSEDED: "superseded",
    PlanState.REJECTED: "rejected",
}


def plan_state_word(state: PlanState) -> str:
    return translate("Review", _PLAN_STATES[state])


class ReviewList(QWidget):
    """A column of lines about the reviewed version, made anew when that is another one; `count` stands on its tab."""

    def __init__(self, context: UiContext, desk: ReviewDesk, name: str) -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._desk = desk
        self._of: tuple[object, ...] | None = None
        self.count = 0
        self.setAccessibleName(name)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._head = QHBoxLayout()
        self._head.setContentsMargins(16, 8, 16, 0)
        outer.addLayout(self._head)
        area, self._column = scrolling(name, spacing=4)
        outer.addWidget(area, 1)
        desk.changed.connect(self.follow)

    def key(self) -> tuple[object, ...]:
        """What the lines are made from; while it stays the same they do too."""
        version = self._desk.version
        return (version.hash, version.state) if version is not None else ()

    def follow(self) -> None:
        key = self.key()
        if key == self._of:
            return
        self._of = key
        emptied(self._column)
        self.count = 0
        if self._desk.version is not None:
            self.fill(self._desk.version)
        self._column.addStretch(1)

    def fill(self, version: PlanVersion) -> None:
        raise NotImplementedError

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)

    def _nothing(self, words: str) -> None:
        self._add(plain_label(words, self._theme, Face.SECONDARY, tone="secondary", wrap=True))

    def _link(self, task: TaskId) -> Button:
        link = Button(task, self._theme, kind="link")
        link.setAccessibleName(translate("Review", "Show {task}", task=task))
        link.clicked.connect(lambda _=False: self._c.selection.pick(task))
        return link


class ProblemList(ReviewList):
    """What stands in the way, what should be read, and what was put right."""

    def fill(self, version: PlanVersion) -> None:
        found = findings(version)
        self.count = len(found)
        if not found:
            self._nothing(
                translate("Review", "Nothing was found: every dependency, tool and requirement is as it should be.")
            )
        tasks = {task.id for task in version.plan.tasks}
        for one in found:
            icon, token, word = _SEVERITIES.get(one.severity, _SEVERITIES["warning"])
            link = self._link(one.task) if one.task in tasks and one.task is not None else None
            self._add(line_with_icon(self._theme, icon, token, translate("Review", word), tr(one.text), link))


class CoverageList(ReviewList):
    """Each requirement and the tasks that claim it."""

    def key(self) -> tuple[object, ...]:
        project = self._desk.project
        return (*super().key(), project.requirements if project is not None else ())

    def fill(self, version: PlanVersion) -> None:
        project = self._desk.project
        if project is None:
            return
        claimed = claims(version.plan, project.requirements)
        self.count = sum(1 for tasks in claimed.values() if not tasks)
        for wish in project.requirements:
            self._add(self._line(wish.id, wish.text, claimed[wish.id]))

    def _line(self, id_: str, wish: str, tasks: tuple[TaskId, ...]) -> QWidget:
        line = QWidget()
        line.setFixedHeight(26)
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        name = plain_label(id_, self._theme, Face.SECONDARY, tone="muted")
        name.setFixedWidth(36)
        row.addWidget(name)
        row.addWidget(ElidedLabel(wish, self._theme, Face.SECONDARY), 1)
        if not tasks:
            row.addWidget(
                plain_label(translate("Review", "no task claims it"), self._theme, Face.SECONDARY, tone="attention")
            )
        for task in tasks[:6]:
            row.addWidget(self._link(task))
        if len(tasks) > 6:
            row.addWidget(plain_label(f"+{len(tasks) - 6}", self._theme, Face.SECONDARY, tone="muted"))
        return line


class RiskList(ReviewList):
    """What may go wrong, how likely and how grave it is, and what is done against it."""

    def fill(self, version: PlanVersion) -> None:
        risks = version.plan.risk_assessment
        self.count = len(risks)
        if not risks:
            self._nothing(translate("Review", "This plan lists no risks. A thorough one (L3) does."))
        for risk in risks:
            self._add(plain_label(harmless_lines(risk.risk), self._theme, Face.STRONG, wrap=True))
            levels = translate(
                "Review",
                "likelihood {likelihood} · impact {impact}",
                likelihood=translate("Review", _LEVELS[risk.likelihood]),
                impact=translate("Review", _LEVELS[risk.impact]),
            )
            tone = "attention" if Level.HIGH in {risk.likelihood, risk.impact} else "muted"
            self._add(plain_label(levels, self._theme, Face.SECONDARY, tone=tone))
            self._add(
                plain_label(harmless_lines(risk.mitigation), self._theme, Face.SECONDARY, tone="secondary", wrap=True)
            )
            self._column.addSpacing(8)


class StrategyList(ReviewList):
    """How the result is to be tested."""

    def fill(self, version: PlanVersion) -> None:
        strategy = version.plan.test_strategy
        if strategy is None:
            self._nothing(translate("Review", "This plan has no test strategy. A thorough one (L3) has."))
            return
        self._add(plain_label(harmless_lines(strategy.approach), self._theme, Face.SECONDARY, wrap=True))
        for test in strategy.test_tasks:
            self._add(
                plain_label(f"· {harmless_lines(test)}", self._theme, Face.SECONDARY, tone="secondary", wrap=True)
            )
        if strategy.coverage_notes:
            self._column.addSpacing(8)
            notes = harmless_lines(strategy.coverage_notes)
            self._add(plain_label(notes, self._theme, Face.SECONDARY, tone="secondary", wrap=True))


class VersionList(ReviewList):
    """What lies between this version and an older one, as text; every version there is can be looked at."""

    def __init__(self, context: UiContext, desk: ReviewDesk, name: str) -> None:
        super().__init__(context, desk, name)
        self._this = self._picker(translate("Review", "Version"))
        self._that = self._picker(translate("Review", "Compared with"))
        self._this.activated.connect(lambda _: self._c.selection.pick_plan(self._this.currentData()))
        self._that.activated.connect(lambda _: self._desk.compare_with(self._that.currentData()))
        self._head.setSpacing(8)
        self._head.addWidget(self._this)
        self._against = plain_label(translate("Review", "against"), self._theme, Face.SECONDARY, tone="muted")
        self._head.addWidget(self._against)
        self._head.addWidget(self._that)
        self._head.addStretch(1)

    @staticmethod
    def _picker(name: str) -> QComboBox:
        picker = QComboBox()
        picker.setAccessibleName(name)
        picker.setMinimumWidth(150)
        return picker

    def key(self) -> tuple[object, ...]:
        before = self._desk.before
        known = tuple((version.number, version.state, version.hash) for version in self._desk.versions)
        return (*super().key(), before.number if before is not None else None, known)

    def fill(self, version: PlanVersion) -> None:
        versions, before = self._desk.versions, self._desk.before
        self.count = len(versions)
        _offer(self._this, versions[::-1], version)
        _offer(self._that, [one for one in versions[::-1] if one.number < version.number], before)
        for widget in (self._that, self._against):
            widget.setVisible(before is not None)
        if version.comment:
            self._nothing(translate("Review", "Asked for: {comment}", comment=harmless_lines(version.comment)))
        if before is None:
            self._nothing(translate("Review", "This is the first plan; there is nothing to compare it with."))
            return
        lines = changes(before.plan, version.plan)
        if not lines:
            self._nothing(translate("Review", "Nothing differs from plan {number}.", number=before.number))
        for change in lines:
            self._add(self._line(change))

    def _line(self, change: Change) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        sign = plain_label(
            "−" if change.sign == "-" else change.sign, self._theme, Face.STRONG, tone=_SIGN_TONES[change.sign]
        )
        sign.setFixedWidth(12)
        row.addWidget(sign, 0, top)
        id_ = plain_label(change.task or translate("Review", "plan"), self._theme, Face.SECONDARY, tone="muted")
        id_.setFixedWidth(44)
        row.addWidget(id_, 0, top)
        words = _change_words(change)
        line.setAccessibleName(f"{_SIGN_WORDS[change.sign]} {change.task or ''} {words}")
        row.addWidget(plain_label(words, self._theme, Face.SECONDARY, wrap=True), 1, top)
        return line


_SIGN_TONES = {"+": "succeeded", "~": "attention", "-": "failed"}
_SIGN_WORDS = {"+": "added", "~": "changed", "-": "removed"}


def _change_words(change: Change) -> str:
    if not change.field:
        return change.title
    nothing = translate("Review", "nothing")
    return translate(
        "Review",
        "{field}: {before} → {after}",
        field=change.field.replace("_", " "),
        before=change.before or nothing,
        after=change.after or nothing,
    )


def _offer(
    picker: QComboBox, versions: tuple[PlanVersion, ...] | list[PlanVersion], chosen: PlanVersion | None
) -> None:
    picker.clear()
    for version in versions:
        words = translate(
            "Review", "Plan {number} · {state}", number=version.number, state=plan_state_word(version.state)
        )
        picker.addItem(words, version.number)
    if chosen is not None:
        picker.setCurrentIndex(picker.findData(chosen.number))


def tasks_words(version: PlanVersion) -> str:
    """`12 tasks in 2 phases`."""
    tasks = counted("Review", "{n} task", "{n} tasks", len(version.plan.tasks))
    if not version.plan.phases:
        return tasks
    phases = counted("Review", "{n} phase", "{n} phases", len(version.plan.phases))
    return translate("Review", "{tasks} in {phases}", tasks=tasks, phases=phases)

"""One task of the draft, whole: its words to be edited, who will do it and why, what it may use and what it costs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Complexity, PlanTask, TaskType, Tier
from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.review.parts import fact, scrolling
from orchestra_desktop.ui.review.task_model import cost_tip, cost_words, why_words
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import PlainLabel, plain_label
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.plan_review import TaskRow, minutes_range

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class Prose(QPlainTextEdit):
    """Text of several lines that is taken when it is left; Escape puts back what stood there."""

    left = Signal(str)

    def __init__(self, name: str, lines: int) -> None:
        super().__init__()
        self._stood = ""
        self.setAccessibleName(name)
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 24)

    def show_words(self, words: str) -> None:
        """Not while somebody writes here."""
        self._stood = words
        if not self.hasFocus() and words != self.toPlainText():
            self.setPlainText(words)

    def take(self) -> None:
        if self.toPlainText() != self._stood:
            self.left.emit(self.toPlainText())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.take()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Escape and self.toPlainText() != self._stood:
            self.setPlainText(self._stood)
            return
        super().keyPressEvent(event)


class TaskDetail(QWidget):
    """Every field is taken when it is left, and can be undone from the notice; there is no button to forget."""

    closed = Signal()

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._c = context
        self._theme = context.theme
        self._desk = desk
        self._task: PlanTask | None = None
        self._filling = False
        self.setAccessibleName(translate("Review", "Task"))
        area, column = scrolling(translate("Review", "Task"))
        self._column = column
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)
        self._head()
        self._words()
        self._choices()
        self._tools = QWidget()
        self._tool_column = QVBoxLayout(self._tools)
        self._tool_column.setContentsMargins(0, 0, 0, 0)
        self._tool_column.setSpacing(0)
        self._tool_boxes: dict[str, QCheckBox] = {}
        column.addWidget(fact(self._theme, translate("Review", "Tools"), self._tools))
        self._facts()
        column.addStretch(1)
        desk.changed.connect(self.follow)

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> None:
        self.back = Button(translate("Review", "‹ Review"), self._theme, kind="link")
        self.back.clicked.connect(self.closed)
        self._column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        self.about = plain_label("", self._theme, Face.SECONDARY, tone="muted", wrap=True)
        self._column.addWidget(self.about)

    def _words(self) -> None:
        self.title = QLineEdit()
        self.title.setAccessibleName(translate("Review", "Title"))
        self.title.editingFinished.connect(lambda: self._took(title=self.title.text()))
        self._column.addWidget(self.title)
        self.description = Prose(translate("Review", "Description"), 9)
        self.description.left.connect(lambda words: self._took(description=words))
        self._column.addWidget(self.description)
        self._column.addWidget(plain_label(translate("Review", "Verified by"), self._theme, Face.LABEL, tone="muted"))
        self.criteria = Prose(translate("Review", "Verification criteria"), 4)
        self.criteria.left.connect(lambda words: self._took(verification_criteria=words))
        self._column.addWidget(self.criteria)
        self._column.addSpacing(4)

    def _choices(self) -> None:
        self.tier = self._combo(translate("Review", "Tier"), [tier.value for tier in Tier], "model_tier")
        self.kind = self._combo(translate("Review", "Type"), [kind.value for kind in TaskType], "task_type")
        self.complexity = self._combo(
            translate("Review", "Complexity"), [one.value for one in Complexity], "complexity"
        )
        self.priority = self._line(translate("Review", "Priority"), translate("Review", "lower first; empty is equal"))
        self.priority.editingFinished.connect(lambda: self._took(priority=_number(self.priority.text())))
        self.depends_on = self._line(translate("Review", "Depends on"), "T1, T2")
        self.depends_on.editingFinished.connect(lambda: self._took(depends_on=_names(self.depends_on.text())))
        self.ask_before = self._box(translate("Review", "Ask me before it runs"), "ask_before")
        self.local_only = self._box(translate("Review", "Only on this machine"), "local_only")

    def _combo(self, name: str, words: Sequence[str], field: str) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(name)
        combo.addItems(list(words))
        combo.activated.connect(lambda _: self._took(**{field: combo.currentText()}))
        self._column.addWidget(fact(self._theme, name, combo))
        return combo

    def _line(self, name: str, hint: str) -> QLineEdit:
        line = QLineEdit()
        line.setAccessibleName(name)
        line.setPlaceholderText(hint)
        self._column.addWidget(fact(self._theme, name, line))
        return line

    def _box(self, words: str, field: str) -> QCheckBox:
        box = QCheckBox(words)
        box.setAccessibleName(words)
        box.clicked.connect(lambda on: self._took(**{field: bool(on)}))
        self._column.addWidget(fact(self._theme, "", box))
        return box

    def _facts(self) -> None:
        self._column.addSpacing(4)
        names = {
            "why": translate("Review", "Why this model"),
            "cost": translate("Review", "Cost"),
            "time": translate("Review", "Time"),
            "covers": translate("Review", "Requirements"),
            "files": translate("Review", "Files"),
        }
        self._labels: dict[str, PlainLabel] = {}
        for key, name in names.items():
            self._labels[key] = plain_label("", self._theme, Face.SECONDARY, wrap=True)
            self._column.addWidget(fact(self._theme, name, self._labels[key]))

    # -- showing ----------------------------------------------------------------------------------------------------

    def show_task(self, task: TaskId) -> None:
        """Takes over what was being written about another one first."""
        if self._task is not None and self._task.id != task:
            self.description.take()
            self.criteria.take()
            self.description.clearFocus()
            self.criteria.clearFocus()
        row = next((row for row in self._desk.rows if row.task.id == task), None)
        if row is not None:
            self._fill(row)

    def follow(self) -> None:
        if self._task is not None:
            self.show_task(self._task.id)

    def _fill(self, row: TaskRow) -> None:
        task = self._task = row.task
        self._filling = True
        self.about.setText(_about(row))
        _show_line(self.title, harmless(task.title))
        self.description.show_words(task.description)
        self.criteria.show_words(task.verification_criteria)
        for combo, value in (
            (self.tier, task.model_tier),
            (self.kind, task.task_type),
            (self.complexity, task.complexity),
        ):
            combo.setCurrentText(value.value)
        _show_line(self.priority, "" if task.priority is None else str(task.priority))
        _show_line(self.depends_on, ", ".join(task.depends_on))
        self.ask_before.setChecked(task.ask_before)
        self.local_only.setChecked(task.local_only)
        self._fill_tools(task)
        self._fill_facts(row)
        for field in self._fields():
            field.setEnabled(self._desk.can_edit)
        self._filling = False

    def _fields(self) -> tuple[QWidget, ...]:
        return (
            *(self.title, self.description, self.criteria, self.tier, self.kind, self.complexity, self.priority),
            *(self.depends_on, self.ask_before, self.local_only, self._tools),
        )

    def _fill_tools(self, task: PlanTask) -> None:
        known = (*self._c.session.context.toolbox.known(), *task.tools_needed)
        for name in dict.fromkeys(known):
            if name not in self._tool_boxes:
                box = QCheckBox(name)
                box.setAccessibleName(name)
                box.clicked.connect(lambda _=False: self._tools_picked())
                self._tool_boxes[name] = box
                self._tool_column.addWidget(box)
        for name, box in self._tool_boxes.items():
            box.setChecked(name in task.tools_needed)
            box.setVisible(name in known)

    def _fill_facts(self, row: TaskRow) -> None:
        labels = self._labels
        labels["why"].setText(why_words(row))
        labels["cost"].setText(cost_words(row))
        labels["cost"].setToolTip(cost_tip(row))
        labels["time"].setText("–" if row.minutes is None else minutes_range(*row.minutes))
        labels["covers"].setText(", ".join(row.task.requirement_ids) or "–")
        labels["files"].setText(harmless(", ".join(row.task.affected_files)) or "–")

    # -- taking -----------------------------------------------------------------------------------------------------

    def _tools_picked(self) -> None:
        if self._task is not None:
            kept = [name for name in self._task.tools_needed if self._tool_boxes[name].isChecked()]
            new = [name for name, box in self._tool_boxes.items() if box.isChecked() and name not in kept]
            self._took(tools_needed=(*kept, *new))

    def _took(self, **values: object) -> None:
        if self._task is not None and not self._filling:
            self._desk.edits.edit(self._task, **values)


def _about(row: TaskRow) -> str:
    words = [row.task.id, row.task.task_type.value]
    if row.sign:
        words.append(translate("Review", "new") if row.sign == "+" else translate("Review", "changed"))
    if row.is_critical:
        words.append(translate("Review", "on the critical path"))
    return " · ".join(words)


def _show_line(line: QLineEdit, words: str) -> None:
    if not line.hasFocus() and line.text() != words:
        line.setText(words)
        line.setCursorPosition(0)


def _names(words: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in words.split(",") if (name := part.strip())))


def _number(words: str) -> object:
    """What is no number is refused by the service, with its reason."""
    words = words.strip()
    return None if not words else int(words) if words.lstrip("-").isdecimal() else words

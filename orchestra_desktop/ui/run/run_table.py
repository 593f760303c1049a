"""The tab with the table of tasks: header, filter, order and grouping, and what is shown while there is nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QActionGroup, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.empty_places import no_project_picked
from orchestra_desktop.ui.review.desk import desk_of
from orchestra_desktop.ui.run.draft_routes import routes_of_draft
from orchestra_desktop.ui.run.run_header import RunHeader
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.run.task_table import TaskTable
from orchestra_desktop.ui.run.task_table_model import TaskTableModel
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import ActionButton, Button
from orchestra_desktop.ui.widgets.fields import SearchField
from orchestra_desktop.ui.widgets.labels import hairline, plain_label
from orchestra_desktop.ui.widgets.state_chip import state_look, state_word
from orchestra_desktop.ui.widgets.surfaces import EmptyState, SkeletonRows
from orchestra_desktop.viewmodels.run_rows import Grouping

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_GROUPINGS = {Grouping.NONE: "nothing", Grouping.WAVE: "wave", Grouping.PHASE: "phase"}


class RunTable(QFrame):
    """One of the tabs of the run place."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Run", "Table of tasks"))
        self.header = RunHeader(context)
        self.model = TaskTableModel(self._live)
        self.table = TaskTable(context, self.model)
        self.table.opened.connect(self._open_inspector)
        self._states: set[TaskState] = set()
        self._bar = self._make_bar()
        self._stack = QStackedWidget()
        self._stack.setProperty("kind", "page")
        self._no_project, self._empty = no_project_picked(context), _no_plan(context)
        self._none_fits = _none_fits(context, self._show_all)
        self._skeleton = SkeletonRows(context.theme, 10, translate("Run", "The tasks are being read"))
        for widget in (self.table, self._no_project, self._empty, self._none_fits, self._skeleton):
            self._stack.addWidget(widget)
        self._lay_out()
        self._tick = QTimer(self)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self.model.tick)
        self._desk = desk_of(context)
        self._desk.changed.connect(self._priced)
        self._live.replaced.connect(self._replaced)
        self._live.changed.connect(self._changed)
        self._show()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._line = hairline()
        for widget in (self.header, self._line, self._bar):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        bar.setFixedHeight(44)
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(8)
        self.search = SearchField(self._c.theme, translate("Run", "Filter tasks"))
        self.search.setMaximumWidth(260)
        self.search.searched.connect(lambda words: self._choose(words=words.strip()))
        self.state_button = Button("", self._c.theme, "filter", "quiet")
        self.state_button.setMenu(self._state_menu())
        self.group_button = Button("", self._c.theme, "table", "quiet")
        self.group_button.setMenu(self._group_menu())
        self.count = plain_label("", self._c.theme, Face.SECONDARY, tone="muted")
        row.addWidget(self.search, 1)
        row.addWidget(self.state_button)
        row.addWidget(self.group_button)
        row.addStretch(1)
        row.addWidget(self.count)
        return bar

    def _state_menu(self) -> QMenu:
        menu = QMenu(self)
        self._state_actions = {state: menu.addAction(state_word(state)) for state in TaskState}
        for state, action in self._state_actions.items():
            action.setCheckable(True)
            action.toggled.connect(lambda on, state=state: self._toggle_state(state, on=on))
        self._c.theme.bind(self._draw_states)
        menu.addSeparator()
        menu.addAction(translate("Run", "All states"), self._all_states)
        return menu

    def _draw_states(self) -> None:
        for state, action in self._state_actions.items():
            look = state_look(state)
            action.setIcon(self._c.theme.icon(look.icon, look.token))

    def _group_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for grouping, word in _GROUPINGS.items():
            action = menu.addAction(translate("Run", word))
            action.setCheckable(True)
            action.setChecked(grouping is Grouping.NONE)
            action.triggered.connect(lambda _=False, grouping=grouping: self._choose(grouping=grouping))
            group.addAction(action)
        return menu

    # -- choosing ---------------------------------------------------------------------------------------------------

    def _toggle_state(self, state: TaskState, *, on: bool) -> None:
        (self._states.add if on else self._states.discard)(state)
        self.model.choose(replace(self.model.wish, states=frozenset(self._states)))
        self._show()

    def _all_states(self) -> None:
        for action in self.state_button.menu().actions():
            action.setChecked(False)

    def _choose(self, *, words: str | None = None, grouping: Grouping | None = None) -> None:
        wish = self.model.wish
        self.model.choose(
            replace(
                wish,
                words=wish.words if words is None else words,
                grouping=wish.grouping if grouping is None else grouping,
            )
        )
        self._show()

    def _show_all(self) -> None:
        self.search.clear()
        self._all_states()
        self._choose(words="")

    def _open_inspector(self) -> None:
        if not self._c.registry["view.inspector"].isChecked():
            self._c.do("view.inspector")

    # -- following --------------------------------------------------------------------------------------------------

    def _priced(self) -> None:
        """Prices of a draft come after it, and with them who would do each task."""
        rows = self._live.rows
        if rows is not None and rows.run is None:
            rows.show_routes(routes_of_draft(self._desk, rows))
            if self.isVisible():
                self.model.refresh(frozenset(rows.facts))

    def _replaced(self) -> None:
        self._priced()
        self.model.reset()
        self._show()

    def _changed(self, tasks: frozenset[TaskId]) -> None:
        if self.isVisible():
            self.model.refresh(tasks)
            self._show()

    def _show(self) -> None:
        rows = self._live.rows
        if rows is None:
            nothing = self._no_project if self._c.workspace.project is None else self._empty
            self._stack.setCurrentWidget(self._skeleton if self._live.loading else nothing)
        else:
            self._stack.setCurrentWidget(self.table if self.model.tasks_shown else self._none_fits)
        self._bar.setVisible(rows is not None)
        for part in (self.header, self._line):
            part.setVisible(rows is not None)
        self._show_words(len(rows.facts) if rows is not None else 0)

    def _show_words(self, tasks: int) -> None:
        wish, shown = self.model.wish, self.model.tasks_shown
        states = ", ".join(state_word(state) for state in TaskState if state in wish.states)
        self.state_button.setText(translate("Run", "State: {states}", states=states or translate("Run", "all")))
        self.group_button.setText(
            translate("Run", "Group by: {word}", word=translate("Run", _GROUPINGS[wish.grouping]))
        )
        if shown == tasks:
            self.count.setText(counted("Run", "{n} task", "{n} tasks", tasks))
        else:
            self.count.setText(translate("Run", "{shown} of {tasks} tasks", shown=shown, tasks=tasks))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._tick.start()
        self._replaced()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._tick.stop()


def _no_plan(context: UiContext) -> QWidget:
    return EmptyState(
        context.theme,
        "table",
        translate("Run", "No tasks yet"),
        translate("Run", "A plan's tasks stand here with their state, model, time and cost. Ask for a plan first."),
        ActionButton(context.registry["plan.propose"], context.theme, kind="primary"),
    )


def _none_fits(context: UiContext, show_all: Callable[[], None]) -> QWidget:
    button = Button(translate("Run", "Show all tasks"), context.theme)
    button.clicked.connect(show_all)
    return EmptyState(
        context.theme,
        "filter",
        translate("Run", "No task fits the filter"),
        translate("Run", "Take words or states away to see the others."),
        button,
    )

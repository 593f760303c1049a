"""The table of tasks: states drawn as icon and word, headings over its whole width, the selection shared."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyle, QStyleOptionViewItem, QWidget

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.ui.run.task_table_model import COLUMNS, FOLDED_ROLE, LINE_ROLE, STATE_ROLE, TaskTableModel
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.state_chip import state_look
from orchestra_desktop.ui.widgets.table import SIDE, PlainDelegate, TableView, Width
from orchestra_desktop.viewmodels.run_rows import Column, Heading

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_WIDTHS = {
    Column.STATE: Width(112, 112),
    Column.ID: Width(58, 58),
    Column.TITLE: Width(300, 210),
    Column.TIER: Width(200, 104),
    Column.ATTEMPTS: Width(58, 58),
    Column.TIME: Width(68, 68),
    Column.COST: Width(104, 104),
    Column.PHASE: Width(200, 92),
    Column.WAVE: Width(62, 62),
    Column.REASON: Width(300, 84),
}
_ICON = 14


class TaskTable(TableView):
    """Shows a `TaskTableModel`; several tasks may be picked, the last one is what the inspector shows."""

    opened = Signal()  # Enter or a double click on a task

    def __init__(self, context: UiContext, model: TaskTableModel) -> None:
        title = COLUMNS.index(Column.TITLE)
        super().__init__(context.theme, translate("Run", "Tasks"), model, stretch=title)
        self._c = context
        self._model = model
        self._following = False
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setItemDelegate(TaskDelegate(context.theme, self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu)
        header = self.horizontalHeader()
        self.set_widths({COLUMNS.index(column): width for column, width in _WIDTHS.items()})
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self.selectionModel().selectionChanged.connect(self._picked)
        self.doubleClicked.connect(self._double_clicked)
        self.clicked.connect(self._clicked)
        context.registry.adopt("tasks", self)
        model.modelReset.connect(self._after_reset)
        context.selection.tasks_changed.connect(lambda _: self._picked_elsewhere())
        self._after_reset()

    # -- the shared selection ---------------------------------------------------------------------------------------

    def _picked(self) -> None:
        if self._following:
            return
        found = (self._model.task_at(index.row()) for index in self.selectionModel().selectedRows())
        tasks = {task for task in found if task is not None}
        current = self._model.task_at(self.currentIndex().row())
        last = [current] if current is not None and current in tasks else []
        self._c.selection.pick(*sorted(tasks.difference(last)), *last)

    def _picked_elsewhere(self) -> None:
        """A task that a folded group hides is shown, so that everything that shows the selection agrees."""
        task = self._c.selection.task
        if task is not None:
            self._model.reveal(task)
        self._follow()

    def _follow(self) -> None:
        """Shows what was picked elsewhere, without telling it on."""
        wanted = self._c.selection.tasks
        shown = {self._model.task_at(index.row()) for index in self.selectionModel().selectedRows()}
        if wanted == shown:
            return
        self._following = True
        try:
            self._select(wanted)
        finally:
            self._following = False

    def _select(self, tasks: frozenset[TaskId]) -> None:
        chosen = QItemSelection()
        for task in tasks:
            place = self._model.place_of(task)
            if place is not None:
                chosen.select(self._model.index(place, 0), self._model.index(place, len(COLUMNS) - 1))
        self.selectionModel().select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        place = self._model.place_of(self._c.selection.task) if self._c.selection.task is not None else None
        if place is not None:
            index = self._model.index(place, 0)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            if not self.hasFocus():
                self.scrollTo(index)

    def _after_reset(self) -> None:
        self._c.registry.offer("tasks.fold", on=bool(self._model.headings))
        self._c.registry.offer("tasks.unfold", on=bool(self._model.headings))
        self.clearSpans()
        for place in self._model.headings:
            self.setSpan(place, 0, 1, len(COLUMNS))
        self._follow()

    # -- keys and menu ----------------------------------------------------------------------------------------------

    def inspect(self) -> None:
        """The task in full; a heading is folded or unfolded."""
        row = self.currentIndex().row()
        if row in self._model.headings:
            self._fold(row, on=not self._model.is_folded(row))
        else:
            self.opened.emit()

    def fold(self, *, on: bool) -> None:
        """The group of the current row, or the one the current row is the heading of."""
        heading = self._model.heading_of(self.currentIndex().row())
        if heading is not None:
            self._fold(heading, on=on)

    def _fold(self, heading: int, *, on: bool) -> None:
        """The heading becomes the current row, so that the same keys unfold it again."""
        self._model.fold(heading, on=on)
        index = self._model.index(heading, 0)
        self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def _clicked(self, index: QModelIndex) -> None:
        if index.row() in self._model.headings:
            self._fold(index.row(), on=not self._model.is_folded(index.row()))

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.row() not in self._model.headings:
            self.opened.emit()

    def _menu(self, at: QPoint) -> None:
        if self._model.task_at(self.indexAt(at).row()) is None:
            return
        menu = self._c.registry.menu(self, "task.retry", "task.skip", "task.accept", "", "task.cancel")
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.viewport().mapToGlobal(at))


class TaskDelegate(PlainDelegate):
    """Draws the state as icon and word in its colour, and the heading of a group."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        line = index.data(LINE_ROLE)
        if isinstance(line, Heading):
            self._paint_heading(painter, option, str(index.data() or ""), folded=bool(index.data(FOLDED_ROLE)))
        elif COLUMNS[index.column()] is Column.STATE:
            self._paint_state(painter, option, index)
        else:
            super().paint(painter, option, index)

    def _paint_state(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state, reused = index.data(STATE_ROLE)
        look = state_look(state, reused=reused)
        words = str(index.data())
        blank = QStyleOptionViewItem(option)
        self.initStyleOption(blank, index)
        blank.text = ""
        view = option.widget
        view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, blank, painter, view)
        area = option.rect.adjusted(SIDE, 0, -4, -1)
        top = area.top() + (area.height() - _ICON) // 2
        painter.drawPixmap(area.left(), top, self._theme.pixmap(look.icon, look.token, _ICON, view))
        painter.setPen(self._theme.color(look.token))
        painter.setFont(self._theme.font(Face.SECONDARY))
        room = area.adjusted(_ICON + 6, 0, 0, 0)
        cut = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)

    def _paint_heading(self, painter: QPainter, option: QStyleOptionViewItem, words: str, *, folded: bool) -> None:
        area = option.rect
        title, _, rest = words.partition("   ")
        painter.fillRect(area, self._theme.color(Token.WINDOW))
        painter.setPen(self._theme.color(Token.BORDER))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.setFont(self._theme.font(Face.STRONG))
        painter.setPen(self._theme.color(Token.SECONDARY))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(area.left(), area.top(), 3, area.height(), self._theme.color(Token.ACCENT))
        chevron = self._theme.pixmap("chevron-right" if folded else "chevron-down", Token.MUTED, _ICON, option.widget)
        painter.drawPixmap(area.left() + SIDE, area.top() + (area.height() - _ICON) // 2, chevron)
        room = area.adjusted(SIDE + _ICON + 6, 0, -SIDE, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, title)
        width = painter.fontMetrics().horizontalAdvance(title) + 16
        painter.setFont(self._theme.font(Face.LABEL))
        painter.setPen(self._theme.color(Token.MUTED))
        painter.drawText(
            room.adjusted(width, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, rest
        )

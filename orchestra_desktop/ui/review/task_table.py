"""The table of the reviewed plan's tasks: ticked, selected with the whole window, and edited in place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QStyle,
    QStyleOptionViewItem,
    QWidget,
)

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.review.task_model import (
    COLUMNS,
    DEPENDS,
    DESCRIPTION_ROLE,
    SIGN_ROLE,
    SIGN_TOKENS,
    TICK,
    TIER,
    TITLE,
    TOOLS,
    TaskModel,
)
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.table import SIDE, PlainDelegate, TableView

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_Index = QModelIndex | QPersistentModelIndex
_LEAST_DESCRIPTION = 120  # pixels; of less nothing can be read


class TaskTable(TableView):
    """Selection is the window's: picking here picks in graph and inspector, and the other way round."""

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        self.tasks = TaskModel(desk, context.theme)
        super().__init__(context.theme, translate("Review", "Tasks of the plan"), self.tasks, stretch=TITLE)
        self.tasks.setParent(self)
        self._c = context
        self._following = False
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setTabKeyNavigation(False)
        self.setItemDelegateForColumn(TICK, TickDelegate(context.theme, self))
        self.setItemDelegateForColumn(TITLE, TitleDelegate(context.theme, self))
        self.setItemDelegateForColumn(TIER, TierDelegate(context.theme, self))
        for column, hint in ((TOOLS, "read_file, write_file"), (DEPENDS, "T1, T2")):
            self.setItemDelegateForColumn(column, NamesDelegate(hint, self))
        self._fit_columns()
        self.selectionModel().selectionChanged.connect(self._picked)
        self.tasks.modelReset.connect(self._follow)
        context.selection.tasks_changed.connect(lambda _: self._follow())
        self._follow()

    def _fit_columns(self) -> None:
        header = self.horizontalHeader()
        header.setMinimumSectionSize(32)
        self.set_widths({column: about.width for column, about in enumerate(COLUMNS)})
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)

    def _picked(self) -> None:
        if not self._following:
            rows = sorted(index.row() for index in self.selectionModel().selectedRows())
            current = self.currentIndex().row()
            rows.sort(key=lambda row: row == current)  # the current one last: the inspector shows it
            self._c.selection.pick(*(TaskId(self.tasks.row(row).task.id) for row in rows))

    def _follow(self) -> None:
        """Selects what was picked elsewhere, without a word about it in return."""
        wanted = {self.tasks.place(task) for task in self._c.selection.tasks} - {-1}
        model = self.selectionModel()
        if {index.row() for index in model.selectedRows()} == wanted:
            return
        self._following = True
        chosen = QItemSelection()
        for row in wanted:
            chosen.select(self.tasks.index(row, 0), self.tasks.index(row, len(COLUMNS) - 1))
        model.select(chosen, QItemSelectionModel.SelectionFlag.ClearAndSelect)
        current = self.tasks.place(self._c.selection.task)
        if current >= 0:
            self.scrollTo(self.tasks.index(current, 0))
        self._following = False


class TickDelegate(PlainDelegate):
    """A tick box like those of the forms: the system's own is hard to see on dark ground."""

    _BOX = 14

    def __init__(self, theme: Theme, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        option.features &= ~QStyleOptionViewItem.ViewItemFeature.HasCheckIndicator
        self._view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._view)
        is_on = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
        left, top = option.rect.left() + SIDE, option.rect.center().y() - self._BOX // 2 + 1
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.color(Token.FILL if is_on else Token.MUTED), 1.0))
        painter.setBrush(self._theme.color(Token.FILL if is_on else Token.INSET))
        painter.drawRoundedRect(QRectF(left + 0.5, top + 0.5, self._BOX - 1, self._BOX - 1), 3.5, 3.5)
        if is_on:
            painter.drawPixmap(left + 1, top + 1, self._theme.pixmap("check", Token.ON_FILL, self._BOX - 2, self._view))
        painter.restore()


class TitleDelegate(PlainDelegate):
    """The title, and as much of the description as there is room for; before it the sign of what changed."""

    def __init__(self, theme: Theme, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        self.initStyleOption(option, index)
        title, option.text = option.text, ""
        self._view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._view)
        painter.save()
        painter.setFont(option.font)
        room = QRect(option.rect).adjusted(SIDE, 0, -SIDE, -1)  # as the style sets the other cells
        room = self._paint_sign(painter, room, str(index.data(SIGN_ROLE) or ""))
        room = self._paint_words(painter, room, title, Token.TEXT)
        description = " ".join(str(index.data(DESCRIPTION_ROLE) or "")[:400].split())
        if room.width() > _LEAST_DESCRIPTION:
            self._paint_words(painter, room, description, Token.MUTED)
        painter.restore()

    def _paint_sign(self, painter: QPainter, room: QRect, sign: str) -> QRect:
        return self._paint_words(painter, room, sign, SIGN_TOKENS[sign]) if sign else room

    def _paint_words(self, painter: QPainter, room: QRect, words: str, token: Token) -> QRect:
        """Draws as much as fits; what room is left behind it."""
        metrics = painter.fontMetrics()
        painter.setPen(self._theme.color(token))
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine), shown)
        return room.adjusted(metrics.horizontalAdvance(shown) + 8, 0, 0, 0)


class TierDelegate(PlainDelegate):
    """A tier is chosen from a list that opens with the cell."""

    def __init__(self, theme: Theme, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: _Index) -> QWidget:  # noqa: N802
        combo = QComboBox(parent)
        combo.setAccessibleName(translate("Review", "Tier"))
        combo.addItems([tier.value for tier in Tier])
        combo.activated.connect(lambda _: self._done(combo))
        return combo

    def _done(self, combo: QComboBox) -> None:
        self.commitData.emit(combo)
        self.closeEditor.emit(combo)

    def setEditorData(self, editor: QWidget, index: _Index) -> None:  # noqa: N802 - Qt's name
        assert isinstance(editor, QComboBox)
        editor.setCurrentText(str(index.data(Qt.ItemDataRole.EditRole)))
        editor.showPopup()

    def setModelData(self, editor: QWidget, model: object, index: _Index) -> None:  # noqa: N802 - Qt's name
        assert isinstance(editor, QComboBox)
        assert isinstance(model, TaskModel)
        model.setData(index, editor.currentText())


class NamesDelegate(PlainDelegate):
    """Several names, typed with commas between them."""

    def __init__(self, hint: str, view: QWidget) -> None:
        super().__init__(view)
        self._hint = hint

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, index: _Index) -> QWidget:  # noqa: N802
        line = QLineEdit(parent)
        line.setPlaceholderText(self._hint)
        line.setAccessibleName(translate("Review", COLUMNS[index.column()].heading))
        return line

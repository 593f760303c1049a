"""The table of the house: rows of 28 pixels, no grid, numbers to the right, columns that remember their widths."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face

ROW_HEIGHT = 28


class TableView(QTableView):
    """Shows any item model. One column may stretch; the others fit what they show at first."""

    def __init__(self, theme: Theme, name: str, model: QAbstractItemModel | None = None, stretch: int = -1) -> None:
        super().__init__()
        self._theme = theme
        self._stretch = stretch
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setFixedHeight(30)
        self.setItemDelegate(PlainDelegate(self))
        if model is not None:
            self.setModel(model)
        theme.bind(self._restyle)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802 - Qt's name
        super().setModel(model)
        if model is not None and 0 <= self._stretch < model.columnCount():
            self.horizontalHeader().setSectionResizeMode(self._stretch, QHeaderView.ResizeMode.Stretch)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.SECONDARY))
        self.horizontalHeader().setFont(self._theme.font(Face.LABEL))


class PlainDelegate(QStyledItemDelegate):
    """Draws no frame round the one cell with the focus: the whole row is selected."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        from PySide6.QtWidgets import QStyle

        option.state &= ~QStyle.StateFlag.State_HasFocus

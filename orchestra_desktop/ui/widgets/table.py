"""The table of the house: rows of 28 pixels, no grid, numbers to the right, columns that remember their widths."""

from __future__ import annotations

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face

ROW_HEIGHT = 28
SIDE = 12  # between a cell's edge and its text, as the style sheet has it: those who paint a cell keep to it


class TableView(QTableView):
    """Shows any item model. One column takes the room that the others leave, but is never narrower than `least`."""

    def __init__(
        self,
        theme: Theme,
        name: str,
        model: QAbstractItemModel | None = None,
        *,
        stretch: int = -1,
        least: int = 160,
        dense: bool = False,
    ) -> None:
        """`dense` is for the narrow panes: less room beside the text of a cell."""
        super().__init__()
        self.setProperty("dense", dense)
        self._theme = theme
        self._stretch = stretch
        self._least = least
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
        header.sectionResized.connect(self._section_resized)
        self.setItemDelegate(PlainDelegate(self))
        if model is not None:
            self.setModel(model)
        theme.bind(self._restyle)

    def setModel(self, model: QAbstractItemModel | None) -> None:  # noqa: N802 - Qt's name
        super().setModel(model)
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fill()

    def _section_resized(self, section: int, _before: int, _after: int) -> None:
        if section != self._stretch:
            self._fill()

    def _fill(self) -> None:
        """Qt's own stretching would press the column to nothing where the others need all the room."""
        header = self.horizontalHeader()
        if not 0 <= self._stretch < header.count():
            return
        others = sum(header.sectionSize(place) for place in range(header.count()) if place != self._stretch)
        self.setColumnWidth(self._stretch, max(self._least, self.viewport().width() - others))

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

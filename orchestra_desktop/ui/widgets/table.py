"""The table of the house: rows of 28 pixels, no grid, numbers to the right, columns that remember their widths."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face

ROW_HEIGHT = 28
SIDE = 12  # between a cell's edge and its text, as the style sheet has it: those who paint a cell keep to it


@dataclass(frozen=True, slots=True)
class Width:
    """Of a column, in pixels: what it has where there is room, and what it can do with."""

    wished: int
    least: int

    def without(self, part: float) -> int:
        """What is left of it if that part of what it can spare is taken."""
        return int(self.wished - part * (self.wished - self.least))


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
        self._sparing: dict[int, Width] = {}
        self._filling = False
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

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """What a style sheet polishes when it gets a parent loses the font that it was given before."""
        self._restyle()
        super().showEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fill()

    def set_widths(self, widths: Mapping[int, Width]) -> None:
        """Where there is little room these columns become narrower before the table scrolls sideways, each by the same
        part of what it can spare; one that the person has drawn to a width keeps it.
        """
        self._sparing = dict(widths)
        if self._stretch in widths:
            self._least = widths[self._stretch].least
        self._fill()

    def _section_resized(self, section: int, _before: int, _after: int) -> None:
        if self._filling:
            return
        self._sparing.pop(section, None)
        if section != self._stretch:
            self._fill()

    def _fill(self) -> None:
        """Qt's own stretching would press the column to nothing where the others need all the room."""
        if not 0 <= self._stretch < self.horizontalHeader().count():
            return
        self._filling = True
        self._spare()
        self.setColumnWidth(self._stretch, max(self._least, self._room({self._stretch})))
        self._filling = False

    def _spare(self) -> None:
        """The column that stretches spares as the others do, if it is among them."""
        widths = self._sparing.values()
        room = self._room({*self._sparing, self._stretch})
        if self._stretch not in self._sparing:
            room -= self._least
        short = sum(width.wished for width in widths) - room
        spare = sum(width.wished - width.least for width in widths)
        part = min(1.0, max(0, short) / spare) if spare else 0.0
        for column, width in self._sparing.items():
            self.setColumnWidth(column, width.without(part))

    def _room(self, besides: set[int]) -> int:
        """What the columns besides these leave."""
        header = self.horizontalHeader()
        others = sum(header.sectionSize(place) for place in range(header.count()) if place not in besides)
        return self.viewport().width() - others

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.SECONDARY))
        header = self.horizontalHeader()
        for widget in (header, header.viewport()):  # a style sheet keeps the one's font from the other, which draws
            widget.setFont(self._theme.font(Face.LABEL))


class PlainDelegate(QStyledItemDelegate):
    """Draws no frame round the one cell with the focus: the whole row is selected."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().initStyleOption(option, index)
        from PySide6.QtWidgets import QStyle

        option.state &= ~QStyle.StateFlag.State_HasFocus

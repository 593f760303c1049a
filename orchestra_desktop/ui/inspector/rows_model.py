"""Plain rows as an item model: the small tables of the inspector and the bottom panel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.widgets.labels import as_tool_tip

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class RowColumn(Generic[T]):
    """One column: its heading, what it shows of a row, in which colour, and whether it holds figures."""

    title: str
    shown: Callable[[T], str]
    token: Callable[[T], Token | None] = lambda _: None
    figures: bool = False
    tip: Callable[[T], str] | None = None
    icon: Callable[[T], str] = lambda _: ""


class RowsModel(QAbstractTableModel, Generic[T]):
    """Shows plain rows through the functions of its columns."""

    def __init__(self, theme: Theme, columns: Sequence[RowColumn[T]]) -> None:
        super().__init__()
        self._theme = theme
        self._columns = tuple(columns)
        self._rows: list[T] = []

    def put(self, rows: Sequence[T]) -> None:
        """Other rows. Where the known ones stay in their order, what is picked stays picked."""
        known = len(self._rows)
        if not known or len(rows) < known or any(a is not b for a, b in zip(rows, self._rows, strict=False)):
            self.beginResetModel()
            self._rows = list(rows)
            self.endResetModel()
            return
        if len(rows) > known:
            self.beginInsertRows(QModelIndex(), known, len(rows) - 1)
            self._rows = list(rows)
            self.endInsertRows()
        self.dataChanged.emit(self.index(0, 0), self.index(known - 1, len(self._columns) - 1))

    def row(self, place: int) -> T | None:
        return self._rows[place] if 0 <= place < len(self._rows) else None

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._columns[section].title
        return self._alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.shown(row)
            case Qt.ItemDataRole.ToolTipRole:
                return as_tool_tip((column.tip or column.shown)(row))
            case Qt.ItemDataRole.ForegroundRole:
                token = column.token(row)
                return QColor(self._theme.color(token)) if token is not None else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(index.column())
            case Qt.ItemDataRole.DecorationRole if column.icon(row):
                return self._theme.icon(column.icon(row), column.token(row) or Token.SECONDARY)
            case _:
                return None

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignRight if self._columns[column].figures else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter

"""The ledger summed by one of its columns, as an item model over the rows of `viewmodels/usage_cards.py`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractTableModel, QDate, QLocale, QModelIndex, QObject, QPersistentModelIndex, Qt

from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.usage.cap_card import dollars
from orchestra_desktop.ui.widgets.labels import as_tool_tip, exact_money
from orchestra_desktop.viewmodels.usage_cards import UsageRow

_Index = QModelIndex | QPersistentModelIndex
NAME, CALLS, READ, WRITTEN, CHARGED, UNCONFIRMED, SHARE = range(7)
_HEADINGS = ("", "Calls", "Tokens read", "Tokens written", "Charged", "Unconfirmed", "Share")
_NAMES = {"day": "Day", "project": "Project", "model": "Model", "purpose": "Purpose", "tier": "Tier"}
_PURPOSES = {
    "plan": "planning",
    "task": "tasks",
    "verify": "verification",
    "extract": "extraction",
    "digest": "digests",
    "tool": "tools",
    "test": "tests of the key",
}
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


def group_name(by: str) -> str:
    """The word for a grouping, as its pill and its column say it."""
    return translate("Usage", _NAMES[by])


class UsageModel(QAbstractTableModel):
    """Rows are replaced as a whole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[UsageRow, ...] = ()
        self._by = "day"

    def show(self, rows: Sequence[UsageRow], by: str) -> None:
        if tuple(rows) == self._rows and by == self._by:
            return
        self.beginResetModel()
        self._rows, self._by = tuple(rows), by
        self.endResetModel()

    def row(self, place: int) -> UsageRow:
        return self._rows[place]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(_HEADINGS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(_HEADINGS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return group_name(self._by) if section == NAME else translate("Usage", _HEADINGS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _LEFT if section == NAME else _RIGHT
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._shown(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return as_tool_tip(self._tip(row, column))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _LEFT if column == NAME else _RIGHT
            case _:
                return None

    def _shown(self, row: UsageRow, column: int) -> str:
        match column:
            case 0:
                return self._name(row)
            case 1 | 2 | 3:
                return QLocale().toString((row.calls, row.read_tokens, row.written_tokens)[column - CALLS])
            case 4:
                return dollars(row.charged)
            case 5:
                return dollars(row.unconfirmed) if row.unconfirmed else "–"
            case _:
                return f"{row.share:.0%}" if row.charged else "–"

    def _name(self, row: UsageRow) -> str:
        if not row.name:
            return translate("Usage", "of no {group}", group=group_name(self._by).lower())
        if self._by == "day":
            day = QDate.fromString(row.key, Qt.DateFormat.ISODate)
            return QLocale().toString(day, QLocale.FormatType.ShortFormat) if day.isValid() else row.key
        if self._by == "purpose" and row.key in _PURPOSES:
            return translate("Usage", _PURPOSES[row.key])
        return row.name

    def _tip(self, row: UsageRow, column: int) -> str:
        match column:
            case 0:
                return self._name(row)
            case 4:
                return exact_money(row.charged)
            case 5 if row.unconfirmed:
                return exact_money(row.unconfirmed)
            case _:
                return ""

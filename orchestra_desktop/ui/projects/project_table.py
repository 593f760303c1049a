"""The list of projects as an item model: thin over the rows of `viewmodels/project_list.py`."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractTableModel,
    QDateTime,
    QLocale,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from orchestra_desktop.ui.projects.project_look import project_word, rigor_meaning, rigor_name
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import as_tool_tip, exact_money, money
from orchestra_desktop.viewmodels.project_list import ProjectRow

_Index = QModelIndex | QPersistentModelIndex
NAME, STATE, RIGOR, CHARGED, UPDATED = range(5)
_HEADINGS = ("Name", "State", "Rigor", "Charged", "Updated")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class ProjectModel(QAbstractTableModel):
    """Rows are replaced as a whole; those that stay are told as changed, so that the selection stays too."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ProjectRow, ...] = ()

    def show(self, rows: Sequence[ProjectRow]) -> None:
        same = [row.id for row in rows] == [row.id for row in self._rows]
        if same:
            self._rows = tuple(rows)
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, UPDATED))
            return
        self.beginResetModel()
        self._rows = tuple(rows)
        self.endResetModel()

    def row(self, place: int) -> ProjectRow:
        return self._rows[place]

    def place(self, project: str | None) -> int:
        """-1 where it is not listed."""
        return next((place for place, row in enumerate(self._rows) if row.id == project), -1)

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
            return translate("Projects", _HEADINGS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section in {CHARGED, UPDATED} else _LEFT
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return _shown(row, column)
            case Qt.ItemDataRole.ToolTipRole:
                return as_tool_tip(_tip(row, column))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in {CHARGED, UPDATED} else _LEFT
            case Qt.ItemDataRole.UserRole if column == STATE:
                return row.state.value
            case _:
                return None


def _shown(row: ProjectRow, column: int) -> str:
    match column:
        case 0:
            return row.name
        case 1:
            return project_word(row.state)
        case 2:
            return f"{row.rigor.value} · {rigor_name(row.rigor)}"
        case 3:
            if row.rehearsal:
                return translate("Projects", "rehearsal")
            return "–" if row.charged is None else money(row.charged) if row.charged else "$0.00"
        case _:
            return QLocale().toString(_when(row), QLocale.FormatType.ShortFormat)


def _tip(row: ProjectRow, column: int) -> str:
    match column:
        case 0:
            return row.name
        case 2:
            return rigor_meaning(row.rigor)
        case 3 if row.rehearsal:
            return translate("Projects", "A rehearsal asks no model and costs nothing.")
        case 3 if row.charged is not None:
            return exact_money(row.charged)
        case 4:
            return QLocale().toString(_when(row), QLocale.FormatType.LongFormat)
        case _:
            return ""


def _when(row: ProjectRow) -> QDateTime:
    return QDateTime.fromMSecsSinceEpoch(row.updated_at // 1_000)

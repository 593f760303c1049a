"""The tasks of the reviewed plan as an item model: thin over the desk's rows, edited through the desk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from orchestra_desktop.domain.plan import PlanTask, Tier
from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.labels import as_tool_tip, exact_money, money
from orchestra_desktop.ui.widgets.table import Width
from orchestra_desktop.viewmodels.plan_review import TaskRow, minutes_range, money_range

_Index = QModelIndex | QPersistentModelIndex
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
SIGN_TOKENS: Mapping[str, Token] = {"+": Token.SUCCEEDED, "~": Token.NEEDS_PERSON, "-": Token.FAILED}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it shows, and the field of the task that typing in it changes."""

    heading: str
    width: Width
    shown: Callable[[TaskRow], str]
    tip: Callable[[TaskRow], str] = lambda _: ""
    field: str = ""
    right: bool = False


def tier_words(row: TaskRow) -> str:
    """`sonnet` where the person pinned it, `auto · sonnet` where the table chose."""
    asked = row.task.model_tier
    if row.route is None:
        return asked.value
    return row.tier.value if asked is not Tier.AUTO and asked is row.tier else f"{asked.value} · {row.tier.value}"


def cost_words(row: TaskRow) -> str:
    if row.p50 is None or row.p90 is None:
        return "–"
    return money_range(row.p50, row.p90, money)


def cost_tip(row: TaskRow) -> str:
    if row.p50 is None or row.p90 is None:
        return translate("Review", "No price yet.")
    return translate("Review", "P50 {low}, P90 {high}", low=exact_money(row.p50), high=exact_money(row.p90))


def why_words(row: TaskRow) -> str:
    return tr(row.route.why) if row.route is not None else translate("Review", "no model is there for it")


def _minutes(row: TaskRow) -> str:
    return "–" if row.minutes is None else minutes_range(*row.minutes)


def _title_tip(row: TaskRow) -> str:
    return f"{row.title}\n\n{row.task.description}" if row.task.description else row.title


def _tools(row: TaskRow) -> str:
    return ", ".join(row.task.tools_needed)


def _needs(row: TaskRow) -> str:
    return ", ".join(row.task.depends_on)


COLUMNS: tuple[Column, ...] = (
    Column("", Width(38, 38), lambda _: "", lambda _: translate("Review", "Runs when the plan is started")),
    Column("Id", Width(58, 58), lambda row: row.task.id),
    Column("Title", Width(242, 160), lambda row: row.title, _title_tip, "title"),
    Column("Type", Width(130, 126), lambda row: row.task.task_type.value),
    Column("Tier", Width(132, 110), tier_words, why_words, "model_tier"),
    Column("Why", Width(220, 70), why_words, why_words),
    Column("Time", Width(96, 84), _minutes, lambda _: translate("Review", "P50–P90"), right=True),
    Column("Cost", Width(112, 98), cost_words, cost_tip, right=True),
    Column("Depends on", Width(108, 100), _needs, _needs, "depends_on"),
    Column("Priority", Width(80, 74), lambda row: _as_typed(row.task, "priority"), field="priority", right=True),
    Column("Tools", Width(164, 70), _tools, _tools, "tools_needed"),
)
TICK, ID, TITLE, TYPE, TIER, WHY, TIME, COST, DEPENDS, PRIORITY, TOOLS = range(len(COLUMNS))
DESCRIPTION_ROLE = Qt.ItemDataRole.UserRole + 1
SIGN_ROLE = Qt.ItemDataRole.UserRole + 2


class TaskModel(QAbstractTableModel):
    """Follows the desk: the same tasks are told as changed, other ones as a new list."""

    def __init__(self, desk: ReviewDesk, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self._theme = theme
        self._rows: tuple[TaskRow, ...] = desk.rows
        desk.changed.connect(self._follow)

    def _follow(self) -> None:
        rows = self._desk.rows
        if [row.task.id for row in rows] != [row.task.id for row in self._rows]:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
            return
        self._rows = rows
        if rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(COLUMNS) - 1))

    def row(self, place: int) -> TaskRow:
        return self._rows[place]

    def place(self, task: str | None) -> int:
        """-1 where there is none."""
        return next((place for place, row in enumerate(self._rows) if row.task.id == task), -1)

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: N802, B008 - Qt's name and default
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return translate("Review", COLUMNS[section].heading) if COLUMNS[section].heading else ""
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if COLUMNS[section].right else _LEFT
            case Qt.ItemDataRole.AccessibleTextRole if section == TICK:
                return translate("Review", "Runs")
            case _:
                return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return None
        row, column = self._rows[index.row()], COLUMNS[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.shown(row)
            case Qt.ItemDataRole.EditRole if column.field:
                return _as_typed(row.task, column.field)
            case Qt.ItemDataRole.ToolTipRole:
                return as_tool_tip(column.tip(row))
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column.right else _LEFT
            case Qt.ItemDataRole.CheckStateRole if index.column() == TICK:
                return Qt.CheckState.Checked if row.task.id in self._desk.ticks else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.AccessibleTextRole if index.column() == TICK:
                return translate("Review", "{task} runs", task=row.task.id)
            case _:
                return self._look(row, index.column(), role)

    def _look(self, row: TaskRow, column: int, role: int) -> object:
        match role:
            case Qt.ItemDataRole.ForegroundRole if column in {ID, TYPE, WHY}:
                return self._theme.color(Token.SECONDARY)
            case Qt.ItemDataRole.ForegroundRole if (
                row.route is None and column == TIER and self._desk.unquoted is not None
            ):
                return self._theme.color(Token.FAILED)
            case Qt.ItemDataRole.FontRole if column in {TIME, COST, PRIORITY}:
                return _tabular(self._theme)
            case _ if role == DESCRIPTION_ROLE:
                return row.task.description
            case _ if role == SIGN_ROLE:
                return row.sign
            case _:
                return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren
        if index.column() == TICK and self._desk.can_edit:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if COLUMNS[index.column()].field and self._desk.can_edit:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def setData(self, index: _Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        """Hands what was typed to the desk; the row changes when the draft has."""
        if not index.isValid() or not 0 <= index.row() < len(self._rows):
            return False
        task = self._rows[index.row()].task
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == TICK:
            self._desk.tick(task.id, on=Qt.CheckState(value) is Qt.CheckState.Checked)
            return True
        field = COLUMNS[index.column()].field
        if role != Qt.ItemDataRole.EditRole or not field:
            return False
        self._desk.edits.edit(task, **{field: _read(field, str(value))})
        return True


def _as_typed(task: PlanTask, field: str) -> str:
    match field:
        case "priority":
            return "" if task.priority is None else str(task.priority)
        case "tools_needed":
            return ", ".join(task.tools_needed)
        case "depends_on":
            return ", ".join(task.depends_on)
        case _:
            return str(getattr(task, field))


def _read(field: str, words: str) -> object:
    """What was typed as the field's own type where it can be read so; the service refuses the rest with its reason."""
    words = words.strip()
    match field:
        case "priority":
            return None if not words else int(words) if words.lstrip("-").isdecimal() else words
        case "tools_needed" | "depends_on":
            return tuple(dict.fromkeys(name for part in words.split(",") if (name := part.strip())))
        case _:
            return words


def _tabular(theme: Theme) -> QFont:
    from orchestra_desktop.ui.theme.type import Face

    font = theme.font(Face.NUMBERS)
    font.setPointSizeF(theme.font(Face.SECONDARY).pointSizeF())
    return font

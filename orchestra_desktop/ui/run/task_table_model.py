"""The rows of a run as an item model: thin over `viewmodels/run_rows.py`, told of changes by the flush timer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.transitions import ACTIVE_STATES
from orchestra_desktop.ui.run.words import group_title
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.widgets.labels import as_tool_tip, exact_money, money
from orchestra_desktop.ui.widgets.state_chip import state_word
from orchestra_desktop.viewmodels.amounts import span
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.run_rows import Column, Grouping, Heading, Line, RunRows, Wish, arranged

if TYPE_CHECKING:
    from orchestra_desktop.ui.run.run_live import RunLive

Group = tuple[Grouping, int, str]
Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = Qt.ItemDataRole.UserRole + 1  # the Line of a row
STATE_ROLE = Qt.ItemDataRole.UserRole + 2  # (TaskState, reused) of a task's row
FOLDED_ROLE = Qt.ItemDataRole.UserRole + 3  # whether the tasks of a heading are hidden

COLUMNS = tuple(Column)
_TITLES = {
    Column.STATE: "State",
    Column.ID: "Task",
    Column.TITLE: "Title",
    Column.TIER: "Model",
    Column.ATTEMPTS: "Tries",
    Column.TIME: "Time",
    Column.COST: "Cost",
    Column.PHASE: "Phase",
    Column.WAVE: "Wave",
    Column.REASON: "Why",
}
_NUMBERS = frozenset({Column.ATTEMPTS, Column.TIME, Column.COST, Column.WAVE})
_LIVE = frozenset({Column.STATE, Column.TIER, Column.ATTEMPTS, Column.TIME, Column.COST, Column.REASON})
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class TaskTableModel(QAbstractTableModel):
    """One row for each line of `arranged`: headings of groups, and tasks."""

    def __init__(self, live: RunLive) -> None:
        super().__init__()
        self._live = live
        self._lines: list[Line] = []
        self._places: dict[TaskId, int] = {}
        self._folded: set[Group] = set()
        self._fitting = 0  # tasks that fit the filter, folded away or not
        self.wish = Wish()
        self.reset()

    @property
    def _rows(self) -> RunRows | None:
        return self._live.rows

    def _arranged(self) -> list[Line]:
        lines = [] if self._rows is None else arranged(self._rows, self.wish, tr, self._live.now())
        self._fitting = sum(1 for line in lines if not isinstance(line, Heading))
        return self._unfolded(lines) if self._folded else lines

    def _unfolded(self, lines: list[Line]) -> list[Line]:
        shown: list[Line] = []
        hides = False
        for line in lines:
            if isinstance(line, Heading):
                hides = _group(line) in self._folded
            if isinstance(line, Heading) or not hides:
                shown.append(line)
        return shown

    # -- changes ----------------------------------------------------------------------------------------------------

    def reset(self) -> None:
        """Other rows altogether."""
        self.beginResetModel()
        self._keep(self._arranged())
        self.endResetModel()

    def choose(self, wish: Wish) -> None:
        """Another filter, order or grouping."""
        self.wish = wish
        self.reset()

    # -- folding ----------------------------------------------------------------------------------------------------

    def heading_of(self, row: int) -> int | None:
        """The row of the heading that this row stands under, or is; None where nothing is grouped."""
        return next((place for place in reversed(self.headings) if place <= row), None)

    def is_folded(self, row: int) -> bool:
        line = self._lines[row]
        return isinstance(line, Heading) and _group(line) in self._folded

    def fold(self, row: int, *, on: bool) -> None:
        """Hides the tasks under the heading in this row, or shows them again."""
        line = self._lines[row]
        if isinstance(line, Heading) and on is not self.is_folded(row):
            (self._folded.add if on else self._folded.discard)(_group(line))
            self.reset()

    def reveal(self, task: TaskId) -> None:
        """Unfolds the group that hides this task, if one does."""
        if self._rows is None or task in self._places or task not in self._rows.facts:
            return
        group: Group | None = None
        for line in arranged(self._rows, self.wish, tr, self._live.now()):
            group = _group(line) if isinstance(line, Heading) else group
            if line == task and group in self._folded:
                self._folded.discard(group)
                self.reset()
                return

    def refresh(self, tasks: Iterable[TaskId]) -> bool:
        """Tasks that have changed. Returns True if the lines moved, which resets the model."""
        lines = self._arranged() if self._depends_on_state() else self._lines
        if [_key(line) for line in lines] != [_key(line) for line in self._lines]:
            self.beginResetModel()
            self._keep(lines)
            self.endResetModel()
            return True
        self._lines = lines
        for place in sorted(self._places[task] for task in tasks if task in self._places):
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))
        self._refresh_headings()
        return False

    def tick(self) -> None:
        """A second has passed: the times of tasks at work."""
        if self._rows is None:
            return
        column = COLUMNS.index(Column.TIME)
        for task, row in self._rows.board.rows.items():
            if row.state in ACTIVE_STATES and task in self._places:
                index = self.index(self._places[task], column)
                self.dataChanged.emit(index, index)

    def _depends_on_state(self) -> bool:
        wish = self.wish
        return bool(wish.states or wish.words or wish.grouping != "none" or (wish.column in _LIVE))

    def _refresh_headings(self) -> None:
        for place, line in enumerate(self._lines):
            if isinstance(line, Heading):
                self.dataChanged.emit(self.index(place, 0), self.index(place, 0))

    def _keep(self, lines: list[Line]) -> None:
        self._lines = lines
        self._places = {line: place for place, line in enumerate(lines) if not isinstance(line, Heading)}

    # -- finding ----------------------------------------------------------------------------------------------------

    def line(self, row: int) -> Line:
        return self._lines[row]

    def task_at(self, row: int) -> TaskId | None:
        line = self._lines[row] if 0 <= row < len(self._lines) else None
        return None if isinstance(line, Heading) else line

    def place_of(self, task: TaskId) -> int | None:
        return self._places.get(task)

    @property
    def headings(self) -> list[int]:
        return [place for place, line in enumerate(self._lines) if isinstance(line, Heading)]

    @property
    def tasks_shown(self) -> int:
        """How many fit the filter, those in folded groups too."""
        return self._fitting

    # -- Qt ---------------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(self._lines)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return translate("Run", _TITLES[COLUMNS[section]])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if COLUMNS[section] in _NUMBERS else _LEFT
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if isinstance(self._lines[index.row()], Heading):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemNeverHasChildren

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        wish = self.wish
        chosen = COLUMNS[column] if 0 <= column < len(COLUMNS) else None
        self.choose(Wish(wish.grouping, wish.states, wish.words, chosen, order is Qt.SortOrder.DescendingOrder))

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        rows = self._rows
        if not index.isValid() or rows is None or index.row() >= len(self._lines):
            return None
        line = self._lines[index.row()]
        if role == LINE_ROLE:
            return line
        if isinstance(line, Heading):
            folded = _group(line) in self._folded
            return folded if role == FOLDED_ROLE else _heading_data(line, COLUMNS[index.column()], role, folded=folded)
        return self._task_data(rows, line, COLUMNS[index.column()], role)

    def _task_data(self, rows: RunRows, task: TaskId, column: Column, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._shown(rows, task, column)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _RIGHT if column in _NUMBERS else _LEFT
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(rows, task, column)
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{translate('Run', _TITLES[column])}: {self._shown(rows, task, column)}"
            case _ if role == STATE_ROLE:
                return rows.board.rows[task].state, task in rows.reused
            case _:
                return None

    def _shown(self, rows: RunRows, task: TaskId, column: Column) -> str:
        row, fact = rows.board.rows[task], rows.facts[task]
        match column:
            case Column.STATE:
                return state_word(row.state, reused=task in rows.reused)
            case Column.ID:
                return str(task)
            case Column.TITLE:
                return harmless(row.title)
            case Column.TIER:
                return row.tier if row.model is None or row.tier in row.model else f"{row.tier} · {row.model}"
            case Column.ATTEMPTS:
                return str(row.attempts) if row.attempts else ""
            case Column.TIME:
                seconds = rows.task_seconds(task, self._live.now())
                return "" if seconds is None else span(seconds if row.finished_at else int(seconds))
            case Column.COST:
                return money(row.charged) if row.charged or row.finished_at else ""
            case Column.PHASE:
                return harmless(fact.phase)
            case Column.WAVE:
                return str(fact.wave)
            case Column.REASON:
                return tr(row.reason) if row.reason is not None else ""

    def _tip(self, rows: RunRows, task: TaskId, column: Column) -> str | None:
        match column:
            case Column.COST:
                return exact_money(rows.board.rows[task].charged)
            case Column.TIER:
                return as_tool_tip(rows.board.rows[task].model or rows.board.rows[task].tier)
            case Column.TITLE | Column.REASON | Column.PHASE:
                return as_tool_tip(self._shown(rows, task, column))
            case _:
                return None


def _key(line: Line) -> tuple[int, str] | TaskId:
    return (line.number, line.name) if isinstance(line, Heading) else line


def _group(heading: Heading) -> Group:
    return heading.grouping, heading.number, heading.name


def _heading_data(heading: Heading, column: Column, role: int, *, folded: bool) -> Any:
    if column is not Column.STATE:
        return None
    if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
        tasks = counted("Run", "{n} task", "{n} tasks", heading.tasks)
        done = translate("Run", "{done} done", done=heading.done)
        cost = f" · {money(heading.charged)}" if heading.charged else ""
        words = f"{group_title(heading)}   {tasks} · {done}{cost}"
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{words}, {translate('Run', 'folded') if folded else translate('Run', 'unfolded')}"
        return words
    return None

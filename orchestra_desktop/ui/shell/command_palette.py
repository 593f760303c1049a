"""The palette: a few letters lead to any action, project or task, by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from orchestra_desktop.ui.shell.fuzzy import score
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.verbs.project_verbs import choose
from orchestra_desktop.ui.widgets.labels import hairline, plain_label

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import ProjectId, TaskId
    from orchestra_desktop.ui.context import UiContext

MOST_SHOWN = 60
_WIDTH, _ROW, _ROWS = 600, 34, 11
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_MINE = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen: what it is called, of which kind, by which keys, and what choosing it does."""

    title: str
    kind: str
    icon: str
    choose: Callable[[], object]
    keys: str = ""
    enabled: bool = True


class Entries(QAbstractListModel):
    """The entries that fit, best first."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[Entry] = []

    def show(self, rows: list[Entry]) -> None:
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return row.title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{row.title}, {row.kind}"
            case role if role == _MINE:
                return row
        return None


class EntryDelegate(QStyledItemDelegate):
    """Icon, title, kind muted at the right, keys before it."""

    def __init__(self, context: UiContext, view: QWidget) -> None:
        super().__init__(view)
        self._theme = context.theme
        self._view = view

    def sizeHint(self, _: QStyleOptionViewItem, __: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802
        return QSize(_WIDTH, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        entry: Entry = index.data(_MINE)
        rect: QRect = option.rect
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if picked:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.color(Token.SELECTED))
            painter.drawRoundedRect(rect.adjusted(6, 1, -6, -1), 6, 6)
        top = rect.top() + (rect.height() - 16) // 2
        if entry.icon:
            token = Token.TEXT if picked else Token.SECONDARY
            painter.drawPixmap(rect.left() + 16, top, self._theme.pixmap(entry.icon, token, 16, self._view))
        painter.setFont(self._theme.font(Face.LABEL))
        right = f"{entry.keys}    {entry.kind}" if entry.keys else entry.kind
        taken = painter.fontMetrics().horizontalAdvance(right)
        painter.setPen(self._theme.color(Token.MUTED))
        painter.drawText(rect.adjusted(0, 0, -18, 0), _RIGHT, right)
        painter.setFont(self._theme.font(Face.BODY))
        painter.setPen(self._theme.color(Token.TEXT if entry.enabled else Token.MUTED))
        room = rect.adjusted(44, 0, -taken - 34, 0)
        cut = painter.fontMetrics().elidedText(entry.title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, cut)
        painter.restore()


class CommandPalette(QFrame):
    """Lies over the window; typing filters, Up and Down pick, Enter does, Escape closes."""

    def __init__(self, window: QWidget, context: UiContext) -> None:
        super().__init__(window)
        self._c = context
        self._entries: list[Entry] = []
        self._before: QWidget | None = None
        self.setProperty("kind", "floating")
        self.setAccessibleName(translate("Shell", "Command palette"))
        self._field = QLineEdit()
        self._field.setPlaceholderText(translate("Shell", "Search tasks, projects, commands"))
        self._field.setAccessibleName(translate("Shell", "Search tasks, projects, commands"))
        self._field.textChanged.connect(self._filter)
        self._field.installEventFilter(self)
        self._model = Entries()
        self._list = QListView()
        self._list.setAccessibleName(translate("Shell", "Found"))
        self._list.setModel(self._model)
        self._list.setUniformItemSizes(True)
        self._list.setItemDelegate(EntryDelegate(context, self._list))
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._list.clicked.connect(self._choose)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 8, 1, 6)
        column.setSpacing(6)
        inset = QVBoxLayout()
        inset.setContentsMargins(8, 0, 8, 0)
        inset.addWidget(self._field)
        column.addLayout(inset)
        column.addWidget(hairline())
        column.addWidget(self._list, 1)
        self._nothing = plain_label(translate("Shell", "Nothing fits these words."), context.theme, tone="muted")
        self._nothing.setContentsMargins(16, 8, 16, 8)
        column.addWidget(self._nothing, 1, Qt.AlignmentFlag.AlignTop)
        self.hide()

    def open_at(self, words: str) -> None:
        """Shows itself with everything that can be chosen now."""
        self._before = self.window().focusWidget()
        self._entries = list(self._all())
        window = self.parentWidget()
        width = min(_WIDTH, window.width() - 48) if window is not None else _WIDTH
        self.resize(width, 8 + 30 + 6 + 1 + 6 + _ROWS * _ROW + 6)
        if window is not None:
            self.move((window.width() - width) // 2, 52)
        self._field.setText(words)
        self._filter(words)
        self.show()
        self.raise_()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    # -- what can be chosen -----------------------------------------------------------------------------------------

    def _all(self) -> Iterator[Entry]:
        yield from self._tasks()
        yield from self._projects()
        yield from self._actions()

    def _actions(self) -> Iterator[Entry]:
        registry = self._c.registry
        for row in registry.rows:
            if row.id != "view.palette":
                title = registry.title(row.id).rstrip("…")
                yield Entry(
                    title,
                    translate("Groups", row.group.value),
                    row.icon or "chevron-right",
                    partial(self._c.do, row.id),
                    registry.keys(row.id),
                    registry.can(row.id),
                )

    def _projects(self) -> Iterator[Entry]:
        kind = translate("Shell", "project")
        for project in reversed(self._c.workspace.projects):
            yield Entry(
                project.name,
                kind,
                "projects",
                partial(self._open, project.id),
            )

    def _tasks(self) -> Iterator[Entry]:
        kind = translate("Shell", "task")
        for version in self._c.workspace.versions[-1:]:
            for task in version.plan.tasks:
                yield Entry(f"{task.id} {task.title}", kind, "dot", partial(self._show_task, task.id))

    def _open(self, project: ProjectId) -> None:
        self._c.spawn(choose(self._c, project), "project.choose")

    def _show_task(self, task: TaskId) -> None:
        self._c.shell.show_place("run")
        self._c.selection.pick(task)

    # -- choosing ---------------------------------------------------------------------------------------------------

    def _filter(self, words: str) -> None:
        found: list[tuple[int, int, Entry]] = []
        for number, entry in enumerate(self._entries):
            points = score(words, f"{entry.title} {entry.kind}")
            if points is not None:
                found.append((points - (0 if entry.enabled else 100), -number, entry))
        if words.strip():
            found.sort(key=lambda one: one[:2], reverse=True)
        else:  # nothing typed: what can be done now first, then where one can go
            found.sort(key=lambda one: (not one[2].enabled, one[2].kind == translate("Shell", "task")))
        self._model.show([entry for _, _, entry in found[:MOST_SHOWN]])
        self._list.setCurrentIndex(self._model.index(0, 0))
        self._list.setVisible(bool(found))
        self._nothing.setVisible(not found)

    def _choose(self, index: QModelIndex) -> None:
        entry = index.data(_MINE)
        if isinstance(entry, Entry) and entry.enabled:
            self.close_now()
            entry.choose()

    def close_now(self) -> None:
        """Gives the keys back to where they were."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.OtherFocusReason)
        self._before = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(Qt.Key(event.key()))
        if event.type() is QEvent.Type.FocusOut and self.isVisible() and not self._list.underMouse():
            self.hide()
        return super().eventFilter(watched, event)

    def _key(self, key: Qt.Key) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: _ROWS, Qt.Key.Key_PageUp: -_ROWS}
        if key in steps and self._model.rowCount():
            row = self._list.currentIndex().row() + steps[key]
            self._list.setCurrentIndex(self._model.index(min(max(row, 0), self._model.rowCount() - 1), 0))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._choose(self._list.currentIndex())
        elif key is Qt.Key.Key_Escape:
            self.close_now()
        else:
            return False
        return True

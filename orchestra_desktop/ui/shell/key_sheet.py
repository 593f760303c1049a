"""The key sheet: every action with its keys, made from the table, in columns by menu."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from orchestra_desktop.ui.action_row import Action, Group
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_COLUMNS: tuple[tuple[Group, ...], ...] = (  # of the sheet, left to right
    (Group.PROJECT, Group.PLAN),
    (Group.RUN, Group.TASK),
    (Group.VIEW, Group.HELP),
)


class KeySheet(QDialog):
    """Escape or the button closes it."""

    def __init__(self, window: QWidget, context: UiContext) -> None:
        super().__init__(window)
        self._c = context
        self.setWindowTitle(translate("Shell", "Keys"))
        self.setAccessibleName(translate("Shell", "Keys"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(16)
        column.addWidget(plain_label(translate("Shell", "Keys"), context.theme, Face.TITLE))
        columns = QHBoxLayout()
        columns.setSpacing(24)
        for groups in _COLUMNS:
            columns.addLayout(self._column(groups))
        column.addLayout(columns)
        close = Button(translate("Shell", "Close"), context.theme)
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

    def _column(self, groups: tuple[Group, ...]) -> QVBoxLayout:
        """One grid for all groups of a column, so that their keys begin at one line."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnMinimumWidth(0, 180)
        grid.setColumnStretch(1, 1)
        rows = self._c.registry.groups()
        for group in groups:
            shown = [row for row in rows.get(group, []) if row.shortcut]
            if shown:
                self._add_group(grid, group, shown)
        column = QVBoxLayout()
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def _add_group(self, grid: QGridLayout, group: Group, actions: list[Action]) -> None:
        first = grid.rowCount()
        title = plain_label(translate("Groups", group.value), self._c.theme, Face.HEADING)
        title.setContentsMargins(0, 10 if first > 1 else 0, 0, 0)
        grid.addWidget(title, first, 0, 1, 2)
        for number, row in enumerate(actions, first + 1):
            keys = ", ".join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in row.shortcut)
            words = translate("Actions", row.title).rstrip("…")
            grid.addWidget(plain_label(words, self._c.theme, Face.SECONDARY, tone="secondary"), number, 0)
            grid.addWidget(plain_label(keys, self._c.theme, Face.SECONDARY), number, 1)

"""The key sheet: every action with its keys, made from the table, in columns by menu; a click gives it another key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from orchestra_desktop.ui.action_row import Action, Group
from orchestra_desktop.ui.shell.key_choice import KeyChoice
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_COLUMNS: tuple[tuple[Group, ...], ...] = (  # of the sheet, left to right
    (Group.PROJECT, Group.PLAN, Group.RUN, Group.TASK),
    (Group.VIEW, Group.TABLE, Group.HELP),
    (Group.INBOX, Group.GRAPH),
)
_NO_KEY = "–"
_HEIGHT = 720


class KeySheet(QDialog):
    """Escape or the button closes it."""

    def __init__(self, window: QWidget, context: UiContext) -> None:
        super().__init__(window)
        self._c = context
        self.buttons: dict[str, Button] = {}
        self.setWindowTitle(translate("Shell", "Keys"))
        self.setAccessibleName(translate("Shell", "Keys"))
        self.setWindowModality(Qt.WindowModality.WindowModal)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addLayout(self._head())
        column.addWidget(self._sheet(window.width() - 96), 1)
        close = Button(translate("Shell", "Close"), context.theme)
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)
        context.registry.bindings.changed.connect(self._show_keys)
        self.resize(self.sizeHint().width(), min(_HEIGHT, window.height() - 40))

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(plain_label(translate("Shell", "Keys"), self._c.theme, Face.TITLE))
        hint = translate("Shell", "Press a key's field to give the action another one.")
        row.addWidget(plain_label(hint, self._c.theme, Face.SECONDARY, tone="muted"))
        row.addStretch(1)
        return row

    def _sheet(self, most: int) -> QScrollArea:
        """As wide as it is, but no wider than the window has room for."""
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        columns = QHBoxLayout(inner)
        columns.setContentsMargins(0, 0, 12, 0)
        columns.setSpacing(32)
        for groups in _COLUMNS:
            columns.addLayout(self._column(groups))
        area = QScrollArea()
        area.setAccessibleName(translate("Shell", "Keys"))
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        area.setMinimumWidth(min(inner.sizeHint().width() + 12, most))
        return area

    def _column(self, groups: tuple[Group, ...]) -> QVBoxLayout:
        """One grid for all its groups, so that their keys begin at one line."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        for group in groups:
            self._add_group(grid, group)
        column = QVBoxLayout()
        column.addLayout(grid)
        column.addStretch(1)
        return column

    def _add_group(self, grid: QGridLayout, group: Group) -> None:
        theme, below = self._c.theme, grid.rowCount()
        heading = plain_label(translate("Groups", group.value), theme, Face.HEADING)
        heading.setContentsMargins(0, 0 if grid.count() == 0 else 14, 0, 6)
        grid.addWidget(heading, below, 0, 1, 2)
        for number, row in enumerate(self._c.registry.groups().get(group, ()), start=below + 1):
            title = translate("Actions", row.title).rstrip("…")
            grid.addWidget(plain_label(title, theme, Face.SECONDARY, tone="secondary"), number, 0)
            grid.addWidget(self._button(row), number, 1, Qt.AlignmentFlag.AlignLeft)

    def _button(self, row: Action) -> Button:
        button = self.buttons[row.id] = Button("", self._c.theme, kind="key")
        button.clicked.connect(lambda: self._choose(row))
        self._show_keys(row.id)
        return button

    def _show_keys(self, id_: str) -> None:
        words = self._c.registry.bindings.words(id_)
        self.buttons[id_].setText(words or _NO_KEY)
        title = self._c.registry.title(id_).rstrip("…")
        said = translate("Shell", "{action}: {keys}", action=title, keys=words or translate("Shell", "no key"))
        self.buttons[id_].setAccessibleName(said)

    def _choose(self, row: Action) -> None:
        choice = KeyChoice(self, self._c, row)
        choice.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        choice.open()

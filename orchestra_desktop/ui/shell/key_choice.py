"""Gives one action another key: the key is pressed, what it means already is told, and it is kept at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLineEdit, QWidget

from orchestra_desktop.ui.action_keys import native
from orchestra_desktop.ui.action_row import Action
from orchestra_desktop.ui.dialogs import HeadedDialog
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button, PrimaryButton
from orchestra_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class KeyChoice(HeadedDialog):
    """The field takes whatever is pressed, Escape too; Tab leaves it for the buttons."""

    def __init__(self, parent: QWidget, context: UiContext, row: Action) -> None:
        title = translate("Shell", "A key for “{action}”", action=translate("Actions", row.title).rstrip("…"))
        super().__init__(parent, context.theme, title, 460)
        self._c = context
        self._row = row
        self._keys = context.registry.bindings
        self.field = QKeySequenceEdit()
        self.field.setMaximumSequenceLength(1)
        self.field.setAccessibleName(translate("Shell", "Key"))
        for line in self.field.findChildren(QLineEdit):
            line.setPlaceholderText(translate("Shell", "Press a key"))
            line.setAccessibleName(translate("Shell", "Key"))
        self.said = plain_label("", context.theme, Face.SECONDARY, tone="muted", wrap=True)
        self.column.addWidget(self.field)
        self.column.addWidget(self.said)
        self.column.addSpacing(8)
        self.column.addLayout(self._buttons())
        self.field.keySequenceChanged.connect(lambda _: self._follow())
        self._follow()
        self.field.setFocus()

    def _buttons(self) -> QHBoxLayout:
        theme = self._c.theme
        row = QHBoxLayout()
        row.setSpacing(8)
        usual = ", ".join(map(native, self._row.shortcut)) or translate("Shell", "no key")
        self.usual = Button(translate("Shell", "As it was: {keys}", keys=usual), theme, kind="quiet")
        self.usual.clicked.connect(lambda: self._done(self._keys.reset))
        self.usual.setEnabled(self._keys.is_own(self._row.id))
        self.none = Button(translate("Shell", "No key"), theme, kind="quiet")
        self.none.clicked.connect(lambda: self._done(self._keys.clear))
        cancel = Button(translate("Shell", "Cancel"), theme, kind="quiet")
        cancel.clicked.connect(self.reject)
        self.use = PrimaryButton(translate("Shell", "Use it"), theme)
        self.use.clicked.connect(lambda: self._done(lambda id_: self._keys.bind(id_, self.key)))
        row.addWidget(self.usual)
        row.addWidget(self.none)
        row.addStretch(1)
        row.addWidget(cancel)
        row.addWidget(self.use)
        return row

    @property
    def key(self) -> str:
        """What was pressed, as Qt writes it on every system; empty before that."""
        return self.field.keySequence().toString(QKeySequence.SequenceFormat.PortableText)

    def _follow(self) -> None:
        """Says what the key means already: whoever uses it all the same takes it away from there."""
        rivals = self._keys.clashes(self._row.id, self.key) if self.key else []
        self.use.setEnabled(bool(self.key))
        self.use.set_label(translate("Shell", "Take it over") if rivals else translate("Shell", "Use it"))
        self.said.set_tone("attention" if rivals else "muted")
        if rivals:
            names = ", ".join(f"“{translate('Actions', rival.title).rstrip('…')}”" for rival in rivals)
            self.said.setText(translate("Shell", "{key} means {actions} now.", key=native(self.key), actions=names))
        else:
            now = self._keys.words(self._row.id) or translate("Shell", "no key")
            self.said.setText(translate("Shell", "Now: {keys}", keys=now))

    def _done(self, choose: Callable[[str], object]) -> None:
        choose(self._row.id)
        self.accept()

"""Takes a key: into the system's keyring or, where there is none, for this session alone; never into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from orchestra_desktop.domain.errors import InvalidInput, KeyringUnavailable
from orchestra_desktop.ui.dialogs import HeadedDialog
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.buttons import Button, PrimaryButton
from orchestra_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

SERVICE = "anthropic"


class KeyDialog(HeadedDialog):
    """Stays open until the key is kept or the person leaves: a refusal is said under the field, with what to do."""

    def __init__(self, parent: QWidget, context: UiContext) -> None:
        title = translate("Settings", "A key for Claude")
        super().__init__(parent, context.theme, title, 480)
        self._c = context
        theme = context.theme
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName(translate("Settings", "Key"))
        self.field.setPlaceholderText("sk-ant-…")
        self.fault = plain_label("", theme, tone="failed", wrap=True)
        self.fault.hide()
        words = translate(
            "Settings",
            "It is kept in the system's keyring and sent to Anthropic alone, never written to a file or a log.",
        )
        self.column.addWidget(plain_label(words, theme, tone="secondary", wrap=True))
        self.column.addWidget(self.field)
        self.column.addWidget(self.fault)
        self.column.addSpacing(8)
        self.column.addLayout(self._buttons())
        self.field.textChanged.connect(lambda _: self._follow())
        self.field.returnPressed.connect(self.keep.click)
        self._follow()
        self.field.setFocus()

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        leave = Button(translate("Settings", "Cancel"), self._c.theme, kind="quiet")
        leave.clicked.connect(self.reject)
        self.for_session = Button(translate("Settings", "Keep for this session"), self._c.theme)
        self.for_session.clicked.connect(lambda: self._c.spawn(self._keep(for_session=True), "key.keep"))
        self.for_session.hide()
        self.keep = PrimaryButton(translate("Settings", "Keep the key"), self._c.theme, "key")
        self.keep.clicked.connect(lambda: self._c.spawn(self._keep(for_session=False), "key.keep"))
        for button in (leave, self.for_session, self.keep):
            row.addWidget(button)
        return row

    def _follow(self) -> None:
        typed = bool(self.field.text().strip())
        self.keep.setEnabled(typed)
        self.for_session.setEnabled(typed)

    async def _keep(self, *, for_session: bool) -> None:
        keys = self._c.session.keys
        try:
            if for_session:
                await keys.keep_for_session(SERVICE, self.field.text())
            else:
                await keys.set(SERVICE, self.field.text())
        except KeyringUnavailable as error:
            self.for_session.show()
            self._say(tr(error.text) + " " + translate("Settings", "Or keep it until the program ends."))
        except InvalidInput as error:
            self._say(tr(error.text))
        else:
            self.accept()

    def _say(self, words: str) -> None:
        self.fault.setText(words)
        self.fault.show()
        self.adjustSize()

    def done(self, result: int) -> None:
        """The key does not stay in the field."""
        self.field.clear()
        super().done(result)

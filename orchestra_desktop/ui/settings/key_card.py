"""The card of the key: whether there is one, and give, test, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout

from orchestra_desktop.domain.errors import KeyringUnavailable
from orchestra_desktop.ui.dialogs import Choice
from orchestra_desktop.ui.notices import Notice, Tone
from orchestra_desktop.ui.settings.key_dialog import SERVICE
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, tr, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Card, Picture
from orchestra_desktop.viewmodels.service_rows import said

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class KeyCard(Card):
    """The key itself is never shown, not even in part."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Settings", "Key for Claude"))
        self._c = context
        theme = context.theme
        self._picture = Picture(theme, "key", 16)
        self.state = plain_label(translate("Settings", "Looking for a key…"), theme, tone="secondary", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._picture)
        line.addWidget(self.state, 1)
        self.column.addLayout(line)
        self.advice = plain_label("", theme, Face.SECONDARY, tone="muted", wrap=True)
        self.advice.hide()
        self.column.addWidget(self.advice)
        self.give = Button(translate("Settings", "Give a key…"), theme, "key")
        self.give.clicked.connect(lambda: context.do("key.give"))
        self.test = Button(translate("Settings", "Test"), theme, "retry")
        self.test.setAccessibleName(translate("Settings", "Test the key"))
        self.test.clicked.connect(lambda: context.spawn(self._test(), "key.test"))
        self.delete = Button(translate("Settings", "Delete…"), theme, "trash", "quiet")
        self.delete.setAccessibleName(translate("Settings", "Delete the key"))
        self.delete.clicked.connect(lambda: context.spawn(self._delete(), "key.delete"))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.give, self.test, self.delete):
            row.addWidget(button)
        row.addStretch(1)
        self.column.addLayout(row)
        self._show(None)

    def look(self) -> None:
        """Asks whether there is a key."""
        if self._c.workspace.session is not None:
            self._c.spawn(self._look(), "key.look")

    async def _look(self) -> None:
        try:
            found = bool(await self._c.session.context.keys.get(SERVICE))
        except KeyringUnavailable as error:
            self._show(False, tr(error.text))
        else:
            self._show(found)

    def _show(self, found: bool | None, fault: str = "") -> None:
        words = {
            None: translate("Settings", "Looking for a key…"),
            True: translate("Settings", "A key is there"),
            False: translate("Settings", "No key: paid models are not asked"),
        }[found]
        icon, token = {
            None: ("key", Token.MUTED),
            True: ("check", Token.SUCCEEDED),
            False: ("warning", Token.NEEDS_PERSON),
        }[found]
        self._picture.set_icon(icon, token)
        self.state.setText(words)
        self.advice.setText(fault)
        self.advice.setVisible(bool(fault))
        self.give.set_label(
            translate("Settings", "Give another key…") if found else translate("Settings", "Give a key…")
        )
        self.test.setEnabled(bool(found))
        self.delete.setEnabled(bool(found))

    # -- verbs ------------------------------------------------------------------------------------------------------

    async def _test(self) -> None:
        self.state.setText(translate("Settings", "The key is being tested…"))
        self.test.setEnabled(False)
        try:
            health = await self._c.session.keys.test(SERVICE)
        finally:
            await self._look()
        if health.healthy:
            models = counted("Settings", "{n} model", "{n} models", len(health.models))
            self.state.setText(
                translate("Settings", "The key works: {models} in {ms} ms", models=models, ms=health.latency_ms)
            )
            return
        self._picture.set_icon("warning", Token.NEEDS_PERSON)
        self.state.setText(translate("Settings", "The test did not succeed"))
        self.advice.setText(said(health.detail))
        self.advice.show()

    async def _delete(self) -> None:
        """Asked about: what the keyring has forgotten nobody here can bring back."""
        answer = await self._c.ask(
            translate("Settings", "Delete the key?"),
            translate("Settings", "It is taken out of the keyring for good. Runs that need Claude stop and wait."),
            (
                Choice("keep", translate("Settings", "Keep it"), "quiet"),
                Choice("delete", translate("Settings", "Delete the key"), "primary"),
            ),
        )
        if answer != "delete":
            return
        await self._c.session.keys.delete(SERVICE)
        await self._look()
        if self.test.isEnabled():
            words = translate("Settings", "A key in ANTHROPIC_API_KEY is still used: the program cannot delete it.")
            self._c.notices.show(Notice(words, Tone.ATTENTION))
        else:
            self._c.notices.show(Notice(translate("Settings", "The key was deleted.")))

"""The settings place: a column of cards, each of which can be gone to by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QScrollArea

from orchestra_desktop.ui.settings.caps_card import CapsCard
from orchestra_desktop.ui.settings.key_card import KeyCard
from orchestra_desktop.ui.settings.switches import NotificationsCard, OfflineCard, RunsCard, ThemeCard
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Page, TextColumn
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class SettingsPlace(Page):
    """`show_tab` knows `key`, `budget`, `runs`, `privacy`, `notifications` and `appearance`."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Settings", "Settings"))
        self._c = context
        self.key = KeyCard(context)
        self.caps = CapsCard(context)
        self.runs = RunsCard(context)
        self.privacy = OfflineCard(context)
        self.notifications = NotificationsCard(context)
        self.appearance = ThemeCard(context)
        self._cards = {
            "key": (self.key, self.key.give),
            "budget": (self.caps, self.caps.fields["daily"].choice),
            "runs": (self.runs, self.runs.background),
            "privacy": (self.privacy, self.privacy.box),
            "notifications": (self.notifications, self.notifications.boxes["run_finished"]),
            "appearance": (self.appearance, self.appearance.choices[context.theme.choice]),
        }
        holder = TextColumn(16)
        for card, _ in self._cards.values():
            holder.column.addWidget(card)
        self.where = plain_label("", context.theme, Face.SECONDARY, tone="muted", wrap=True)
        holder.column.addWidget(self.where)
        self.column.addWidget(holder)
        self.column.addStretch(1)
        found = self.findChild(QScrollArea)
        assert found is not None, "a page scrolls"
        self._area = found
        context.flush.changed.connect(self._flushed)

    def show_tab(self, tab: str) -> None:
        if tab in self._cards:
            card, control = self._cards[tab]
            self._area.ensureWidgetVisible(card, 0, 16)
            control.setFocus(Qt.FocusReason.OtherFocusReason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._look()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.SESSION in topics and self.isVisible():
            self._look()

    def _look(self) -> None:
        self.key.look()
        session = self._c.workspace.session
        if session is not None:
            path = session.context.settings_file
            self.where.setText(translate("Settings", "Everything else is in the settings file: {path}", path=path))

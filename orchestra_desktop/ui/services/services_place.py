"""The services place: Claude and Ollama, each asked when the place is opened and when its button is pressed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent

from orchestra_desktop.domain.errors import KeyringUnavailable
from orchestra_desktop.domain.events import HealthChanged
from orchestra_desktop.ui.services.service_card import ServiceCard
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Page, TextColumn
from orchestra_desktop.viewmodels.service_rows import SERVICES, ServiceRow, answered, asking, heard, without_key
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.ports import Health
    from orchestra_desktop.ui.context import UiContext


class ServicesPlace(Page):
    """A check costs nothing. What one says is taken over by the status bar too, so that both agree."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Services", "Services"))
        self._c = context
        self._seen: dict[str, HealthChanged] = {}
        self.rows = {row.id: row for row in SERVICES}
        self.cards = {row.id: ServiceCard(context.theme, row) for row in SERVICES}
        holder = TextColumn(16)
        for id_, card in self.cards.items():
            card.test.clicked.connect(partial(self.check, id_))
            card.key.clicked.connect(self._give_key)
            holder.column.addWidget(card)
        words = translate("Services", "A test lists the models and costs nothing. A rehearsal needs no service at all.")
        holder.column.addWidget(plain_label(words, context.theme, Face.SECONDARY, tone="muted", wrap=True))
        self.column.addWidget(holder)
        self.column.addStretch(1)
        context.flush.changed.connect(self._flushed)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._check_all()

    def _check_all(self) -> None:
        if self._c.workspace.session is not None:
            for id_ in self.rows:
                self.check(id_)

    def check(self, service: str, _checked: bool = False) -> None:
        self._c.spawn(self._check(service), f"services.check {service}")

    async def _check(self, service: str) -> None:
        context = self._c.session.context
        before = self.rows[service]
        self._put(asking(before))
        try:
            if before.needs_key and (why := await self._no_key(service)):
                self._put(without_key(before, why))
                return
            health = await context.providers[service].check()
        except BaseException:
            self._put(before)
            raise
        refused = not health.healthy and health.detail.startswith("offline")
        self._put(answered(before, health, refused=refused))
        if not refused:
            self._tell(service, health)

    async def _no_key(self, service: str) -> str:
        """Why there is no key, as a sentence; empty where there is one."""
        try:
            if await self._c.session.context.keys.get(service):
                return ""
        except KeyringUnavailable as error:
            return tr(error.text)
        return translate("Services", "Without a key nothing is sent and nothing is spent.")

    def _tell(self, service: str, health: Health) -> None:
        event = HealthChanged(service, health.healthy, health.detail)
        self._seen[service] = self._c.workspace.services[service] = event
        self._c.flush.mark(Topic.SERVICES)

    def _put(self, row: ServiceRow) -> None:
        self.rows[row.id] = row
        self.cards[row.id].show_row(row)

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if Topic.SERVICES in topics:
            for service, event in self._c.workspace.services.items():
                if service in self.rows and self._seen.get(service) is not event:
                    self._seen[service] = event
                    self._put(heard(self.rows[service], event))
        if Topic.SESSION in topics and self.isVisible():
            self._check_all()

    def _give_key(self) -> None:
        self._c.shell.show_place("settings", "key")

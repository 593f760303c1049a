"""Who plans: the tiers that are there now, who stands behind each, and what the planning sends out of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.viewmodels.amounts import size

if TYPE_CHECKING:
    from orchestra_desktop.services.models import Availability
    from orchestra_desktop.ui.context import UiContext

_THIS_MACHINE = ("127.", "localhost", "[::1]")


class PlannerChoice(QWidget):
    """A list of tiers; those that are not there cannot be picked, and why stands below."""

    changed = Signal()

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._available: Availability | None = None
        self._refused: Text | None = None
        self._rehearsal = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.combo = QComboBox()
        self.combo.setAccessibleName(translate("Projects", "Planner"))
        self.combo.currentIndexChanged.connect(lambda _: self.changed.emit())
        column.addWidget(self.combo)
        self.words = plain_label("", context.theme, Face.SECONDARY, tone="secondary", wrap=True)
        column.addWidget(self.words)
        self._show()

    @property
    def tier(self) -> Tier:
        return Tier(self.combo.currentData() or Tier.AUTO)

    @property
    def refused(self) -> Text | None:
        """Why nobody could plan; None where somebody can, or where it is not known yet."""
        return self._refused

    def look(self, *, rehearsal: bool) -> None:
        """Asks who is there; the answer comes in a moment."""
        self._rehearsal = rehearsal
        self._c.spawn(self._look(), "planners.look")

    async def _look(self) -> None:
        asked: bool | None = None
        while asked is not self._rehearsal:  # switched while the answer was on its way
            asked = self._rehearsal
            try:
                self._available = await self._c.session.projects.planners(rehearsal=asked)
                self._refused = None
            except OrchestraError as error:
                self._available, self._refused = None, error.text
        self._show()

    def _show(self) -> None:
        chosen = self.tier
        self.combo.blockSignals(True)
        self.combo.clear()
        for tier in Tier:
            self.combo.addItem(self._words_of(tier), tier.value)
        model = self.combo.model()
        assert isinstance(model, QStandardItemModel)
        for place, tier in enumerate(Tier):
            item = model.item(place)
            is_there = tier is Tier.AUTO or self._available is None or tier in self._available.choices
            item.setFlags(item.flags() if is_there else item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            if tier is chosen and is_there:
                self.combo.setCurrentIndex(place)
        self.combo.blockSignals(False)
        notes = self._available.notes if self._available is not None else ()
        self.words.set_tone("secondary" if self._refused is None else "attention")
        self.words.setText(tr(self._refused) if self._refused is not None else "\n".join(tr(note) for note in notes))
        self.words.setVisible(bool(self.words.text()))
        self.changed.emit()

    def _words_of(self, tier: Tier) -> str:
        if self._available is None:
            return tier.value
        stands_for = self._resolved(tier)
        choice = self._available.choices.get(stands_for)
        if choice is None:
            return translate("Projects", "{tier} · not there", tier=tier.value)
        if choice.provider == "rehearsal":
            return translate("Projects", "{tier} · rehearsed", tier=tier.value)
        return f"{tier.value} · {choice.model if tier is not Tier.AUTO else stands_for.value}"

    def _resolved(self, tier: Tier) -> Tier:
        """Who plans where the person leaves it open: the setting's tier, else the next that is there."""
        if tier is not Tier.AUTO or self._available is None:
            return tier
        preferred = self._c.session.context.settings.routing.planner
        order = (preferred, Tier.SONNET, Tier.LOCAL, Tier.HAIKU, Tier.OPUS)
        return next((one for one in order if one in self._available.choices), tier)

    def leaves(self, text_bytes: int) -> str:
        """What planning sends where."""
        if self._rehearsal:
            return translate("Projects", "Nothing leaves this machine: a rehearsal asks nobody.")
        if self._available is None:
            return translate("Projects", "Nothing: there is nobody to ask.") if self._refused is not None else "–"
        choice = self._available.choices.get(self._resolved(self.tier))
        if choice is None:
            return "–"
        settings = self._c.session.context.settings
        url = settings.anthropic.base_url if choice.provider == "anthropic" else settings.ollama.hosts[0].url
        host = url.split("://")[-1].split("/")[0]
        if choice.provider == "ollama" and host.startswith(_THIS_MACHINE):
            return translate("Projects", "Nothing leaves this machine: Ollama plans here.")
        return translate("Projects", "The requirements, {size}, to {host}.", size=size(text_bytes), host=host)

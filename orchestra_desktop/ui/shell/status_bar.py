"""The bar at the bottom: how the run stands, what is spent and held against the caps, how the services are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.cap_bar import CapBar
from orchestra_desktop.ui.widgets.labels import as_tool_tip, exact_money, money, open_sums_tip, plain_label
from orchestra_desktop.ui.widgets.surfaces import Picture
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.budget import Balance
    from orchestra_desktop.ui.context import UiContext

HEIGHT = 30


class ServiceDot(QWidget):
    """A service by name, with a dot and, for screen readers and those who see no colours, its state in words."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._name = name
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._picture = Picture(theme, "dot", 14)
        self._label = plain_label(name, theme, Face.LABEL, tone="secondary")
        row.addWidget(self._picture)
        row.addWidget(self._label)
        self.show_state(None, "")

    def show_state(self, healthy: bool | None, detail: str) -> None:
        """None is "not asked yet"."""
        if healthy is None:
            word, icon, token = translate("Services", "not asked yet"), "dot", Token.MUTED
        elif healthy:
            word, icon, token = translate("Services", "ready"), "dot", Token.SUCCEEDED
        else:
            word, icon, token = translate("Services", "not answering"), "warning", Token.NEEDS_PERSON
        self._picture.set_icon(icon, token)
        self._label.setText(f"{self._name} {word}" if healthy is False else self._name)
        self.setAccessibleName(f"{self._name}: {word}")
        self.setToolTip(as_tool_tip(f"{self._name}: {word}. {detail}".rstrip(". ")))


class StatusBar(QFrame):
    """Follows the workspace."""

    _SERVICES = (("anthropic", "Claude"), ("ollama", "Ollama"))

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        theme = context.theme
        self.setProperty("kind", "bar")
        self.setAccessibleName(translate("Shell", "Status"))
        self.setFixedHeight(HEIGHT)
        self._state = Picture(theme, "play", 12, Token.RUNNING)
        self._counts = [plain_label("", theme, Face.LABEL, tone="secondary") for _ in range(3)]
        self._today = plain_label("", theme, Face.LABEL, tone="secondary")
        self._bar = CapBar(theme)
        self._held = plain_label("", theme, Face.LABEL, tone="muted")
        self._run = plain_label("", theme, Face.LABEL, tone="secondary")
        self._services = {key: ServiceDot(theme, name) for key, name in self._SERVICES}
        self._lay_out()
        context.flush.changed.connect(self._refresh)
        self._refresh(frozenset(Topic))

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(12)
        row.addWidget(self._state)
        for label in self._counts:
            row.addWidget(label)
        self._counts[-1].setContentsMargins(0, 0, 12, 0)  # the money begins a group of its own
        for widget in (self._today, self._bar, self._held, self._run):
            row.addWidget(widget)
        row.addStretch(1)
        for dot in self._services.values():
            row.addWidget(dot)
            row.addSpacing(4)

    def _refresh(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.TASKS, Topic.RUN, Topic.SESSION}:
            self._show_counts()
        if topics & {Topic.MONEY, Topic.SESSION}:
            self._show_money()
        if topics & {Topic.SERVICES, Topic.SESSION}:
            for key, change in self._c.workspace.services.items():
                if key in self._services:
                    self._services[key].show_state(change.healthy, change.detail)

    def _show_counts(self) -> None:
        counts = self._c.workspace.counts()
        total = sum(counts.values())
        active = sum(count for state, count in counts.items() if state in {"running", "verifying"})
        ready = sum(count for state, count in counts.items() if state == "ready")
        done = sum(count for state, count in counts.items() if state in {"succeeded", "skipped"})
        words = (
            translate("Shell", "{n} running", n=active),
            translate("Shell", "{n} ready", n=ready),
            translate("Shell", "{done} / {total} done", done=done, total=total),
        )
        for label, word in zip(self._counts, words, strict=True):
            label.setText(word)
            label.setVisible(total > 0)
        self._state.setVisible(active > 0)

    def _show_money(self) -> None:
        standing = self._c.workspace.money
        for widget in (self._today, self._bar, self._held, self._run):
            widget.setVisible(standing is not None)
        if standing is None:
            return
        cap, today = standing.daily_cap, standing.today
        spent = today.charged + today.unconfirmed
        self._today.setText(
            translate("Money", "Today {spent}", spent=_sum(spent))
            if cap is None
            else translate("Money", "Today {spent} of {cap}", spent=_sum(spent), cap=_sum(cap))
        )
        self._today.setToolTip(exact_money(spent))
        self._bar.setVisible(bool(cap))
        if cap:
            self._bar.set_shares(spent / cap, today.open / cap)
        self._show_held(today)
        self._show_run(standing.run, standing.ceiling)

    def _show_held(self, today: Balance) -> None:
        parts = []
        if today.open:
            parts.append(translate("Money", "held {sum}", sum=_sum(today.open)))
        if today.unconfirmed:
            parts.append(translate("Money", "unconfirmed {sum}", sum=_sum(today.unconfirmed)))
        self._held.setText(", ".join(parts))
        self._held.setToolTip(open_sums_tip(today.open, today.unconfirmed))
        self._held.setVisible(bool(parts))

    def _show_run(self, run: Balance | None, ceiling: int | None) -> None:
        self._run.setVisible(run is not None)
        if run is not None:
            spent = run.charged + run.unconfirmed
            self._run.setText(
                translate("Money", "Run {spent}", spent=money(spent))
                if not ceiling
                else translate("Money", "Run {spent} of {cap} ceiling", spent=_sum(spent), cap=_sum(ceiling))
            )
            self._run.setToolTip(exact_money(spent))


def _sum(amount: int) -> str:
    """In the money line nothing is "$0.00": "free" would read as if the service were."""
    return money(amount) if amount else "$0.00"

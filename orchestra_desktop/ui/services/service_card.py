"""A service as a card: its state as icon and word, what it said, its models, its last error, and the test button."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Card, Picture
from orchestra_desktop.viewmodels.service_rows import ServiceRow, ServiceState

_MOST_MODELS = 12  # named; the others are counted
_LOOKS = {
    ServiceState.UNKNOWN: ("dot", Token.MUTED, "not asked yet"),
    ServiceState.ASKING: ("clock", Token.MUTED, "being asked…"),
    ServiceState.READY: ("check", Token.SUCCEEDED, "ready"),
    ServiceState.NOT_ANSWERING: ("warning", Token.NEEDS_PERSON, "not answering"),
    ServiceState.NO_KEY: ("key", Token.NEEDS_PERSON, "no key"),
    ServiceState.OFFLINE: ("offline", Token.MUTED, "offline"),
}


class ServiceCard(Card):
    """Shows one row; `test` and `key` are its buttons."""

    def __init__(self, theme: Theme, row: ServiceRow) -> None:
        super().__init__(theme)
        self.setAccessibleName(row.name)
        self._picture = Picture(theme, "dot", 16)
        self.state = plain_label("", theme, Face.SECONDARY, tone="secondary")
        self.latency = plain_label("", theme, Face.SECONDARY, tone="muted")
        self.key = Button(translate("Services", "Give a key…"), theme, "key")
        self.test = Button(translate("Services", "Test"), theme, "retry")
        self.test.setAccessibleName(translate("Services", "Test {name}", name=row.name))
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(plain_label(row.name, theme, Face.HEADING))
        head.addSpacing(4)
        for widget in (self._picture, self.state, self.latency):
            head.addWidget(widget)
        head.addStretch(1)
        head.addWidget(self.key)
        head.addWidget(self.test)
        self.column.addLayout(head)
        self.detail = plain_label("", theme, Face.SECONDARY, tone="secondary", wrap=True)
        self.models = plain_label("", theme, Face.SECONDARY, tone="secondary", wrap=True)
        self.last_error = plain_label("", theme, Face.SECONDARY, tone="muted", wrap=True)
        for label in (self.detail, self.models, self.last_error):
            self.column.addWidget(label)
        self.show_row(row)

    def show_row(self, row: ServiceRow) -> None:
        icon, token, word = _LOOKS[row.state]
        self._picture.set_icon(icon, token)
        self.state.setText(translate("Services", word))
        self.latency.setText("" if row.latency_ms is None else translate("Services", "{ms} ms", ms=row.latency_ms))
        self.setAccessibleDescription(f"{translate('Services', word)} {row.detail}".strip())
        self.key.setVisible(row.needs_key and row.state is ServiceState.NO_KEY)
        self.test.setEnabled(row.state not in {ServiceState.ASKING, ServiceState.NO_KEY})
        _say(self.detail, row.detail or self._advice(row))
        _say(self.models, models_words(row))
        past = row.last_error and row.last_error != row.detail
        _say(self.last_error, translate("Services", "Last error: {error}", error=row.last_error) if past else "")

    def _advice(self, row: ServiceRow) -> str:
        if row.id == "ollama" and row.state is ServiceState.READY and not row.models:
            return translate("Services", "It runs, but has no model: `ollama pull qwen2.5-coder:7b` fetches one.")
        return ""


def models_words(row: ServiceRow) -> str:
    """`3 models: a, b, c`; beyond a dozen the rest is counted."""
    if not row.models:
        return ""
    named = ", ".join(row.models[:_MOST_MODELS])
    more = len(row.models) - _MOST_MODELS
    if more > 0:
        named = translate("Services", "{named} and {n} more", named=named, n=more)
    return f"{counted('Services', '{n} model', '{n} models', len(row.models))}: {named}"


def _say(label: QLabel, words: str) -> None:
    label.setText(words)
    label.setVisible(bool(words))

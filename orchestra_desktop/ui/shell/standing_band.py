"""What goes on being so, as bands under the top bar: they take room of their own, so that nothing covers them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from orchestra_desktop.ui.notices import Notices, Standing, Tone
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button, IconButton
from orchestra_desktop.ui.widgets.labels import hairline, plain_label
from orchestra_desktop.ui.widgets.surfaces import Picture

_LOOKS = {
    Tone.DONE: ("check", Token.SUCCEEDED),
    Tone.ATTENTION: ("warning", Token.NEEDS_PERSON),
    Tone.ERROR: ("warning", Token.FAILED),
}


class Band(QFrame):
    """One of them: an icon, what is so and what it means, and what can be done."""

    def __init__(self, standing: Standing, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "band")
        self.setAccessibleName(standing.title)
        self.setAccessibleDescription(standing.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 8, 12, 8)
        row.setSpacing(12)
        icon, token = _LOOKS[standing.tone]
        row.addWidget(Picture(theme, icon, 16, token))
        row.addLayout(_said(standing, theme), 1)
        for remedy in standing.remedies:
            button = Button(remedy.label, theme)  # none is primary: the view below has one of its own
            button.clicked.connect(lambda _=False, do=remedy.do: do())
            row.addWidget(button)
        self.close_button = IconButton("close", translate("Notices", "Not now"), theme, Token.MUTED, 14)
        self.close_button.setVisible(standing.can_wait)
        row.addWidget(self.close_button)


def _said(standing: Standing, theme: Theme) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(2)
    for label in (
        plain_label(standing.title, theme, Face.STRONG, wrap=True),
        plain_label(standing.words, theme, tone="secondary", wrap=True),
    ):
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(label)
    return column


class StandingBand(QWidget):
    """All that stands now, the newest lowest; without any it takes no room."""

    def __init__(self, notices: Notices, theme: Theme) -> None:
        super().__init__()
        self._notices = notices
        self._theme = theme
        self._bands: dict[str, tuple[Standing, Band]] = {}
        self.setAccessibleName(translate("Notices", "What stands in the way"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(1)
        self._column.addLayout(self._rows)
        self._column.addWidget(hairline())
        notices.stood.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        """A band that says the same as before is left alone: a button must not go from under the mouse."""
        wanted = self._notices.standing
        for key in [key for key, (shown, _) in self._bands.items() if wanted.get(key) != shown]:
            _, band = self._bands.pop(key)
            self._rows.removeWidget(band)
            band.hide()
            band.deleteLater()
        for key, standing in wanted.items():
            if key not in self._bands:
                self._add(key, standing)
        self.setVisible(bool(self._bands))

    def _add(self, key: str, standing: Standing) -> None:
        band = Band(standing, self._theme)
        band.close_button.clicked.connect(partial(self._put_aside, key))
        self._bands[key] = (standing, band)
        self._rows.addWidget(band)

    def _put_aside(self, key: str, _checked: bool = False) -> None:
        self._notices.lift(key)

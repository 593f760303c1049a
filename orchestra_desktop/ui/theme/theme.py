"""The theme in force: which set of tokens, following the system where asked, switched live."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QIcon, QPixmap
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from orchestra_desktop.ui.theme.icons import Icons
from orchestra_desktop.ui.theme.palette import palette_of
from orchestra_desktop.ui.theme.style import style_sheet
from orchestra_desktop.ui.theme.tokens import DARK, LIGHT, Token, Tokens
from orchestra_desktop.ui.theme.type import NORMAL_SIZE, Face, font_of


class ThemeChoice(StrEnum):
    """The person's wish, as the setting `appearance.theme` has it."""

    SYSTEM = "system"
    DARK = "dark"
    LIGHT = "light"


class Theme(QObject):
    """Paints the application. `changed` tells those who keep a colour or a picture to ask for it again."""

    changed = Signal()

    def __init__(self, application: QApplication, choice: ThemeChoice = ThemeChoice.SYSTEM) -> None:
        super().__init__()
        self._application = application
        self.choice = choice
        self.font_size = NORMAL_SIZE
        self.reduced_motion = False
        self.tokens: Tokens = DARK
        self.icons = Icons(DARK)
        self._fonts: dict[Face, QFont] = {}
        application.setStyle(QStyleFactory.create("Fusion"))
        application.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    # -- choosing ---------------------------------------------------------------------------------------------------

    @property
    def is_dark(self) -> bool:
        return self.tokens is DARK

    def choose(self, choice: ThemeChoice) -> None:
        self.choice = choice
        self._apply()

    def set_font_size(self, pixels: int) -> None:
        self.font_size = pixels
        self._apply()

    def switch(self) -> ThemeChoice:
        """From dark to light and back, whatever the system says."""
        self.choose(ThemeChoice.LIGHT if self.is_dark else ThemeChoice.DARK)
        return self.choice

    def _system_changed(self) -> None:
        if self.choice is ThemeChoice.SYSTEM:
            self._apply()

    def _wanted(self) -> Tokens:
        if self.choice is ThemeChoice.SYSTEM:
            scheme = self._application.styleHints().colorScheme()
            return LIGHT if scheme is Qt.ColorScheme.Light else DARK  # a system that says nothing gets the dark one
        return LIGHT if self.choice is ThemeChoice.LIGHT else DARK

    def _apply(self) -> None:
        self.tokens = self._wanted()
        self.icons = Icons(self.tokens, self._application.devicePixelRatio())
        self._fonts.clear()
        self._application.setPalette(palette_of(self.tokens))
        self._application.setFont(self.font(Face.BODY))
        self._application.setStyleSheet(style_sheet(self.tokens))
        self.changed.emit()

    # -- asking -----------------------------------------------------------------------------------------------------

    def color(self, token: Token | str) -> QColor:
        return QColor(self.tokens[token])

    def font(self, face: Face) -> QFont:
        if face not in self._fonts:
            self._fonts[face] = font_of(face, self.font_size)
        return QFont(self._fonts[face])

    def icon(self, name: str, token: Token = Token.SECONDARY, size: int = 16, after: int = 0) -> QIcon:
        return self.icons.icon(name, token, size, after)

    def pixmap(self, name: str, token: Token | str, size: int, widget: QWidget) -> QPixmap:
        """A picture as sharp as the screen that the widget is on."""
        return self.icons.pixmap(name, token, size, widget.devicePixelRatioF())

    def bind(self, restyle: Callable[[], None]) -> None:
        """Calls `restyle` now and after every change. It must be a method of a QObject: with that it is let go."""
        restyle()
        self.changed.connect(restyle)

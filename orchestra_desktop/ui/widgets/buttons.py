"""Buttons in the four looks of the house; one primary button per view."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token

_GAP = 4  # between a button's picture and its words, besides the 4 that Qt leaves


class Button(QPushButton):
    """A verb. `kind` is empty, `primary`, `quiet`, `danger` or `link`."""

    def __init__(self, label: str, theme: Theme, icon: str = "", kind: str = "") -> None:
        super().__init__(label)
        self._theme = theme
        self._icon = icon
        self._kind = kind
        self.setProperty("kind", kind)
        self.setAccessibleName(label)
        self.setIconSize(QSize(16 + _GAP, 16))
        self.setAutoDefault(False)
        if icon:  # its space is taken at once, its picture is made when the button is first shown
            theme.changed.connect(self._restyle)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._restyle()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """With the room for a picture that is not there yet, so that nothing moves when it comes."""
        hint = super().sizeHint()
        return hint + QSize(16 + _GAP + 4, 0) if self._icon and self.icon().isNull() else hint

    def _restyle(self) -> None:
        if self._icon and self.isVisible():
            token = Token.ON_FILL if self._kind == "primary" else Token.SECONDARY
            self.setIcon(self._theme.icon(self._icon, token, after=_GAP))

    def set_kind(self, kind: str) -> None:
        """Another look for another moment: what was the one thing to do is one of several now."""
        if kind != self._kind:
            self._kind = kind
            self.setProperty("kind", kind)
            self.style().unpolish(self)
            self.style().polish(self)
            self._restyle()

    def set_label(self, label: str) -> None:
        """Another word for another moment, as Run becomes Resume; screen readers hear it too."""
        self.setText(label)
        self.setAccessibleName(label)


class PrimaryButton(Button):
    """The one thing to do here."""

    def __init__(self, label: str, theme: Theme, icon: str = "") -> None:
        super().__init__(label, theme, icon, "primary")


class ActionButton(Button):
    """A row of the action table as a button: its words, icon, keys in the tool tip, and whether it can be done now."""

    def __init__(self, action: QAction, theme: Theme, icon: str = "", kind: str = "", label: str = "") -> None:
        super().__init__(label or action.text().rstrip("…"), theme, icon, kind)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setEnabled(self._action.isEnabled())
        keys = self._action.shortcut().toString(self._action.shortcut().SequenceFormat.NativeText)
        self.setToolTip(f"{self._action.text()} ({keys})" if keys else self._action.text())


class IconButton(QToolButton):
    """A verb that its picture says; the words are in the tool tip and for screen readers."""

    def __init__(self, icon: str, name: str, theme: Theme, token: Token = Token.SECONDARY, size: int = 16) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._token = token
        self._size = size
        self.setProperty("kind", "icon")
        self.setIconSize(QSize(size, size))
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setIcon(self._theme.icon(self._icon, self._token, self._size))

    def set_icon(self, icon: str, name: str) -> None:
        self._icon = icon
        self.setAccessibleName(name)
        self.setToolTip(name)
        self._restyle()


class PillButton(QToolButton):
    """A small round choice: a filter that is on or off."""

    def __init__(self, label: str, parent: QWidget | None = None, *, checkable: bool = True) -> None:
        super().__init__(parent)
        self.setProperty("kind", "pill")
        self.setText(label)
        self.setAccessibleName(label)
        self.setCheckable(checkable)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

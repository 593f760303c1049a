"""The icon in the system's own tray; where a system has none there is none, and nothing else changes."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon


class SystemTray:
    """The `Surface` of `tray.py` on QSystemTrayIcon. Its messages may never show; the inbox is the record."""

    def __init__(self) -> None:
        self._icon = QSystemTrayIcon()

    def set_menu(self, menu: QMenu) -> None:
        self._icon.setContextMenu(menu)

    def show_face(self, icon: QIcon, words: str) -> None:
        self._icon.setIcon(icon)
        self._icon.setToolTip(words)
        self._icon.show()

    def notify(self, title: str, words: str) -> None:
        self._icon.showMessage(title, words, self._icon.icon())

    def on_open(self, do: Callable[[], None]) -> None:
        def activated(reason: QSystemTrayIcon.ActivationReason) -> None:
            if reason is QSystemTrayIcon.ActivationReason.Trigger:
                do()

        self._icon.activated.connect(activated)

    def on_message(self, do: Callable[[], None]) -> None:
        self._icon.messageClicked.connect(do)

    def close(self) -> None:
        self._icon.hide()
        self._icon.deleteLater()


def system_tray() -> SystemTray | None:
    """None where there is no tray, as on many bare window managers."""
    return SystemTray() if QSystemTrayIcon.isSystemTrayAvailable() else None

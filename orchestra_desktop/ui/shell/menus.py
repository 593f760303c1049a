"""The menu bar, made from the table: hidden on Linux and Windows until Alt is pressed, the system's own on macOS."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QMenuBar

from orchestra_desktop.ui.action_registry import ActionRegistry
from orchestra_desktop.ui.translation import translate


def make_menus(bar: QMenuBar, registry: ActionRegistry) -> None:
    """One menu for each group, in the order of the table."""
    for group, rows in registry.groups().items():
        menu = bar.addMenu(translate("Groups", group.value))
        menu.addActions([registry[row.id] for row in rows])
    bar.setVisible(sys.platform == "darwin")

"""The menus, made from the table when first wanted: behind the mark at the top left, on macOS in the system's bar."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QMenuBar

from orchestra_desktop.ui.action_registry import ActionRegistry
from orchestra_desktop.ui.translation import translate


def fill_bar(bar: Callable[[], QMenuBar], registry: ActionRegistry) -> None:
    """On macOS alone: elsewhere a bar would take a row of the window for what the palette does faster."""
    if sys.platform == "darwin":
        for title, menu in _menus(registry):
            menu.setTitle(title)
            bar().addMenu(menu)


def fill_menu(menu: QMenu, registry: ActionRegistry) -> None:
    """Every group as a menu of its own inside `menu`."""
    if menu.isEmpty():
        registry.draw_icons()
        for title, inner in _menus(registry):
            inner.setParent(menu, inner.windowFlags())
            inner.setTitle(title)
            menu.addMenu(inner)


def _menus(registry: ActionRegistry) -> list[tuple[str, QMenu]]:
    made = []
    for group, rows in registry.groups().items():
        menu = QMenu()
        menu.aboutToShow.connect(registry.draw_icons)
        menu.addActions([registry[row.id] for row in rows])
        made.append((translate("Groups", group.value), menu))
    return made

"""The panel under the centre: tabs about the picked project, shown with the places that ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QVBoxLayout

from orchestra_desktop.ui.places import PANELS
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import IconButton
from orchestra_desktop.ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class BottomPanel(QFrame):
    """A tab's widget is made when the panel is first opened."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._made = False
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Shell", "Bottom panel"))
        self.setMinimumHeight(80)
        self.tabs = Tabs(context.theme, translate("Shell", "Bottom panel"), 32)
        close = IconButton("close", translate("Shell", "Close the bottom panel"), context.theme)
        close.clicked.connect(lambda: context.do("view.bottom"))
        self.tabs.row.corner.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.tabs)

    def offer(self, panels: tuple[str, ...]) -> None:
        """Shows the tabs that the place in front asks for."""
        if not self._made and panels:
            self._made = True
            for panel in PANELS:
                self.tabs.add(panel.id, translate("Places", panel.title), panel.factory(self._c))
        for panel in PANELS:
            self.tabs.row.set_shown(panel.id, panel.id in panels)
        if panels and self.tabs.row.current not in panels:
            self.tabs.row.pick(panels[0])

"""The centre: every place made when it is first shown, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.ui.places import PLACES, Place
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.surfaces import SkeletonRows
from orchestra_desktop.ui.widgets.tabs import Tabs

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class LazyTabs(Tabs):
    """A tabbed place whose tabs are made when they are first picked."""

    def __init__(self, context: UiContext, place: Place) -> None:
        super().__init__(context.theme, translate("Places", place.title))
        self._c = context
        self._waiting = {tab.id: tab.factory for tab in place.tabs}
        self.row.picked.connect(self._make)
        for tab in place.tabs:
            self.row.add(tab.id, translate("Places", tab.title))
        if place.tabs:
            self.row.pick(place.tabs[0].id)

    def show_tab(self, tab: str) -> None:
        self.row.pick(tab)

    def _make(self, id_: str) -> None:
        factory = self._waiting.pop(id_, None)
        if factory is not None:
            self._widgets[id_] = factory(self._c)
            self.stack.addWidget(self._widgets[id_])
        self._show(id_)


class PlaceStack(QStackedWidget):
    """Holds the places by id."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._places = {place.id: place for place in PLACES}
        self._made: dict[str, QWidget] = {}
        self.current = ""
        self.addWidget(_blank(context))

    def place(self, id_: str) -> Place:
        return self._places[id_]

    def announce(self, id_: str) -> None:
        """Which place is to come first: it is made once the window has been painted."""
        self.current = id_

    def show_place(self, id_: str, tab: str = "") -> QWidget:
        """Brings a place to the front; `tab` names a part of it. Raises KeyError for a place that is none."""
        widget = self._made.get(id_)
        if widget is None:
            widget = self._made[id_] = self._make(self._places[id_])
            self.addWidget(widget)
        self.setCurrentWidget(widget)
        self.current = id_
        show_tab = getattr(widget, "show_tab", None)
        if tab and show_tab is not None:
            show_tab(tab)
        return widget

    def _make(self, place: Place) -> QWidget:
        if place.tabs:
            made: QWidget = LazyTabs(self._c, place)
        else:
            assert place.factory is not None, f"the place {place.id} has neither a widget nor tabs"
            made = place.factory(self._c)
        made.setAccessibleName(made.accessibleName() or translate("Places", place.title))
        return made


def _blank(context: UiContext) -> QWidget:
    """What stands in the centre of the first painted window: rows to come."""
    page = QFrame()
    page.setProperty("kind", "page")
    column = QVBoxLayout(page)
    column.setContentsMargins(24, 72, 24, 24)
    column.addWidget(SkeletonRows(context.theme, name=translate("Shell", "Loading")))
    column.addStretch(1)
    return page

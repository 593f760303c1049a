"""Qt's actions, made from the table once: text, keys, icon and whether each can be done now."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from orchestra_desktop.ui.action_hosts import ActionHosts
from orchestra_desktop.ui.action_keys import ActionKeys, KeyStore, UnkeptKeys, native
from orchestra_desktop.ui.action_row import Action, Group
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.viewmodels.situation import Situation

Perform = Callable[[Action], object]


@dataclass(frozen=True, slots=True)
class Offer:
    """Some part of the window can do this now; `words` say what it would do, if that is more than the title."""

    words: str = ""


class ActionRegistry(QObject):
    """One QAction for each row. Buttons and menus take it from here, so that all of them agree."""

    used = Signal(str)  # the id of an action that was carried out

    def __init__(self, theme: Theme, actions: Iterable[Action], store: KeyStore | None = None) -> None:
        super().__init__()
        self._theme = theme
        self._rows = {action.id: action for action in actions}
        self.bindings = ActionKeys(self._rows.values(), store or UnkeptKeys())
        self._hosts = ActionHosts()
        self._offers: dict[str, Offer] = {}
        self._made = {action.id: self._make(action) for action in self._rows.values()}
        self._perform: Perform | None = None
        self._look: Callable[[], Situation] = Situation
        self._situation = Situation()
        self._drawn = False
        self.update(self._situation)
        self._hosts.changed.connect(self._place_changed)
        self.bindings.changed.connect(self._rebound)
        theme.changed.connect(self._restyle)

    def _make(self, row: Action) -> QAction:
        made = QAction(translate("Actions", row.title), self)
        made.setObjectName(row.id)
        made.setShortcuts([QKeySequence(key) for key in self.bindings.of(row.id)])
        made.setCheckable(row.checkable)
        made.setShortcutVisibleInContextMenu(True)
        made.triggered.connect(lambda _=False, id_=row.id: self.do(id_))
        return made

    def _rebound(self, id_: str) -> None:
        self._made[id_].setShortcuts([QKeySequence(key) for key in self.bindings.of(id_)])

    def draw_icons(self) -> None:
        """Gives the actions their icons, once a menu is opened: a hundred pictures that no first window shows."""
        if not self._drawn:
            self._drawn = True
            self._restyle()

    def _restyle(self) -> None:
        if not self._drawn:
            return
        for row in self._rows.values():
            if row.icon:
                self._made[row.id].setIcon(self._theme.icon(row.icon))

    # -- using ------------------------------------------------------------------------------------------------------

    def attach(self, perform: Perform, look: Callable[[], Situation], window: QWidget) -> None:
        """From now on actions do something; `look` says how things stand.

        Keys that belong to one place alone are not the window's: that place adopts them.
        """
        self._perform, self._look = perform, look
        window.addActions([self._made[row.id] for row in self._rows.values() if not row.place])

    def adopt(self, place: str, widget: QWidget) -> None:
        """The actions of a place are carried out in this widget, and their keys work while it has the focus."""
        self._hosts.adopt(place, widget, [self._made[row.id] for row in self._rows.values() if row.place == place])

    def host(self, place: str) -> QWidget | None:
        """The widget of a place that is meant now: the one with the focus, else the one in sight."""
        return self._hosts.host(place)

    def offer(self, id_: str, *, on: bool, words: str = "") -> None:
        """Whether an `offered` action can be done now, and what it would do."""
        offer = Offer(words) if on else None
        if offer == self._offers.get(id_):
            return
        if offer is None:
            del self._offers[id_]
        else:
            self._offers[id_] = offer
        self._made[id_].setText(self.title(id_))
        self._enable(id_)

    def __getitem__(self, id_: str) -> QAction:
        return self._made[id_]

    @property
    def rows(self) -> tuple[Action, ...]:
        return tuple(self._rows.values())

    def do(self, id_: str) -> None:
        """Carries an action out if it can be done now: things may have moved on since the buttons were last drawn."""
        if self._perform is None:
            return
        self.look_again()
        if self.can(id_):
            self._perform(self._rows[id_])
            self.used.emit(id_)

    def look_again(self) -> None:
        """Takes over how things stand now: a button that shows it sooner would have a key that is still off."""
        self.update(self._look())

    def update(self, situation: Situation) -> None:
        """Looks at every row again."""
        self._situation = situation
        for id_ in self._rows:
            self._enable(id_)

    def _place_changed(self, place: str) -> None:
        for row in self._rows.values():
            if row.place == place:
                self._enable(row.id)

    def _enable(self, id_: str) -> None:
        self._made[id_].setEnabled(self.can(id_))

    def can(self, id_: str) -> bool:
        row = self._rows[id_]
        if row.offered and id_ not in self._offers:
            return False
        return row.enabled_when(self._situation) and (not row.place or self.host(row.place) is not None)

    # -- menus and sheets -------------------------------------------------------------------------------------------

    def menu(self, parent: QWidget, *ids: str) -> QMenu:
        """A menu of these actions; an empty id is a line."""
        menu = QMenu(parent)
        menu.aboutToShow.connect(self.draw_icons)
        for id_ in ids:
            menu.addAction(self._made[id_]) if id_ else menu.addSeparator()
        return menu

    def groups(self) -> dict[Group, list[Action]]:
        """The rows by menu, in the order of the table."""
        groups: dict[Group, list[Action]] = {}
        for row in self._rows.values():
            groups.setdefault(row.group, []).append(row)
        return groups

    def title(self, id_: str) -> str:
        """What an action is called now."""
        offer = self._offers.get(id_)
        return offer.words if offer is not None and offer.words else translate("Actions", self._rows[id_].title)

    def keys(self, id_: str) -> str:
        """The first key of an action as this system writes it; empty if it has none."""
        keys = self.bindings.of(id_)
        return native(keys[0]) if keys else ""

    def on_triggered(self, id_: str, slot: Callable[[], object]) -> None:
        """Hears of an action besides its verb."""
        self.used.connect(lambda used: slot() if used == id_ else None)

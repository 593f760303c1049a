"""The widgets that actions of one place alone are carried out in: a graph, the inbox, a table of tasks."""

from __future__ import annotations

from collections.abc import Iterable
from weakref import ReferenceType, ref

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QWidget


class ActionHosts(QObject):
    """Several widgets may be hosts of one place. `changed` tells that one of a place came into sight or went."""

    changed = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._hosts: dict[str, dict[int, ReferenceType[QWidget]]] = {}  # by id; nothing is kept alive by being known

    def adopt(self, place: str, widget: QWidget, actions: Iterable[QAction]) -> None:
        """The keys of these actions work while the widget, or one in it, has the focus."""
        for action in actions:
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            widget.addAction(action)
        hosts, key = self._hosts.setdefault(place, {}), id(widget)
        hosts[key] = ref(widget)
        widget.setProperty("action_place", place)
        widget.installEventFilter(self)
        widget.destroyed.connect(lambda: hosts.pop(key, None))
        self.changed.emit(place)

    def host(self, place: str) -> QWidget | None:
        """The one with the focus, else the one in sight."""
        known = (found() for found in self._hosts.get(place, {}).values())
        seen = [host for host in known if host is not None and host.isVisible()]
        focus = QApplication.focusWidget()
        with_focus = [host for host in seen if focus is not None and (host is focus or host.isAncestorOf(focus))]
        return next(iter(with_focus or seen), None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() in {QEvent.Type.Show, QEvent.Type.Hide}:
            self.changed.emit(str(watched.property("action_place")))
        return super().eventFilter(watched, event)

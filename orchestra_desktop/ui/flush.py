"""Gathers what has changed and tells the widgets on one timer: tokens stream faster than anyone can paint."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from orchestra_desktop.viewmodels.workspace import Topic

INTERVAL_MS = 33


class Flush(QObject):
    """`changed` carries the topics marked since the last time, at most some thirty times a second.

    `progressed` says that text has streamed in. It is no topic: it comes with every flush while anything is at work,
    and none of the two dozen widgets that hear of topics shows it. While the window is hidden or minimised nothing is
    told; what was marked meanwhile comes when it is shown again.
    """

    changed = Signal(object)  # frozenset[Topic]
    progressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.before: Callable[[], None] | None = None  # called just before `changed`
        self._marked: set[Topic] = set()
        self._has_progress = False
        self._visible = True
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(INTERVAL_MS)
        self._timer.timeout.connect(self.now)

    def mark(self, topic: Topic) -> None:
        """Something of this topic has changed; cheap enough to call for each event."""
        self._marked.add(topic)
        self._ask()

    def mark_progress(self) -> None:
        """Text has streamed in."""
        self._has_progress = True
        self._ask()

    def _ask(self) -> None:
        if self._visible and not self._timer.isActive():
            self._timer.start()

    def set_visible(self, visible: bool) -> None:
        self._visible = visible
        if visible:
            self.now()
        else:
            self._timer.stop()

    def now(self) -> None:
        """Tells what was marked, if anything."""
        self._timer.stop()
        if self._has_progress:
            self._has_progress = False
            self.progressed.emit()
        if self._marked:
            topics, self._marked = frozenset(self._marked), set()
            if self.before is not None:
                self.before()
            self.changed.emit(topics)

"""Redraws running nodes while they can be seen: ten times a second at most, once with reduced motion, never hidden."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from orchestra_desktop.ui.canvas.camera import NEAR_FROM
from orchestra_desktop.ui.canvas.graph_view import GraphView
from orchestra_desktop.ui.theme.theme import Theme

MOVING_MS, STILL_MS = 100, 1_000  # with motion; without, the running time alone goes on


class LiveTicker(QObject):
    """Told whenever something may have begun, ended, or come into sight; its timer runs only while there is need."""

    def __init__(self, view: GraphView, theme: Theme, active: Callable[[], list[int]]) -> None:
        super().__init__(view)
        self._view = view
        self._theme = theme
        self._active = active
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    @property
    def is_running(self) -> bool:
        return self._timer.isActive()

    @property
    def interval(self) -> int:
        """Milliseconds between two ticks."""
        return self._timer.interval()

    def look_again(self) -> None:
        """Starts or stops."""
        window = self._view.window()
        can_be_seen = self._view.isVisible() and not window.isMinimized() and self._view.zoom >= NEAR_FROM
        if not (can_be_seen and self._active()):
            self._timer.stop()
            return
        interval = STILL_MS if self._theme.reduced_motion else MOVING_MS
        if not self._timer.isActive() or self._timer.interval() != interval:
            self._timer.start(interval)

    def stop(self) -> None:
        """The picture is being hidden; its view hears of it only afterwards."""
        self._timer.stop()

    def _tick(self) -> None:
        self.look_again()
        seen = set(self._view.nodes_in(self._view.seen))
        self._view.item.repaint_nodes([at for at in self._active() if at in seen])

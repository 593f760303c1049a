"""Moves the view from one camera to another in a moment, so that the eye can follow; at once with reduced motion."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEasingCurve, QObject, QVariantAnimation

from orchestra_desktop.ui.canvas.camera import Camera, between

_LASTS_MS = 160


class Flight(QObject):
    """One at a time: a new one begins where the last one has come to."""

    def __init__(self, parent: QObject, look_at: Callable[[Camera], None]) -> None:
        super().__init__(parent)
        self._look_at = look_at
        self._from: Camera | None = None
        self._to: Camera | None = None
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(_LASTS_MS)
        self._animation.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.valueChanged.connect(self._step)

    def start(self, begin: Camera, end: Camera) -> None:
        self.stop()
        self._from, self._to = begin, end
        self._animation.start()

    def stop(self) -> None:
        """Stays wherever it has come to: the person's hand goes first."""
        self._animation.stop()

    @property
    def is_under_way(self) -> bool:
        return self._animation.state() is QVariantAnimation.State.Running

    def _step(self, share: float) -> None:
        if self._from is not None and self._to is not None:
            self._look_at(between(self._from, self._to, share))

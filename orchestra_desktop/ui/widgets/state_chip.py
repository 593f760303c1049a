"""A task's state as people see it everywhere: icon, word and colour together, never colour alone."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.ui.theme.state_looks import REUSED_LOOK, STATE_LOOKS
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import StateLook
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate

_WORDS = {
    TaskState.WAITING: "waiting",
    TaskState.READY: "ready",
    TaskState.RUNNING: "running",
    TaskState.VERIFYING: "verifying",
    TaskState.NEEDS_PERSON: "needs you",
    TaskState.BLOCKED: "blocked",
    TaskState.SUCCEEDED: "done",
    TaskState.FAILED: "failed",
    TaskState.SKIPPED: "skipped",
    TaskState.CANCELLED: "cancelled",
}


def state_word(state: TaskState, *, reused: bool = False) -> str:
    """The word for a state, in the person's language."""
    return translate("State", "reused") if reused else translate("State", _WORDS[state])


def state_look(state: TaskState, *, reused: bool = False) -> StateLook:
    """Its colour token and icon."""
    return REUSED_LOOK if reused else STATE_LOOKS[state]


class StateChip(QWidget):
    """A rounded frame in the state's colour with icon and word, and a figure such as how long already."""

    _HEIGHT, _ICON, _SIDE, _GAP = 20, 12, 9, 5

    def __init__(self, theme: Theme, state: TaskState = TaskState.WAITING, figure: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._look = state_look(state)
        self._words = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(state, figure)
        theme.bind(self._restyle)

    def set_state(self, state: TaskState, figure: str = "", *, reused: bool = False) -> None:
        self._look = state_look(state, reused=reused)
        word = state_word(state, reused=reused)
        self._words = f"{word} {figure}".strip()
        self.setAccessibleName(self._words)
        self.updateGeometry()
        self.update()

    def _restyle(self) -> None:
        self.setFont(self._theme.font(Face.LABEL))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        words = self.fontMetrics().horizontalAdvance(self._words)
        return QSize(2 * self._SIDE + self._ICON + self._GAP + words + 1, self._HEIGHT)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        colour = self._theme.color(self._look.token)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(self._tint(colour))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
        top = (self.height() - self._ICON) // 2
        painter.drawPixmap(self._SIDE, top, self._theme.pixmap(self._look.icon, self._look.token, self._ICON, self))
        left = self._SIDE + self._ICON + self._GAP
        painter.setPen(colour)
        painter.drawText(
            self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._words
        )

    def _tint(self, colour: QColor) -> QColor:
        tint = QColor(colour)
        tint.setAlphaF(0.10)
        return tint

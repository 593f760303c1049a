"""A project's state as people see it: icon, word and colour together, as chip in a table and as widget."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem, QWidget

from orchestra_desktop.domain.projects import ProjectState, Rigor
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import StateLook, Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.table import SIDE, PlainDelegate

_WORDS = {
    ProjectState.DRAFT: "draft",
    ProjectState.PLANNING: "planning",
    ProjectState.READY: "ready",
    ProjectState.RUNNING: "running",
    ProjectState.PAUSED: "paused",
    ProjectState.NEEDS_PERSON: "needs you",
    ProjectState.FINISHED: "finished",
    ProjectState.FINISHED_WITH_FAILURES: "with failures",
    ProjectState.CANCELLED: "cancelled",
}
_LOOKS = {
    ProjectState.DRAFT: StateLook(Token.WAITING, "edit"),
    ProjectState.PLANNING: StateLook(Token.VERIFYING, "graph"),
    ProjectState.READY: StateLook(Token.READY, "dot"),
    ProjectState.RUNNING: StateLook(Token.RUNNING, "play"),
    ProjectState.PAUSED: StateLook(Token.WAITING, "pause"),
    ProjectState.NEEDS_PERSON: StateLook(Token.NEEDS_PERSON, "warning"),
    ProjectState.FINISHED: StateLook(Token.SUCCEEDED, "check"),
    ProjectState.FINISHED_WITH_FAILURES: StateLook(Token.FAILED, "cross"),
    ProjectState.CANCELLED: StateLook(Token.WAITING, "cancelled"),
}
_RIGORS = {
    Rigor.L1: ("Quick", "A flat list of tasks, for something small."),
    Rigor.L2: ("Standard", "Phases, and questions to you before anything is done."),
    Rigor.L3: ("Thorough", "Also risks and a test strategy."),
}


def project_word(state: ProjectState) -> str:
    """The word for a project's state, in the person's language."""
    return translate("Projects", _WORDS[state])


def project_look(state: ProjectState) -> StateLook:
    """Its colour token and icon."""
    return _LOOKS[state]


def rigor_name(rigor: Rigor) -> str:
    return translate("Projects", _RIGORS[rigor][0])


def rigor_meaning(rigor: Rigor) -> str:
    """One line: what the plan will have."""
    return translate("Projects", _RIGORS[rigor][1])


HEIGHT, _ICON, _SIDE, _GAP = 20, 12, 9, 5


def chip_width(painter_font_width: int) -> int:
    return 2 * _SIDE + _ICON + _GAP + painter_font_width + 1


def paint_chip(painter: QPainter, theme: Theme, at: QRectF, look: StateLook, words: str, widget: QWidget) -> None:
    """A rounded frame in the state's colour with icon and word, left in the middle of `at`."""
    colour = theme.color(look.token)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(theme.font(Face.LABEL))
    width = min(chip_width(painter.fontMetrics().horizontalAdvance(words)), at.width())
    frame = QRectF(at.left() + 0.5, round(at.center().y() - HEIGHT / 2) + 0.5, width - 1, HEIGHT - 1)
    tint = QColor(colour)
    tint.setAlphaF(0.10)
    painter.setPen(QPen(colour, 1.0))
    painter.setBrush(tint)
    painter.drawRoundedRect(frame, frame.height() / 2, frame.height() / 2)
    left, top = round(frame.left() + _SIDE), round(frame.top() + (HEIGHT - _ICON) / 2)
    painter.drawPixmap(left, top, theme.pixmap(look.icon, look.token, _ICON, widget))
    painter.setPen(colour)
    text = frame.adjusted(_SIDE + _ICON + _GAP, 0, -2, 0)
    painter.drawText(text, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), words)
    painter.restore()


class ProjectChips(PlainDelegate):
    """Draws the state column of the list; the model gives a ProjectState as UserRole and the word as text."""

    def __init__(self, theme: Theme, view: QWidget) -> None:
        super().__init__(view)
        self._theme = theme
        self._view = view

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        state = index.data(Qt.ItemDataRole.UserRole)
        words = str(index.data(Qt.ItemDataRole.DisplayRole))
        self.initStyleOption(option, index)
        option.text = ""
        style = self._view.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, self._view)
        room = QRectF(option.rect).adjusted(SIDE, 0, -4, 0)
        paint_chip(painter, self._theme, room, project_look(ProjectState(state)), words, self._view)

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return super().sizeHint(option, index).expandedTo(QSize(150, 28))

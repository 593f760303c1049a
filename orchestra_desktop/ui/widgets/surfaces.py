"""Surfaces: cards, pages with margins, and what an empty place says."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import PlainLabel, plain_label

_WORDS_WIDTH = 400  # of what an empty place says: a line that is easily read
_COLUMN_WIDTH = 820  # of cards of text: a line that is wider is hard to read
_LOW = 180  # pixels of height under which an empty place is words only


class Card(QFrame):
    """A framed part of a page; `column` takes its contents under the heading."""

    def __init__(self, theme: Theme, heading: str = "") -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 14, 16, 16)
        self.column.setSpacing(8)
        if heading:
            self.setAccessibleName(heading)
            self.column.addWidget(plain_label(heading, theme, Face.HEADING))


class Page(QFrame):
    """A place of its own ground: title, actions to the right of it, and a column that scrolls."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self.setProperty("kind", "page")
        self.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self.head = QHBoxLayout()
        self.head.setContentsMargins(24, 20, 24, 12)
        self.head.setSpacing(8)
        self.title = plain_label(title, theme, Face.TITLE)
        self.head.addWidget(self.title)
        self.head.addStretch(1)
        outer.addLayout(self.head)
        outer.addWidget(self._scrolled(), 1)

    def _scrolled(self) -> QScrollArea:
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setAccessibleName(self.accessibleName())
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        inner.setProperty("kind", "scrolled")
        self.column = QVBoxLayout(inner)
        self.column.setContentsMargins(24, 4, 24, 24)
        self.column.setSpacing(16)
        area.setWidget(inner)
        return area

    def add_action(self, button: QWidget) -> None:
        """Puts a button at the right of the title."""
        self.head.addWidget(button)


class TextColumn(QWidget):
    """What a page shows below each other, no wider than text is well read."""

    def __init__(self, spacing: int) -> None:
        super().__init__()
        self.setMaximumWidth(_COLUMN_WIDTH)
        self.column = _NarrowLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(spacing)


class _NarrowLayout(QVBoxLayout):
    """Qt asks for the height at the width of the whole page, at which text has fewer lines than it gets here."""

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        return super().heightForWidth(min(width, _COLUMN_WIDTH))

    def minimumHeightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        return super().minimumHeightForWidth(min(width, _COLUMN_WIDTH))


class EmptyState(QWidget):
    """What a place says while there is nothing in it: the one next step, and its button."""

    def __init__(self, theme: Theme, icon: str, title: str, words: str, *buttons: Button) -> None:
        super().__init__()
        self.setAccessibleName(title)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        self.picture = Picture(theme, icon, 32)
        column.addWidget(self.picture, 0, Qt.AlignmentFlag.AlignHCenter)
        self.title = _centred(plain_label(title, theme, Face.HEADING))
        self.words = _centred(plain_label(words, theme, tone="secondary", wrap=True))
        column.addWidget(self.title)
        column.addWidget(self.words, 0, Qt.AlignmentFlag.AlignHCenter)
        if buttons:
            column.addSpacing(8)
            column.addLayout(_row(buttons))
        column.addStretch(3)
        self._column = column

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Wrapped text in a column of stretches is given too little height unless it says how much it needs.

        Where the place is low, first the margins and then the picture give way to the words.
        """
        super().resizeEvent(event)
        is_low = self.height() < _LOW
        self.picture.setVisible(not is_low)
        self._column.setContentsMargins(24, 8 if is_low else 24, 24, 8 if is_low else 24)
        width = max(min(_WORDS_WIDTH, self.width() - 48), 1)
        self.words.setFixedSize(width, self.words.heightForWidth(width))


def _centred(label: PlainLabel) -> PlainLabel:
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    return label


def _row(buttons: tuple[Button, ...]) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addStretch(1)
    for button in buttons:
        row.addWidget(button)
    row.addStretch(1)
    return row


class Picture(QWidget):
    """An icon that says nothing by itself, so screen readers pass over it."""

    def __init__(self, theme: Theme, icon: str, size: int = 16, token: Token = Token.MUTED) -> None:
        super().__init__()
        self._theme = theme
        self._icon = icon
        self._token = token
        self.setFixedSize(QSize(size, size))
        theme.changed.connect(self.update)

    def set_icon(self, icon: str, token: Token) -> None:
        self._icon, self._token = icon, token
        self.update()

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._theme.pixmap(self._icon, self._token, self.width(), self))


class SkeletonRows(QWidget):
    """Rows that are still being read: grey bars that keep the layout still, and do not move."""

    _ROW = 28

    def __init__(self, theme: Theme, rows: int = 6, name: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._rows = rows
        self.setAccessibleName(name)
        self.setMinimumHeight(self._ROW * rows)
        theme.changed.connect(self.update)

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(Token.BORDER))
        for row in range(self._rows):
            share = (0.55, 0.4, 0.65, 0.3)[row % 4]
            bar = QRectF(8, row * self._ROW + 9, (self.width() - 16) * share, 10)
            painter.drawRoundedRect(bar, 4, 4)

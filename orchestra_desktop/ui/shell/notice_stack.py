"""Shows notices: up to three at once low in the centre, the newest lowest, over the place but never over a dialog.

There they hide nothing that is worked with: at the right they would lie on the inspector's buttons, further down on the
list of events.
"""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from orchestra_desktop.ui.notices import Notice, Notices, Tone
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button, IconButton
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Picture

MOST_SHOWN = 3
_WIDTH, _MARGIN = 400, 16
_LOOKS = {
    Tone.DONE: ("check", Token.SUCCEEDED),
    Tone.ATTENTION: ("warning", Token.NEEDS_PERSON),
    Tone.ERROR: ("cross", Token.FAILED),
}


class Toast(QFrame):
    """One notice. It stays for another while where the mouse is on it."""

    def __init__(self, notice: Notice, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "notice")
        self.setAccessibleName(notice.words)
        self.setFixedWidth(_WIDTH)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 8, 6)
        row.setSpacing(10)
        icon, token = _LOOKS[notice.tone]
        picture = QVBoxLayout()
        picture.setContentsMargins(0, 6, 0, 0)  # on the first line, which is centred on the buttons
        picture.addWidget(Picture(theme, icon, 16, token))
        picture.addStretch(1)
        row.addLayout(picture)
        words = plain_label(notice.words, theme, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column = QVBoxLayout()
        column.setContentsMargins(0, 6, 0, 4)
        column.setSpacing(4)
        column.addWidget(words)
        if notice.detail:
            column.addWidget(plain_label(notice.detail, theme, Face.LABEL, tone="muted", wrap=True))
        row.addLayout(column, 1)
        if notice.verb:
            row.addWidget(self._verb(notice, theme), 0, Qt.AlignmentFlag.AlignTop)
        close = IconButton("close", translate("Notices", "Close the notice"), theme, Token.MUTED, 14)
        close.clicked.connect(self.close_now)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._time_is_up)
        if notice.lasts_ms:
            self._timer.setInterval(notice.lasts_ms)
            self._timer.start()

    def _verb(self, notice: Notice, theme: Theme) -> Button:
        button = Button(notice.verb, theme, kind="quiet")
        if notice.on_verb is not None:
            button.clicked.connect(notice.on_verb)
        button.clicked.connect(self.close_now)
        return button

    def _time_is_up(self) -> None:
        """Enter and leave events are not gone by: a notice that moves up under the mouse is entered and never left."""
        if self.rect().contains(self.mapFromGlobal(QCursor.pos())):
            self._timer.start()
        else:
            self.close_now()

    def close_now(self) -> None:
        self._timer.stop()
        self.hide()
        self.deleteLater()


class NoticeStack(QWidget):
    """Lies over the lower edge of a part of the window, in its middle, and moves with it."""

    def __init__(self, window: QWidget, over: QWidget, notices: Notices, theme: Theme) -> None:
        super().__init__(window)
        self._theme = theme
        self._over = over
        self._toasts: list[Toast] = []
        self.setAccessibleName(translate("Notices", "Notices"))
        self.setFixedWidth(_WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self.hide()
        notices.added.connect(self._add)
        over.installEventFilter(self)

    def _add(self, notice: Notice) -> None:
        while len(self._toasts) >= MOST_SHOWN:
            self._toasts[0].close_now()
        toast = Toast(notice, self._theme)
        self._toasts.append(toast)
        toast.installEventFilter(self)
        self._column.addWidget(toast)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Hide and isinstance(watched, Toast):
            self._toasts = [toast for toast in self._toasts if toast is not watched]
            self._column.removeWidget(watched)
            self._place()
        elif event.type() in {QEvent.Type.Resize, QEvent.Type.Move} and watched is self._over:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.setVisible(bool(self._toasts))
        window = self.parentWidget()
        if window is None or not self._toasts:
            return
        column = self._column
        column.activate()
        wraps = column.hasHeightForWidth()
        self.resize(_WIDTH, column.totalHeightForWidth(_WIDTH) if wraps else self.sizeHint().height())
        lowest = self._over.mapTo(window, self._over.rect().bottomLeft())
        left = lowest.x() + max((self._over.width() - _WIDTH) // 2, 0)
        self.move(left, max(lowest.y() + 1 - self.height() - _MARGIN, 0))
        self.raise_()

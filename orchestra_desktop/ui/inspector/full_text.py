"""A long text in a window of its own, put in slice by slice so that no turn of the loop is long."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from orchestra_desktop.ui.inspector.output_view import OutputView
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.viewmodels.amounts import size

SLICE = 40_000  # characters put in per turn of the loop


class FullText(QDialog):
    """Read only; the whole text can be copied."""

    def __init__(self, parent: QWidget, theme: Theme, title: str, text: str) -> None:
        super().__init__(parent)
        self._text = text
        self._place = 0
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.resize(820, 640)
        self.view = OutputView(theme, title)
        self.view.setMaximumBlockCount(0)
        self.view.hold()
        head = QHBoxLayout()
        head.addWidget(plain_label(title, theme, Face.HEADING))
        head.addStretch(1)
        head.addWidget(plain_label(size(len(text.encode("utf-8", "replace"))), theme, Face.SECONDARY, tone="muted"))
        foot = QHBoxLayout()
        foot.addStretch(1)
        copy = Button(translate("Inspector", "Copy all"), theme, "copy")
        copy.clicked.connect(lambda: QApplication.clipboard().setText(self._text))
        close = Button(translate("Inspector", "Close"), theme)
        close.clicked.connect(self.accept)
        foot.addWidget(copy)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.view, 1)
        column.addLayout(foot)
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._put_in)
        self._timer.start()
        self.finished.connect(self._timer.stop)

    def _put_in(self) -> None:
        part = self._text[: self._place + SLICE]
        self.view.show_live(part)
        self._place = len(part)
        if self._place >= len(self._text):
            self._timer.stop()

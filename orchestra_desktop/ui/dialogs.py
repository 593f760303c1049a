"""Questions to the person that a coroutine can wait for: `open()` and a future, never `exec()`.

A nested loop inside a coroutine kills every task that becomes ready meanwhile (qasync #59), so there is none.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.widgets.labels import plain_label


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer: its key, the verb on its button and how it looks (`primary`, `danger`, `quiet` or plain)."""

    key: str
    label: str
    kind: str = ""


async def shown(dialog: QDialog) -> int:
    """Opens any dialog and waits for how it ends: `QDialog.DialogCode`. Cancelled, it closes the dialog."""
    ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    dialog.finished.connect(lambda result: None if ended.done() else ended.set_result(result))
    dialog.open()
    try:
        return await ended
    finally:
        dialog.close()
        dialog.deleteLater()


async def ask(parent: QWidget, theme: Theme, title: str, words: str, choices: Sequence[Choice]) -> str | None:
    """The key of the answer chosen; None if the question was closed unanswered."""
    dialog = Question(parent, theme, title, words, choices)
    await shown(dialog)
    return dialog.answer


class HeadedDialog(QDialog):
    """A heading, and what stands under it in a column."""

    def __init__(self, parent: QWidget, theme: Theme, title: str, width: int) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self.setMinimumWidth(width)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 16)
        self.column.setSpacing(8)
        self.column.addWidget(plain_label(title, theme, Face.HEADING))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Qt makes a dialog as high as its text is at this width: one too narrow leaves gaps between the lines."""
        return super().sizeHint().expandedTo(QSize(self.minimumWidth(), 0))


class Question(HeadedDialog):
    """What it means, and a button for each answer; Escape leaves it open."""

    def __init__(self, parent: QWidget, theme: Theme, title: str, words: str, choices: Sequence[Choice]) -> None:
        super().__init__(parent, theme, title, 420)
        self.answer: str | None = None
        self.column.addWidget(plain_label(words, theme, tone="secondary", wrap=True))
        self.column.addSpacing(12)
        self.column.addLayout(self._buttons(choices))

    def _buttons(self, choices: Sequence[Choice]) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        for choice in choices:
            button = QPushButton(choice.label)
            button.setProperty("kind", choice.kind)
            button.setAccessibleName(choice.label)
            button.setAutoDefault(choice.kind == "primary")
            button.clicked.connect(lambda _=False, key=choice.key: self._choose(key))
            row.addWidget(button)
        return row

    def _choose(self, key: str) -> None:
        self.answer = key
        self.accept()

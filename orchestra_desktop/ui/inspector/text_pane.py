"""A heading with a stored text under it, read when it is asked for and no earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from orchestra_desktop.ui.inspector.output_view import OutputView
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.widgets.labels import plain_label

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

MOST = 100_000  # characters that a pane shows of one text


class TextPane(QWidget):
    """Plain text that can be selected and copied, bounded."""

    def __init__(self, context: UiContext, heading: str) -> None:
        super().__init__()
        self.view = OutputView(context.theme, heading)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 4)
        column.setSpacing(4)
        self.heading = plain_label(heading, context.theme, Face.LABEL, tone="muted")
        column.addWidget(self.heading)
        column.addWidget(self.view, 1)

    def show_text(self, text: str, *, faulty: bool = False) -> None:
        """Puts it in place of the one before, from its beginning."""
        self.view.start_over()
        self.view.hold()
        self.view.add_text(text[:MOST], Token.FAILED if faulty else Token.TEXT)
        if len(text) > MOST:
            self.view.add_text("…", Token.MUTED)
        self.view.verticalScrollBar().setValue(0)

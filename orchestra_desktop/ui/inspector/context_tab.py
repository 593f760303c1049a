"""What a task was told: the message that opened its conversation, as it was sent, and what people added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import Digest
from orchestra_desktop.ui.inspector.text_pane import TextPane
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.viewmodels.amounts import size

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.task_detail import TaskDetail


class ContextTab(QWidget):
    """Reads the prompt when it is looked at."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._wanted: Digest | None = None
        self._shown: Digest | None = None
        self.setAccessibleName(translate("Inspector", "Context"))
        self.pane = TextPane(context, translate("Inspector", "The prompt"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.pane)
        self._say_nothing()

    def show_detail(self, detail: TaskDetail | None) -> None:
        self._wanted = detail.prompt if detail is not None else None
        if self.isVisible():
            self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        if self._wanted == self._shown:
            return
        self._shown = self._wanted
        if self._wanted is None:
            self._say_nothing()
        else:
            self._c.spawn(self._read(self._wanted), f"prompt {self._wanted}")

    async def _read(self, digest: Digest) -> None:
        message = (await self._c.session.outputs.messages([digest]))[0]
        if digest != self._shown:
            return
        count = len(message.text.encode("utf-8", "surrogatepass"))
        self.pane.heading.setText(translate("Inspector", "The prompt as it was sent, {size}", size=size(count)))
        self.pane.show_text(message.text)

    def _say_nothing(self) -> None:
        self.pane.heading.setText(
            translate("Inspector", "The prompt stands here once the first answer to it is stored.")
        )
        self.pane.view.start_over()

"""The pane beside the centre: what is picked, in detail; beside the centre, or over it where the window is narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFrame, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.ui.places import INSPECTORS
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

LEAST_WIDTH = 352


class InspectorPane(QFrame):
    """Shows the first of `INSPECTORS` that applies to how things stand."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._made: dict[str, QWidget] = {}
        self.setProperty("kind", "panel")
        self.setAccessibleName(translate("Shell", "Inspector"))
        self.setMinimumWidth(LEAST_WIDTH)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._stack)
        context.flush.changed.connect(self._refresh)
        context.selection.tasks_changed.connect(lambda _: self.choose())

    def set_over(self, side: str) -> None:
        """Over this side of the centre it has an edge of its own; beside it (""), the splitter's handle is the edge."""
        if self.property("over") != side:
            self.setProperty("over", side)
            self.style().unpolish(self)
            self.style().polish(self)

    def _refresh(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.SITUATION, Topic.SESSION, Topic.PLANS, Topic.RUN} and self._made and not self.isHidden():
            self.choose()

    @property
    def is_idle(self) -> bool:
        """Whether it would only say that nothing is picked."""
        now = self._c.workspace.situation(self._c.selection.task)
        fitting = next((inspector.id for inspector in INSPECTORS if inspector.applies(now)), None)
        return fitting in {None, "task"} and self._c.selection.task is None

    def choose(self) -> None:
        """Brings the fitting inspector to the front, made when it is first needed."""
        now = self._c.workspace.situation(self._c.selection.task)
        fitting = next((inspector for inspector in INSPECTORS if inspector.applies(now)), None)
        if fitting is None:
            return
        if fitting.id not in self._made:
            widget = self._made[fitting.id] = fitting.factory(self._c)
            widget.setAccessibleName(widget.accessibleName() or translate("Places", fitting.title))
            self._stack.addWidget(widget)
        self._stack.setCurrentWidget(self._made[fitting.id])

"""A plan while it is written: its tasks appear as they arrive, and the request can be stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.review.parts import scrolling
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import ActionButton
from orchestra_desktop.ui.widgets.labels import ElidedLabel, plain_label
from orchestra_desktop.ui.widgets.surfaces import Picture, SkeletonRows
from orchestra_desktop.viewmodels.plan_drafting import DraftRow

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class GrowingPlan(QFrame):
    """Adds a row for each task that has come; rows are never drawn again, so that reading is not disturbed."""

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._theme = context.theme
        self._desk = desk
        self._shown: list[DraftRow] = []
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Review", "Plan being written"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 0)
        column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        self.title = plain_label(translate("Review", "Writing the plan"), context.theme, Face.HEADING)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addWidget(ActionButton(context.registry["plan.stop_asking"], context.theme))
        column.addLayout(head)
        self.words = plain_label("", context.theme, Face.SECONDARY, tone="secondary", wrap=True)
        column.addWidget(self.words)
        area, self._rows = scrolling(translate("Review", "Tasks so far"), (0, 12, 0, 16), 0)
        self._skeleton = SkeletonRows(context.theme, 8, translate("Review", "The first task is on its way"))
        self._rows.addWidget(self._skeleton)
        self._rows.addStretch(1)
        column.addWidget(area, 1)
        desk.grown.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Adds what has come since; a new request begins from nothing."""
        board = self._desk.board
        rows = board.rows if board is not None else []
        if rows[: len(self._shown)] != self._shown:
            self._restart()
        for row in rows[len(self._shown) :]:
            self._rows.insertWidget(self._rows.count() - 2, self._line(row))
            self._shown.append(row)
        self._skeleton.setVisible(not rows)
        self.words.setText(self._said(len(rows), board.characters if board is not None else 0))

    def _restart(self) -> None:
        while self._rows.count() > 2:
            item = self._rows.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._shown = []

    def _said(self, tasks: int, characters: int) -> str:
        if not characters:
            return translate("Review", "Asked; the model has not begun to answer yet.")
        if not tasks:
            return translate("Review", "The model is thinking: {count} characters so far.", count=f"{characters:,}")
        return counted(
            "Review",
            "{n} task so far. All are checked and priced once the plan is whole.",
            "{n} tasks so far. All are checked and priced once the plan is whole.",
            tasks,
        )

    def _line(self, draft: DraftRow) -> QWidget:
        line = QWidget()
        line.setFixedHeight(28)
        line.setAccessibleName(f"{draft.id} {draft.title}")
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(Picture(self._theme, "clock", 16, Token.WAITING))
        id_ = plain_label(draft.id, self._theme, Face.SECONDARY, tone="muted")
        id_.setFixedWidth(40)
        row.addWidget(id_)
        row.addWidget(ElidedLabel(draft.title, self._theme, Face.BODY), 1)
        kind = plain_label(draft.task_type, self._theme, Face.SECONDARY, tone="muted")
        kind.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(kind)
        return line

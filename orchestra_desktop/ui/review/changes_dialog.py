"""Asks what another plan should do otherwise, from wherever one is asked for."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from orchestra_desktop.ui.dialogs import HeadedDialog
from orchestra_desktop.ui.review.comment_field import CommentField
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.buttons import Button, PrimaryButton
from orchestra_desktop.ui.widgets.labels import plain_label


class ChangesDialog(HeadedDialog):
    """`words` may be empty: then the planner is simply asked again."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        title = translate("Review", "Ask for another plan")
        super().__init__(parent, theme, title, 480)
        self.field = CommentField(translate("Review", "What should be different? May be left empty."))
        self.field.setMinimumHeight(96)
        self.field.sent.connect(self.accept)
        leave = Button(translate("Review", "Cancel"), theme, kind="quiet")
        leave.clicked.connect(self.reject)
        self.ask = PrimaryButton(translate("Review", "Ask"), theme)
        self.ask.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.ask)
        words = translate("Review", "It becomes the next version; those there are stay. It costs what planning costs.")
        self.column.addWidget(plain_label(words, theme, tone="secondary", wrap=True))
        self.column.addWidget(self.field)
        self.column.addSpacing(8)
        self.column.addLayout(buttons)
        self.field.setFocus()

    @property
    def words(self) -> str:
        return self.field.toPlainText().strip()

"""Why there is no plan, in the place where it would stand: what happened, what it means for the money, what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from orchestra_desktop.domain.ids import Digest
from orchestra_desktop.ui.dialogs import shown
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.review.parts import emptied
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Picture
from orchestra_desktop.viewmodels.harmless import harmless_lines
from orchestra_desktop.viewmodels.plan_drafting import Failure, advice

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext

_MOST_SHOWN = 200_000  # characters of an answer that was no plan
_UNBROKEN = re.compile(r"\S{200}")  # a text widget needs seconds for a word of 300 KB, so long ones may be broken

# What helps -> the words on its button, and the place and tab it goes to; the sample has none.
_VERBS: Mapping[str, tuple[str, str, str]] = {
    "key": ("Give a key…", "settings", "key"),
    "rehearse": ("Try the sample without a key", "", ""),
    "services": ("Services", "services", ""),
    "offline": ("Offline switch", "settings", "privacy"),
    "settings": ("Settings", "settings", ""),
    "caps": ("Raise the cap…", "settings", "budget"),
    "planner": ("Choose another planner", "run", "requirements"),
    "requirements": ("Edit the requirements", "run", "requirements"),
}


class PlanningFailed(QFrame):
    """The sentence of the error, and buttons for what helps; hidden while there is nothing to say."""

    def __init__(self, context: UiContext, desk: ReviewDesk) -> None:
        super().__init__()
        self._c = context
        self._desk = desk
        self._failure: Failure | None = None
        self.setProperty("kind", "card")
        self.setAccessibleName(translate("Review", "Planning failed"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(12)
        row.addWidget(Picture(context.theme, "warning", 20, Token.NEEDS_PERSON), 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(plain_label(translate("Review", "There is no new plan"), context.theme, Face.STRONG))
        self.words = plain_label("", context.theme, Face.SECONDARY, tone="secondary", wrap=True)
        column.addWidget(self.words)
        column.addSpacing(4)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        column.addLayout(self._buttons)
        row.addLayout(column, 1)
        self.follow()

    def follow(self) -> None:
        failure = self._desk.failure
        self.setVisible(failure is not None)
        if failure is None or failure == self._failure:
            self._failure = failure
            return
        self._failure = failure
        self.words.setText(tr(failure.reason))
        emptied(self._buttons)
        helps = advice(failure.reason)
        buttons = [self._verb(verb) for verb in helps.verbs]
        if helps.can_retry:
            retry = Button(translate("Review", "Ask again"), self._c.theme)
            retry.clicked.connect(self.retry)
            buttons.insert(0 if helps.may_pass else len(buttons), retry)
        if self._desk.version is None:  # else the plan that is there has a primary button already
            buttons[0].set_kind("primary")
        for button in buttons:
            self._buttons.addWidget(button)
        if failure.raw is not None:
            raw = Button(translate("Review", "What the model sent…"), self._c.theme, kind="quiet")
            raw.clicked.connect(lambda _=False, digest=failure.raw: self._c.spawn(self._show_raw(digest), "review.raw"))
            self._buttons.addWidget(raw)
        self._buttons.addStretch(1)

    def retry(self) -> None:
        """Asks the same again."""
        if self._desk.project is not None:
            ask_for_plan(self._c, self._desk.project, self._desk.last_comment, self._desk.last_planner)

    # -- what helps -------------------------------------------------------------------------------------------------

    def _verb(self, verb: str) -> Button:
        button = Button(translate("Review", _VERBS[verb][0]), self._c.theme)
        button.clicked.connect(lambda _=False: self._go(verb))
        return button

    def _go(self, verb: str) -> None:
        """To where the person can do what helps."""
        _, place, tab = _VERBS[verb]
        if place:
            self._c.shell.show_place(place, tab)
        else:
            self._c.do("project.open_sample")

    async def _show_raw(self, digest: Digest) -> None:
        """The text as it came, plain: it is somebody else's."""
        bodies = await self._c.session.context.archive.bodies([digest])
        text = harmless_lines(bodies[digest].decode("utf-8", "replace")[:_MOST_SHOWN])
        await shown(RawText(self._c, _UNBROKEN.sub("\\g<0>\u200b", text)))


class RawText(QDialog):
    """An answer that was no plan, to be read and copied."""

    def __init__(self, context: UiContext, words: str) -> None:
        super().__init__(context.shell.widget)
        title = translate("Review", "What the model sent")
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.resize(720, 520)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        view = QPlainTextEdit(words)
        view.setReadOnly(True)
        view.setFont(context.theme.font(Face.OUTPUT))
        view.setAccessibleName(title)
        column.addWidget(view, 1)
        close = Button(translate("Review", "Close"), context.theme)
        close.clicked.connect(self.accept)
        column.addWidget(close, 0, Qt.AlignmentFlag.AlignRight)

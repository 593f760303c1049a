"""The card of the caps: an amount, none, or no paid call at all, for day, month and projects."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import ElidedLabel, plain_label
from orchestra_desktop.ui.widgets.surfaces import Card
from orchestra_desktop.viewmodels.settings_rows import (
    CapChanges,
    CapChoice,
    CapRow,
    amount_text,
    cap_rows,
    changes,
    choice_of,
    typed_cap,
    undone,
)
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.domain.projects import Project
    from orchestra_desktop.ui.context import UiContext

_HEIGHT = 30
_COLUMN = 150  # pixels of each part of a line
_TITLES = {"daily": "A day", "monthly": "A month", "project": "Each project", "own": "This project"}
_CHOICES = {CapChoice.AMOUNT: "at most $", CapChoice.NONE: "no cap", CapChoice.BLOCK: "no paid call"}


class CapFields(QWidget):
    """A line: what is capped, a choice, an amount. The amount can be typed only where the choice asks for one."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__()
        self.setFixedHeight(_HEIGHT)  # a card with wrapped text gives fields less than they need
        self.label = ElidedLabel(title, theme)
        self.label.setFixedWidth(_COLUMN)
        self.choice = QComboBox()
        self.choice.setAccessibleName(title)
        for choice, words in _CHOICES.items():
            self.choice.addItem(translate("Settings", words), choice.value)
        self.choice.setFixedWidth(_COLUMN)
        self.choice.installEventFilter(self)
        self.amount = QLineEdit()
        self.amount.setAccessibleName(translate("Settings", "{cap}, dollars", cap=title))
        self.amount.setPlaceholderText(translate("Settings", "dollars"))
        self.amount.setFixedWidth(_COLUMN)
        self.choice.currentIndexChanged.connect(lambda _: self.amount.setEnabled(self.picked is CapChoice.AMOUNT))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for widget in (self.label, self.choice, self.amount):
            row.addWidget(widget)
        row.addStretch(1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """The wheel scrolls the page: it must not change a cap on its way."""
        if event.type() is QEvent.Type.Wheel:
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    @property
    def picked(self) -> CapChoice:
        return CapChoice(self.choice.currentData())

    def show_cap(self, cap: int | None) -> None:
        self.choice.setCurrentIndex(self.choice.findData(choice_of(cap).value))
        self.amount.setText(amount_text(cap))
        self.amount.setEnabled(self.picked is CapChoice.AMOUNT)

    def cap(self) -> int | None:
        """Raises InvalidInput."""
        return typed_cap(self.picked, self.amount.text())

    def set_invalid(self, invalid: bool) -> None:
        if self.amount.property("invalid") != invalid:
            self.amount.setProperty("invalid", invalid)
            self.amount.style().unpolish(self.amount)
            self.amount.style().polish(self.amount)


class CapsCard(Card):
    """Nothing counts until it is saved; then it counts at once, and can be undone."""

    def __init__(self, context: UiContext) -> None:
        super().__init__(context.theme, translate("Settings", "Caps"))
        self._c = context
        self._before: tuple[CapRow, ...] = ()
        self._project: Project | None = None
        words = translate(
            "Settings", "A request that would go over a cap is not sent: the run stops and asks, and never goes over."
        )
        self.column.addWidget(plain_label(words, context.theme, tone="secondary", wrap=True))
        self.fields = {id_: CapFields(context.theme, translate("Settings", title)) for id_, title in _TITLES.items()}
        for fields in self.fields.values():
            self.column.addWidget(fields)
            fields.choice.currentIndexChanged.connect(lambda _: self._follow())
            fields.amount.textChanged.connect(lambda _: self._follow())
        self.fault = plain_label("", context.theme, Face.SECONDARY, tone="failed", wrap=True)
        self.column.addWidget(self.fault)
        self.save = Button(translate("Settings", "Save caps"), context.theme, "check")
        self.save.clicked.connect(self._save)
        foot = QHBoxLayout()
        foot.addWidget(self.save)
        foot.addStretch(1)
        self.column.addLayout(foot)
        context.flush.changed.connect(self._flushed)
        self._read()

    # -- following --------------------------------------------------------------------------------------------------

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.SESSION, Topic.MONEY, Topic.PROJECTS}:
            self._read()

    def _read(self) -> None:
        """Takes over what is in force; what is just being typed stays while nothing of it has changed."""
        standing, session = self._c.workspace.money, self._c.workspace.session
        if standing is None or session is None:
            self.setEnabled(False)
            return
        self.setEnabled(True)
        rows = cap_rows(standing, session.context.settings.budget.project)
        project = self._c.workspace.project
        same_project = (project and project.id) == (self._project and self._project.id)
        if rows == self._before and same_project:
            return
        self._before, self._project = rows, project
        self.fields["own"].setVisible(project is not None)
        if project is not None:
            self.fields["own"].label.setText(project.name)
        for row in rows:
            self.fields[row.id].show_cap(row.cap)
        self._follow()

    def _wanted(self) -> CapChanges | None:
        """None while something typed is no amount."""
        after: dict[str, int | None] = {}
        fault = ""
        for row in self._before:
            fields = self.fields[row.id]
            try:
                after[row.id] = fields.cap()
                fields.set_invalid(False)
            except InvalidInput as error:
                fields.set_invalid(True)
                fault = tr(error.text)
        self.fault.setText(fault)
        self.fault.setVisible(bool(fault))
        return None if fault else changes(self._before, after)

    def _follow(self) -> None:
        self.save.setEnabled(bool(self._wanted()))

    # -- saving -----------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        wanted = self._wanted()
        if wanted:
            back = undone(self._before, wanted)
            self._c.spawn(self._change(wanted, back, self._project), "caps.change")

    async def _change(self, made: CapChanges, back: CapChanges | None, project: Project | None) -> None:
        money = self._c.session.money
        if made.general:
            await money.change_caps(made.general)
        if made.own and project is not None:
            await money.change_caps(made.own, project)
        self._c.flush.mark(Topic.MONEY)
        if back is not None:
            undo = partial(self._undo, back, project)
            self._c.notices.undoable(translate("Settings", "The caps count from now on."), undo)

    def _undo(self, back: CapChanges, project: Project | None) -> None:
        self._c.spawn(self._change(back, None, project), "caps.change")

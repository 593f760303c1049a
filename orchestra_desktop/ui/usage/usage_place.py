"""The usage place: a card for each cap, and below it the ledger by day, project, model, purpose or tier."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from orchestra_desktop.ui.dialogs import shown
from orchestra_desktop.ui.empty_places import nothing_spent
from orchestra_desktop.ui.notices import Notice, Tone
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.usage.cap_card import CapCard
from orchestra_desktop.ui.usage.usage_table import NAME, UsageModel, group_name
from orchestra_desktop.ui.widgets.buttons import Button, PillButton
from orchestra_desktop.ui.widgets.labels import ElidedLabel, plain_label
from orchestra_desktop.ui.widgets.surfaces import SkeletonRows
from orchestra_desktop.ui.widgets.table import TableView
from orchestra_desktop.viewmodels.money_views import usage_csv
from orchestra_desktop.viewmodels.usage_cards import GROUPS, MONTH, PROJECT, TODAY, usage_cards, usage_rows
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.services.money import UsageSum
    from orchestra_desktop.ui.context import UiContext

_READ_MS = 1_000  # between two readings of the ledger: during a run it changes with every call


class UsagePlace(QFrame):
    """Cards follow the money line live; the table is read again at most once a second, and only while it is seen."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self.by = GROUPS[0]
        self.setProperty("kind", "page")
        self.setAccessibleName(translate("Usage", "Usage"))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 24)
        column.setSpacing(12)
        column.addLayout(self._head())
        column.addLayout(self._cards())
        self.stack = QStackedWidget()
        self.loading = SkeletonRows(context.theme, 8, translate("Usage", "The ledger is being read"))
        self.empty = nothing_spent(context)
        self.filled = self._table_card()
        for widget in (self.loading, self.empty, self.filled):
            self.stack.addWidget(widget)
        column.addWidget(self.stack, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_READ_MS)
        self._timer.timeout.connect(self._read_now)
        context.flush.changed.connect(self._flushed)
        self._show_cards()

    # -- building ---------------------------------------------------------------------------------------------------

    def _head(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(plain_label(translate("Usage", "Usage"), self._c.theme, Face.TITLE))
        row.addStretch(1)
        self.export = Button(translate("Usage", "Export CSV…"), self._c.theme, "export")
        self.export.clicked.connect(lambda: self._c.spawn(self._export(), "usage.export"))
        row.addWidget(self.export)
        return row

    def _cards(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        titles = {
            TODAY: translate("Usage", "Today"),
            MONTH: translate("Usage", "This month"),
            PROJECT: translate("Usage", "This project"),
        }
        self.cards = {id_: CapCard(self._c.theme, title) for id_, title in titles.items()}
        for card in self.cards.values():
            row.addWidget(card, 1)
        return row

    def _table_card(self) -> QWidget:
        card = QFrame()
        card.setProperty("kind", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(4, 12, 4, 8)
        column.setSpacing(8)
        column.addLayout(self._pills())
        self.model = UsageModel(self)
        self.table = TableView(self._c.theme, translate("Usage", "What was spent"), self.model, stretch=NAME)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        for section, width in enumerate((80, 120, 132, 104, 120, 80), NAME + 1):
            self.table.setColumnWidth(section, width)
            self.table.horizontalHeader().setSectionResizeMode(section, QHeaderView.ResizeMode.Fixed)
        column.addWidget(self.table, 1)
        return card

    def _pills(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(8, 0, 8, 0)
        row.setSpacing(6)
        row.addWidget(plain_label(translate("Usage", "By"), self._c.theme, Face.SECONDARY, tone="muted"))
        self._group = QButtonGroup(self)  # exclusive
        self.pills = {by: PillButton(group_name(by)) for by in GROUPS}
        for by, pill in self.pills.items():
            self._group.addButton(pill)
            pill.setChecked(by == self.by)
            pill.clicked.connect(partial(self.show_tab, by))
            row.addWidget(pill)
        row.addStretch(1)
        row.addSpacing(12)
        self.total = ElidedLabel("", self._c.theme, Face.SECONDARY, tone="muted")
        row.addWidget(self.total)
        return row

    # -- following --------------------------------------------------------------------------------------------------

    def show_tab(self, by: str, _checked: bool = False) -> None:
        """Another grouping, by its name."""
        if by in self.pills:
            self.by = by
            self.pills[by].setChecked(True)
            self._read_now()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._show_cards()
        self._read_now()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.MONEY, Topic.SESSION, Topic.PROJECTS}:
            self._show_cards()
            if self.isVisible() and not self._timer.isActive():
                self._timer.start()

    def _show_cards(self) -> None:
        standing = self._c.workspace.money
        found = {card.id: card for card in usage_cards(standing)} if standing is not None else {}
        self.cards[PROJECT].setVisible(self._c.workspace.project is not None)
        project = self._c.workspace.project
        if project is not None:
            self.cards[PROJECT].title.setText(project.name)
        for id_, card in found.items():
            self.cards[id_].show_card(card)

    def _read_now(self) -> None:
        self._timer.stop()
        if self._c.workspace.session is not None:
            self._c.spawn(self._read(), "usage.read")

    async def _read(self) -> None:
        """Reads until what was read is what is asked for now."""
        by = ""
        while by != self.by:
            by = self.by
            report = await self._c.session.money.usage(by)
        names = {str(project.id): project.name for project in self._c.workspace.projects}
        self.model.show(usage_rows(report, by, names), by)
        self.stack.setCurrentWidget(self.filled if report.lines else self.empty)
        self.export.setEnabled(bool(report.lines))
        self.total.setText(_total_words(report.total))

    # -- exporting --------------------------------------------------------------------------------------------------

    async def _export(self) -> None:
        """Asks where to, then writes the ledger line by line; no cell of it is a formula to a spreadsheet."""
        dialog = QFileDialog(self, translate("Usage", "Export the ledger"), str(Path.home() / "orchestra-usage.csv"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.setNameFilter(translate("Usage", "Table (*.csv)"))
        picked: list[str] = []
        dialog.fileSelected.connect(picked.append)
        await shown(dialog)
        if picked:
            await self.export_to(Path(picked[0]))

    async def export_to(self, path: Path) -> None:
        report = await self._c.session.money.usage(self.by)
        try:
            await asyncio.to_thread(path.write_bytes, usage_csv(report.lines).encode())
        except OSError as error:
            words = translate("Usage", "{path} cannot be written: {why}", path=path, why=error.strerror or str(error))
            self._c.notices.show(Notice(words, Tone.ERROR))
            return
        self._c.notices.show(Notice(translate("Usage", "The ledger was written to {path}.", path=path)))


def _total_words(total: UsageSum) -> str:
    """`20 calls in all · 52% of the tokens read came from the cache`."""
    words = counted("Usage", "{n} call in all", "{n} calls in all", total.calls)
    cached = total.cache_read_tokens
    read = total.input_tokens + cached + total.cache_write_5m_tokens + total.cache_write_1h_tokens
    if not cached:
        return words
    share = f"{cached / read:.0%}"
    return f"{words} · {translate('Usage', '{share} of the tokens read came from the cache', share=share)}"

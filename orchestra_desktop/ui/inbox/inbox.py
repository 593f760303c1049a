"""The inbox: a card for all that waits, one of them open, answered with single keys; then the next one opens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import CheckpointId
from orchestra_desktop.ui.empty_places import nothing_waits
from orchestra_desktop.ui.inbox.card_view import CardView
from orchestra_desktop.ui.inbox.inbox_live import inbox_live
from orchestra_desktop.ui.run.decisions import decided_in_run
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.ui.widgets.surfaces import Page, SkeletonRows, TextColumn
from orchestra_desktop.viewmodels.checkpoint_cards import ANSWERS, Card

if TYPE_CHECKING:
    from orchestra_desktop.ui.context import UiContext


class Inbox(QStackedWidget):
    """The place. Keys go from card to card, and each answer has its own: rows of `actions.py` with this place."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = inbox_live(context)
        self._views: dict[CheckpointId, CardView] = {}
        self._current: CheckpointId | None = None
        self.setAccessibleName(translate("Inbox", "Inbox"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._page = self._make_page()
        self._empty = nothing_waits(context)
        self._reading = _reading(context)
        for widget in (self._page, self._empty, self._reading):
            self.addWidget(widget)
        context.registry.adopt("inbox", self)
        context.registry.bindings.changed.connect(lambda _: self._show_keys())
        self._show_keys()
        self._live.changed.connect(self._refresh)
        self._refresh()

    def _make_page(self) -> Page:
        page = Page(self._c.theme, translate("Inbox", "Inbox"))
        self._count = plain_label("", self._c.theme, Face.SECONDARY, tone="muted")
        page.head.insertWidget(1, self._count)
        self._keys = plain_label("", self._c.theme, Face.LABEL, tone="muted")
        page.add_action(self._keys)
        self._cards = TextColumn(12)
        page.column.addWidget(self._cards)
        page.column.addStretch(1)
        found = page.findChild(QScrollArea)
        assert found is not None, "a page scrolls"
        self._area = found
        return page

    def _show_keys(self) -> None:
        """Which keys walk, and which answer: the person may have chosen others than the table's."""
        keys = self._c.registry.keys
        words = (
            translate("Inbox", "{key} next", key=keys("inbox.next")) if keys("inbox.next") else "",
            translate("Inbox", "{key} previous", key=keys("inbox.previous")) if keys("inbox.previous") else "",
        )
        self._keys.setText("   ".join(filter(None, words)))
        for view in self._views.values():
            view.show_keys()

    def _offer(self) -> None:
        """While a field has the focus its letters are letters; else each key is an answer to the open card."""
        answers = self.current.card.answers if self.current is not None else frozenset()
        for action in ANSWERS:
            self._c.registry.offer(f"inbox.{action}", on=action in answers)

    # -- following --------------------------------------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._refresh()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh(self) -> None:
        cards = self._live.cards
        order = list(self._views)
        self._let_go({card.checkpoint for card in cards})
        for card in cards:
            self._put(card)
        if self._current not in self._views:
            self._open(self._next_of(order))
        self._offer()
        self._count.setText(counted("Inbox", "{n} waits", "{n} wait", len(cards)))
        if not cards:
            self.setCurrentWidget(self._empty if self._live.read else self._reading)
        else:
            self.setCurrentWidget(self._page)

    def _let_go(self, wanted: set[CheckpointId]) -> None:
        for checkpoint in [known for known in self._views if known not in wanted]:
            view = self._views.pop(checkpoint)
            focus = QApplication.focusWidget()
            had_focus = focus is not None and view.isAncestorOf(focus)
            self._cards.column.removeWidget(view)
            view.hide()
            view.deleteLater()
            if had_focus and self.isVisible():
                self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _put(self, card: Card) -> None:
        known = self._views.get(card.checkpoint)
        if known is not None:
            known.take(card)
            return
        view = CardView(self._c, card)
        view.answered.connect(self._answer)
        view.wanted.connect(self._open)
        self._views[card.checkpoint] = view
        self._cards.column.addWidget(view)

    def _next_of(self, order: list[CheckpointId]) -> CheckpointId | None:
        """Where the current card stood the one behind it opens, else the last."""
        left = list(self._views)
        if not left:
            return None
        if self._current in order:
            behind = [one for one in order[order.index(self._current) :] if one in self._views]
            return behind[0] if behind else left[-1]
        return left[0]

    # -- walking ----------------------------------------------------------------------------------------------------

    @property
    def current(self) -> CardView | None:
        return self._views.get(self._current) if self._current is not None else None

    def step(self, by: int) -> None:
        """The next card or the one before; at the ends it stays."""
        order = list(self._views)
        if not order:
            return
        at = order.index(self._current) if self._current in order else 0
        self._open(order[max(0, min(len(order) - 1, at + by))])

    def _open(self, checkpoint: CheckpointId | None) -> None:
        self._current = checkpoint
        for known, view in self._views.items():
            view.set_current(known == checkpoint)
        current = self.current
        self._offer()
        if current is not None:
            self._pick(current.card)
            self._area.ensureWidgetVisible(current, 0, 24)

    def _pick(self, card: Card) -> None:
        """What a person looks at here is what is picked in graph and table too, where they show its project."""
        if card.task is not None and card.project == self._c.selection.project and self.isVisible():
            self._c.selection.pick(card.task)

    # -- answering --------------------------------------------------------------------------------------------------

    def press(self, action: str) -> None:
        """A key, or a menu; what is no answer to the open question does nothing."""
        current = self.current
        if current is not None and action in current.card.answers:
            current.press(action)

    def _answer(self, checkpoint: CheckpointId, action: str) -> None:
        view = self._views.get(checkpoint)
        if view is None:
            return
        if action == "show":
            self._c.spawn(self._show_task(view.card), "inbox show")
            return
        request = view.request(action)
        if request is not None:
            self._c.spawn(self._carry_out(view, request), f"resolve {checkpoint}")

    async def _carry_out(self, view: CardView, request: dict[str, object]) -> None:
        view.set_busy(True)
        card = view.card
        try:
            await decided_in_run(self._c, card.project, card.run, request)
        finally:
            if self._views.get(card.checkpoint) is view:
                view.set_busy(False)

    async def _show_task(self, card: Card) -> None:
        from orchestra_desktop.ui.verbs.project_verbs import choose

        if self._c.selection.project != card.project:
            await choose(self._c, card.project)
        self._c.shell.show_place("run", "table")
        if card.task is not None:
            self._c.selection.pick(card.task)


def _reading(context: UiContext) -> QWidget:
    frame = QFrame()
    frame.setProperty("kind", "page")
    column = QVBoxLayout(frame)
    column.setContentsMargins(24, 64, 24, 24)
    column.addWidget(SkeletonRows(context.theme, 5, translate("Inbox", "What waits is being read")))
    column.addStretch(1)
    return frame

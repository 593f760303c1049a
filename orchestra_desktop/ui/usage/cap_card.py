"""A card for one account: what is counted, of which cap, what is held and what nobody has confirmed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSizePolicy

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate
from orchestra_desktop.ui.widgets.cap_bar import CapBar
from orchestra_desktop.ui.widgets.labels import ElidedLabel, exact_money, money, plain_label
from orchestra_desktop.ui.widgets.surfaces import Card
from orchestra_desktop.viewmodels.usage_cards import UsageCard


class CapCard(Card):
    """Keeps its height whether or not there is a cap, so that the cards of a row stand level."""

    def __init__(self, theme: Theme, title: str) -> None:
        super().__init__(theme)
        self.setAccessibleName(title)
        self.column.setSpacing(4)
        self.setMinimumWidth(160)
        self.title = ElidedLabel(title, theme, Face.LABEL, tone="muted")
        self.figure = plain_label("–", theme, Face.FIGURE)
        self.words = ElidedLabel("", theme, Face.SECONDARY, tone="secondary")
        self.bar = CapBar(theme)
        self.bar.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        keeps = self.bar.sizePolicy()
        keeps.setRetainSizeWhenHidden(True)
        self.bar.setSizePolicy(keeps)
        for widget in (self.title, self.figure, self.bar, self.words):
            self.column.addWidget(widget)
        self.column.setAlignment(Qt.AlignmentFlag.AlignTop)

    def show_card(self, card: UsageCard) -> None:
        self.figure.setText(dollars(card.counted))
        self.figure.setToolTip(exact_money(card.counted))
        self.words.setText(card_words(card))
        self.setAccessibleDescription(f"{dollars(card.counted)} {card_words(card)}")
        shares = card.shares
        self.bar.setVisible(shares is not None)
        if shares is not None:
            self.bar.set_shares(*shares)


def card_words(card: UsageCard) -> str:
    """`of $5.00 · held $0.31 · unconfirmed $0.02`."""
    if card.cap is None:
        parts = [translate("Usage", "no cap")]
    elif card.cap == 0:
        parts = [translate("Usage", "no paid call is let through")]
    else:
        parts = [translate("Usage", "of {cap}", cap=dollars(card.cap))]
    if card.held:
        parts.append(translate("Usage", "held {sum}", sum=dollars(card.held)))
    if card.unconfirmed:
        parts.append(translate("Usage", "unconfirmed {sum}", sum=dollars(card.unconfirmed)))
    return " · ".join(parts)


def dollars(amount: int) -> str:
    """Where sums are compared nothing is `$0.00`: "free" would read as if the service were."""
    return money(amount) if amount else "$0.00"

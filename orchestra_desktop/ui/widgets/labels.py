"""Labels: plain text always, elided where it is long, money with its exact sum in the tool tip."""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import translate

_ENDLESS = re.compile(r"\S{16}(?=\S{8})")


class PlainLabel(QLabel):
    """Text that is never read as rich text: names, answers and errors come from models and files."""

    def __init__(self, words: str, theme: Theme, face: Face = Face.BODY, *, tone: str = "") -> None:
        super().__init__()
        self._theme = theme
        self._face = face
        self._words = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(words)
        self.set_tone(tone)
        theme.bind(self._restyle)

    def _restyle(self) -> None:
        self.setFont(self._theme.font(self._face))

    def setText(self, words: str) -> None:  # noqa: N802 - Qt's name
        """Where it takes several lines, a word without an end is broken: it would push its whole pane wider."""
        self._words = words
        super().setText(breakable(words) if self.wordWrap() else words)

    def text(self) -> str:
        """As it was given."""
        return self._words

    def set_tone(self, tone: str) -> None:
        """`secondary`, `muted`, `failed`, `attention`, `succeeded` or nothing for plain text."""
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            # Not before Qt has polished it by itself: polishing twice while it is made drops the font set on it.
            if self.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
                self.style().unpolish(self)
                self.style().polish(self)


def plain_label(words: str, theme: Theme, face: Face = Face.BODY, *, tone: str = "", wrap: bool = False) -> PlainLabel:
    """A label; `wrap` lets it take several lines."""
    label = PlainLabel("", theme, face, tone=tone)
    label.setWordWrap(wrap)
    label.setText(words)
    return label


def breakable(words: str) -> str:
    """With a place of no width to break at in every word that is too long for a narrow pane."""
    return _ENDLESS.sub(lambda piece: f"{piece.group()}\u200b", words)


class ElidedLabel(PlainLabel):
    """One line that gives way: cut with an ellipsis, the whole in the tool tip while it is cut."""

    def __init__(
        self,
        words: str,
        theme: Theme,
        face: Face = Face.BODY,
        *,
        tone: str = "",
        where: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        self._where = where
        super().__init__(words, theme, face, tone=tone)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(24)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(24, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        width = self.fontMetrics().horizontalAdvance(self.text()) + 2
        return QSize(width, super().sizeHint().height())

    def paintEvent(self, _: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        metrics = self.fontMetrics()
        line = self.text().replace("\n", " ")
        cut = metrics.elidedText(line, self._where, self.width())
        self.setToolTip(as_tool_tip(self.text()) if cut != line else "")
        painter = QPainter(self)
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(self.rect(), int(self.alignment()) | Qt.TextFlag.TextSingleLine, cut)


def as_tool_tip(words: str) -> str:
    """Tool tips guess rich text by its looks; wrapped as escaped text they cannot, and long ones break lines."""
    if not words:
        return ""
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<span>{escaped[:2_000]}</span>"


class MoneyLabel(PlainLabel):
    """A sum of nano-dollars, to the cent, exact in the tool tip."""

    def __init__(self, theme: Theme, amount: int | None = None, face: Face = Face.NUMBERS, *, tone: str = "") -> None:
        super().__init__("", theme, face, tone=tone)
        self.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.set_amount(amount)

    def set_amount(self, amount: int | None) -> None:
        """None shows a dash: nothing is known."""
        self.setText("–" if amount is None else money(amount))
        self.setToolTip("" if amount is None else exact_money(amount))


def money(amount: int) -> str:
    """As people read it; "free" for nothing."""
    from orchestra_desktop.domain.money import shown  # with it comes `decimal`, which the first window can do without

    return shown(amount) if amount else translate("Money", "free")


def exact_money(amount: int) -> str:
    """Every digit: `$0.004312500`."""
    from orchestra_desktop.domain.money import in_dollars

    return f"${in_dollars(amount):.9f}"


def open_sums_tip(held: int, unconfirmed: int) -> str:
    """What the words "held" and "unconfirmed" mean, with the exact sums."""
    lines = []
    if held:
        exact = exact_money(held)
        lines.append(translate("Money", "held {sum}: the most that requests under way can still cost", sum=exact))
    if unconfirmed:
        words = translate(
            "Money",
            "unconfirmed {sum}: of requests that broke off. The service alone knows what they cost; each counts at the "
            "most it can be.",
            sum=exact_money(unconfirmed),
        )
        lines.append(words)
    return as_tool_tip("\n".join(lines))


def hairline(parent: QWidget | None = None, *, upright: bool = False) -> QWidget:
    """A line of one pixel between two parts."""
    from PySide6.QtWidgets import QFrame

    line = QFrame(parent)
    line.setProperty("kind", "hairline")
    if upright:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line

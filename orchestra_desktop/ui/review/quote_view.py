"""The quote: dollars and time as P50-P90, the chain of tasks that decides the finish, and the forecast as bars."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolTip, QVBoxLayout, QWidget

from orchestra_desktop.ui.review.desk import ReviewDesk
from orchestra_desktop.ui.theme.theme import Theme
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.ui.widgets.labels import PlainLabel, as_tool_tip, exact_money, money, plain_label
from orchestra_desktop.viewmodels.plan_review import Bar, forecast, minutes_range, money_range

_PATH_SHOWN = 8  # tasks of the critical path; the tool tip has all


class QuoteView(QWidget):
    """Two figures and the bars beside them; says why where there is no price."""

    def __init__(self, theme: Theme, desk: ReviewDesk) -> None:
        super().__init__()
        self._desk = desk
        self.setAccessibleName(translate("Review", "Quote"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 16, 14)
        row.setSpacing(24)
        self.cost, self._under_cost, cost = _figure(theme, translate("Review", "Cost, P50–P90"))
        self.time, self._under_time, time = _figure(theme, translate("Review", "Finish"))
        row.addLayout(cost)
        row.addLayout(time)
        self.bars = ForecastBars(theme)
        row.addWidget(self.bars, 1)
        desk.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        quote = self._desk.quote
        self.bars.show_bars(forecast(self._desk.rows) if quote is not None else ())
        if quote is None:
            reason = self._desk.unquoted
            self.cost.setText("–")
            self.time.setText("–")
            self._under_cost.setText(tr(reason) if reason is not None else translate("Review", "being priced"))
            self._under_time.setText("")
            return
        self.cost.setText(money_range(quote.p50, quote.p90, money))
        self.cost.setToolTip(f"{exact_money(quote.p50)} – {exact_money(quote.p90)}")
        most = translate("Review", "open at once at most {sum}", sum=money(quote.worst_open))
        self._under_cost.setText(most if quote.worst_open else translate("Review", "nobody sends a bill"))
        self.time.setText(minutes_range(quote.minutes.p50, quote.minutes.p90))
        path = " ".join(quote.critical_path[:_PATH_SHOWN]) + (" …" if len(quote.critical_path) > _PATH_SHOWN else "")
        self._under_time.setText(translate("Review", "critical path {tasks}", tasks=path))
        self._under_time.setToolTip(as_tool_tip(" ".join(quote.critical_path)))


def _figure(theme: Theme, name: str) -> tuple[PlainLabel, PlainLabel, QVBoxLayout]:
    column = QVBoxLayout()
    column.setSpacing(2)
    figure = plain_label("–", theme, Face.FIGURE)
    figure.setAccessibleName(name)
    under = plain_label("", theme, Face.SECONDARY, tone="secondary", wrap=True)
    under.setMaximumWidth(220)
    under.setMinimumWidth(120)
    column.addWidget(plain_label(name, theme, Face.LABEL, tone="muted"))
    column.addWidget(figure)
    column.addWidget(under)
    column.addStretch(1)
    return figure, under, column


class ForecastBars(QWidget):
    """A bar for each task, thick to its expected end and thin to its late one; the critical path in the accent."""

    _ROW, _BAR, _LATE, _NAME = 16, 10, 3, 44

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._bars: tuple[Bar, ...] = ()
        self.setAccessibleName(translate("Review", "Forecast"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_bars(self, bars: tuple[Bar, ...]) -> None:
        self._bars = bars
        self.setFixedHeight(max(1, self._ROW * len(bars)))
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(320, self._ROW * len(self._bars))

    def _scale(self) -> float:
        """Pixels per minute."""
        longest = max((bar.late for bar in self._bars), default=0.0)
        return (self.width() - self._NAME - 8) / longest if longest else 0.0

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.font(Face.LABEL))
        scale = self._scale()
        first = event.rect().top() // self._ROW
        for place in range(first, min(len(self._bars), event.rect().bottom() // self._ROW + 1)):
            self._paint(painter, self._bars[place], place * self._ROW, scale)

    def _paint(self, painter: QPainter, bar: Bar, top: float, scale: float) -> None:
        painter.setPen(self._theme.color(Token.MUTED))
        name = QRectF(0, top, self._NAME - 8, self._ROW)
        painter.drawText(name, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), bar.task)
        left, middle = self._NAME + bar.start * scale, top + self._ROW / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.color(Token.FILL if bar.is_critical else Token.STRONG))
        width = max(2.0, (bar.end - bar.start) * scale)
        painter.drawRoundedRect(QRectF(left, middle - self._BAR / 2, width, self._BAR), 2, 2)
        painter.setOpacity(0.45)
        late = QRectF(left + width, middle - self._LATE / 2, max(0.0, (bar.late - bar.end) * scale), self._LATE)
        painter.drawRoundedRect(late, 1.5, 1.5)
        painter.setOpacity(1.0)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            self._tell(event.pos(), event.globalPos())
            return True
        return super().event(event)

    def _tell(self, at: QPoint, where: QPoint) -> None:
        place = at.y() // self._ROW
        if 0 <= place < len(self._bars):
            bar = self._bars[place]
            words = minutes_range(bar.end - bar.start, bar.late - bar.start)
            QToolTip.showText(where, as_tool_tip(f"{bar.task}: {words}"), self)

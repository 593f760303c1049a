"""The line above table and graph: how the run stands, its time, its money. Its buttons are in the top bar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from orchestra_desktop.domain.budget import Balance
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.run.words import run_look
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.cap_bar import CapBar
from orchestra_desktop.ui.widgets.labels import exact_money, money, open_sums_tip, plain_label
from orchestra_desktop.ui.widgets.state_chip import StateChip
from orchestra_desktop.viewmodels.amounts import span
from orchestra_desktop.viewmodels.workspace import Topic

if TYPE_CHECKING:
    from orchestra_desktop.services.money import Standing
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.run_rows import RunRows

HEIGHT = 44
_COUNTED = (
    (TaskState.RUNNING, "{n} running", "{n} running"),
    (TaskState.VERIFYING, "{n} verifying", "{n} verifying"),
    (TaskState.NEEDS_PERSON, "{n} needs you", "{n} need you"),
    (TaskState.READY, "{n} ready", "{n} ready"),
    (TaskState.FAILED, "{n} failed", "{n} failed"),
)
_ASKING = frozenset({RunStateName.NEEDS_PERSON, RunStateName.AT_CAP})


class RunHeader(QFrame):
    """Gives way from its least needed words on: first the forecast, then the counts, then what is held."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self.setProperty("kind", "bar")
        self.setAccessibleName(translate("Run", "The run"))
        self.setFixedHeight(HEIGHT)
        theme = context.theme
        self.state = RunChip(theme)
        self.counts = plain_label("", theme, Face.SECONDARY, tone="secondary")
        self.time = plain_label("", theme, Face.NUMBERS)
        self.forecast = plain_label("", theme, Face.SECONDARY, tone="muted")
        self.money = plain_label("", theme, Face.NUMBERS)
        self.bar = CapBar(theme)
        self.held = plain_label("", theme, Face.SECONDARY, tone="muted")
        self.answer = Button(translate("Run", "Answer…"), theme, "inbox")
        self.answer.clicked.connect(lambda: context.shell.show_place("inbox"))
        self._lay_out()
        self._tick = QTimer(self)
        self._tick.setInterval(1_000)
        self._tick.timeout.connect(self._show_time)
        context.flush.changed.connect(self._flushed)
        self._live.replaced.connect(self.refresh)
        self._live.changed.connect(self._changed)
        self.refresh()

    def _lay_out(self) -> None:
        row = self._row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(12)
        row.addWidget(self.state)
        for label in (self.counts, self.time, self.forecast):
            row.addWidget(label)
        row.addStretch(1)
        for widget in (self.money, self.bar, self.held):
            row.addWidget(widget)
        row.addWidget(self.answer)

    # -- following --------------------------------------------------------------------------------------------------

    def _changed(self, _: object) -> None:
        if self.isVisible():
            self.refresh()

    def _flushed(self, topics: frozenset[Topic]) -> None:
        if topics & {Topic.RUN, Topic.PLANS}:
            self.refresh()
        elif topics & {Topic.MONEY}:
            self._show_money()
            self._give_way()

    def refresh(self) -> None:
        self._show_state()
        self._show_counts()
        self._show_time()
        self._show_money()
        self._show_answer()
        self._give_way()

    @property
    def _rows(self) -> RunRows | None:
        return self._live.rows

    def _state(self) -> RunStateName | None:
        return self._live.state

    def _show_state(self) -> None:
        self.state.show_run(self._state())

    def _show_counts(self) -> None:
        if self._rows is None:
            self.counts.setText("")
            return
        board = self._rows.board
        parts = [counted("Run", one, many, board.counts[state]) for state, one, many in _COUNTED if board.counts[state]]
        done = board.counts[TaskState.SUCCEEDED] + board.counts[TaskState.SKIPPED]
        tasks = len(board.rows)
        if self._rows.run is None:
            parts.append(counted("Run", "{n} task", "{n} tasks", tasks))
        else:
            parts.append(translate("Run", "{done} / {tasks} done", done=done, tasks=tasks))
        self.counts.setText("  ·  ".join(parts))

    def _show_time(self) -> None:
        rows, now = self._rows, self._live.now()
        elapsed = rows.elapsed(now) if rows is not None else None
        self.time.setText(span(int(elapsed)) if elapsed is not None else "")
        left = rows.seconds_left(now) if rows is not None and self._c.workspace.is_live else None
        self.forecast.setText(translate("Run", "about {time} left", time=_rounded(left)) if left else "")

    def _standing(self) -> Standing | None:
        """Of a run that has just begun, too: it has its line before its first call."""
        return self._c.workspace.money if self._state() is not None else None

    def _show_money(self) -> None:
        standing = self._standing()
        balance = standing.run if standing is not None else None
        ceiling = standing.ceiling if standing is not None else None
        shown = balance or Balance()
        spent = shown.charged + shown.unconfirmed  # as the status bar and the usage cards have it
        self.bar.setVisible(bool(ceiling))
        if ceiling:
            self.bar.set_shares(spent / ceiling, shown.open / ceiling)
        for widget in (self.money, self.held):
            widget.setVisible(balance is not None)
        if balance is None:
            return
        words = money(spent) if spent else "$0"
        if not ceiling and ceiling is not None and not shown.counted:
            self.money.setText(translate("Run", "free"))
            self.held.setText("")
            return
        if ceiling is None:
            self.money.setText(translate("Run", "{spent}, no ceiling", spent=words))
        else:
            limit = money(ceiling) if ceiling else "$0"
            self.money.setText(translate("Run", "{spent} of {limit}", spent=words, limit=limit))
        self.money.setToolTip(exact_money(spent))
        self.held.setText("  ".join(_open_sums(shown)))
        self.held.setToolTip(open_sums_tip(shown.open, shown.unconfirmed))
        self.held.set_tone("attention" if shown.unconfirmed else "muted")

    def _show_answer(self) -> None:
        rows = self._rows
        asks = rows is not None and rows.run is not None and rows.board.counts[TaskState.NEEDS_PERSON] > 0
        self.answer.setVisible(asks or self._state() in _ASKING)

    # -- room -------------------------------------------------------------------------------------------------------

    def _give_way(self) -> None:
        """Hides words from the least needed on until the rest fits."""
        for label in (self.forecast, self.counts, self.held):
            label.setVisible(bool(label.text()))
        for widget in (self.forecast, self.bar, self.held, self.counts):
            if self._row.sizeHint().width() <= self.width():
                return
            widget.setVisible(False)
            self._row.invalidate()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(200, HEIGHT)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._show_money()
        self._give_way()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._tick.start()
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        super().hideEvent(event)
        self._tick.stop()


def _open_sums(balance: Balance) -> list[str]:
    """What is held for calls under way, and what nobody has confirmed."""
    parts = []
    if balance.open:
        parts.append(translate("Run", "held {amount}", amount=money(balance.open)))
    if balance.unconfirmed:
        parts.append(translate("Run", "unconfirmed {amount}", amount=money(balance.unconfirmed)))
    return parts


def _rounded(seconds: float) -> str:
    """A forecast is no clock: to five seconds below a minute, then to half minutes, then to minutes."""
    step = 5 if seconds < 60 else 30 if seconds < 600 else 60
    return span(max(step, round(seconds / step) * step))


class RunChip(StateChip):
    """The run's state as icon, word and colour, in the frame that tasks have."""

    def show_run(self, state: RunStateName | None) -> None:
        self._look, self._words = run_look(state)
        self.setAccessibleName(self._words)
        self.updateGeometry()
        self.update()

"""The output of one attempt: its stored rounds, thinking and tool uses folded, then what streams in now."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from orchestra_desktop.domain.ids import Digest, TaskId
from orchestra_desktop.ui.dialogs import shown
from orchestra_desktop.ui.inspector.output_view import OutputView, Run
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.theme.tokens import Token
from orchestra_desktop.ui.theme.type import Face
from orchestra_desktop.ui.translation import counted, translate
from orchestra_desktop.ui.widgets.buttons import Button
from orchestra_desktop.ui.widgets.labels import plain_label
from orchestra_desktop.viewmodels.event_words import milliseconds
from orchestra_desktop.viewmodels.output_text import MOST_SHOWN, tail, thinking_of
from orchestra_desktop.viewmodels.task_detail import Attempt, Outcome, Round, ToolLine

if TYPE_CHECKING:
    from orchestra_desktop.domain.messages import Message
    from orchestra_desktop.ui.context import UiContext
    from orchestra_desktop.viewmodels.task_detail import TaskDetail

_SHOWN_OF_A_FOLD = 20_000  # characters; the tab of tools has the rest


class OutputTab(QWidget):
    """Shows the newest attempt, or the one that was picked among the tries. Reads nothing while it is hidden."""

    def __init__(self, context: UiContext) -> None:
        super().__init__()
        self._c = context
        self._live = run_live(context)
        self._detail: TaskDetail | None = None
        self._picked: int | None = None
        self._shown: tuple[TaskId, int] | None = None
        self._rounds = 0
        self._tools: dict[int, str] = {}
        self._characters = 0
        self._made = 0  # counts what was started over, so that an answer for what was shown before is dropped
        self.setAccessibleName(translate("Inspector", "Output"))
        self.view = OutputView(context.theme, translate("Inspector", "Output of the task"))
        self.nothing = plain_label("", context.theme, tone="muted", wrap=True)
        self._bar = self._make_bar()
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(_padded(self.nothing))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(6)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self.view.followed.connect(self._followed)
        context.progress.streamed.connect(self._streamed)
        context.theme.changed.connect(self._again)

    def _make_bar(self) -> QWidget:
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self.cut = plain_label("", self._c.theme, Face.LABEL, tone="muted")
        self.full = Button(translate("Inspector", "Open full text"), self._c.theme, kind="link")
        self.full.clicked.connect(self._open_full)
        self.newest = Button(translate("Inspector", "Follow"), self._c.theme, "arrow-down", "link")
        self.newest.clicked.connect(self.view.follow)
        row.addWidget(self.cut)
        row.addWidget(self.full)
        row.addStretch(1)
        row.addWidget(self.newest)
        bar.hide()
        return bar

    # -- what is shown ----------------------------------------------------------------------------------------------

    def show_detail(self, detail: TaskDetail | None) -> None:
        """Another task, or news of the one that is shown."""
        if detail is None or self._detail is None or detail.task != self._detail.task or detail.run != self._detail.run:
            self._picked = None
        self._detail = detail
        if self.isVisible():
            self._refresh()

    def pick_attempt(self, number: int) -> None:
        """Shows an earlier attempt until another task is picked."""
        self._picked = number
        self._refresh()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        self._refresh()

    def _again(self) -> None:
        """Colours have changed: what is there is written again."""
        self._shown = None
        if self.isVisible():
            self._refresh()

    def _attempt(self) -> Attempt | None:
        if self._detail is None:
            return None
        return self._detail.attempt(self._picked) if self._picked is not None else self._detail.current

    def _refresh(self) -> None:
        attempt = self._attempt()
        wanted = (self._detail.task, attempt.number if attempt is not None else 0) if self._detail is not None else None
        if wanted != self._shown:
            self._start_over()
            self._shown = wanted
        if attempt is not None and len(attempt.rounds) > self._rounds:
            self._c.spawn(self._read(attempt, self._made), f"output {self._made} {len(attempt.rounds)}")
        elif attempt is None and self._detail is not None and self._detail.output is not None and not self._rounds:
            self._rounds = 1
            self._c.spawn(self._read_result(self._detail.output, self._made), f"output {self._made} result")
        self._tool_news()
        self._stream()
        self._say_nothing()

    def _start_over(self) -> None:
        self._made += 1
        self._rounds = self._characters = 0
        self._tools.clear()
        self.view.start_over()
        self._bar.hide()

    # -- stored rounds ----------------------------------------------------------------------------------------------

    async def _read(self, attempt: Attempt, made: int) -> None:
        """Writes the rounds that have been stored since; what streamed of them gives way to what was stored."""
        first, last = self._rounds, len(attempt.rounds)
        messages = await self._c.session.outputs.messages([one.message for one in attempt.rounds[first:last]])
        if made != self._made or first != self._rounds:
            return
        self._rounds = last
        for one, message in zip(attempt.rounds[first:last], messages, strict=True):
            self._write_round(one, message)
        self._stream()
        self._say_nothing()
        self._show_bar()

    def _write_round(self, one: Round, message: Message) -> None:
        thinking = thinking_of(message)
        if thinking:
            words = counted("Inspector", "thinking, {n} word", "thinking, {n} words", len(thinking.split()))
            self.view.add_fold([Run(words, Token.MUTED)], lambda number: self._unfold_text(number, thinking))
        if message.text.strip():
            room = max(0, MOST_SHOWN - self._characters)
            self._characters += len(message.text)
            self.view.add_text(tail(message.text.strip("\n"), max(room, MOST_SHOWN // 10))[0])
        for tool in one.tools:
            self._tools[self.view.folds] = tool.use
            self.view.add_fold(_tool_runs(tool), partial(self._unfold_tool, tool))

    async def _read_result(self, digest: Digest, made: int) -> None:
        text = await self._c.session.outputs.body(digest)
        if made == self._made:
            self._characters = len(text)
            self.view.add_text(tail(text)[0])
            self._say_nothing()
            self._show_bar()

    def _tool_news(self) -> None:
        """A tool has returned: its line says so."""
        attempt = self._attempt()
        if attempt is None or not self._tools:
            return
        done = {tool.use: tool for tool in attempt.tools if tool.output is not None}
        for number, use in list(self._tools.items()):
            if use in done:
                self.view.rewrite_fold(number, _tool_runs(done[use]))
                del self._tools[number]

    def _unfold_text(self, number: int, text: str) -> None:
        self.view.unfolded(number, text[:_SHOWN_OF_A_FOLD])

    def _unfold_tool(self, tool: ToolLine, number: int) -> None:
        self._c.spawn(self._read_tool(number, tool, self._made), f"output tool {number}")

    async def _read_tool(self, number: int, tool: ToolLine, made: int) -> None:
        parts = [await self._c.session.outputs.body(tool.input)]
        if tool.output is not None:
            parts.append(await self._c.session.outputs.body(tool.output))
        if made == self._made:
            self.view.unfolded(number, "\n".join(part[:_SHOWN_OF_A_FOLD] for part in parts))

    # -- streaming --------------------------------------------------------------------------------------------------

    def _streamed(self, tasks: frozenset[TaskId]) -> None:
        if self._detail is not None and self._detail.task in tasks and self.isVisible():
            self._stream()
            self._say_nothing()

    def _stream(self) -> None:
        """Shows what is being written behind the rounds that stand there already."""
        attempt = self._attempt()
        if self._detail is None or attempt is None or attempt is not self._detail.current:
            return
        if attempt.outcome is Outcome.RUNNING or self._rounds < len(attempt.rounds):
            shown = attempt.rounds[self._rounds - 1].number if self._rounds else 0
            self.view.show_live(self._live.streaming(self._detail.task, attempt.number, shown))

    def _say_nothing(self) -> None:
        """Words in place of an empty view: why there is nothing, or that the model has begun."""
        empty = self.view.document().isEmpty()
        self._stack.setCurrentIndex(1 if empty else 0)
        if not empty:
            return
        attempt = self._attempt()
        if attempt is None or attempt.outcome is not Outcome.RUNNING:
            self.nothing.setText(translate("Inspector", "Nothing was written yet."))
        else:
            self.nothing.setText(translate("Inspector", "The model is at work; its first words come here."))

    # -- more -------------------------------------------------------------------------------------------------------

    def _followed(self, _: bool) -> None:
        self._show_bar()

    def _show_bar(self) -> None:
        long = self._characters > MOST_SHOWN // 2
        cut = self._characters > MOST_SHOWN
        self.cut.setText(translate("Inspector", "Only the end is shown.") if cut else "")
        self.full.setVisible(long)
        self.newest.setVisible(not self.view.is_following)
        self._bar.setVisible(long or not self.view.is_following)

    def _open_full(self) -> None:
        attempt = self._attempt()
        if attempt is not None:
            self._c.spawn(self._show_full([one.message for one in attempt.rounds]), "output full")
        elif self._detail is not None and self._detail.output is not None:
            self._c.spawn(self._show_full_result(self._detail.output), "output full")

    async def _show_full(self, digests: list[Digest]) -> None:
        messages = await self._c.session.outputs.messages(digests)
        await self._show_text("\n\n".join(message.text for message in messages if message.text.strip()))

    async def _show_full_result(self, digest: Digest) -> None:
        await self._show_text(await self._c.session.outputs.body(digest))

    async def _show_text(self, text: str) -> None:
        from orchestra_desktop.ui.inspector.full_text import FullText

        await shown(FullText(self.window(), self._c.theme, translate("Inspector", "Full output"), text))


def _tool_runs(tool: ToolLine) -> list[Run]:
    """`read_file hello_world.py ok 3 ms`: the name, what it was about, and how it ended."""
    runs = [Run(tool.tool, Token.ACCENT), Run(f" {tool.summary}", Token.SECONDARY)]
    if tool.output is None:
        return [*runs, Run(" …", Token.MUTED)]
    time = milliseconds(tool.milliseconds)
    if tool.is_error:
        return [*runs, Run(" " + translate("Inspector", "failed {time}", time=time), Token.FAILED)]
    return [*runs, Run(" " + translate("Inspector", "ok {time}", time=time), Token.SUCCEEDED)]


def _padded(widget: QWidget) -> QWidget:
    frame = QWidget()
    column = QVBoxLayout(frame)
    column.setContentsMargins(0, 4, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return frame

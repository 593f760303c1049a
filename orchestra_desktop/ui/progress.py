"""Streamed text on its way to the screen: pieces of answers and of a plan, gathered between two paints."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId
    from orchestra_desktop.domain.messages import TextDelta, ThinkingDelta
    from orchestra_desktop.ui.flush import Flush

MOST_CHARACTERS = 400_000  # kept of one attempt's stream; the whole answer is in the archive


class _Signals(QObject):
    streamed = Signal(object)  # frozenset[TaskId]
    plan_streamed = Signal(object, object)  # ProjectId, PlanProgress


class Progress:
    """Holds what has streamed in for each task's attempt, and hands the new part to whoever shows it.

    `streamed` fires with the flush timer and names the tasks that have news; a view takes only what it shows. No
    QObject itself: PySide has a way of its own to an object's attributes, which made keeping a piece twice as dear.
    """

    def __init__(self, flush: Flush) -> None:
        self._signals = _Signals()
        self.streamed = self._signals.streamed
        self.plan_streamed = self._signals.plan_streamed
        self._flush = flush
        self._texts: dict[tuple[RunId, TaskId], _Stream] = {}
        self._news: set[TaskId] = set()
        self._plans: dict[ProjectId, list[Any]] = defaultdict(list)
        flush.progressed.connect(self._flushed)

    def on_run(self, run: RunId, task: TaskId, attempt: int, piece: TextDelta | ThinkingDelta) -> None:
        """The `OnRunProgress` of a run; called per piece, so it only keeps it."""
        stream = self._texts.get((run, task))
        if stream is None or stream.attempt != attempt:
            stream = self._texts[(run, task)] = _Stream(attempt)
        stream.take(piece)
        if not self._news:  # else the flush that will tell of them is asked for already
            self._flush.mark_progress()
        self._news.add(task)

    def on_plan(self, project: ProjectId, piece: Any) -> None:
        """The `PlanProgress` of a plan that is being written."""
        self._plans[project].append(piece)
        self._flush.mark_progress()

    def text(self, run: RunId, task: TaskId) -> tuple[int, str]:
        """The attempt's number and all its text so far; 0 and nothing where none was heard by this process."""
        stream = self._texts.get((run, task))
        return (stream.attempt, stream.whole()) if stream is not None else (0, "")

    def forget(self, run: RunId) -> None:
        """A run has ended: its texts are in the archive."""
        self._texts = {key: stream for key, stream in self._texts.items() if key[0] != run}

    def _flushed(self) -> None:
        if self._news:
            news, self._news = frozenset(self._news), set()
            self.streamed.emit(news)
        plans, self._plans = self._plans, defaultdict(list)
        for project, pieces in plans.items():
            for piece in pieces:
                self.plan_streamed.emit(project, piece)


class _Stream:
    """The text of one attempt, with the beginning dropped where it grows too long."""

    __slots__ = ("_characters", "_pieces", "_text_delta", "attempt")

    def __init__(self, attempt: int) -> None:
        # Not before the first paint, so not at the top; and once per attempt, not in `take`: every import statement
        # runs PySide's hook, which is written in Python and cost more than all the rest of taking a piece.
        from orchestra_desktop.domain.messages import TextDelta

        self._text_delta = TextDelta
        self.attempt = attempt
        self._pieces: list[str] = []
        self._characters = 0

    def take(self, piece: TextDelta | ThinkingDelta) -> None:
        """Keeps what is text of the answer; thinking is shown once it is stored."""
        if not isinstance(piece, self._text_delta):
            return
        self._pieces.append(piece.text)
        self._characters += len(piece.text)
        if self._characters > 2 * MOST_CHARACTERS:
            self._pieces = [self.whole()[-MOST_CHARACTERS:]]
            self._characters = MOST_CHARACTERS

    def whole(self) -> str:
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

"""The one place where the window says what happened: toasts with at most one thing to do, errors among them; and what
goes on being so, which stays to be seen until it is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QObject, Signal

from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.ui.translation import tr, translate

_log = logging.getLogger(__name__)
MOST_KEPT = 200


class Tone(StrEnum):
    """How urgent a notice is; only `error` stays until it is closed."""

    DONE = "done"
    ATTENTION = "attention"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Notice:
    """What happened, and a verb that answers it, such as Undo."""

    words: str
    tone: Tone = Tone.DONE
    verb: str = ""
    on_verb: Callable[[], object] | None = field(default=None, compare=False)
    detail: str = ""

    @property
    def lasts_ms(self) -> int:
        """How long it is shown; 0 until it is closed."""
        return 0 if self.tone is Tone.ERROR else 8_000 if self.on_verb else 5_000


@dataclass(frozen=True, slots=True)
class Remedy:
    """Something that can be done about what stands: the verb on its button and what it does."""

    label: str
    do: Callable[[], object] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Standing:
    """What goes on being so: what happened, what it means, and what can be done, the likeliest first.

    `can_wait` lets the person put it aside; what stops everything stays in sight.
    """

    title: str
    words: str
    remedies: tuple[Remedy, ...] = ()
    tone: Tone = Tone.ATTENTION
    can_wait: bool = False


class Notices(QObject):
    """Takes notices from anywhere and keeps the last ones; the stack in the window shows them, its band what stands."""

    added = Signal(object)  # Notice
    stood = Signal()  # something began or ceased to stand

    def __init__(self) -> None:
        super().__init__()
        self.history: list[Notice] = []
        self.standing: dict[str, Standing] = {}

    def show(self, notice: Notice) -> None:
        """The same words twice in a row are shown once."""
        if self.history and self.history[-1] == notice and notice.tone is Tone.ERROR:
            return
        self.history = [*self.history[-MOST_KEPT:], notice]
        self.added.emit(notice)

    def say(self, text: Text, tone: Tone = Tone.DONE) -> None:
        self.show(Notice(tr(text), tone))

    def undoable(self, words: str, undo: Callable[[], object]) -> None:
        """Something was done that can be taken back."""
        self.show(Notice(words, verb=translate("Notices", "Undo"), on_verb=undo))

    def stand(self, key: str, standing: Standing) -> None:
        """Shows it until it is lifted by the same key; what stood there under that key gives way."""
        if self.standing.get(key) != standing:
            self.standing[key] = standing
            self.stood.emit()

    def lift(self, key: str) -> bool:
        """It is over, or was put aside; False where nothing of that key stood."""
        if self.standing.pop(key, None) is None:
            return False
        self.stood.emit()
        return True

    def fault(self, error: BaseException) -> None:
        """An error that nobody handled. Ours say what to do; any other is a fault of the program, and logged."""
        if isinstance(error, OrchestraError):
            self.show(Notice(tr(error.text), Tone.ERROR))
            return
        _log.error("unexpected error", exc_info=error)
        words = translate("Notices", "Something in the program went wrong. Your work is stored; the log says more.")
        self.show(Notice(words, Tone.ERROR, detail=f"{type(error).__name__}: {error}"))

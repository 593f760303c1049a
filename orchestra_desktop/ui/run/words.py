"""Words of the run place that several of its parts say: a phrase of an event, a run's state, a span, a group."""

from __future__ import annotations

from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.ui.theme.tokens import StateLook, Token
from orchestra_desktop.ui.translation import tr, translate
from orchestra_desktop.viewmodels.event_words import Phrase
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.run_rows import Grouping, Heading

_RUN_LOOKS: dict[RunStateName | None, tuple[StateLook, str]] = {
    None: (StateLook(Token.WAITING, "clock"), "not started"),
    RunStateName.RUNNING: (StateLook(Token.RUNNING, "play"), "running"),
    RunStateName.PAUSED: (StateLook(Token.WAITING, "pause"), "paused"),
    RunStateName.NEEDS_PERSON: (StateLook(Token.NEEDS_PERSON, "warning"), "needs you"),
    RunStateName.AT_CAP: (StateLook(Token.NEEDS_PERSON, "money"), "at a cap"),
    RunStateName.FINISHED: (StateLook(Token.SUCCEEDED, "check"), "finished"),
    RunStateName.FINISHED_WITH_FAILURES: (StateLook(Token.FAILED, "cross"), "finished with failures"),
    RunStateName.CANCELLED: (StateLook(Token.WAITING, "cancelled"), "stopped"),
    RunStateName.INTERRUPTED: (StateLook(Token.NEEDS_PERSON, "warning"), "interrupted"),
}


def run_look(state: RunStateName | None) -> tuple[StateLook, str]:
    """Colour, icon and word of a run's state; None is a plan that has not run."""
    look, word = _RUN_LOOKS[state]
    return look, translate("RunState", word)


def said(phrase: Phrase) -> str:
    """A phrase in the person's language, on one line; what came from models and files is made harmless."""
    values = {
        name: tr(value) if isinstance(value, Text) else harmless(value) if isinstance(value, str) else value
        for name, value in phrase.args.items()
    }
    if not values:
        return harmless(translate("Events", phrase.source)) if phrase.source else ""
    return translate("Events", phrase.source, **values)


def group_title(heading: Heading) -> str:
    if heading.grouping is Grouping.WAVE:
        return translate("Run", "Wave {number}", number=heading.number)
    if not heading.name:
        return translate("Run", "Without a phase")
    return translate("Run", "Phase {number} · {name}", number=heading.number, name=heading.name)

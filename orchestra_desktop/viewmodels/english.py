"""Puts a `Text` into English: what happened, what it means for the run and the money, what to do."""

from __future__ import annotations

import string
from collections.abc import Mapping, Sequence
from typing import Any

from orchestra_desktop.domain.money import shown
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.viewmodels.amounts import span
from orchestra_desktop.viewmodels.harmless import harmless
from orchestra_desktop.viewmodels.sentences_of_plans import PLAN_SENTENCES
from orchestra_desktop.viewmodels.sentences_of_runs import RUN_SENTENCES
from orchestra_desktop.viewmodels.sentences_of_settings import SETTINGS_SENTENCES
from orchestra_desktop.viewmodels.sentences_of_world import WORLD_SENTENCES

SENTENCES: Mapping[str, str] = {**PLAN_SENTENCES, **RUN_SENTENCES, **SETTINGS_SENTENCES, **WORLD_SENTENCES}

CAPS: Mapping[str, str] = {
    "run": "the run's ceiling",
    "project": "the project's cap",
    "daily": "the daily cap",
    "monthly": "the monthly cap",
}
_LONGEST_ARGUMENT = 2_000  # characters of one value inside a sentence


def english(text: Text) -> str:
    """The sentence of this text, on one line, with whatever came from outside made harmless.

    A key that is not in the catalogue (an event that a newer version stored) shows itself and its values.
    """
    sentence = SENTENCES.get(text.key)
    if sentence is None:
        values = ", ".join(f"{name} {harmless(str(value))}" for name, value in text.args.items())
        return f"{harmless(text.key)} ({values})" if values else harmless(text.key)
    return filled(sentence, text.args)


def filled(sentence: str, values: Mapping[str, Any]) -> str:
    """A sentence of the catalogue, in whatever language, with its values. Never fails."""
    return _Sentence().vformat(sentence, (), values)


def fields_of(sentence: str) -> list[str]:
    """The places of a sentence, each as it is written: `needed`, `task|name`."""
    return [name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None]


class _Sentence(string.Formatter):
    """Fills a sentence in: `{needed:money}`, `{cap:cap}`, `{seconds:time}`, names of fields as `{fields:words}`.

    `{task|name}` takes whichever is given.

    Never fails: a text may have been stored by another version, with other values.
    """

    def get_field(self, field_name: str, _args: Sequence[Any], kwargs: Mapping[str, Any]) -> tuple[Any, str]:
        for name in field_name.split("|"):
            if name in kwargs:
                return kwargs[name], name
        return "?", field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "money" if isinstance(value, int):
                return shown(value) if value else "$0"
            case "time" if isinstance(value, int | float):
                return span(value)
            case "count" if isinstance(value, int):
                return f"{value:,}"
            case "words":
                return harmless(str(value)).replace("_", " ")
            case "cap":
                return CAPS.get(str(value), harmless(str(value)))
            case "Cap":
                words = self.format_field(value, "cap")
                return words[:1].upper() + words[1:]
            case _:
                words = harmless(str(value))
                return words if len(words) <= _LONGEST_ARGUMENT else f"{words[:_LONGEST_ARGUMENT]}…"

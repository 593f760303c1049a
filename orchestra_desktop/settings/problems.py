"""What is wrong, or without effect, in settings: named by section and key, as a `Text`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic_core import ErrorDetails

from orchestra_desktop.domain.texts import Text, TextArg, text


class ProblemKind(StrEnum):
    """An error keeps the file from being rewritten; a notice is only said."""

    ERROR = "error"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class SettingProblem:
    """One thing to tell the person. `key` is empty for a whole section, `section` too for the whole file."""

    section: str
    key: str
    text: Text
    kind: ProblemKind = ProblemKind.ERROR

    @property
    def where(self) -> str:
        """`budget.daily`; `ollama.hosts.0.url`."""
        return ".".join(part for part in (self.section, self.key) if part)


def problem(
    section: str, key: str, name: str, kind: ProblemKind = ProblemKind.ERROR, /, **args: TextArg
) -> SettingProblem:
    """A problem whose Text tells its own place as `where`."""
    where = ".".join(part for part in (section, key) if part)
    return SettingProblem(section, key, text(name, where=where, **args), kind)


# pydantic's error types -> our Text key and which facts of the error it tells. Its own sentences cannot be translated.
_KEYS: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("settings.too_small", "ge"),
    "less_than_equal": ("settings.too_large", "le"),
    "literal_error": ("settings.not_one_of", "expected"),
    "enum": ("settings.not_one_of", "expected"),
    "int_type": ("settings.not_a_whole_number", ""),
    "int_from_float": ("settings.not_a_whole_number", ""),
    "bool_type": ("settings.not_true_or_false", ""),
    "string_type": ("settings.not_a_text", ""),
    "string_too_short": ("settings.empty", ""),
    "string_too_long": ("settings.too_long", "max_length"),
    "too_long": ("settings.too_long", "max_length"),
    "string_pattern_mismatch": ("settings.wrong_form", ""),
    "tuple_type": ("settings.not_a_list", ""),
    "model_type": ("settings.not_an_object", ""),
    "missing": ("settings.missing", ""),
    "extra_forbidden": ("settings.unknown_key", ""),
    "date_from_datetime_parsing": ("settings.not_a_date", ""),
    "date_parsing": ("settings.not_a_date", ""),
    "date_type": ("settings.not_a_date", ""),
}
_FACT_NAMES = {"ge": "limit", "le": "limit", "max_length": "limit", "expected": "choices"}


def text_of(error: ErrorDetails, where: str) -> Text:
    """What one of pydantic's errors says, in our words; validators of ours bring their own key."""
    facts: dict[str, Any] = error.get("ctx") or {}
    kind = error["type"]
    if kind in _KEYS:
        key, fact = _KEYS[kind]
        args = {_FACT_NAMES[fact]: str(facts[fact]).replace("'", "").replace(" or ", ", ")} if fact else {}
        return text(key, where=where, **args)
    if "." in kind:  # raised by `fields.refuse`
        return text(kind, where=where, **facts)
    return text("settings.invalid", where=where, detail=kind)

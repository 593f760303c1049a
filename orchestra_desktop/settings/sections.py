"""Reads one section from JSON data: good keys are used, bad ones take their default and are named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from pydantic import BaseModel, ValidationError

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.settings.fields import FILE_FORM, Section
from orchestra_desktop.settings.problems import ProblemKind, SettingProblem, problem, text_of
from orchestra_desktop.settings.schema import section_types
from orchestra_desktop.settings.secret_fields import without

_PASSES = 5  # of taking out what does not validate; two are needed, unless validators hide one another


def parse_section(name: str, raw: Any, *, file_form: bool = True) -> Section:
    """The section that this JSON data is. Raises InvalidSettings naming the first key that is wrong."""
    try:
        return _validated(name, raw, file_form=file_form)
    except ValidationError as error:
        raise InvalidSettings(_problems(name, error)[0].text) from None


def _validated(name: str, raw: Any, *, file_form: bool = True) -> Section:
    # Through JSON text, since strict validation takes lists for tuples and texts for enums only from there.
    return section_types()[name].model_validate_json(
        json.dumps(_completed(name, raw)), context=FILE_FORM if file_form else None
    )


@cache
def default_data(name: str) -> dict[str, Any]:
    """A section's defaults as the file would write them."""
    return section_types()[name]().model_dump(mode="json", context=FILE_FORM)


def _completed(name: str, raw: Any) -> Any:
    """An object that names some of its keys keeps this section's defaults for the others, not those of its own model:
    `routing.research` and `routing.code` have one form and different defaults."""
    if not isinstance(raw, dict):
        return raw
    defaults = default_data(name)
    both = {key: (defaults.get(key), value) for key, value in raw.items()}
    return {
        key: {**default, **value} if isinstance(default, dict) and isinstance(value, dict) else value
        for key, (default, value) in both.items()
    }


def read_section(name: str, raw: Any) -> tuple[Section, Any, list[SettingProblem]]:
    """The section, the part of the data that it was read from, and what was wrong with the rest.

    A key that does not validate takes its default; a safety switch that does not takes its safe side.
    """
    found: list[SettingProblem] = []
    for _ in range(_PASSES):
        try:
            return _validated(name, raw), raw, found
        except ValidationError as error:
            found += _problems(name, error)
            raw = _repaired(name, raw, error)
    return section_types()[name](), {}, found


def _problems(name: str, error: ValidationError) -> list[SettingProblem]:
    rows = []
    for details in error.errors(include_url=False, include_input=False):
        key = ".".join(str(part) for part in details["loc"])[:200]  # names are the person's, of any length
        where = ".".join(part for part in (name, key) if part)
        kind = ProblemKind.NOTICE if details["type"] == "extra_forbidden" else ProblemKind.ERROR
        rows.append(SettingProblem(name, key, text_of(details, where), kind))
    return rows


def _repaired(name: str, raw: Any, error: ValidationError) -> Any:
    """The data without what is wrong in it: an unknown key alone, a bad value with the whole key it stands under."""
    places = [details["loc"] for details in error.errors(include_url=False, include_input=False)]
    if not isinstance(raw, dict) or not all(places):
        return _safe_values(name, set(section_types()[name].model_fields))
    bad: set[str] = set()
    for details in error.errors(include_url=False, include_input=False):
        place = details["loc"]
        if details["type"] == "extra_forbidden":
            raw = without(raw, place)
        else:
            bad.add(str(place[0]))
    return {key: value for key, value in raw.items() if key not in bad} | _safe_values(name, bad)


def _safe_values(name: str, keys: set[str]) -> dict[str, Any]:
    fields = section_types()[name].model_fields
    marks = {key: fields[key].json_schema_extra for key in keys if key in fields}
    return {
        key: mark["if_unreadable"] for key, mark in marks.items() if isinstance(mark, dict) and "if_unreadable" in mark
    }


def without_effect(name: str, section: Section) -> list[SettingProblem]:
    """A notice for each setting that was changed although its function is not there yet."""
    keys = [*_changed_not_yet(section)]
    if name == "ollama" and len(getattr(section, "hosts", ())) > 1:
        keys.append("hosts")  # the first one works, so the field as a whole is not marked
    return [problem(name, key, "settings.not_yet", ProblemKind.NOTICE) for key in keys]


def _changed_not_yet(model: BaseModel) -> Iterator[str]:
    for key, info in type(model).model_fields.items():
        mark = info.json_schema_extra
        if isinstance(mark, dict) and mark.get("not_yet") and getattr(model, key) != info.get_default():
            yield key

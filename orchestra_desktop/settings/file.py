"""The settings file: read by section and key, changed one key at a time, never overwritten while it is not valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.settings.assignments import Assignment, assigned, from_environment, parse_assignment, put
from orchestra_desktop.settings.document import Document, Unreadable, read_document, write_document
from orchestra_desktop.settings.fields import Section
from orchestra_desktop.settings.migrations import VERSION, migrated, version_of
from orchestra_desktop.settings.money_sections import system_time_zone
from orchestra_desktop.settings.problems import ProblemKind, SettingProblem, problem
from orchestra_desktop.settings.schema import Settings, section_types
from orchestra_desktop.settings.secret_fields import is_secret_value, secret_places, without
from orchestra_desktop.settings.sections import parse_section, read_section, without_effect


@dataclass(frozen=True, slots=True)
class LoadedSettings:
    """What is in force, what to tell the person, and whether the file may be rewritten (True where there is none)."""

    settings: Settings
    problems: tuple[SettingProblem, ...]
    valid_file: bool


def load(path: Path, overrides: Sequence[str] = (), environment: Mapping[str, str] | None = None) -> LoadedSettings:
    """Settings by `--set` (`overrides`), else the environment, else the file, else their defaults.

    Whatever is wrong with the file is reported and everything good in it is used. Raises InvalidSettings for a bad
    override or a bad address in the environment: those were given for this very start.
    """
    given = from_environment(environment or {}) + [parse_assignment(override) for override in overrides]
    data, problems = _file_data(path)
    sections: dict[str, Section] = {}
    for name in section_types():
        section, raw, found = read_section(name, data.get(name, {}))
        problems += found
        sections[name] = _with_assignments(name, section, raw, given)
        problems += without_effect(name, sections[name])
    return LoadedSettings(Settings.model_validate(sections), tuple(problems), not _errors(problems))


def _with_assignments(name: str, section: Section, raw: Any, given: Sequence[Assignment]) -> Section:
    mine = [assignment for assignment in given if assignment.section == name]
    if not mine:
        return section
    for assignment in mine:
        raw = assigned(raw, assignment)
    return parse_section(name, raw)


def _errors(problems: Sequence[SettingProblem]) -> list[SettingProblem]:
    return [problem for problem in problems if problem.kind is ProblemKind.ERROR]


def _file_data(path: Path) -> tuple[dict[str, Any], list[SettingProblem]]:
    """The sections as JSON data of today's version, without secrets and without what nobody knows."""
    try:
        document = read_document(path)
    except Unreadable as error:
        return {}, [SettingProblem("", "", error.text)]
    if document is None:
        return {}, []
    data = document.data
    problems = _version_problems(data) + _secret_problems(data)
    for place in reversed([*secret_places(data)]):  # backwards: places in a list are counted from its start
        data = without(data, place)
    data = migrated(data)
    unknown = [name for name in data if name not in section_types() and name != "version"]
    problems += [problem(name[:80], "", "settings.unknown_section", ProblemKind.NOTICE) for name in unknown]
    return data, problems


def _version_problems(data: Mapping[str, Any]) -> list[SettingProblem]:
    version = version_of(data)
    if version is None:
        return [problem("version", "", "settings.bad_version")]
    if version > VERSION:
        return [problem("version", "", "settings.newer_version", found=version, known=VERSION)]
    return []


def _secret_problems(data: dict[str, Any]) -> list[SettingProblem]:
    """By place; a name that is itself a key is not repeated either."""
    places = [[str(part) for part in place] for place in secret_places(data)]
    shown = [["…" if is_secret_value(part) else part[:80] for part in place] for place in places]
    return [problem(place[0], ".".join(place[1:]), "settings.secret") for place in shown]


# -- writing --------------------------------------------------------------------------------------------------------


def save(path: Path, changes: Mapping[str, Any]) -> None:
    """Changes single keys (`{"budget.daily": "2.50"}`, values as the file writes them) and nothing else in the file.

    Unknown keys stay. Raises InvalidSettings if a change does not validate, or if the file on disk does not: it is then
    left as it is. Raises OSError if it cannot be written.
    """
    document = _writable_document(path)
    data = document.data
    for name, value in changes.items():
        section, _, key = name.partition(".")
        if section not in section_types() or not key:
            raise InvalidSettings(text("settings.unknown_key", where=name))
        if [*secret_places({name: value})]:
            raise InvalidSettings(text("settings.secret", where=name))
        assignment = Assignment(section, tuple(key.split(".")), (value,), name)
        data = {**data, section: _changed(data.get(section, {}), assignment)}
    write_document(path, replace(document, data=data))


def _changed(raw: dict[str, Any], assignment: Assignment) -> dict[str, Any]:
    """The section as the file has it, its unknown keys included, with the change made; judged without them."""
    _, known, _ = read_section(assignment.section, raw)
    assigned(known, assignment)
    return put(raw, assignment.section, assignment.path, assignment.values[0])


def _writable_document(path: Path) -> Document:
    """Raises InvalidSettings for a file that does not validate, naming the first thing that is wrong."""
    document = read_document(path)
    if document is None:
        return Document({"version": VERSION})
    if wrong := _errors(load(path).problems):
        raise InvalidSettings(text("settings.file_kept", path=str(path), where=wrong[0].where or path.name))
    data = migrated(document.data)
    return replace(document, data=data if "version" in data else {"version": VERSION, **data})


def keep_time_zone(path: Path) -> bool:
    """Writes the system's time zone down where the file names none, so that travelling does not move the person's days.

    True if it was written; a file that does not validate is left as it is.
    """
    if not load(path).valid_file:
        return False
    document = read_document(path)
    budget = document.data.get("budget", {}) if document else {}
    if "time_zone" in budget:
        return False
    save(path, {"budget.time_zone": system_time_zone()})
    return True

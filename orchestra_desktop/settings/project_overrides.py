"""What a project changes of the settings: some keys of some sections, validated like the file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.texts import text
from orchestra_desktop.settings.schema import PROJECT_SECTIONS, Settings
from orchestra_desktop.settings.sections import parse_section


def with_overrides(settings: Settings, overrides: Mapping[str, Mapping[str, Any]]) -> Settings:
    """The settings of a project that overrides some: `{"budget": {"project": 2_000_000_000}}`, money in nano-dollars.

    Raises InvalidSettings for a section that a project may not override, an unknown key or a bad value.
    """
    changed = {name: _overridden(settings, name, keys) for name, keys in overrides.items()}
    return settings.model_copy(update=changed)


def _overridden(settings: Settings, name: str, keys: Mapping[str, Any]) -> Any:
    if name not in PROJECT_SECTIONS:
        raise InvalidSettings(text("settings.not_per_project", where=name[:80]))
    section = getattr(settings, name)
    for key in keys:
        info = type(section).model_fields.get(key)
        marks = info.json_schema_extra if info else None
        if isinstance(marks, dict) and marks.get("per_project") is False:
            raise InvalidSettings(text("settings.not_per_project", where=f"{name}.{key}"))
    return parse_section(name, _merged(section.model_dump(mode="json"), keys), file_form=False)


def _merged(base: Any, over: Any) -> Any:
    """Objects are merged key by key, everything else is replaced."""
    if not isinstance(base, dict) or not isinstance(over, Mapping):
        return over
    return {**base, **{key: _merged(base.get(key), value) for key, value in over.items()}}

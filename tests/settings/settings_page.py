"""Writes `resources/docs/settings.md` from the schema: `python -m tests.settings.settings_page`."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from orchestra_desktop.settings.fields import dollar_string
from orchestra_desktop.settings.schema import PROJECT_SECTIONS, section_types

PAGE = Path(__file__).parents[2] / "resources/docs/settings.md"

INTRODUCTION = """\
# Settings

All settings stand in one file, `settings.json` in the data folder (`--config FILE` names another). Every setting has a
default, so the file need not exist and need hold only what differs. Example:

    {
      "version": 1,
      "budget": {"daily": "2.50", "time_zone": "Europe/Berlin"},
      "ollama": {"default_model": "qwen2.5-coder:7b"}
    }

* **Which value counts:** `--set section.name=value` (this process only, repeatable), else the environment's
  `ANTHROPIC_BASE_URL` and `OLLAMA_HOST`, else the file, else the default. The value of `--set` is read as JSON where
  it is JSON and as text otherwise; deeper places are written with dots: `--set routing.code.simple=local`,
  `--set ollama.hosts.0.url=http://127.0.0.1:11434`.
* **Money** is written in dollars, as text or number: `"5.00"`. `null` is no cap, `0` blocks every paid call.
* **What is wrong** is reported by section and key. Everything else in the file is used, and the key in question takes
  its default; a switch for safety that cannot be read counts as on. A file with an error in it is never overwritten.
  Unknown sections and keys are reported and kept.
* **Keys and passwords** do not belong here and are refused: they are kept in the system's keyring
  (`orchestra-desktop key set anthropic`), or given as `ANTHROPIC_API_KEY`.
* **Projects** may override {project_sections}.
* A running run keeps what it was started with.
* Settings marked † have no function yet. They may be set, which is reported, and change nothing.
"""


_Field = tuple[str, FieldInfo, Any]  # dotted name, what the schema says of it, default

_HEAD = ["| setting | default | unit | bounds | meaning |", "|---|---|---|---|---|"]


def page_text() -> str:
    """The whole page."""
    *others, last = (f"`{name}`" for name in PROJECT_SECTIONS)
    head = INTRODUCTION.replace("{project_sections}", f"{', '.join(others)} and {last}")
    return head + "".join(_chapter(name, model) for name, model in section_types().items())


def _chapter(name: str, model: type[BaseModel]) -> str:
    lines = ["", f"## {name}", "", inspect.cleandoc(model.__doc__ or ""), ""]
    lines += _HEAD
    lines += [_row(key, info, value) for key, info, value in _fields(model)]
    for key, inner in _lists_of_models(model):
        lines += [
            "",
            f"Each of `{key}`:",
            "",
            "| setting | default | unit | bounds | meaning |",
            "|---|---|---|---|---|",
        ]
        lines += [_row(f"{key}.N.{inner_key}", info, value) for inner_key, info, value in _fields(inner)]
    return "\n".join(lines) + "\n"


def _fields(model: type[BaseModel], prefix: str = "", defaults: BaseModel | None = None) -> Iterator[_Field]:
    """Every setting of a section with its default; those of objects inside it by their dotted name."""
    for key, info in model.model_fields.items():
        value = getattr(defaults, key) if defaults else info.get_default()
        if isinstance(value, BaseModel):
            yield from _fields(type(value), f"{prefix}{key}.", value)
        else:
            yield f"{prefix}{key}", info, value


def _lists_of_models(model: type[BaseModel]) -> Iterator[tuple[str, type[BaseModel]]]:
    for key, info in model.model_fields.items():
        for part in get_args(info.annotation):
            if isinstance(part, type) and issubclass(part, BaseModel):
                yield key, part


def _row(key: str, info: FieldInfo, value: Any) -> str:
    marks = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    unit = str(marks.get("unit") or "")
    name = f"`{key}`" + (" †" if marks.get("not_yet") else "")
    return f"| {name} | {_default(info, value, unit)} | {unit} | {_bounds(info, unit)} | {info.description or ''} |"


def _default(info: FieldInfo, value: Any, unit: str) -> str:
    if info.is_required():
        return "(must be given)"
    if info.default_factory is not None:
        return "(the system's)"
    if isinstance(value, tuple):
        return "; ".join(_item(item) for item in value) or "(none)"
    if value is None:
        return "(none)"
    return f"`{dollar_string(value)}`" if unit == "dollars" else _item(value)


def _item(value: Any) -> str:
    match value:
        case BaseModel():
            return " ".join(f"`{part}`" for part in value.model_dump(mode="json").values())
        case bool():
            return "on" if value else "off"
        case StrEnum():
            return f"`{value.value}`"
        case "":
            return "(empty)"
        case int():
            return f"{value:,}"
        case _:
            return f"`{value}`"


def _bounds(info: FieldInfo, unit: str) -> str:
    limits = {name: getattr(part, name) for part in info.metadata for name in ("ge", "le") if hasattr(part, name)}
    if "ge" in limits and "le" in limits:
        return f"{limits['ge']:,} to {limits['le']:,}"
    if "ge" in limits:
        return f"from {limits['ge']:,}"
    if unit == "dollars":
        return "0 to 1,000,000"
    literals = get_args(info.annotation)
    return ", ".join(literals) if literals and all(isinstance(part, str) for part in literals) else ""


if __name__ == "__main__":
    PAGE.write_text(page_text(), encoding="utf-8")

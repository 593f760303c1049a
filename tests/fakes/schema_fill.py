"""Makes a value that satisfies a JSON schema, from known values where there are any and from nothing where not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]


def resolved(schema: Schema, root: Schema) -> Schema:
    """The schema behind a reference and behind `anyOf` with null."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return resolved({**root.get("definitions", {}), **root.get("$defs", {})}[name], root)
    for word in ("anyOf", "oneOf", "allOf"):
        choices = [choice for choice in schema.get(word, ()) if choice.get("type") != "null"]
        if choices:
            return resolved(choices[0], root)
    return schema


def filled(schema: Schema, root: Schema, known: object = None) -> Any:
    """A value for `schema`: what is known, bent into the type asked for; every property of an object is there."""
    schema = resolved(schema, root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return known if known in schema["enum"] else schema["enum"][0]
    match _type_of(schema):
        case "object":
            given = known if isinstance(known, Mapping) else {}
            return {name: filled(part, root, given.get(name)) for name, part in schema.get("properties", {}).items()}
        case "array":
            return _array(schema, root, known)
        case "string":
            return known if isinstance(known, str) else _text(known)
        case "integer" | "number":
            return known if isinstance(known, int | float) else max(1, schema.get("minimum", 1))
        case "boolean":
            return known if isinstance(known, bool) else True
        case _:
            return known


def _type_of(schema: Schema) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "null")
    return str(next((one for one in kind if one != "null"), "null") if isinstance(kind, list) else kind)


def _array(schema: Schema, root: Schema, known: object) -> list[Any]:
    items = resolved(schema.get("items", {}), root)
    wanted = list(known) if isinstance(known, list | tuple) else [] if known is None else [known]
    if "enum" in items:
        wanted = [value for value in wanted if value in items["enum"]]
    wanted += [None] * (schema.get("minItems", 0) - len(wanted))
    return [filled(items, root, value) for value in wanted]


def _text(known: object) -> str:
    if isinstance(known, list | tuple):
        return "; ".join(map(str, known))
    return "as said" if known is None else str(known)

"""Single settings given apart from the file: `--set section.name=value` and the environment's two addresses."""

from __future__ import annotations

import ipaddress
import json
import urllib.parse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from orchestra_desktop.domain.errors import InvalidSettings
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.settings.schema import section_types
from orchestra_desktop.settings.secret_fields import is_secret_value, looks_secret
from orchestra_desktop.settings.sections import default_data, parse_section

_OLLAMA_PORT = 11_434
_SCHEME_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Assignment:
    """One value for one place. Of `values`, its readings, the first that validates counts; `given_as` is the source."""

    section: str
    path: tuple[str, ...]
    values: tuple[Any, ...]
    given_as: str


def parse_assignment(given: str) -> Assignment:
    """`budget.daily=2.50`, `routing.code.simple=local`, `ollama.hosts.0.url=http://…`; the value is JSON, else text.

    Raises InvalidSettings; a value that may be a key is never repeated.
    """
    name, equals, value = given.partition("=")
    section, *path = name.strip().split(".")
    if any(looks_secret(part) for part in path) or is_secret_value(given):
        raise InvalidSettings(text("settings.secret", where="--set" if is_secret_value(name) else name.strip()))
    if not equals or not path or not all(path):
        raise InvalidSettings(text("settings.set_malformed", given=name.strip()[:80]))
    if section not in section_types():
        raise InvalidSettings(text("settings.unknown_section", where=section[:80]))
    return Assignment(section, tuple(path), _readings(value.strip()), name.strip())


def _readings(value: str) -> tuple[Any, ...]:
    """`true` is a switch first, and text where text is wanted: a model may be called 123."""
    try:
        return json.loads(value), value
    except (ValueError, RecursionError):
        return (value,)


def from_environment(environment: Mapping[str, str]) -> list[Assignment]:
    """What ANTHROPIC_BASE_URL and OLLAMA_HOST say; empty ones say nothing."""
    found = []
    if base_url := environment.get("ANTHROPIC_BASE_URL", "").strip():
        found.append(Assignment("anthropic", ("base_url",), (base_url,), "ANTHROPIC_BASE_URL"))
    if host := environment.get("OLLAMA_HOST", "").strip():
        found.append(Assignment("ollama", ("hosts", "0", "url"), (ollama_url(host),), "OLLAMA_HOST"))
    return found


def ollama_url(host: str) -> str:
    """The address that OLLAMA_HOST means, read as ollama's own client does (`_parse_host`): host, host:port or URL.

    One difference: `0.0.0.0` and `::` tell a server to listen everywhere; a client means this machine.
    Raises InvalidSettings.
    """
    scheme, separator, rest = host.partition("://")
    scheme, rest = (scheme.lower(), rest) if separator else ("http", host)
    try:
        parts = urllib.parse.urlsplit(f"{scheme}://{rest}")
        name, port = parts.hostname or "127.0.0.1", parts.port
    except ValueError:
        raise InvalidSettings(text("settings.not_an_address", where="OLLAMA_HOST")) from None
    if parts.username is not None:
        raise InvalidSettings(text("settings.secret_in_address", where="OLLAMA_HOST"))
    port = port or (_SCHEME_PORTS.get(scheme, _OLLAMA_PORT) if separator else _OLLAMA_PORT)
    path = parts.path.strip("/")
    return f"{scheme}://{_client_name(name)}:{port}" + (f"/{path}" if path else "")


def _client_name(name: str) -> str:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name
    if address.is_unspecified:
        address = ipaddress.ip_address("127.0.0.1" if address.version == 4 else "::1")
    return str(address) if address.version == 4 else f"[{address}]"


def assigned(raw: dict[str, Any], assignment: Assignment) -> dict[str, Any]:
    """A section's JSON data with the assignment made. Raises InvalidSettings, saying where it was given."""
    refusals: list[Text] = []
    for value in assignment.values:
        try:
            changed = put(raw, assignment.section, assignment.path, value)
            parse_section(assignment.section, changed)
        except InvalidSettings as error:
            refusals.append(error.text)
        else:
            return changed
    first = refusals[0]
    raise InvalidSettings(text(first.key, **{**first.args, "where": assignment.given_as}))


def put(raw: dict[str, Any], section: str, path: Sequence[str], value: Any) -> dict[str, Any]:
    """A copy of a section's JSON data with `value` at `path`; a list that is not there yet begins as its default.

    Raises InvalidSettings where the way leads nowhere.
    """
    first, rest = path[0], path[1:]
    inner = raw.get(first, default_data(section).get(first) if rest and rest[0].isdecimal() else None)
    return {**raw, first: _put(inner, rest, value)}


def _put(data: Any, path: Sequence[str], value: Any) -> Any:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(data, list):
        index = int(first) if first.isdecimal() else -1
        if not 0 <= index <= len(data):
            raise InvalidSettings(text("settings.unknown_key", where=first[:80]))
        return [*data[:index], _put(data[index] if index < len(data) else None, rest, value), *data[index + 1 :]]
    if data is not None and not isinstance(data, dict):
        raise InvalidSettings(text("settings.unknown_key", where=first[:80]))
    known = data or {}
    return {**known, first: _put(known.get(first), rest, value)}

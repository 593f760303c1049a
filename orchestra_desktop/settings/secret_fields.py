"""Finds what looks like a key in settings: keys belong to the keyring, a settings file is copied and shown around."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

_NAME = re.compile(
    r"(^|[_\-.])(api[_-]?)?(key|keys|token|secret|secrets|password|passwd|passphrase|credential|credentials|authorization)$",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(apikey|accesskey|secretkey|privatekey|accesstoken|authtoken|clientsecret)$", re.IGNORECASE)
_CAMEL = re.compile(r"[a-z](Key|Token|Secret|Password|Credentials?)$")
_VALUE = re.compile(
    r"\b(sk-[A-Za-z0-9_-]{8,}|ghp_[A-Za-z0-9]{20,}|github_pat_\w{20,}|AKIA[0-9A-Z]{16})|-----BEGIN [A-Z ]*PRIVATE KEY"
)

Path = tuple[str | int, ...]


def looks_secret(name: str) -> bool:
    """True for `api_key`, `apiKey`, `token`, `GITHUB_TOKEN`; false for `max_output_tokens` and `keep_alive`."""
    return any(pattern.search(name) for pattern in (_NAME, _JOINED, _CAMEL))


def is_secret_value(value: str) -> bool:
    """True for text that has the form of a well-known service's key."""
    return _VALUE.search(value) is not None


def secret_places(value: Any, at: Path = ()) -> Iterator[Path]:
    """Where in JSON data something looks like a key, by name or by form; outermost places only."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if looks_secret(name) or is_secret_value(name):
                yield (*at, name)
            else:
                yield from secret_places(inner, (*at, name))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from secret_places(inner, (*at, index))
    elif isinstance(value, str) and is_secret_value(value):
        yield at


def without(value: Any, place: Path) -> Any:
    """A copy of JSON data that lacks what stands at `place`; the data itself where nothing stands there."""
    if not place:
        return None
    first, rest = place[0], place[1:]
    if isinstance(value, dict) and first in value:
        if rest:
            return {**value, first: without(value[str(first)], rest)}
        return {name: inner for name, inner in value.items() if name != first}
    if isinstance(value, list) and isinstance(first, int) and first < len(value):
        return [*value[:first], *([without(value[first], rest)] if rest else []), *value[first + 1 :]]
    return value

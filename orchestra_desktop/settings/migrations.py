"""Brings settings of older versions of the file to today's, one version at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Migrator = Callable[[dict[str, Any]], dict[str, Any]]

VERSION = 1
"""The file's version that this program writes; a file that names none is of version 1."""

MIGRATORS: Mapping[int, Migrator] = {}
"""From a version to the next: `MIGRATORS[1]` makes version 2 of version 1, given and giving the whole file's data."""


def version_of(data: Mapping[str, Any]) -> int | None:
    """The file's version; None if what stands there is no version."""
    version = data.get("version", 1)
    return version if isinstance(version, int) and not isinstance(version, bool) and version >= 1 else None


def migrated(data: dict[str, Any], migrators: Mapping[int, Migrator] = MIGRATORS, to: int = VERSION) -> dict[str, Any]:
    """The data in version `to`, first key `version`. Data of that version or a newer one is returned as it is."""
    version = version_of(data)
    if version is None or version >= to:
        return data
    for step in range(version, to):
        data = migrators[step](data)
    return {"version": to, **{name: value for name, value in data.items() if name != "version"}}

"""The environment that programs we start may see: what they need to run, and nothing that opens a door."""

from __future__ import annotations

import os
from collections.abc import Mapping

_NEEDED = frozenset(
    {
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "LANG",
        "LANGUAGE",
        "TZ",
        "TERM",
        "TMP",
        "TEMP",
        "TMPDIR",
        # Windows: without these many programs do not even start
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "USERNAME",
        "USERPROFILE",
        "HOMEDRIVE",
        "HOMEPATH",
        "APPDATA",
        "LOCALAPPDATA",
        "PROGRAMDATA",
        "PROGRAMFILES",
        "PROGRAMFILES(X86)",
        "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE",
    }
)
_TELLING = ("KEY", "TOKEN", "SECRET", "PASSWORD", "PROXY", "CREDENTIAL")


def children_environment(
    extra: Mapping[str, str] | None = None, environment: Mapping[str, str] | None = None
) -> dict[str, str]:
    """The names on the list and `extra`; keys, tokens, proxies and everything unknown stay behind.

    A list of what is forbidden was rejected: nobody knows all names under which secrets are kept. The session bus is
    not on the list either, for it leads to the keyring.
    """
    source = os.environ if environment is None else environment
    kept = {name: value for name, value in source.items() if _is_needed(name.upper())}
    return {**kept, **(extra or {})}


def _is_needed(name: str) -> bool:
    return (name in _NEEDED or name.startswith("LC_")) and not any(word in name for word in _TELLING)

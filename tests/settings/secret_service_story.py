"""One step of the story in `test_secret_service.py`, run in a process of its own; prints one JSON object."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from orchestra_desktop.domain.errors import KeyringUnavailable
from orchestra_desktop.settings.keyring import KeyringKeys, system_backends


async def step(verb: str) -> dict[str, Any]:
    """`keep KEY`, `read`, `delete`: what `KeyringKeys` on this system's own keyring does."""
    keys = KeyringKeys()
    match verb:
        case "keep":
            await keys.set("anthropic", sys.stdin.read())
            return {"backends": [type(backend).__module__ for backend in system_backends()]}
        case "read":
            return {"key": await keys.get("anthropic")}
        case _:
            return {"deleted": await keys.delete("anthropic"), "again": await keys.delete("anthropic")}


def main(verb: str) -> None:
    try:
        told = asyncio.run(step(verb))
    except KeyringUnavailable as error:
        told = {"unavailable": error.text.key}
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])

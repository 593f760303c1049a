"""Whether everything this program needs is there: versions, paths, services, the database."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass

from orchestra_desktop import __version__
from orchestra_desktop.domain.errors import OrchestraError
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.services.context import Context


@dataclass(frozen=True, slots=True)
class Check:
    """One thing looked at. `needed` is False for what one can do without; `detail` names what was found."""

    name: str
    ok: bool
    detail: str | Text
    needed: bool = True


class Doctor:
    """Looks; changes nothing."""

    def __init__(self, context: Context) -> None:
        self._c = context

    async def examine(self) -> tuple[Check, ...]:
        """Every check, in a fixed order. Never raises for what it finds."""
        return (
            Check("program", True, f"orchestra-desktop {__version__}"),
            Check("python", True, f"{platform.python_version()} on {platform.platform()}"),
            self._folder(),
            self._settings(),
            await self._database(),
            key := await self._keyring(),
            await self._service("anthropic")
            if key.ok
            else Check("anthropic", False, "not asked: no key", needed=False),
            await self._service("ollama"),
            self._network(),
        )

    def _folder(self) -> Check:
        folder = self._c.data_folder
        if not folder.exists():
            return Check("data_folder", True, f"{folder} (not made yet)")
        return Check("data_folder", folder.is_dir() and os.access(folder, os.W_OK), str(folder))

    def _settings(self) -> Check:
        path = self._c.settings_file
        return Check("settings", True, str(path) if path.exists() else f"{path} (not made yet: defaults)")

    async def _database(self) -> Check:
        try:
            faults = await self._c.archive.check()
        except OrchestraError as error:
            return Check("database", False, error.text)
        return Check("database", not faults, "; ".join(faults) or "no fault found")

    async def _keyring(self) -> Check:
        try:
            key = await self._c.keys.get("anthropic")
        except OrchestraError as error:
            return Check("key", False, error.text, needed=False)
        return Check("key", bool(key), "a key for anthropic is there" if key else "no key for anthropic", needed=False)

    async def _service(self, name: str) -> Check:
        health = await self._c.providers[name].check()
        return Check(name, health.healthy, health.detail, needed=False)

    def _network(self) -> Check:
        offline = self._c.network.offline
        return Check("network", True, "offline: only this machine and listed hosts" if offline else "online")

"""The key of a paid service: kept in the keyring, tested with a request that costs nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.ports import Health, Keys
from orchestra_desktop.domain.texts import text
from orchestra_desktop.services.context import Context

TestKey = Callable[[str], Awaitable[Health]]


class Secrets:
    """What can be done with a key. It never leaves through here but to the keyring and the client."""

    def __init__(self, context: Context, testers: dict[str, TestKey], session: Keys) -> None:
        self._c = context
        self._testers = testers
        self._session = session

    def _check(self, service: str) -> None:
        if service not in self._testers:
            raise InvalidInput(text("key.unknown_service", given=service, known=", ".join(self._testers)))

    async def set(self, service: str, key: str) -> None:
        """Stores it in the keyring. Raises InvalidInput for what cannot be a key, KeyringUnavailable."""
        self._check(service)
        await self._c.keys.set(service, key)

    async def keep_for_session(self, service: str, key: str) -> None:
        """Where there is no keyring: the key is known to this process until it ends, and written nowhere (S3)."""
        self._check(service)
        await self._session.set(service, key)

    async def delete(self, service: str) -> bool:
        """False if there was none. Raises KeyringUnavailable."""
        self._check(service)
        return await self._c.keys.delete(service)

    async def test(self, service: str) -> Health:
        """Asks the service with the key. Raises InvalidInput if there is none."""
        self._check(service)
        key = await self._c.keys.get(service)
        if not key:
            raise InvalidInput(text("key.missing", service=service))
        return await self._testers[service](key)

"""Keys of services: in the system's keyring, for this session only, or from the environment; never in a file."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from orchestra_desktop.domain.errors import InvalidInput, KeyringUnavailable
from orchestra_desktop.domain.ports import Keys
from orchestra_desktop.domain.texts import text

SERVICE_NAME = "orchestra-desktop"
ENVIRONMENT_NAMES = {"anthropic": "ANTHROPIC_API_KEY"}

_LIMIT_S = 5.0
_LONGEST_KEY = 1_000
_REFUSED_MODULES = (
    "keyrings.alt",  # plain files, or files that anyone who can read them can decrypt
    "keyring.backends.null",  # takes every key and keeps none
    "keyring.backends.fail",
)

T = TypeVar("T")


class Backend(Protocol):
    """What is used of a backend of the keyring library."""

    def get_password(self, service: str, username: str) -> str | None: ...

    def set_password(self, service: str, username: str, password: str) -> None: ...

    def delete_password(self, service: str, username: str) -> None: ...


def system_backends() -> Sequence[Backend]:
    """The backends the keyring library chose, best first; it is imported here because that takes 116 ms."""
    import keyring

    chosen: Any = keyring.get_keyring()
    return tuple(getattr(chosen, "backends", (chosen,)))  # a chain of several is taken apart, to judge each of them


class KeyringKeys:
    """The port `Keys` on the operating system's keyring.

    Each operation runs in a daemon thread of its own with a time limit: a locked keyring asks in a window that nobody
    may see, and a thread of a pool would keep the program from ending.
    """

    def __init__(self, backends: Callable[[], Sequence[Backend]] = system_backends, limit_s: float = _LIMIT_S) -> None:
        self._backends = backends
        self._limit_s = limit_s

    async def get(self, service: str) -> str | None:
        """Raises KeyringUnavailable, as the other two do."""

        def read(backends: Sequence[Backend]) -> str | None:
            found = (backend.get_password(SERVICE_NAME, service) for backend in backends)
            return next((key for key in found if key), None)

        return await self._run(read)

    async def set(self, service: str, key: str) -> None:
        """Also raises InvalidInput for a text that cannot be a key."""
        checked = checked_key(key)

        def write(backends: Sequence[Backend]) -> None:
            backends[0].set_password(SERVICE_NAME, service, checked)
            if backends[0].get_password(SERVICE_NAME, service) != checked:  # some take a key and keep none
                raise KeyringUnavailable(text("keyring.not_kept"))

        await self._run(write, secret=checked)

    async def delete(self, service: str) -> bool:
        def remove(backends: Sequence[Backend]) -> bool:
            holding = [backend for backend in backends if backend.get_password(SERVICE_NAME, service) is not None]
            for backend in holding:
                backend.delete_password(SERVICE_NAME, service)
            return bool(holding)

        return await self._run(remove)

    async def _run(self, operation: Callable[[Sequence[Backend]], T], secret: str = "") -> T:
        outcome = _in_daemon_thread(lambda: operation(self._usable()))
        try:
            async with asyncio.timeout(self._limit_s):
                return await outcome
        except TimeoutError:
            raise KeyringUnavailable(text("keyring.no_answer", seconds=self._limit_s)) from None
        except KeyringUnavailable:
            raise
        except Exception as error:  # noqa: BLE001 - backends raise whatever their bus or library does
            raise _unavailable(error, secret) from None

    def _usable(self) -> Sequence[Backend]:
        found = self._backends()
        usable = [backend for backend in found if not type(backend).__module__.startswith(_REFUSED_MODULES)]
        if not usable:
            plain = [type(backend).__module__ for backend in found if type(backend).__module__ != _REFUSED_MODULES[-1]]
            raise KeyringUnavailable(text("keyring.unsafe", backend=plain[0]) if plain else text("keyring.absent"))
        return usable


def _unavailable(error: Exception, secret: str) -> KeyringUnavailable:
    """The library's errors by name, so that it need not be imported to tell them apart."""
    match type(error).__name__:
        case "NoKeyringError":
            return KeyringUnavailable(text("keyring.absent"))
        case "InitError" | "KeyringLocked" | "LockedException":
            return KeyringUnavailable(text("keyring.locked"))
        case name:
            detail = str(error).replace(secret, "…") if secret else str(error)
            return KeyringUnavailable(text("keyring.failed", detail=f"{name}: {detail}"[:200]))


def _in_daemon_thread(operation: Callable[[], T]) -> asyncio.Future[T]:
    """Not `asyncio.to_thread`: the interpreter waits for a pool's threads at its end, for ever if one hangs."""
    loop = asyncio.get_running_loop()
    outcome: asyncio.Future[T] = loop.create_future()

    def deliver(result: T | None, error: Exception | None) -> None:
        if outcome.done():
            return
        if error is not None:
            outcome.set_exception(error)
        else:
            outcome.set_result(result)  # type: ignore[arg-type] # None only where T has it

    def work() -> None:
        result, failed = None, None
        try:
            result = operation()
        except Exception as error:  # noqa: BLE001 - carried to the one who waits
            failed = error
        try:
            loop.call_soon_threadsafe(deliver, result, failed)
        except RuntimeError:
            return  # the loop was closed while the keyring hung: nobody waits any more

    threading.Thread(target=work, name="keyring", daemon=True).start()
    return outcome


def checked_key(key: str) -> str:
    """The key without the line break it was typed with. Raises InvalidInput for what cannot be sent as one."""
    stripped = key.strip()
    if not stripped or len(stripped) > _LONGEST_KEY or not all("!" <= letter <= "~" for letter in stripped):
        raise InvalidInput(text("key.malformed"))
    return stripped


class SessionKeys:
    """The port `Keys` in this process's memory alone: where there is no keyring, for this session."""

    def __init__(self) -> None:
        self._keys: dict[str, str] = {}

    async def get(self, service: str) -> str | None:
        return self._keys.get(service)

    async def set(self, service: str, key: str) -> None:
        """Raises InvalidInput for a text that cannot be a key."""
        self._keys[service] = checked_key(key)

    async def delete(self, service: str) -> bool:
        return self._keys.pop(service, None) is not None


class KeyChain:
    """The port `Keys` as the program uses it: the one given for this session, else the keyring's, else the
    environment's; changes go to the keyring."""

    def __init__(self, keyring: Keys, environment: Mapping[str, str], session: Keys | None = None) -> None:
        self._keyring = keyring
        self._session = session or SessionKeys()
        self._fallback = {
            service: environment[name].strip()
            for service, name in ENVIRONMENT_NAMES.items()
            if environment.get(name, "").strip()
        }

    async def get(self, service: str) -> str | None:
        """Raises KeyringUnavailable only where the environment has no key either."""
        if kept := await self._session.get(service):
            return kept
        try:
            key = await self._keyring.get(service)
        except KeyringUnavailable:
            if service not in self._fallback:
                raise
            key = None
        return key or self._fallback.get(service)

    async def set(self, service: str, key: str) -> None:
        await self._keyring.set(service, key)
        await self._session.delete(service)  # the one kept in the keyring is the newer one

    async def delete(self, service: str) -> bool:
        forgotten = await self._session.delete(service)
        try:
            return await self._keyring.delete(service) or forgotten
        except KeyringUnavailable:
            if not forgotten:
                raise
            return True

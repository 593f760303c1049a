"""Keys: each store by one conformance suite, and a keyring that is absent, locked, silent, unsafe or broken."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from orchestra_desktop.domain.errors import InvalidInput, KeyringUnavailable
from orchestra_desktop.domain.ports import Keys
from orchestra_desktop.domain.texts import text
from orchestra_desktop.settings.keyring import Backend, KeyChain, KeyringKeys, SessionKeys
from tests.conformance.keys import KEY, OTHER_KEY, KeysConformance


class MemoryBackend:
    """A keyring backend that remembers."""

    def __init__(self) -> None:
        self.passwords: dict[tuple[str, str], str] = {}
        self.threads: list[threading.Thread] = []

    def get_password(self, service: str, username: str) -> str | None:
        self.threads.append(threading.current_thread())
        return self.passwords.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.passwords[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.passwords[service, username]


class FailingBackend(MemoryBackend):
    """Fails in the same way whatever it is asked."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class TellTaleBackend(MemoryBackend):
    """Repeats the key in its error."""

    def set_password(self, service: str, username: str, password: str) -> None:
        message = f"could not store {password} for {username}"
        raise RuntimeError(message)


class ForgetfulBackend(MemoryBackend):
    """Takes a key and keeps none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class SilentBackend(MemoryBackend):
    """Waits for an answer that nobody gives until the test is over."""

    def __init__(self) -> None:
        super().__init__()
        self.asked, self.released = threading.Event(), threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked.set()
        self.released.wait()
        return KEY


class InitError(Exception):
    """Named like the keyring library's."""


class KeyringLocked(Exception):
    """Named like the keyring library's."""


class NoKeyringError(RuntimeError):
    """Named like the keyring library's."""


def of_module(module: str) -> Backend:
    """A backend that claims to come from that module."""
    kind: type[MemoryBackend] = type("Keyring", (MemoryBackend,), {"__module__": module})
    return kind()


def keyring_of(*backends: Backend, limit_s: float = 5.0) -> KeyringKeys:
    return KeyringKeys(lambda: backends, limit_s)


class TestKeyringKeys(KeysConformance):
    def keys(self) -> Keys:
        return keyring_of(MemoryBackend())


class TestSessionKeys(KeysConformance):
    def keys(self) -> Keys:
        return SessionKeys()


class TestKeyChain(KeysConformance):
    def keys(self) -> Keys:
        return KeyChain(keyring_of(MemoryBackend()), {})


# -- the keyring ----------------------------------------------------------------------------------------------------


async def test_keys_are_stored_under_the_programs_name_and_the_services() -> None:
    backend = MemoryBackend()
    await keyring_of(backend).set("anthropic", KEY)
    assert backend.passwords == {("orchestra-desktop", "anthropic"): KEY}


async def test_the_keyring_is_asked_in_a_thread_that_does_not_keep_the_program_from_ending() -> None:
    backend = MemoryBackend()
    await keyring_of(backend).get("anthropic")
    (thread,) = backend.threads
    assert thread is not threading.main_thread()
    assert thread.daemon


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (NoKeyringError("No recommended backend was available."), "keyring.absent"),
        (InitError("Failed to unlock the collection!"), "keyring.locked"),
        (KeyringLocked("locked"), "keyring.locked"),
        (RuntimeError("bus"), "keyring.failed"),
        (OSError("broken pipe"), "keyring.failed"),
        (ValueError(), "keyring.failed"),
    ],
)
async def test_a_keyring_that_fails_is_unavailable_and_says_how(error: Exception, key: str) -> None:
    keys = keyring_of(FailingBackend(error))
    for attempt in (keys.get("anthropic"), keys.set("anthropic", KEY), keys.delete("anthropic")):
        with pytest.raises(KeyringUnavailable) as failed:
            await attempt
        assert failed.value.text.key == key


async def test_no_backend_at_all_is_an_absent_keyring() -> None:
    with pytest.raises(KeyringUnavailable) as failed:
        await keyring_of(of_module("keyring.backends.fail")).get("anthropic")
    assert failed.value.text == text("keyring.absent")


@pytest.mark.parametrize("module", ["keyrings.alt.file", "keyrings.alt.Gnome", "keyring.backends.null"])
async def test_backends_that_keep_plain_files_or_nothing_are_refused_unasked(module: str) -> None:
    backend = of_module(module)
    with pytest.raises(KeyringUnavailable) as failed:
        await keyring_of(backend).set("anthropic", KEY)
    assert failed.value.text == text("keyring.unsafe", backend=module)
    assert backend.get_password("orchestra-desktop", "anthropic") is None


async def test_of_several_backends_the_unsafe_ones_are_passed_over() -> None:
    plain, safe = of_module("keyrings.alt.file"), MemoryBackend()
    await keyring_of(plain, safe).set("anthropic", KEY)
    assert safe.passwords
    assert plain.get_password("orchestra-desktop", "anthropic") is None


async def test_a_key_in_a_second_backend_is_found_and_deleted() -> None:
    first, second = MemoryBackend(), MemoryBackend()
    second.set_password("orchestra-desktop", "anthropic", KEY)
    keys = keyring_of(first, second)
    assert await keys.get("anthropic") == KEY
    assert await keys.delete("anthropic")
    assert await keys.get("anthropic") is None


async def test_a_keyring_that_forgets_what_it_took_is_found_out_at_once() -> None:
    with pytest.raises(KeyringUnavailable) as failed:
        await keyring_of(ForgetfulBackend()).set("anthropic", KEY)
    assert failed.value.text == text("keyring.not_kept")


async def test_a_backends_error_is_told_without_the_key() -> None:
    with pytest.raises(KeyringUnavailable) as failed:
        await keyring_of(TellTaleBackend()).set("anthropic", KEY)
    assert KEY not in repr(failed.value)
    assert failed.value.text.args == {"detail": "RuntimeError: could not store … for anthropic"}
    assert failed.value.__suppress_context__


@contextmanager
def silent_backend() -> Iterator[SilentBackend]:
    backend = SilentBackend()
    try:
        yield backend
    finally:
        backend.released.set()


async def test_a_keyring_that_does_not_answer_in_time_is_unavailable() -> None:
    with silent_backend() as backend:
        with pytest.raises(KeyringUnavailable) as failed:
            await keyring_of(backend, limit_s=0.05).get("anthropic")
        assert backend.asked.is_set()
        assert not backend.released.is_set()
        assert failed.value.text == text("keyring.no_answer", seconds=0.05)


async def test_an_answer_after_the_limit_harms_nobody() -> None:
    with silent_backend() as backend:
        with pytest.raises(KeyringUnavailable):
            await keyring_of(backend, limit_s=0.05).get("anthropic")
        backend.released.set()
        for thread in [thread for thread in threading.enumerate() if thread.name == "keyring"]:
            thread.join()
    assert await keyring_of(MemoryBackend()).get("anthropic") is None


async def test_cancelling_does_not_wait_for_the_keyring() -> None:
    with silent_backend() as backend:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(keyring_of(backend).get("anthropic"))
            await asyncio.to_thread(backend.asked.wait)
            task.cancel()
        assert task.cancelled()


def test_a_keyring_that_hangs_does_not_keep_the_program_from_ending() -> None:
    story = """
import asyncio, threading
from orchestra_desktop.domain.errors import KeyringUnavailable
from orchestra_desktop.settings.keyring import KeyringKeys

def hang():
    threading.Event().wait()

try:
    asyncio.run(KeyringKeys(hang, 0.1).get("anthropic"))
except KeyringUnavailable as error:
    print(error.text.key)
"""
    done = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, timeout=30, check=False)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "keyring.no_answer", "")


def test_the_keyring_library_is_loaded_only_when_a_key_is_asked_for() -> None:
    story = "import sys, orchestra_desktop.settings.keyring; print('keyring' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", story], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.strip() == "False"


# -- for the session, and from the environment ----------------------------------------------------------------------


async def test_the_keyrings_key_comes_before_the_environments() -> None:
    chain = KeyChain(keyring_of(MemoryBackend()), {"ANTHROPIC_API_KEY": OTHER_KEY})
    assert await chain.get("anthropic") == OTHER_KEY
    await chain.set("anthropic", KEY)
    assert await chain.get("anthropic") == KEY
    assert await chain.delete("anthropic")
    assert await chain.get("anthropic") == OTHER_KEY


async def test_without_a_keyring_the_environments_key_is_enough() -> None:
    chain = KeyChain(keyring_of(FailingBackend(NoKeyringError())), {"ANTHROPIC_API_KEY": f"{KEY}\n"})
    assert await chain.get("anthropic") == KEY


@pytest.mark.parametrize("environment", [{}, {"ANTHROPIC_API_KEY": ""}, {"ANTHROPIC_API_KEY": "  "}])
async def test_without_a_key_in_keyring_or_environment_the_person_is_told_why(
    environment: dict[str, str],
) -> None:
    chain = KeyChain(keyring_of(FailingBackend(NoKeyringError())), environment)
    with pytest.raises(KeyringUnavailable):
        await chain.get("anthropic")


async def test_without_a_keyring_a_key_is_not_stored_anywhere_else() -> None:
    chain = KeyChain(keyring_of(FailingBackend(NoKeyringError())), {"ANTHROPIC_API_KEY": OTHER_KEY})
    with pytest.raises(KeyringUnavailable):
        await chain.set("anthropic", KEY)
    assert await chain.get("anthropic") == OTHER_KEY


async def test_the_chain_does_not_show_the_environments_key() -> None:
    chain = KeyChain(SessionKeys(), {"ANTHROPIC_API_KEY": KEY})
    assert KEY not in repr(chain)


async def test_keys_of_a_session_end_with_it() -> None:
    keys = SessionKeys()
    await keys.set("anthropic", KEY)
    assert await SessionKeys().get("anthropic") is None


async def test_a_bad_key_does_not_reach_the_keyring() -> None:
    backend = MemoryBackend()
    with pytest.raises(InvalidInput):
        await keyring_of(backend).set("anthropic", "two words")
    assert not backend.passwords
    assert not backend.threads

"""Guards around every test: no network, no task, thread or logged error left over, no environment of the person's."""

from __future__ import annotations

import asyncio
import functools
import gc
import inspect
import ipaddress
import logging
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator, Mapping, MutableMapping
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

# Keys, hosts, data folders and proxies of whoever runs the tests; and the session bus, which leads to their key store.
_PERSONAL = re.compile(
    r"(ANTHROPIC|OLLAMA|ORCHESTRA)_|(ALL|FTP|HTTPS?|NO|WSS?)_PROXY$|DBUS_SESSION_BUS_ADDRESS$", re.IGNORECASE
)
_GRACE_S = 2.0  # a thread that was told to stop may need a moment on a busy machine
_TURNS = 5  # turns of the loop in which a cancelled task may finish

# too_slow is off: it measures the machine, not the property.
settings.register_profile("dev", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True, database=None, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")


# --- the person's environment --------------------------------------------------------------------------------------


def _scrub(environment: MutableMapping[str, str]) -> None:
    for name in [name for name in environment if _PERSONAL.match(name)]:
        del environment[name]


_scrub(os.environ)  # before any test module is imported


@pytest.fixture(scope="session", autouse=True)
def _home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Default data folders point into the temporary folder, so that a forgotten `--data-dir` harms nobody."""
    home = tmp_path_factory.mktemp("home")
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = str(home / kind.lower())


@pytest.fixture(autouse=True)
def _scrubbed_environment() -> None:
    _scrub(os.environ)


# --- the network ---------------------------------------------------------------------------------------------------


class Contact(NamedTuple):
    """One attempt to reach somebody: `connect` to an address, or `look up` of a name."""

    verb: str
    host: str
    allowed: bool


class ForbiddenContactError(RuntimeError):
    """Raised where a test, or the program under it, reaches for anything but this machine."""


_contacts: list[Contact] = []


def _by_number(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _is_this_machine(host: str) -> bool:
    """Loopback by number, `localhost`, or no host at all (a listening socket)."""
    if address := _by_number(host):
        return address.is_loopback or address.is_unspecified
    return host in {"", "localhost"}


def _record(verb: str, host: str) -> None:
    contact = Contact(verb, host, _is_this_machine(host))
    _contacts.append(contact)
    if not contact.allowed:
        message = f"{verb} {host!r}: tests may reach only this machine"
        raise ForbiddenContactError(message)


def _on_address(arguments: tuple[Any, ...]) -> None:
    peer, address = arguments[0], arguments[1]
    if peer.family in {socket.AF_INET, socket.AF_INET6} and isinstance(address, tuple):
        _record("connect", address[0])


def _on_name(arguments: tuple[Any, ...]) -> None:
    """A number in the place of a name asks nobody; connecting to it is judged when it happens."""
    host = arguments[0]
    name = host.decode() if isinstance(host, bytes | bytearray) else str(host or "")
    if _by_number(name) is None:
        _record("look up", name)


# Audit events, not replaced functions: they see what the C code of every library really does. Children are beyond them,
# and so is ConnectEx of the Windows loop, but not the look-up before it.
_WATCHED: Mapping[str, Callable[[tuple[Any, ...]], None]] = {
    "socket.connect": _on_address,
    "socket.sendto": _on_address,
    "socket.sendmsg": _on_address,
    "socket.getaddrinfo": _on_name,
    "socket.gethostbyname": _on_name,
    "socket.gethostbyaddr": _on_name,
}


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if check := _WATCHED.get(event):
        check(arguments)


sys.addaudithook(_watch)  # a hook cannot be taken away again, hence once, here


@pytest.fixture
def contacts() -> list[Contact]:
    """Every address connected to and every name looked up by this process during the test, as it happens."""
    return _contacts


@pytest.fixture(autouse=True)
def _only_this_machine() -> Iterator[None]:
    """Fail even if the program swallowed the refusal."""
    _contacts.clear()
    yield
    refused = [f"{contact.verb} {contact.host}" for contact in _contacts if not contact.allowed]
    if refused:
        pytest.fail(f"reached for somebody outside this machine: {', '.join(refused)}")


# --- threads -------------------------------------------------------------------------------------------------------


def _join(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Wait for the threads to end, for two seconds in all; those that did not."""
    until = time.monotonic() + _GRACE_S
    waited_for = list(threads)
    for thread in waited_for:
        thread.join(max(0.0, until - time.monotonic()))
    return [thread for thread in waited_for if thread.is_alive()]


@pytest.fixture(autouse=True)
def _no_thread_left() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    started = set(threading.enumerate()) - before
    left = _join(thread for thread in started if not thread.name.startswith("pytest_timeout"))
    if left:
        pytest.fail(f"threads left behind: {', '.join(sorted(thread.name for thread in left))}")


# --- logged errors -------------------------------------------------------------------------------------------------


class _ErrorRecords(logging.Handler):
    """Keeps what was logged at ERROR or above."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(f"{record.name}: {record.getMessage()}")


def _expected_errors(item: pytest.Item) -> str | None:
    marker = item.get_closest_marker("logs_errors")
    return None if marker is None else str(marker.args[0])


def _judge_log(messages: list[str], pattern: str | None) -> str | None:
    """What is wrong with the errors that were logged, if anything."""
    if pattern is None:
        return "logged errors:\n" + "\n".join(messages) if messages else None
    unexpected = [message for message in messages if not re.search(pattern, message)]
    if unexpected:
        return "logged other errors than expected:\n" + "\n".join(unexpected)
    return None if messages else f"was expected to log an error like {pattern!r}, and did not"


@pytest.fixture(autouse=True)
def _no_error_logged(request: pytest.FixtureRequest) -> Iterator[None]:
    records = _ErrorRecords()
    logging.getLogger().addHandler(records)
    yield
    logging.getLogger().removeHandler(records)
    if fault := _judge_log(records.messages, _expected_errors(request.node)):
        pytest.fail(fault)


# --- coroutine tests -----------------------------------------------------------------------------------------------


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collections after each coroutine test then look only at what it made."""
    gc.collect()
    gc.freeze()


def _limit_s(item: pytest.Function) -> float | None:
    """Three quarters of the test's time limit: inside it a hanging coroutine can still be named. None: no limit."""
    marker = item.get_closest_marker("timeout")
    asked = item.config.getoption("timeout", None)
    whole = marker.args[0] if marker and marker.args else asked if asked is not None else item.config.getini("timeout")
    return float(whole or 0) * 0.75 or None


async def _tasks_left() -> list[str]:
    """The names of the tasks that go on although the test has returned."""
    others: set[asyncio.Task[Any]] = set()
    for _ in range(_TURNS):
        others = asyncio.all_tasks() - {asyncio.current_task()}
        if not others:
            return []
        await asyncio.sleep(0)
    return sorted(str(task.get_coro()) for task in others)


async def _bounded(test: Coroutine[Any, Any, object], limit_s: float | None) -> None:
    try:
        async with asyncio.timeout(limit_s) as bound:
            await test
    except TimeoutError:
        if not bound.expired():
            raise
        pytest.fail(f"the coroutine was still waiting after {limit_s} s")
    if left := await _tasks_left():
        pytest.fail(f"tasks left behind: {', '.join(left)}")


def _run(test: Coroutine[Any, Any, object], limit_s: float | None) -> None:
    """Run one coroutine test on a loop of its own; what reaches the loop's exception handler fails it."""
    faults: list[str] = []

    def note(_: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        faults.append(f"{context['message']}: {context.get('exception')!r}")

    with asyncio.Runner() as runner:
        runner.get_loop().set_exception_handler(note)
        runner.run(_bounded(test, limit_s))
    gc.collect()  # an error of a task that nobody awaited is told only when the task is collected
    if faults:
        pytest.fail("reached the loop's exception handler:\n" + "\n".join(faults))


def _in_a_loop(test: Callable[..., Coroutine[Any, Any, object]], limit_s: float | None) -> Callable[..., None]:
    @functools.wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        _run(test(*args, **kwargs), limit_s)

    return run


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests; under Hypothesis each example gets a loop of its own."""
    test = pyfuncitem.obj
    property_test = getattr(test, "hypothesis", None)
    if property_test is not None and inspect.iscoroutinefunction(property_test.inner_test):
        property_test.inner_test = _in_a_loop(property_test.inner_test, _limit_s(pyfuncitem))
        return None
    if not inspect.iscoroutinefunction(test):
        return None
    fixtures = {
        name: pyfuncitem.funcargs[name] for name in inspect.signature(test).parameters if name in pyfuncitem.funcargs
    }
    _run(test(**fixtures), _limit_s(pyfuncitem))
    return True


# --- half characters -----------------------------------------------------------------------------------------------


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What a test printed or logged may hold half a surrogate pair, over which a worker of pytest-xdist breaks down."""
    report = yield
    report.sections = [(title, text.encode("utf-8", "replace").decode("utf-8")) for title, text in report.sections]
    return report

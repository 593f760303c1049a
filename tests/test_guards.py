"""The guards of conftest.py are themselves guarded: each one must catch the fault it is there for."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from pathlib import Path

import pytest

_TESTS = Path(__file__).parent
_IMPORTS = """
from __future__ import annotations
import asyncio, logging, os, socket, subprocess, sys, threading, time, urllib.request, warnings
import pytest
from hypothesis import given, strategies as st
"""

# The body of a test that must fail -> a piece of what the failure says.
_FAULTS: Mapping[str, tuple[str, str]] = {
    "a_task_left_behind": (
        """
async def test_a_task_left_behind():
    asyncio.get_running_loop().create_task(asyncio.Event().wait())
""",
        "tasks left behind",
    ),
    "a_task_whose_error_nobody_sees": (
        """
async def fail():
    raise KeyError("lost")
async def test_a_task_whose_error_nobody_sees():
    asyncio.get_running_loop().create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
""",
        "KeyError('lost')",
    ),
    "an_error_in_a_callback": (
        """
async def test_an_error_in_a_callback():
    asyncio.get_running_loop().call_soon([].remove, "absent")
    await asyncio.sleep(0)
""",
        "reached the loop's exception handler",
    ),
    "a_coroutine_that_waits_for_ever": (
        """
@pytest.mark.timeout(2)
async def test_a_coroutine_that_waits_for_ever():
    await asyncio.Event().wait()
""",
        "still waiting after 1.5 s",
    ),
    "a_false_assertion_in_a_coroutine": (
        """
async def test_a_false_assertion_in_a_coroutine():
    assert await asyncio.sleep(0, 1) == 2
""",
        "assert 1 == 2",
    ),
    "a_false_property_of_a_coroutine": (
        """
@given(st.integers())
async def test_a_false_property_of_a_coroutine(number):
    assert await asyncio.sleep(0, number) < 1000
""",
        "assert 1000 < 1000",
    ),
    "a_coroutine_never_awaited": (
        """
async def work():
    return None
def test_a_coroutine_never_awaited():
    work()
""",
        "Exception ignored in: <coroutine object work",
    ),
    "a_thread_left_behind": (
        """
def test_a_thread_left_behind():
    threading.Thread(target=time.sleep, args=(60,), name="sleeper", daemon=True).start()
""",
        "threads left behind: sleeper",
    ),
    "an_error_in_a_thread": (
        """
def test_an_error_in_a_thread():
    thread = threading.Thread(target=[].remove, args=("absent",))
    thread.start()
    thread.join()
""",
        "PytestUnhandledThreadExceptionWarning",
    ),
    "a_logged_error": (
        """
def test_a_logged_error():
    logging.getLogger("some.where").error("disk %s", "full")
""",
        "some.where: disk full",
    ),
    "another_logged_error_than_expected": (
        """
@pytest.mark.logs_errors("disk full")
def test_another_logged_error_than_expected():
    logging.error("disk full")
    logging.error("paper jam")
""",
        "root: paper jam",
    ),
    "an_expected_error_that_did_not_come": (
        """
@pytest.mark.logs_errors("disk full")
def test_an_expected_error_that_did_not_come():
    assert True
""",
        "was expected to log an error",
    ),
    "a_warning": (
        """
def test_a_warning():
    warnings.warn("old ways", DeprecationWarning)
""",
        "DeprecationWarning: old ways",
    ),
    "an_unclosed_socket": (
        """
async def test_an_unclosed_socket():
    socket.socket()
""",
        "ResourceWarning",
    ),
    "a_connection_to_the_outside": (
        """
def test_a_connection_to_the_outside():
    with socket.socket() as outside, pytest.raises(RuntimeError):
        outside.connect(("192.0.2.1", 80))
""",
        "reached for somebody outside this machine: connect 192.0.2.1",
    ),
    "a_name_looked_up": (
        """
def test_a_name_looked_up():
    with pytest.raises(RuntimeError):
        urllib.request.urlopen("http://example.invalid/")
""",
        "look up example.invalid",
    ),
    "a_datagram_to_the_outside": (
        """
def test_a_datagram_to_the_outside():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as outside, pytest.raises(RuntimeError):
        outside.sendto(b"?", ("192.0.2.1", 53))
""",
        "connect 192.0.2.1",
    ),
    "a_connection_by_asyncio": (
        """
async def test_a_connection_by_asyncio():
    with pytest.raises(RuntimeError):
        await asyncio.open_connection("192.0.2.1", 80)
""",
        "192.0.2.1",
    ),
    "an_unknown_marker": (
        """
def test_an_unknown_marker(request):
    request.applymarker("wishful")
""",
        "'wishful' not found",
    ),
}

_HEALTHY = """
async def test_a_coroutine_whose_tasks_are_awaited(contacts):
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(0))
    await asyncio.to_thread(time.sleep, 0)

async def test_a_coroutine_whose_task_is_cancelled():
    task = asyncio.get_running_loop().create_task(asyncio.Event().wait())
    await asyncio.sleep(0)
    task.cancel()

@given(st.integers())
async def test_a_property_of_a_coroutine(number):
    assert await asyncio.sleep(0, number) == number

@pytest.mark.parametrize("number", [1, 2])
async def test_a_parametrised_coroutine(number, tmp_path, unused=3):
    assert number < unused and tmp_path.exists()

class TestMethods:
    async def test_a_coroutine_method(self, contacts):
        assert contacts == []

def test_a_warning_in_the_log():
    logging.warning("nearly full")

@pytest.mark.logs_errors("disk (full|gone)")
def test_an_expected_error():
    logging.error("disk gone")

def test_a_thread_that_ends():
    threading.Thread(target=time.sleep, args=(0.05,)).start()

def test_connections_within_the_machine(contacts, tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(("localhost", server.getsockname()[1])).close()
    assert ("look up", "localhost", True) in contacts
    assert ("connect", "127.0.0.1", True) in contacts

@pytest.mark.parametrize("name", ["ANTHROPIC_API_KEY", "OLLAMA_HOST", "ORCHESTRA_DATA_DIR", "https_proxy", "NO_PROXY"])
def test_an_environment_without(name):
    assert name not in os.environ

def test_children_without_the_key():
    code = "import os; print(os.environ.get('ANTHROPIC_API_KEY'))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "None"
"""


def _run_inside(pytester: pytest.Pytester, tests: str, *options: str) -> ET.Element:
    """Run the tests in a process of their own, under the repository's settings and guards; its report."""
    for name in ("conftest.py", "../pyproject.toml"):
        source = _TESTS / name
        (pytester.path / source.name).write_text(source.read_text(encoding="utf-8"), encoding="utf-8")
    module = pytester.makepyfile(test_inside=_IMPORTS + tests)
    pytester.runpytest_subprocess(module, "--junitxml=report.xml", "-p", "no:cacheprovider", *options)
    return ET.parse(pytester.path / "report.xml").getroot()  # noqa: S314  pytest wrote it a moment ago


def _complaints(report: ET.Element) -> dict[str, str]:
    """Test name -> all that failed in it; a failure in the test and one in its guards come as two cases of one name."""
    told: dict[str, str] = {}
    for case in report.iter("testcase"):
        texts = [f"{part.get('message')}\n{part.text}" for part in case if part.tag in {"failure", "error"}]
        name = case.get("name", "").removeprefix("test_")
        told[name] = told.get(name, "") + "\n".join(texts)
    return told


def test_each_guard_catches_its_fault(pytester: pytest.Pytester) -> None:
    told = _complaints(_run_inside(pytester, "\n".join(body for body, _ in _FAULTS.values())))

    missed = {
        name: told.get(name, "(not run)") for name, (_, words) in _FAULTS.items() if words not in told.get(name, "")
    }
    assert missed == {}


@pytest.mark.parametrize("options", [(), ("-n", "2")], ids=["one process", "two workers"])
def test_healthy_tests_pass_the_guards(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, options: tuple[str, ...]
) -> None:
    for name in ("ANTHROPIC_API_KEY", "OLLAMA_HOST", "ORCHESTRA_DATA_DIR", "https_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "http://person.invalid")

    told = _complaints(_run_inside(pytester, _HEALTHY, *options))

    assert len(told) == 16
    assert {name: text for name, text in told.items() if text} == {}

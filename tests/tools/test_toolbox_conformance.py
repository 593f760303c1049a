"""The registry and the fake both keep what the port `Toolbox` promises."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId, ToolUseId
from orchestra_desktop.domain.messages import ToolUse
from orchestra_desktop.domain.ports import ToolContext, ToolResult
from orchestra_desktop.tools.registry import ToolRegistry
from orchestra_desktop.tools.tool import ToolInput, TypedTool
from tests.conformance.toolbox import CHECKS, Check, Subject
from tests.fakes.toolbox import FakeToolbox

CONTEXT = ToolContext(ProjectId("p"), RunId("r"), TaskId("T1"), "nowhere")


class NoInput(ToolInput):
    pass


class Working(TypedTool[NoInput]):
    name, description, input_type = "working", "Works.", NoInput

    async def work(self, arguments: NoInput, context: ToolContext) -> ToolResult:
        return ToolResult("It worked.")


class Raising(TypedTool[NoInput]):
    name, description, input_type = "raising", "Raises.", NoInput

    async def work(self, arguments: NoInput, context: ToolContext) -> ToolResult:
        raise RuntimeError("no such luck")


class Endless(TypedTool[NoInput]):
    name, description, input_type = "endless", "Waits for ever.", NoInput

    def __init__(self, waiting: asyncio.Event) -> None:
        self._waiting = waiting

    async def work(self, arguments: NoInput, context: ToolContext) -> ToolResult:
        return await wait_for_ever(self._waiting)


async def wait_for_ever(waiting: asyncio.Event) -> ToolResult:
    waiting.set()
    await asyncio.Event().wait()
    return ToolResult("unreachable")


def use(name: str) -> ToolUse:
    given: dict[str, Any] = {}
    return ToolUse(ToolUseId("u1"), name, given)


def registry_subject() -> Subject:
    waiting = asyncio.Event()
    registry = ToolRegistry({"working": Working, "raising": Raising, "endless": lambda: Endless(waiting)})
    return Subject(registry, CONTEXT, use("working"), use("raising"), use("endless"), waiting)


def fake_subject() -> Subject:
    waiting = asyncio.Event()
    fake = FakeToolbox(
        {
            "working": ToolResult("It worked."),
            "raising": lambda use, context: ToolResult(str(1 // 0)),
            "endless": lambda use, context: wait_for_ever(waiting),
        }
    )
    return Subject(fake, CONTEXT, use("working"), use("raising"), use("endless"), waiting)


@pytest.fixture
def _silent_registry() -> Iterator[None]:
    """The registry logs the error of `raising`; the test of that is in test_registry.py."""
    log = logging.getLogger("orchestra_desktop.tools.registry")
    log.disabled = True
    yield
    log.disabled = False


@pytest.mark.usefixtures("_silent_registry")
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_registry_conforms(check: Check) -> None:
    await check(registry_subject())


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_the_fake_conforms(check: Check) -> None:
    await check(fake_subject())

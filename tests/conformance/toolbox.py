"""What every `Toolbox` promises: refusals and failures are results, and only cancellation is raised.

@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_mine_conforms(check: Check) -> None:
    await check(subject())
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import ToolUse
from orchestra_desktop.domain.ports import Toolbox, ToolContext


@dataclass(frozen=True, slots=True)
class Subject:
    """A toolbox and uses of its tools: one that works, one whose tool raises, one that waits until it is cancelled.

    `waiting` is set as soon as the endless tool waits.
    """

    toolbox: Toolbox
    context: ToolContext
    working: ToolUse
    raising: ToolUse
    endless: ToolUse
    waiting: asyncio.Event


Check = Callable[[Subject], Awaitable[None]]


async def tools_are_known_by_the_name_in_their_spec(subject: Subject) -> None:
    known = subject.toolbox.known()
    assert {subject.working.name, subject.raising.name, subject.endless.name} <= set(known)
    for name, spec in known.items():
        assert spec.name == name
        assert spec.description
        assert spec.input_schema["type"] == "object"
        assert set(spec.input_schema.get("required", ())) <= set(spec.input_schema["properties"])
        json.dumps(spec.input_schema)


async def a_working_tool_gives_its_result(subject: Subject) -> None:
    result = await subject.toolbox.run(subject.working, subject.context)
    assert not result.is_error
    assert result.text


async def an_unknown_tool_is_an_error_result(subject: Subject) -> None:
    result = await subject.toolbox.run(ToolUse(ToolUseId("u"), "no_such_tool", {}), subject.context)
    assert result.is_error
    assert "no_such_tool" in result.text


async def a_cut_input_is_an_error_result_and_runs_nothing(subject: Subject) -> None:
    result = await subject.toolbox.run(ToolUse(ToolUseId("u"), subject.endless.name, None), subject.context)
    assert result.is_error
    assert not subject.waiting.is_set()


async def an_exception_of_a_tool_is_an_error_result(subject: Subject) -> None:
    result = await subject.toolbox.run(subject.raising, subject.context)
    assert result.is_error
    assert result.text
    assert result.artifacts == ()


async def cancellation_is_raised(subject: Subject) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_run(subject))
        await subject.waiting.wait()
        task.cancel()
    assert task.cancelled()


async def tools_run_side_by_side(subject: Subject) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(_run(subject))
        await subject.waiting.wait()
        result = await subject.toolbox.run(subject.working, subject.context)
        assert not result.is_error
        task.cancel()


async def _run(subject: Subject) -> None:
    await subject.toolbox.run(subject.endless, subject.context)


CHECKS: tuple[Check, ...] = (
    tools_are_known_by_the_name_in_their_spec,
    a_working_tool_gives_its_result,
    an_unknown_tool_is_an_error_result,
    a_cut_input_is_an_error_result_and_runs_nothing,
    an_exception_of_a_tool_is_an_error_result,
    cancellation_is_raised,
    tools_run_side_by_side,
)

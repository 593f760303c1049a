"""The registry: a broken tool is named and the rest load; whatever a use comes to, the model gets a sentence."""

from __future__ import annotations

from typing import Any

import pytest

from orchestra_desktop.domain.ids import ProjectId, RunId, TaskId, ToolUseId
from orchestra_desktop.domain.messages import ToolSpec, ToolUse
from orchestra_desktop.domain.ports import ToolContext, ToolResult
from orchestra_desktop.tools.registry import ToolRegistry
from orchestra_desktop.tools.tool import ToolInput, TypedTool
from orchestra_desktop.tools.toolbox import shipped_tools

CONTEXT = ToolContext(ProjectId("p"), RunId("r"), TaskId("T1"), "nowhere")


class EchoInput(ToolInput):
    word: str
    times: int = 1


class Echo(TypedTool[EchoInput]):
    name, description, input_type = "echo", "Says it again.", EchoInput

    async def work(self, arguments: EchoInput, context: ToolContext) -> ToolResult:
        if arguments.word == "burn":
            raise RuntimeError("secret path of the machine")
        if arguments.word == "nothing":
            return None  # type: ignore[return-value]
        return ToolResult(arguments.word * arguments.times)


class FailsToBeMade(Echo):
    def __init__(self) -> None:
        raise OSError("no driver")


class Specified(Echo):
    """Gives whatever spec it is told to."""

    def __init__(self, **changes: Any) -> None:
        self._changes = changes

    @property
    def spec(self) -> ToolSpec:
        good: dict[str, Any] = {"name": "bad", "description": "x", "input_schema": {"type": "object", "properties": {}}}
        return ToolSpec(**{**good, **self._changes})


class SpecRaises(Echo):
    @property
    def spec(self) -> ToolSpec:
        raise KeyError("input_schema")


def echo(given: dict[str, Any] | None, name: str = "echo") -> ToolUse:
    return ToolUse(ToolUseId("u1"), name, given)


BROKEN = {
    "constructor": FailsToBeMade,
    "spec": SpecRaises,
    "another name": lambda: Specified(name="other"),
    "no description": lambda: Specified(description=" "),
    "no object": lambda: Specified(input_schema={"type": "string"}),
    "no schema": lambda: Specified(input_schema=None),
    "no properties": lambda: Specified(input_schema={"type": "object"}),
    "bad property": lambda: Specified(input_schema={"type": "object", "properties": {"a": "string"}}),
    "bad type": lambda: Specified(input_schema={"type": "object", "properties": {"a": {"type": "text"}}}),
    "unlisted type": lambda: Specified(input_schema={"type": "object", "properties": {"a": {"type": ["x"]}}}),
    "required unknown": lambda: Specified(input_schema={"type": "object", "properties": {}, "required": ["a"]}),
    "not json": lambda: Specified(input_schema={"type": "object", "properties": {}, "examples": {1, 2}}),
    "no tool": object,
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_a_broken_tool_is_named_and_the_rest_load(fault: str) -> None:
    registry = ToolRegistry({"bad": BROKEN[fault], "echo": Echo})  # type: ignore[dict-item]
    assert list(registry.known()) == ["echo"]
    (problem,) = registry.problems
    assert (problem.key, problem.args["tool"]) == ("tools.broken", "bad")
    assert problem.args["detail"]
    assert (await registry.run(echo({"word": "a"}), CONTEXT)).text == "a"
    assert (await registry.run(echo({}, "bad"), CONTEXT)).is_error


@pytest.mark.parametrize("name", ["", "two words", "x" * 65, "ä"])
def test_a_name_that_providers_refuse_is_a_problem(name: str) -> None:
    assert len(ToolRegistry({name: lambda: Specified(name=name)}).problems) == 1


async def test_an_unknown_tool_is_answered_with_those_there_are() -> None:
    answer = await ToolRegistry({"echo": Echo}).run(echo({}, "rm\n-rf"), CONTEXT)
    assert answer.is_error
    assert answer.text == "There is no tool called 'rm\\n-rf'. There are: echo."
    assert "none" in (await ToolRegistry({}).run(echo({}), CONTEXT)).text


async def test_a_cut_input_is_answered_and_not_run() -> None:
    answer = await ToolRegistry({"echo": Echo}).run(echo(None), CONTEXT)
    assert answer.is_error
    assert "nothing was done" in answer.text


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({}, "'word': Field required"),
        ({"word": 5}, "'word': Input should be a valid string"),
        ({"word": "a", "times": "2"}, "'times': Input should be a valid integer"),
        ({"word": "a", "times": True}, "'times': Input should be a valid integer"),
        ({"word": "a", "shell": "rm"}, "'shell': Extra inputs are not permitted"),
        ({str(number): 1 for number in range(9)}, "and 5 more."),
    ],
)
async def test_input_that_does_not_fit_is_answered_with_what_is_wrong(given: dict[str, Any], named: str) -> None:
    answer = await ToolRegistry({"echo": Echo}).run(echo(given), CONTEXT)
    assert answer.is_error
    assert answer.text.startswith("The input of this call of echo does not fit its schema: ")
    assert named in answer.text
    assert len(answer.text) < 600


async def test_a_wrong_input_is_not_repeated_to_the_model() -> None:
    answer = await ToolRegistry({"echo": Echo}).run(echo({"word": ["long" * 10_000]}), CONTEXT)
    assert "longlong" not in answer.text


@pytest.mark.logs_errors(r"tool echo failed in task T1 of run r$")
@pytest.mark.parametrize("word", ["burn", "nothing"])
async def test_a_failing_tool_is_logged_and_its_message_kept_from_the_model(word: str) -> None:
    answer = await ToolRegistry({"echo": Echo}).run(echo({"word": word}), CONTEXT)
    assert answer.is_error
    assert "fault of its own" in answer.text
    assert "secret" not in answer.text


def test_the_shipped_tools_load_and_tell_models_their_input() -> None:
    registry = shipped_tools(())
    assert registry.problems == ()
    schema = registry.known()["read_file"].input_schema
    assert registry.known().keys() == {"read_file", "write_file"}
    assert schema["required"] == ["path"]
    assert schema["additionalProperties"] is False
    assert schema["properties"]["limit"]["maximum"] == 50_000
    assert "title" not in str(schema)


def test_what_is_known_cannot_be_changed_from_outside() -> None:
    with pytest.raises(TypeError):
        shipped_tools(()).known()["x"] = ToolSpec("x", "x", {})  # type: ignore[index]

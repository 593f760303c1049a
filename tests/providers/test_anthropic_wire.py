"""A request in Claude's own form."""

from __future__ import annotations

from typing import Any

import pytest

from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import (
    Message,
    ModelInfo,
    ModelRequest,
    SystemBlock,
    ToolOutcome,
    ToolSpec,
    ToolUse,
)
from orchestra_desktop.providers.anthropic_models import ADAPTIVE_THINKING, takes
from orchestra_desktop.providers.anthropic_wire import prompt_params, system_blocks, turns
from tests.fakes.claude_params import problems_of_count

ONE = ToolUseId("one")
TWO = ToolUseId("two")


def params(**how: Any) -> dict[str, Any]:
    request = ModelRequest("claude-x", (SystemBlock("Be exact."),), (Message("user", "Hello"),), 100, **how)
    return prompt_params(request, adaptive=True, effort=None)


def test_a_request_has_the_form_that_the_sdk_types_ask_for() -> None:
    tools = (ToolSpec("read_file", "Reads.", {"type": "object", "properties": {}}),)
    assert problems_of_count(params(tools=tools, json_schema={"type": "object"})) == []


def test_nothing_is_sent_that_the_newer_models_refuse() -> None:
    sent = params(tools=(ToolSpec("read_file", "Reads.", {"type": "object"}),))
    assert set(sent) == {"model", "messages", "system", "tools", "thinking"}
    assert sent["thinking"] == {"type": "adaptive", "display": "summarized"}


def test_a_schema_is_asked_for_as_output_format_and_not_as_a_forced_tool() -> None:
    schema = {"type": "object", "properties": {}}
    assert params(json_schema=schema)["output_config"] == {"format": {"type": "json_schema", "schema": schema}}


def test_effort_stands_beside_the_schema() -> None:
    request = ModelRequest("claude-x", (), (Message("user", "Hello"),), 100, json_schema={"type": "object"})
    output = prompt_params(request, adaptive=False, effort="low")["output_config"]
    assert output["effort"] == "low"
    assert output["format"]["type"] == "json_schema"


def test_cached_blocks_carry_a_breakpoint_and_of_too_many_the_last_four() -> None:
    blocks = system_blocks([SystemBlock(f"part {number}", cached=True) for number in range(6)])
    assert [("cache_control" in block) for block in blocks] == [False, False, True, True, True, True]


def test_uncached_and_blank_blocks_are_left_alone_or_out() -> None:
    assert system_blocks([SystemBlock("a"), SystemBlock(" \n", cached=True)]) == [{"type": "text", "text": "a"}]


def test_native_blocks_go_back_just_as_they_came() -> None:
    native = (
        {"type": "thinking", "thinking": "hm", "signature": "s=="},
        {"type": "text", "text": "I write."},
        {"type": "tool_use", "id": "one", "name": "write_file", "input": {"path": "ä"}},
    )
    answer = Message("assistant", "I write.", (ToolUse(ONE, "write_file", {"path": "ä"}),), native=native)
    sent = turns([Message("user", "Hello"), answer, Message("user", outcomes=(ToolOutcome(ONE, "done"),))])
    assert sent[1] == {"role": "assistant", "content": list(native)}


def test_results_come_before_the_words_of_their_turn_and_say_if_they_failed() -> None:
    outcomes = (ToolOutcome(ONE, "fine"), ToolOutcome(TWO, "no such file", is_error=True))
    assert turns([Message("user", "Go on.", outcomes=outcomes)])[0]["content"] == [
        {"type": "tool_result", "tool_use_id": "one", "content": "fine"},
        {"type": "tool_result", "tool_use_id": "two", "content": "no such file", "is_error": True},
        {"type": "text", "text": "Go on."},
    ]


def test_a_tool_use_without_result_and_blank_text_are_not_sent_back() -> None:
    native = (
        {"type": "thinking", "thinking": "", "signature": "s"},
        {"type": "text", "text": "\n"},
        {"type": "tool_use", "id": "one", "name": "write_file", "input": {}},
    )
    cut = Message("assistant", "", (ToolUse(ONE, "write_file", None),), native=native)
    sent = turns([Message("user", "Hello"), cut, Message("user", "Go on.")])
    assert sent[1]["content"] == [native[0]]


def test_a_turn_of_which_nothing_is_left_is_not_sent() -> None:
    sent = turns([Message("user", "Hello"), Message("assistant", ""), Message("user", "Go on.")])
    assert [turn["role"] for turn in sent] == ["user", "user"]


def test_a_turn_without_native_blocks_is_made_of_its_text_and_uses() -> None:
    answer = Message("assistant", "I write.", (ToolUse(ONE, "write_file", {"path": "a"}),))
    sent = turns([answer, Message("user", outcomes=(ToolOutcome(ONE, "done"),))])
    assert [block["type"] for block in sent[0]["content"]] == ["text", "tool_use"]


@pytest.mark.parametrize(
    ("model", "adaptive"),
    [
        ("claude-haiku-5-5", True),
        ("claude-sonnet-5-5", True),
        ("claude-opus-5-5", True),
        ("claude-fable-5-1", True),
        ("claude-opus-4-6", True),
        ("claude-sonnet-4-6", True),
        ("claude-haiku-4-5-20251001", False),
        ("claude-sonnet-4-5", False),
        ("claude-sonnet-4-20250514", False),
        ("claude-opus-4-1", False),
        ("claude-3-5-haiku-latest", False),
    ],
)
def test_adaptive_thinking_is_asked_of_the_models_that_have_it(model: str, adaptive: bool) -> None:
    assert takes(model, ADAPTIVE_THINKING, {}) is adaptive


def test_the_services_own_list_is_believed_before_the_table() -> None:
    listed = {"claude-x": ModelInfo("claude-x", capabilities=frozenset({"thinking"}))}
    assert not takes("claude-x", ADAPTIVE_THINKING, listed)

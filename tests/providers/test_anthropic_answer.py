"""How the events of a stream become an answer, and how its usage is read from both ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestra_desktop.domain.messages import Answer, StopReason, TextDelta, ThinkingDelta, Usage
from orchestra_desktop.providers.anthropic_answer import (
    LONGEST_ANSWER,
    AnswerBuilder,
    AnswerUnreadableError,
    tool_input,
    usage_of,
)

Event = dict[str, Any]


def start(usage: Any = None) -> Event:
    given = {"input_tokens": 10, "output_tokens": 1} if usage is None else usage
    return {"type": "message_start", "message": {"model": "claude-x", "usage": given}}


def block(index: int, content: Event, *deltas: Event, stop: bool = True) -> list[Event]:
    events = [{"type": "content_block_start", "index": index, "content_block": content}]
    events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
    return [*events, *([{"type": "content_block_stop", "index": index}] if stop else [])]


def text(*parts: str, index: int = 0) -> list[Event]:
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": part} for part in parts))


def use(*parts: str, index: int = 0, stop: bool = True) -> list[Event]:
    content = {"type": "tool_use", "id": "toolu_1", "name": "write_file", "input": {}}
    deltas = ({"type": "input_json_delta", "partial_json": part} for part in parts)
    return block(index, content, *deltas, stop=stop)


def end(reason: str | None = "end_turn", usage: Any = None) -> list[Event]:
    told = {"output_tokens": 5} if usage is None else usage
    return [{"type": "message_delta", "delta": {"stop_reason": reason}, "usage": told}, {"type": "message_stop"}]


def built(*events: Event) -> Answer:
    builder = AnswerBuilder()
    for event in events:
        builder.feed(event)
    return builder.answer("req_1")


def test_text_thinking_and_tools_are_told_apart_and_kept_as_they_came() -> None:
    thinking = block(
        0,
        {"type": "thinking", "thinking": "", "signature": ""},
        {"type": "thinking_delta", "thinking": "I "},
        {"type": "thinking_delta", "thinking": "see."},
        {"type": "signature_delta", "signature": "abc=="},
    )
    answer = built(start(), *thinking, *text("Do", "ne", index=1), *use('{"path"', ': "a"}', index=2), *end("tool_use"))

    assert answer.message.text == "Done"
    assert [(one.id, one.name, one.input) for one in answer.message.uses] == [("toolu_1", "write_file", {"path": "a"})]
    assert answer.message.native == (
        {"type": "thinking", "thinking": "I see.", "signature": "abc=="},
        {"type": "text", "text": "Done"},
        {"type": "tool_use", "id": "toolu_1", "name": "write_file", "input": {"path": "a"}},
    )
    assert (answer.model, answer.request_id, answer.stop_reason) == ("claude-x", "req_1", StopReason.TOOL_USE)


def test_blocks_of_a_kind_we_do_not_know_go_back_as_they_came() -> None:
    strange = {"type": "redacted_thinking", "data": "opaque", "more": {"a": [1]}}
    assert built(start(), *block(0, strange), *end()).message.native == (strange,)


def test_citations_stay_with_their_text() -> None:
    cited = {"type": "citations_delta", "citation": {"cited_text": "x"}}
    answer = built(start(), *block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": "y"}, cited), *end())
    assert answer.message.native == ({"type": "text", "text": "y", "citations": [{"cited_text": "x"}]},)


def test_only_text_and_thinking_stream_to_the_reader() -> None:
    builder = AnswerBuilder()
    thinking = {"type": "thinking", "thinking": "", "signature": ""}
    events = [
        start(),
        *block(
            0, thinking, {"type": "thinking_delta", "thinking": "hm"}, {"type": "signature_delta", "signature": "s"}
        ),
        *text("a", "", index=1),
        *use("{}", index=2),
        *end(),
    ]
    pieces = [piece for event in events if (piece := builder.feed(event)) is not None]
    assert pieces == [ThinkingDelta("hm"), TextDelta("a")]


@pytest.mark.parametrize("reason", list(StopReason))
def test_every_stop_reason_is_known_by_its_name(reason: StopReason) -> None:
    assert built(start(), *text("x"), *end(reason.value)).stop_reason is reason


@pytest.mark.parametrize("reason", ["brand_new_reason", None])
def test_a_stop_reason_nobody_knows_and_none_at_all_are_unknown(reason: str | None) -> None:
    assert built(start(), *text("x"), *end(reason)).stop_reason is StopReason.UNKNOWN


@pytest.mark.parametrize(
    "parts", [('{"path": "a", "cont',), ('{"path": "a"',), ("[1]",), ("nul",), ('{"a": NaN}',), ('{"a": 1e999}',)]
)
def test_a_tool_input_that_is_no_whole_object_is_never_guessed(parts: tuple[str, ...]) -> None:
    answer = built(start(), *use(*parts), *end("tool_use"))
    assert answer.message.uses[0].input is None
    assert answer.message.native[0]["input"] == {}


def test_a_tool_without_input_gets_an_empty_one() -> None:
    assert built(start(), *use(""), *end("tool_use")).message.uses[0].input == {}


def test_a_block_that_never_closed_gives_no_input() -> None:
    assert built(start(), *use('{"path": "a"}', stop=False), *end("tool_use")).message.uses[0].input is None


@pytest.mark.parametrize("reason", ["max_tokens", "refusal", "pause_turn", "model_context_window_exceeded", "new"])
def test_an_answer_that_does_not_count_has_no_input_to_run_though_its_json_is_whole(reason: str) -> None:
    assert built(start(), *use('{"path": "a"}'), *end(reason)).message.uses[0].input is None


def test_pings_and_new_kinds_of_events_and_deltas_are_passed_over() -> None:
    new = {"type": "brand_new", "index": 7}
    odd = block(0, {"type": "text", "text": ""}, {"type": "new_delta", "x": 1}, {"type": "text_delta", "text": "a"})
    assert built({"type": "ping"}, start(), new, *odd, {}, *end()).message.text == "a"


@pytest.mark.parametrize(
    "events",
    [
        ["a string"],
        [[1]],
        [None],
        [{"type": "message_start"}],
        text("no start"),
        [start(), *text("x", index=1)],
        [start(), {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}}],
        [
            start(),
            *text("x"),
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "x"}},
        ],
        [start(), {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "x"}}],
        [start(), {"type": "content_block_start", "index": 0}],
        [start(), *block(0, {"type": "text", "text": ""}, {"type": "text_delta"})],
        [start(), *block(0, {"type": "text", "text": ""}, {"type": "text_delta", "text": 7})],
        [start(), {"type": "message_delta", "usage": {}}],
    ],
)
def test_what_is_not_the_protocol_is_refused(events: list[Any]) -> None:
    builder = AnswerBuilder()
    with pytest.raises(AnswerUnreadableError):
        for event in events:
            builder.feed(event)


@pytest.mark.parametrize("missing", ["message_start", "message_delta", "message_stop"])
def test_without_its_last_event_there_is_no_answer(missing: str) -> None:
    builder = AnswerBuilder()
    for event in [start(), *end()]:
        if event["type"] != missing:
            builder.feed(event)
    assert not builder.finished
    with pytest.raises(AnswerUnreadableError):
        builder.answer(None)


def test_an_answer_without_end_is_refused() -> None:
    builder = AnswerBuilder()
    piece = "x" * 1_000_000
    events = [start(), *block(0, {"type": "text", "text": ""}, stop=False)]
    for event in events:
        builder.feed(event)
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
    with pytest.raises(AnswerUnreadableError):
        for _ in range(LONGEST_ANSWER // len(piece) + 1):
            builder.feed(delta)


# -- usage ----------------------------------------------------------------------------------------------------------


def test_the_final_output_count_comes_from_the_ending() -> None:
    assert built(start(), *text("x"), *end(usage={"output_tokens": 77})).usage == Usage(10, 77)


def test_all_kinds_of_tokens_are_read() -> None:
    first = {
        "input_tokens": 3,
        "cache_read_input_tokens": 40,
        "cache_creation_input_tokens": 30,
        "cache_creation": {"ephemeral_5m_input_tokens": 10, "ephemeral_1h_input_tokens": 20},
        "output_tokens": 1,
    }
    last = {"output_tokens": 9, "output_tokens_details": {"thinking_tokens": 4}}
    assert usage_of(first, last) == Usage(3, 9, 40, 10, 20, 4)


def test_counts_of_the_ending_replace_those_of_the_start_and_nulls_do_not() -> None:
    first = {"input_tokens": 3, "cache_read_input_tokens": 40, "output_tokens": 1}
    last = {"input_tokens": 5, "cache_read_input_tokens": None, "output_tokens": 9}
    assert usage_of(first, last) == Usage(5, 9, 40)


@pytest.mark.parametrize("breakdown", [{}, {"cache_creation": None}])
def test_a_sum_of_cache_writes_without_breakdown_stands_under_the_dearer_hour(breakdown: Event) -> None:
    usage = usage_of({"input_tokens": 3, "cache_creation_input_tokens": 30, **breakdown}, {"output_tokens": 9})
    assert usage == Usage(3, 9, cache_write_1h_tokens=30, cache_breakdown=False)


def test_a_breakdown_that_does_not_add_up_stands_under_the_dearer_hour() -> None:
    parts = {"ephemeral_5m_input_tokens": 50, "ephemeral_1h_input_tokens": 0}
    usage = usage_of(
        {"input_tokens": 3, "cache_creation": parts, "cache_creation_input_tokens": 30}, {"output_tokens": 9}
    )
    assert usage == Usage(3, 9, cache_write_1h_tokens=50, cache_breakdown=False)


def test_negative_and_absurd_counts_are_passed_on_as_they_came() -> None:
    assert usage_of({"input_tokens": -7}, {"output_tokens": 10**15}) == Usage(-7, 10**15)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ({"input_tokens": 3}, None),
        (None, {"output_tokens": 9}),
        ({"input_tokens": None}, {"output_tokens": 9}),
        ({"input_tokens": 3}, {}),
        ({"input_tokens": 3}, {"output_tokens": None}),
        ({"input_tokens": "3"}, {"output_tokens": 9}),
        ({"input_tokens": 3}, {"output_tokens": 9.5}),
        ({"input_tokens": True}, {"output_tokens": 9}),
        ({"input_tokens": 3, "cache_read_input_tokens": "many"}, {"output_tokens": 9}),
    ],
)
def test_a_missing_or_unreadable_count_is_no_usage_and_never_a_zero(first: Event | None, last: Event | None) -> None:
    assert usage_of(first, last) is None


def test_what_was_told_before_a_break_is_known() -> None:
    builder = AnswerBuilder()
    assert builder.known_usage() is None
    builder.feed(start())
    assert builder.known_usage() == Usage(10, 1)
    builder.feed(end()[0])
    assert builder.known_usage() == Usage(10, 5)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
    ]
)
LOOSE_EVENT = st.fixed_dictionaries(
    {"type": NAMES},
    optional={
        "index": st.integers(-1, 2) | JSON,
        "delta": JSON | st.fixed_dictionaries({"type": st.just("text_delta"), "text": JSON}),
        "content_block": JSON | st.fixed_dictionaries({"type": st.sampled_from(["text", "tool_use"]), "input": JSON}),
        "message": JSON | st.fixed_dictionaries({"usage": JSON}),
        "usage": JSON | st.dictionaries(st.sampled_from(["input_tokens", "output_tokens"]), JSON),
    },
)


@given(st.lists(LOOSE_EVENT | JSON, max_size=12))
def test_no_sequence_of_events_fails_in_another_way(events: list[Any]) -> None:
    builder = AnswerBuilder()
    try:
        for event in events:
            builder.feed(event)
    except AnswerUnreadableError:
        pass
    builder.known_usage()
    if builder.finished:
        builder.answer(None)


@given(st.dictionaries(st.text(max_size=9), JSON, max_size=4), st.data())
def test_a_tool_input_is_whole_or_nothing_wherever_it_is_cut(given_input: dict[str, Any], data: st.DataObject) -> None:
    whole = json.dumps(given_input)
    cut = data.draw(st.integers(0, len(whole) - 1))
    assert tool_input(whole) == given_input
    assert tool_input(whole[:cut]) is None


@given(st.text(min_size=1), st.data())
def test_text_is_the_same_however_it_is_cut_into_deltas(whole: str, data: st.DataObject) -> None:
    places = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=5)))
    parts = [whole[a:b] for a, b in zip([0, *places], [*places, len(whole)], strict=True)]
    assert built(start(), *text(*parts), *end()).message.text == whole

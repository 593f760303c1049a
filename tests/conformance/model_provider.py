"""What every model provider must do, the rehearsal included; and what those must do besides that talk to a service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Any, ClassVar, Protocol

import pytest

from orchestra_desktop.domain.errors import FaultKind, ModelFault, Owed
from orchestra_desktop.domain.messages import (
    Answer,
    Message,
    ModelRequest,
    StopReason,
    StreamPiece,
    SystemBlock,
    TextDelta,
    ThinkingDelta,
    ToolOutcome,
    ToolSpec,
)
from orchestra_desktop.domain.ports import ModelProvider
from tests.fakes import Fault, Gate, ScriptedBrain, Seen, Thinking, ToolUse, calls, says
from tests.fakes.brain import Brain, ScriptedAnswer
from tests.fakes.faults import Faults, FaultScript

TASK = """\
# Your task: T1 Write hello_world.py

You write and change programs. Write hello_world.py, which prints a greeting.

# Affected files
- hello_world.py
"""
PLAN = """\
# Project
Hello

# Requirements
R1: A script hello_world.py that prints a greeting and today's ISO date.
R2: RUN.md with exact steps to run it.
R3: A summary of what was made, in two bullets.

Now write the plan as JSON (3-15 tasks).
"""
TEXT: dict[str, Any] = {"type": "string"}
TEXTS = {"type": "array", "items": TEXT}
TOOLS = (
    ToolSpec(
        "write_file",
        "Writes a whole file.",
        {"type": "object", "properties": {"path": TEXT, "content": TEXT}, "required": ["path", "content"]},
    ),
)
MANY_SCRIPTS = "Grüße, 世界! \U0001f680 e\u0301 \x85 \u2028 \u2029 \u0645\u0631\u062d\u0628\u0627 - 終わり"


def closed(**fields: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object with just these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


PLAN_SCHEMA = closed(
    summary=TEXT,
    tasks={
        "type": "array",
        "items": closed(
            id=TEXT,
            title=TEXT,
            task_type={"type": "string", "enum": ["code", "research", "documentation"]},
            depends_on=TEXTS,
            requirement_ids=TEXTS,
            affected_files=TEXTS,
        ),
    },
)


def asked(text: str, model: str, **how: Any) -> ModelRequest:
    """A request with one user turn."""
    system = (SystemBlock("You carry out tasks.", cached=True),)
    return ModelRequest(model, system, (Message("user", text),), how.pop("max_tokens", 4_000), **how)


def replied(request: ModelRequest, answer: Answer) -> ModelRequest:
    """The conversation after that answer, every tool use answered with success."""
    outcomes = tuple(ToolOutcome(use.id, "written") for use in answer.message.uses)
    return replace(request, messages=(*request.messages, answer.message, Message("user", outcomes=outcomes)))


async def heard(provider: ModelProvider, request: ModelRequest) -> list[StreamPiece]:
    return [piece async for piece in provider.stream(request)]


async def answered(provider: ModelProvider, request: ModelRequest) -> Answer:
    pieces = await heard(provider, request)
    assert isinstance(pieces[-1], Answer)
    return pieces[-1]


async def failed(provider: ModelProvider, request: ModelRequest) -> ModelFault:
    """The fault that the request ends in."""
    with pytest.raises(ModelFault) as caught:
        await heard(provider, request)
    return caught.value


async def close(pieces: object) -> None:
    assert isinstance(pieces, AsyncGenerator)
    await pieces.aclose()


@dataclass(frozen=True, slots=True)
class Stage:
    """A provider, ready to be asked, and the model to ask for."""

    provider: ModelProvider
    model: str


class ModelProviderConformance:
    """A subclass says how to set the stage: a service that works through prompts, or none at all."""

    def stage(self) -> AbstractAsyncContextManager[Stage]:
        raise NotImplementedError

    async def test_the_answer_comes_once_and_last_and_its_text_is_what_streamed(self) -> None:
        async with self.stage() as on:
            pieces = await heard(on.provider, asked("Say something.", on.model))

        answers = [piece for piece in pieces if isinstance(piece, Answer)]
        assert answers == pieces[-1:]
        assert "".join(piece.text for piece in pieces if isinstance(piece, TextDelta)) == answers[0].message.text != ""
        assert answers[0].stop_reason is StopReason.END_TURN
        assert answers[0].message.role == "assistant"

    async def test_an_answer_has_its_usage(self) -> None:
        async with self.stage() as on:
            answer = await answered(on.provider, asked("Say something.", on.model))

        assert answer.usage is not None
        assert answer.usage.prompt_tokens > 0
        assert answer.usage.output_tokens > 0
        assert answer.usage.is_sane(max_prompt=32_000, max_output=4_000)

    async def test_the_same_question_can_be_asked_again(self) -> None:
        async with self.stage() as on:
            request = asked("Say something.", on.model)
            assert (await answered(on.provider, request)).message == (await answered(on.provider, request)).message

    async def test_many_may_ask_at_once(self) -> None:
        async with self.stage() as on:
            asking = [answered(on.provider, asked(f"Say {number}.", on.model)) for number in range(5)]
            answers = await asyncio.gather(*asking)

        assert all(answer.message.text for answer in answers)

    async def test_a_tool_is_used_and_its_outcome_leads_to_an_end(self) -> None:
        async with self.stage() as on:
            request = asked(TASK, on.model, tools=TOOLS)
            wants = await answered(on.provider, request)
            ends = await answered(on.provider, replied(request, wants))

        assert wants.stop_reason is StopReason.TOOL_USE
        [use] = wants.message.uses
        assert (use.name, (use.input or {})["path"]) == ("write_file", "hello_world.py")
        assert use.id
        assert ends.stop_reason is StopReason.END_TURN
        assert ends.message.text.strip()

    async def test_tool_uses_of_a_conversation_have_ids_of_their_own(self) -> None:
        async with self.stage() as on:
            files = TASK.replace("- hello_world.py\n", "- one.py\n- two.py\n").replace("hello_world.py", "one.py")
            request = asked(files, on.model, tools=TOOLS)
            ids: list[str] = []
            for _ in range(4):
                answer = await answered(on.provider, request)
                ids += [use.id for use in answer.message.uses]
                if answer.stop_reason is not StopReason.TOOL_USE:
                    break
                request = replied(request, answer)

        assert len(ids) == 2 == len(set(ids))

    async def test_an_answer_in_a_schema_is_json_of_just_its_properties(self) -> None:
        async with self.stage() as on:
            answer = await answered(on.provider, asked(PLAN, on.model, json_schema=PLAN_SCHEMA))

        plan = json.loads(answer.message.text)
        assert set(plan) == {"summary", "tasks"}
        assert {name for task in plan["tasks"] for name in task["requirement_ids"]} == {"R1", "R2", "R3"}
        assert all(
            set(task) == set(PLAN_SCHEMA["properties"]["tasks"]["items"]["properties"]) for task in plan["tasks"]
        )

    async def test_closing_after_a_piece_ends_the_stream(self) -> None:
        async with self.stage() as on:
            pieces = on.provider.stream(asked("Say something.", on.model))
            await anext(pieces)
            await close(pieces)
            with pytest.raises(StopAsyncIteration):
                await anext(pieces)

    async def test_closing_a_stream_that_never_began_is_nothing(self) -> None:
        async with self.stage() as on:
            await close(on.provider.stream(asked("Say something.", on.model)))

    async def test_health_names_the_model_and_costs_nothing(self) -> None:
        async with self.stage() as on:
            health = await on.provider.check()

        assert health.healthy
        assert on.model in {model.id for model in health.models}

    async def test_the_prompt_is_counted_or_said_not_to_be(self) -> None:
        async with self.stage() as on:
            count = await on.provider.count_tokens(asked("Say something.", on.model))

        assert count is None or count > 0


class Server(Protocol):
    """What both loopback servers have."""

    @property
    def requests(self) -> list[Seen]: ...

    def wait_for_requests(self, count: int, timeout: float = 10.0) -> None: ...

    def wait_until_idle(self, timeout: float = 10.0) -> None: ...


@dataclass(frozen=True, slots=True)
class Service(Stage):
    """A provider whose service does what a test tells it to."""

    server: Server


@dataclass(frozen=True, slots=True)
class Fails:
    """How a planted fault must be read; `usage` says whether the service had told some of it before."""

    kind: FaultKind
    owed: Owed
    usage: bool = False


Expected = Fails | StopReason


class ServiceConformance(ModelProviderConformance):
    """For providers behind a network: wire form, faults, cancellation."""

    faults: ClassVar[Mapping[Fault, Expected]]

    def service(self, brain: Brain | None = None, faults: Faults | None = None) -> AbstractAsyncContextManager[Service]:
        raise NotImplementedError

    def stage(self) -> AbstractAsyncContextManager[Stage]:
        return self.service()

    async def test_text_of_any_script_arrives_whole_though_it_is_cut_at_any_byte(self) -> None:
        async with self.service(ScriptedBrain([says(MANY_SCRIPTS, byte_chunk=1, text_chunk=3)])) as on:
            answer = await answered(on.provider, asked(MANY_SCRIPTS, on.model))

        assert answer.message.text == MANY_SCRIPTS
        assert MANY_SCRIPTS in json.dumps(on.server.requests[0].body, ensure_ascii=False)

    async def test_lone_surrogates_do_not_break_a_request(self) -> None:
        async with self.service() as on:
            answer = await answered(on.provider, asked("half \ud83d a sign", on.model))

        assert answer.message.text

    async def test_thinking_streams_apart_and_goes_back_unchanged(self) -> None:
        script = [
            ScriptedAnswer((Thinking("First I look."), ToolUse("write_file", {"path": "a", "content": "b"}))),
            says("done"),
        ]
        async with self.service(ScriptedBrain(script)) as on:
            request = asked(TASK, on.model, tools=TOOLS)
            pieces = await heard(on.provider, request)
            first = pieces[-1]
            assert isinstance(first, Answer)
            second = await answered(on.provider, replied(request, first))

        assert "".join(piece.text for piece in pieces if isinstance(piece, ThinkingDelta)) == "First I look."
        assert "First I look." not in first.message.text
        assert second.message.text == "done"
        sent_back = json.dumps(on.server.requests[1].body["messages"], ensure_ascii=False)
        assert "First I look." in sent_back

    async def test_native_blocks_survive_the_journal(self) -> None:
        """They are stored as JSON between two rounds; what comes out must go back as if it had never been away."""
        script = [ScriptedAnswer((Thinking("Hm. ü"), ToolUse("write_file", {"path": "ä", "content": "b"}))), says("ok")]
        async with self.service(ScriptedBrain(script)) as on:
            request = asked(TASK, on.model, tools=TOOLS)
            first = await answered(on.provider, request)
            stored = json.dumps(first.message.native)
            restored = replace(first, message=replace(first.message, native=tuple(json.loads(stored))))
            assert (await answered(on.provider, replied(request, restored))).message.text == "ok"

    async def test_an_answer_cut_in_a_tool_call_is_continued_in_words(self) -> None:
        script = [calls("write_file", {"path": "a", "content": "b"}, stop_reason="max_tokens"), says("whole")]
        async with self.service(ScriptedBrain(script)) as on:
            request = asked(TASK, on.model, tools=TOOLS)
            cut = await answered(on.provider, request)
            go_on = (*request.messages, cut.message, Message("user", "Go on."))
            assert (await answered(on.provider, replace(request, messages=go_on))).message.text == "whole"

        assert cut.stop_reason is StopReason.MAX_TOKENS
        assert [use.input for use in cut.message.uses] == [None]

    async def test_closing_closes_the_request(self) -> None:
        gate = Gate()
        async with self.service(
            ScriptedBrain([says("one two three four", text_chunk=4, hold=gate, hold_after=4)])
        ) as on:
            pieces = on.provider.stream(asked("Say something.", on.model))
            await anext(pieces)
            await close(pieces)
            await asyncio.to_thread(on.server.wait_until_idle)
            gate.open()

        assert on.server.requests[0].closed_early

    @pytest.mark.parametrize("hold_after", [0, 4])
    async def test_cancellation_passes_through_and_closes_the_request(self, hold_after: int) -> None:
        gate = Gate()
        held = says("one two three four", text_chunk=4, hold=gate, hold_after=hold_after)
        async with self.service(ScriptedBrain([held])) as on:
            async with asyncio.TaskGroup() as group:
                task = group.create_task(answered(on.provider, asked("Say something.", on.model)))
                await asyncio.to_thread(on.server.wait_for_requests, 1)
                task.cancel()
            assert task.cancelled()
            await asyncio.to_thread(on.server.wait_until_idle)
            gate.open()

        assert on.server.requests[0].closed_early

    async def test_one_question_is_one_request_whatever_becomes_of_it(self) -> None:
        async with self.service(faults=FaultScript([Fault.INTERNAL_ERROR, None])) as on:
            await failed(on.provider, asked("Say something.", on.model))
            await answered(on.provider, asked("Say something.", on.model))

        assert len(on.server.requests) == 2

    async def test_after_every_fault_the_next_question_is_answered(self) -> None:
        order = [fault for fault, expected in self.faults.items() if isinstance(expected, Fails)]
        script: list[Fault | None] = [planted for fault in order for planted in (fault, None)]
        async with self.service(faults=FaultScript(script)) as on:
            for _ in order:
                await failed(on.provider, asked("Say something.", on.model))
                await answered(on.provider, asked("Say something.", on.model))

    async def check_fault(self, fault: Fault) -> None:
        """The body of the test that a subclass parametrises over its faults."""
        async with self.service(faults=FaultScript([fault])) as on:
            request = asked(TASK, on.model, tools=TOOLS)
            match self.faults[fault]:
                case StopReason() as stop:
                    answer = await answered(on.provider, request)
                    assert answer.stop_reason is stop
                case Fails() as fails:
                    facts = (await failed(on.provider, request)).facts
                    assert (facts.kind, facts.owed) == (fails.kind, fails.owed)
                    assert (facts.known_usage is not None) == fails.usage
                    assert len(facts.detail) <= 500

        assert len(on.server.requests) == 1

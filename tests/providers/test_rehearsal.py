"""The rehearsal: labelled in all it says, true to the prompts of the program, and repeatable."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from orchestra_desktop.domain.ids import RequirementId
from orchestra_desktop.domain.messages import Answer, Message, ModelRequest, StopReason, ToolOutcome, ToolSpec
from orchestra_desktop.domain.plan import plan_from_json
from orchestra_desktop.domain.ports import ModelProvider
from orchestra_desktop.domain.projects import Requirement, Rigor
from orchestra_desktop.planning.schema import plan_schema
from orchestra_desktop.prompts.planner import PlannerBrief, planner_prompt
from orchestra_desktop.providers.rehearsal import LONGEST_S, SHORTEST_S, RehearsalProvider
from orchestra_desktop.providers.rehearsal_plan import LABEL, requirements_in
from orchestra_desktop.providers.rehearsal_work import content_of
from tests.conformance.model_provider import TASK, TEXT, TOOLS, answered, asked, heard
from tests.network.clocks import InstantClock, StoppedClock

HELLO = (
    "A script `hello_world.py` that prints a greeting and today's date in ISO form.",
    "A file `RUN.md` with the exact steps to run the script.",
    "A summary of what was made, in two bullets.",
)
READ = ToolSpec("read_file", "Reads.", {"type": "object", "properties": {"path": TEXT}})


def planner_request(rigor: Rigor = Rigor.L2, wishes: tuple[str, ...] = HELLO) -> ModelRequest:
    """The request of the real planner's prompt."""
    numbered = tuple(Requirement(RequirementId(f"R{n}"), wish) for n, wish in enumerate(wishes, 1))
    system, messages = planner_prompt(PlannerBrief("Hello", numbered, rigor))
    return ModelRequest("rehearsal", system, messages, 16_000, json_schema=plan_schema(rigor))


async def plan_of(request: ModelRequest) -> dict[str, Any]:
    answer = await answered(RehearsalProvider(InstantClock()), request)
    plan: dict[str, Any] = json.loads(answer.message.text)
    return plan


def test_the_provider_is_the_port_and_is_free() -> None:
    port: ModelProvider = RehearsalProvider(InstantClock())
    assert (port.name, port.is_free) == ("rehearsal", True)


@pytest.mark.parametrize("rigor", list(Rigor))
async def test_a_plan_has_just_the_properties_of_its_schema(rigor: Rigor) -> None:
    plan = await plan_of(planner_request(rigor))
    schema = plan_schema(rigor)
    assert list(plan) == list(schema["properties"])
    assert all(list(task) == list(schema["properties"]["tasks"]["items"]["properties"]) for task in plan["tasks"])
    assert [task["id"] for task in plan["tasks"]] == [task.id for task in plan_from_json(plan).tasks]


async def test_hello_world_becomes_a_script_its_description_and_a_summary() -> None:
    tasks = (await plan_of(planner_request()))["tasks"]
    assert [(task["task_type"], task["affected_files"], task["depends_on"]) for task in tasks] == [
        ("code", ["hello_world.py"], []),
        ("documentation", ["RUN.md"], ["T1"]),
        ("documentation", [], []),
    ]
    assert [task["requirement_ids"] for task in tasks] == [["R1"], ["R2"], ["R3"]]


async def test_the_same_prompt_gets_the_same_plan() -> None:
    assert await plan_of(planner_request()) == await plan_of(planner_request())


def test_requirements_inside_a_fence_are_material_and_no_requirements() -> None:
    prompt = "# Requirements\nR1: real\n    and more\n\n# The plan so far\n<fenced-ab>\nR2: false\n</fenced-ab>\nR3: no"
    assert requirements_in(prompt) == [("R1", "real and more")]


async def test_a_prompt_without_requirements_still_gets_a_plan() -> None:
    assert (await plan_of(planner_request(wishes=())))["tasks"]


async def test_each_task_says_that_nobody_was_asked() -> None:
    plan = await plan_of(planner_request())
    assert plan["summary"].startswith(LABEL)
    assert all(task["description"].startswith(LABEL) for task in plan["tasks"])
    text = (await answered(RehearsalProvider(InstantClock()), asked("Do it.", "rehearsal"))).message.text
    assert text.startswith(LABEL)


@pytest.mark.parametrize(
    "name", ["a.py", "a.md", "a.txt", "a.json", "a.toml", "a.yaml", "a.html", "a.css", "a.js", "a.sh", "a.csv", "a.sql"]
)
def test_each_file_says_so_in_its_first_lines(name: str) -> None:
    assert LABEL in "\n".join(content_of(f"deep/{name}").splitlines()[:2])


def test_hello_world_is_a_script_that_runs(tmp_path: Path) -> None:
    script = tmp_path / "hello_world.py"
    script.write_text(content_of("hello_world.py"), encoding="utf-8")
    said = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    today = datetime.now(UTC).date()
    near = {(today + timedelta(days=days)).isoformat() for days in (-1, 0, 1)}
    assert said.startswith("Hello")
    assert any(day in said for day in near)


def test_json_and_python_files_are_valid() -> None:
    assert json.loads(content_of("a.json"))["rehearsal"] == LABEL
    compile(content_of("anything.py"), "anything.py", "exec")


async def test_a_task_reads_what_it_builds_on_then_writes_its_files_then_speaks() -> None:
    prompt = TASK.replace("hello_world.py", "RUN.md") + (
        "\n# Results of the tasks this one depends on\nT1 (Write it), files written: hello_world.py:\n"
        '<fenced-1 of="result of T1">\ndone\n</fenced-1>\n'
    )
    request = asked(prompt, "rehearsal", tools=(*TOOLS, READ))
    provider, steps = RehearsalProvider(InstantClock()), []
    for _ in range(4):
        answer = await answered(provider, request)
        steps.append([(use.name, (use.input or {})["path"]) for use in answer.message.uses])
        if answer.stop_reason is StopReason.END_TURN:
            break
        outcomes = tuple(ToolOutcome(use.id, "fine") for use in answer.message.uses)
        request = replace(request, messages=(*request.messages, answer.message, Message("user", outcomes=outcomes)))

    assert steps == [[("read_file", "hello_world.py")], [("write_file", "RUN.md")], []]
    assert "Written: RUN.md" in answer.message.text


async def test_a_refused_file_is_not_tried_again_but_said() -> None:
    request = asked(TASK, "rehearsal", tools=TOOLS)
    provider = RehearsalProvider(InstantClock())
    first = await answered(provider, request)
    refused = Message("user", outcomes=(ToolOutcome(first.message.uses[0].id, "outside the workspace", is_error=True),))
    last = await answered(provider, replace(request, messages=(*request.messages, first.message, refused)))
    assert last.stop_reason is StopReason.END_TURN
    assert "outside the workspace" in last.message.text


async def test_without_tools_a_task_answers_in_words() -> None:
    answer = await answered(RehearsalProvider(InstantClock()), asked(TASK, "rehearsal"))
    assert answer.stop_reason is StopReason.END_TURN


async def test_an_answer_above_the_limit_is_cut_and_its_tools_are_not_to_be_run() -> None:
    cut = await answered(RehearsalProvider(InstantClock()), asked(TASK, "rehearsal", tools=TOOLS, max_tokens=3))
    assert cut.stop_reason is StopReason.MAX_TOKENS
    assert [use.input for use in cut.message.uses] == [None]
    words = await answered(RehearsalProvider(InstantClock()), asked("Say.", "rehearsal", max_tokens=3))
    assert (words.stop_reason, words.message.text) == (StopReason.MAX_TOKENS, LABEL[:12])
    assert words.usage is not None
    assert words.usage.output_tokens == 3


@pytest.mark.parametrize("speed", [1.0, 10.0])
async def test_time_follows_from_length_and_speed(speed: float) -> None:
    clock = InstantClock()
    pieces = await heard(RehearsalProvider(clock, speed), planner_request(Rigor.L3))
    long = sum(clock.slept)
    assert len(pieces) > 10
    clock.slept.clear()
    await heard(RehearsalProvider(clock, speed), asked("Say.", "rehearsal"))
    assert SHORTEST_S / speed <= sum(clock.slept) < long <= LONGEST_S / speed + 0.001


async def test_tokens_follow_from_bytes() -> None:
    answer = await answered(RehearsalProvider(InstantClock()), planner_request())
    assert answer.usage is not None
    assert answer.usage.output_tokens == -(-len(answer.message.text.encode()) // 4)


async def test_cancellation_passes_through() -> None:
    provider = RehearsalProvider(StoppedClock())
    async with asyncio.TaskGroup() as group:
        task = group.create_task(answered(provider, asked("Say.", "rehearsal")))
        await asyncio.sleep(0)
        task.cancel()
    assert task.cancelled()


async def test_another_schema_is_filled_too() -> None:
    schema = {"type": "object", "properties": {"verdict": {"type": "string", "enum": ["passed", "gaps"]}, "why": TEXT}}
    answer = await answered(RehearsalProvider(InstantClock()), asked("Judge.", "rehearsal", json_schema=schema))
    assert isinstance(answer, Answer)
    assert json.loads(answer.message.text) == {"verdict": "passed", "why": LABEL}

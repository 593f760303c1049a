"""The helpful brain makes plans in the schema asked for, writes the files of its task, and ends with words."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from anthropic import AsyncAnthropic
from anthropic.types import Message

from tests.fakes import HelpfulBrain
from tests.fakes.claude_server import ClaudeServer
from tests.fakes.helpful_brain import content_of
from tests.fakes.plan_answer import requirements_in
from tests.fakes_test.claude_client import WRITE_FILE, ask, native, once, with_client

HELLO_WORLD = """Make a plan for these requirements.

R1: A Python script hello_world.py that prints a greeting and today's date in ISO form.
R2: A file RUN.md with the exact steps to run the script.
R3: A summary of the result in two bullet points.
"""


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def closed(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def many(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


TASK = closed(
    {
        "id": text(),
        "title": text(),
        "description": text(),
        "task_type": text(enum=["code", "research", "analysis", "asset", "integration", "documentation"]),
        "complexity": text(enum=["simple", "medium", "complex"]),
        "depends_on": many(text()),
        "tools_needed": many(text(enum=["read_file", "write_file"])),
        "requirement_ids": many(text()),
        "verification_criteria": text(),
        "affected_files": many(text()),
        "phase": {"anyOf": [text(), {"type": "null"}]},
        "model_tier": text(enum=["auto", "local", "haiku", "sonnet", "opus"]),
    }
)
QUICK = closed({"summary": text(), "tasks": many({"$ref": "#/$defs/task"})}) | {"$defs": {"task": TASK}}
STANDARD = closed(
    {
        "summary": text(),
        "phases": many(closed({"id": text(), "name": text(), "description": text()})),
        "tasks": many(TASK),
        "open_questions": many(closed({"question": text(), "proposed_answer": text(), "impact": text()})),
    }
)
LEVELS = text(enum=["low", "medium", "high"])
THOROUGH = closed(
    {
        **STANDARD["properties"],
        "risk_assessment": many(closed({"risk": text(), "likelihood": LEVELS, "impact": LEVELS, "mitigation": text()})),
        "test_strategy": closed({"approach": text(), "test_tasks": many(text()), "coverage_notes": text()}),
    }
)


def plan(requirements: str, schema: dict[str, Any] = STANDARD) -> dict[str, Any]:
    with ClaudeServer() as server:
        message = once(
            server,
            max_tokens=16_000,
            messages=[{"role": "user", "content": requirements}],
            output_config={"format": {"type": "json_schema", "schema": schema}},
        )
    return dict(json.loads(text_of(message)))


def test_hello_world_becomes_three_tasks_of_which_one_waits_for_another() -> None:
    tasks = plan(HELLO_WORLD)["tasks"]
    assert [(task["id"], task["task_type"], task["depends_on"], task["affected_files"]) for task in tasks] == [
        ("T1", "code", [], ["hello_world.py"]),
        ("T2", "documentation", ["T1"], ["RUN.md"]),
        ("T3", "documentation", [], []),
    ]
    assert [task["tools_needed"] for task in tasks] == [["write_file"], ["write_file"], []]
    assert [task["requirement_ids"] for task in tasks] == [["R1"], ["R2"], ["R3"]]


@pytest.mark.parametrize("schema", [QUICK, STANDARD, THOROUGH], ids=["L1", "L2", "L3"])
def test_a_plan_has_just_the_properties_of_its_schema(schema: dict[str, Any]) -> None:
    answer = plan(HELLO_WORLD, schema)
    assert set(answer) == set(schema["properties"])
    assert all(set(task) == set(TASK["properties"]) for task in answer["tasks"])


def test_phases_are_known_and_do_not_run_backwards() -> None:
    answer = plan(HELLO_WORLD)
    order = [phase["id"] for phase in answer["phases"]]
    phase_of = {task["id"]: order.index(task["phase"]) for task in answer["tasks"]}
    assert len(order) == 2
    assert all(phase_of[one] <= phase_of[task["id"]] for task in answer["tasks"] for one in task["depends_on"])


def test_many_requirements_become_as_many_independent_tasks() -> None:
    words = "\n".join(f"- R{number}: Think about matter {number}." for number in range(1, 51))
    tasks = plan(words, QUICK)["tasks"]
    assert len(tasks) == 50
    assert not any(task["depends_on"] for task in tasks)


@pytest.mark.parametrize(
    "words",
    [
        "R1: one thing\nR2: another",
        "- R1 one thing\n- R2 another",
        "**R1** one thing\n**R2**: another",
        "| R1 | one thing\n| R2 | another",
        '[{"id": "R1", "text": "one thing"}, {"id": "R2", "text": "another"}]',
        '<requirement id="R1">one thing</requirement>\n<requirement id="R2">another</requirement>',
        "- one thing\n- another",
        "1. one thing\n2. another",
        "R1: one thing\nR2: another\nR1: one thing",
    ],
)
def test_requirements_are_found_in_many_forms(words: str) -> None:
    assert requirements_in([words]) == [("R1", "one thing"), ("R2", "another")]


TASK_PROMPT = """Project: hello world
Other tasks: "Describe RUN.md", "Summarise"

Task T1: Write hello_world.py
Affected files: {files}
Verification: it prints a greeting.
"""


def work(prompt: str, **options: Any) -> tuple[list[dict[str, Any]], Message]:
    """Run a task to its end as a tool loop does; returns the inputs of all tool calls and the last answer."""
    written: list[dict[str, Any]] = []

    async def talk(client: AsyncAnthropic) -> Message:
        messages: list[dict[str, Any]] = [{"role": "user", "content": prompt}]
        while True:
            message = await ask(client, messages=messages, tools=[WRITE_FILE])
            uses = [block for block in message.content if block.type == "tool_use"]
            if not uses:
                return message
            rounds.append(len(uses))
            written.extend(dict(use.input) for use in uses)
            results = [{"type": "tool_result", "tool_use_id": use.id, "content": "ok"} for use in uses]
            messages += [native(message), {"role": "user", "content": results}]

    rounds: list[int] = []
    with ClaudeServer(HelpfulBrain(**options)) as server:
        last = with_client(server, talk)
    assert rounds == ([len(written)] if options.get("parallel_tool_calls") else [1] * len(written))
    return written, last


def test_a_task_writes_its_own_file_and_not_those_it_only_mentions() -> None:
    written, last = work(TASK_PROMPT.format(files="hello_world.py"))
    assert [one["path"] for one in written] == ["hello_world.py"]
    assert (last.stop_reason, "hello_world.py" in text_of(last)) == ("end_turn", True)


@pytest.mark.parametrize("parallel", [False, True])
def test_several_files_are_written_one_by_one_or_at_once(parallel: bool) -> None:
    written, _ = work(TASK_PROMPT.format(files="docs/RUN.md, notes.json"), parallel_tool_calls=parallel, think=True)
    assert [one["path"] for one in written] == ["docs/RUN.md", "notes.json"]


def test_files_may_be_named_in_a_list_below_the_label() -> None:
    written, _ = work("# Task\nDo it.\n## Affected files\n- `a/one.py`\n- two.md\n\n## Other files\n- three.md\n")
    assert [one["path"] for one in written] == ["a/one.py", "two.md"]


def test_a_task_without_files_only_speaks() -> None:
    written, last = work("Task T3: Summarise\nAffected files: none\nSiblings: Write hello_world.py")
    assert (written, bool(text_of(last).strip())) == ([], True)


def test_files_of_other_tasks_and_of_their_results_are_left_alone() -> None:
    prompt = (
        "# Your task: T3 Describe the summary\nYou write texts for people.\n\nA summary of what was made.\n\n"
        "# Results of the tasks this one depends on\nT1 (Write hello_world.py), files written: hello_world.py:\n"
        '<fenced-12ab of="result of T1">\nAffected files: RUN.md. Write more.txt.\n</fenced-12ab>'
    )
    system = "Write files with the tools you are given.\n# All tasks of the plan\n- T1: Write hello_world.py"
    with ClaudeServer() as server:
        message = once(server, system=system, messages=[{"role": "user", "content": prompt}], tools=[WRITE_FILE])
    assert message.stop_reason == "end_turn"


def test_without_a_label_the_file_of_the_instruction_is_written() -> None:
    written, _ = work("Please write the file RUN.md. It is about hello_world.py.")
    assert [one["path"] for one in written][:1] == ["RUN.md"]


def test_hello_world_really_greets_and_tells_the_date(tmp_path: Path) -> None:
    script = tmp_path / "hello_world.py"
    script.write_text(content_of("hello_world.py"))
    printed = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True).stdout
    assert printed.startswith("Hello")
    assert re.search(r"\b\d{4}-\d\d-\d\d\b", printed)


def test_the_same_question_gets_the_same_answer() -> None:
    assert plan(HELLO_WORLD, THOROUGH) == plan(HELLO_WORLD, THOROUGH)


def text_of(message: Message) -> str:
    return "".join(block.text for block in message.content if block.type == "text")

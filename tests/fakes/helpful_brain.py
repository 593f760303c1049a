"""A deterministic brain that does what prompts ask: it makes plans, writes the files a task names, and says so."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Literal

from tests.fakes.brain import Block, ModelRequest, ScriptedAnswer, Text, Thinking, ToolUse
from tests.fakes.plan_answer import FILE, plan_answer
from tests.fakes.schema_fill import filled

FILES_LABEL = re.compile(r"affected[ _-]?files?|files? (?:you )?(?:to|must) (?:write|produce)", re.IGNORECASE)
WRITES = re.compile(r"\b(?:write|create|produce|save|make)\b[^\n]*", re.IGNORECASE)
WORKS_ON = re.compile(r"^\W*(?:your )?(?:task|title|description)\b[^\n]*(?:\n[^\n]+)?", re.IGNORECASE | re.MULTILINE)
FENCED = re.compile(r"<(fenced\S*)[^>]*>.*?</\1>", re.DOTALL)
"""Results of other tasks: what they name was written already."""

OTHERS = re.compile(
    r"^#+ (?!your task|task\b)[^\n]*\b(?:results?|others?|siblings?|tasks)\b", re.IGNORECASE | re.MULTILINE
)
"""A heading below which a prompt speaks of other tasks."""

LIST_LINES = 20

HELLO_WORLD = '''"""Prints a greeting and today's date."""

from datetime import date

print(f"Hello, world! Today is {date.today().isoformat()}.")
'''

RUN_MD = """# How to run it

1. Install Python 3.11 or newer.
2. Open a terminal in this folder.
3. Run `python3 hello_world.py`.

It prints a greeting and today's date in the form YYYY-MM-DD.
"""


class HelpfulBrain:
    """Works through Orchestra's prompts without chance or memory: the same request gets the same answer.

    output_tokens        tokens billed for each answer, "max": as many as the request allows; None: counted
    input_tokens         tokens billed for each prompt; None: counted
    think                begins each answer with a thought
    latency              seconds before the first byte, or a function of the request that tells them
    parallel_tool_calls  several files are written in one round
    """

    def __init__(
        self,
        *,
        output_tokens: int | Literal["max"] | None = None,
        input_tokens: int | None = None,
        think: bool = False,
        latency: float | Callable[[ModelRequest], float] = 0.0,
        parallel_tool_calls: bool = False,
    ) -> None:
        self._output_tokens: int | Literal["max"] | None = output_tokens
        self._input_tokens = input_tokens
        self._think = think
        self._latency = latency
        self._parallel = parallel_tool_calls

    async def answer(self, request: ModelRequest) -> ScriptedAnswer:
        blocks: tuple[Block, ...] = self._blocks(request)
        if self._think:
            blocks = (Thinking("First I look at what is asked, then I do it step by step."), *blocks)
        latency = self._latency(request) if callable(self._latency) else self._latency
        return ScriptedAnswer(
            blocks, input_tokens=self._input_tokens, output_tokens=self._output_tokens, latency=latency
        )

    def _blocks(self, request: ModelRequest) -> tuple[Block, ...]:
        if request.schema is not None:
            return (Text(structured(request)),)
        pending = pending_files(request)
        if pending:
            chosen = pending if self._parallel else pending[:1]
            return tuple(ToolUse("write_file", {"path": file, "content": content_of(file)}) for file in chosen)
        return (Text(closing_words(request)),)


def structured(request: ModelRequest) -> str:
    """The JSON text that the request's schema asks for; a plan where the schema is that of a plan."""
    schema = request.schema or {}
    if "tasks" in schema.get("properties", {}):
        texts = [turn.text for turn in request.turns if turn.role == "user"]
        return json.dumps(plan_answer([*texts, request.system], schema), ensure_ascii=False)
    return json.dumps(filled(schema, schema), ensure_ascii=False)


def pending_files(request: ModelRequest) -> list[str]:
    """The files that the task is to write and that the model has not yet tried to write."""
    if "write_file" not in request.tools:
        return []
    tried = {use.input.get("path") for use in request.tool_uses if use.name == "write_file"}
    return [file for file in task_files(request) if file not in tried]


def task_files(request: ModelRequest) -> list[str]:
    """The files of the task itself: what is labelled so, else what its title or description says is to be written.

    The system text is left out: it is the same for all tasks, so what it names is not this one's.
    """
    texts = [FENCED.sub("", turn.text) for turn in request.turns if turn.role == "user"]
    for text in texts:
        if (labelled := _labelled(text)) is not None:
            return labelled
    for text in texts:
        about_itself = OTHERS.split(text, maxsplit=1)[0]
        for own in (*WORKS_ON.findall(about_itself), *WRITES.findall(about_itself)):
            if files := list(dict.fromkeys(FILE.findall(own))):
                return files
    return []


def _labelled(text: str) -> list[str] | None:
    label = FILES_LABEL.search(text)
    if label is None:
        return None
    lines = text[label.end() :].split("\n")[:LIST_LINES]
    found = FILE.findall(lines[0])
    if not found and re.search(r"\w", lines[0]):
        return []  # "none", or whatever is said there instead of a name
    for line in lines[1:]:
        if not FILE.search(line) and line.strip() not in ("", "[", "-"):
            break
        if found and not line.strip():
            break
        found += FILE.findall(line)
    return list(dict.fromkeys(found))


def content_of(path: str) -> str:
    """What is written to a file of that name: real content, which can be run where it is a program."""
    name = path.rpartition("/")[2]
    match name, name.rpartition(".")[2]:
        case "hello_world.py", _:
            return HELLO_WORLD
        case "RUN.md", _:
            return RUN_MD
        case _, "py":
            return f'"""What {name} is for."""\n\nprint("{name} works")\n'
        case _, "json":
            return json.dumps({"made_for": name}) + "\n"
        case _, "md":
            return f"# {name.removesuffix('.md')}\n\nWritten for the task that named {name}.\n"
        case _:
            return f"The content of {name}.\n"


def closing_words(request: ModelRequest) -> str:
    """The text with which a task ends: what was done, in a few lines."""
    wrote = [str(use.input.get("path")) for use in request.tool_uses if use.name == "write_file"]
    failed = [result.text for result in request.tool_results if result.is_error]
    if failed:
        return f"I could not write every file: {failed[-1]}"
    if wrote:
        return f"RESULT: wrote {', '.join(wrote)}. Each file holds what the task asked for and can be used as it is."
    return (
        "RESULT: two points.\n"
        "- The program prints a greeting and the date of the day in ISO form.\n"
        "- The instructions say step by step how to run it, and need nothing but Python."
    )

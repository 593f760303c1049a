"""The rehearsal's tasks: which files a task reads and writes by rule, and what it says in the end."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from orchestra_desktop.domain.messages import Message, ModelRequest
from orchestra_desktop.providers.rehearsal_plan import FILE, LABEL

MOST_READ = 3
_FILES = re.compile(r"^# Affected files\n((?:- .*\n?)+)", re.MULTILINE)
_WRITTEN = re.compile(r"files written: ([^\n]*?):$", re.MULTILINE)
_TITLE = re.compile(r"^# Your task: (.*)$", re.MULTILINE)

_COMMENTS = {
    "py": ("# ", ""),
    "sh": ("# ", ""),
    "toml": ("# ", ""),
    "yaml": ("# ", ""),
    "yml": ("# ", ""),
    "ini": ("# ", ""),
    "cfg": ("# ", ""),
    "js": ("// ", ""),
    "ts": ("// ", ""),
    "sql": ("-- ", ""),
    "css": ("/* ", " */"),
    "html": ("<!-- ", " -->"),
    "svg": ("<!-- ", " -->"),
}

_HELLO_WORLD = '''\
"""Prints a greeting and today's date in ISO form."""

from datetime import date

print(f"Hello, world! Today is {date.today().isoformat()}.")
'''

_RUN = """\
# How to run it

1. Install Python 3.11 or newer.
2. Open a terminal in this folder.
3. Type `python3 hello_world.py`.

It prints a greeting and today's date, such as 2026-11-23.
"""

Step = tuple[tuple[str, dict[str, Any]], ...]


def next_step(request: ModelRequest) -> Step:
    """The tool uses of the next round, as names with inputs; empty when it is time to end with words.

    First what earlier tasks wrote is read, then the task's own files are written, each in one round.
    """
    offered = {tool.name for tool in request.tools}
    asked = _asked(request)
    used = {use.name for message in request.messages for use in message.uses}
    if "read_file" in offered and not used and (files := _written_before(asked)):
        return tuple(("read_file", {"path": file}) for file in files)
    if "write_file" in offered and "write_file" not in used:
        return tuple(("write_file", {"path": file, "content": content_of(file)}) for file in _own_files(asked))
    return ()


def closing_words(request: ModelRequest) -> str:
    """What the task says in the end: what was written, what was refused, or two points where there was no file."""
    title = _TITLE.search(_asked(request))
    subject = title.group(1) if title else "the task"
    outcomes = [outcome for message in request.messages for outcome in message.outcomes]
    if refused := [outcome.text for outcome in outcomes if outcome.is_error]:
        return f"{LABEL}\n\nNot everything of {subject} could be done: {refused[-1]}"
    wrote = [path for message in request.messages for path in _paths(message)]
    if wrote:
        return f"{LABEL}\n\nDone: {subject}. Written: {', '.join(wrote)}."
    return (
        f"{LABEL}\n\nDone: {subject}.\n\n"
        "- In a real run a model would write its result here.\n"
        "- The plan, the order of its tasks and the tools they use are those of a real run."
    )


def content_of(path: str) -> str:
    """A file of that name, its first line saying in the file's own syntax that this is a rehearsal."""
    name = path.rpartition("/")[2]
    kind = name.rpartition(".")[2].lower()
    if kind == "json":
        return json.dumps({"rehearsal": LABEL, "file": name}, indent=2) + "\n"
    before, after = _COMMENTS.get(kind, ("", ""))
    gap = "\n" if kind in {"md", "rst", "txt"} else ""
    return f"{before}{LABEL}{after}\n{gap}{_body(name, kind)}"


def _body(name: str, kind: str) -> str:
    match name, kind:
        case "hello_world.py", _:
            return _HELLO_WORLD
        case "RUN.md", _:
            return _RUN
        case _, "py":
            return f'"""Stands in for {name}."""\n\nprint("{name}: a rehearsal")\n'
        case _, "md":
            return f"# {name.removesuffix('.md')}\n\nStands in for the text that a model would write.\n"
        case _, "txt" | "rst" | "csv":
            return f"Stands in for {name}.\n"
        case _:
            return ""


def _asked(request: ModelRequest) -> str:
    return request.messages[0].text if request.messages else ""


def _own_files(asked: str) -> Sequence[str]:
    section = _FILES.search(asked)
    return [line.removeprefix("- ").strip() for line in section.group(1).splitlines()] if section else ()


def _written_before(asked: str) -> Sequence[str]:
    named = [file for files in _WRITTEN.findall(asked) for file in FILE.findall(files)]
    return list(dict.fromkeys(named))[:MOST_READ]


def _paths(message: Message) -> list[str]:
    return [str(use.input.get("path")) for use in message.uses if use.name == "write_file" and use.input]

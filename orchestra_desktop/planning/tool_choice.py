"""Which tools a task may use: those its plan names, if they are known, else those of its type."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from difflib import get_close_matches

from orchestra_desktop.domain.plan import PlanTask, TaskType
from orchestra_desktop.planning.problems import Problem, repaired, warning

DEFAULT_TOOLS: dict[TaskType, tuple[str, ...]] = {
    TaskType.CODE: ("search_knowledge", "lookup_type", "local_llm", "read_file", "write_file"),
    TaskType.RESEARCH: ("search_knowledge", "lookup_type", "local_llm"),
    TaskType.ANALYSIS: ("search_knowledge", "local_llm", "read_file"),
    TaskType.ASSET: ("local_llm", "generate_image"),
    TaskType.INTEGRATION: ("read_file", "write_file", "local_llm"),
    TaskType.DOCUMENTATION: ("search_knowledge", "local_llm", "read_file", "write_file"),
}

_OTHER_NAMES = {
    "read": "read_file",
    "open_file": "read_file",
    "file_reader": "read_file",
    "view_file": "read_file",
    "write": "write_file",
    "create_file": "write_file",
    "save_file": "write_file",
    "file_writer": "write_file",
}


def with_known_tools(task: PlanTask, known: Collection[str], found: list[Problem]) -> PlanTask:
    """The task with tools that exist. Nothing is said of the defaults: the plan asked for none in particular."""
    tools: dict[str, None] = {}
    for name in task.tools_needed:
        meant = _meant(name, known)
        if meant is None:
            found.append(repaired("plan.unknown_tool", task.id, given=name))
        elif meant != name:
            found.append(repaired("plan.tool_renamed", task.id, given=name, used=meant))
        if meant is not None:
            tools[meant] = None
    chosen = tuple(tools) or tuple(name for name in DEFAULT_TOOLS[task.task_type] if name in known)
    if task.affected_files and "write_file" in known and "write_file" not in chosen:
        found.append(warning("plan.cannot_write", task.id, file=task.affected_files[0]))
    return replace(task, tools_needed=chosen)


def _meant(name: str, known: Collection[str]) -> str | None:
    if name in known:
        return name
    word = name.strip().casefold().replace("-", "_").replace(" ", "_")
    other = _OTHER_NAMES.get(word, word)
    if other in known:
        return other
    close = get_close_matches(word[:60], list(known), n=1, cutoff=0.8)
    return close[0] if close else None

"""How long the prompts of a run will be, measured on the very texts that will be sent."""

from __future__ import annotations

import json
from collections.abc import Mapping

from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.messages import ToolSpec
from orchestra_desktop.domain.plan import PlanTask
from orchestra_desktop.domain.run import RunSpec, TaskInputs
from orchestra_desktop.prompts.shortening import bytes_estimate, size_in_bytes
from orchestra_desktop.prompts.task import TaskPrompts

_NOTHING_YET = TaskInputs()


def prompt_tokens(
    spec: RunSpec, tools: Mapping[str, ToolSpec], result_tokens: Mapping[TaskId, int]
) -> dict[TaskId, int]:
    """Tokens of each task's first request by measure; results of dependencies count at `result_tokens`."""
    prompts = TaskPrompts(spec)
    system = sum(size_in_bytes(block.text) for block in prompts.system)
    sizes = {name: _tool_bytes(tool) for name, tool in tools.items()}
    return {
        task.id: bytes_estimate(system + _own_bytes(prompts, task, sizes)) + _results(spec, task, result_tokens)
        for task in spec.plan.tasks
    }


def _own_bytes(prompts: TaskPrompts, task: PlanTask, sizes: Mapping[str, int]) -> int:
    message = size_in_bytes(prompts.message(task, _NOTHING_YET).text)
    return message + sum(sizes.get(tool, 0) for tool in task.tools_needed)


def _results(spec: RunSpec, task: PlanTask, result_tokens: Mapping[TaskId, int]) -> int:
    return min(sum(result_tokens[dependency] for dependency in task.depends_on), spec.settings.dependency_tokens)


def _tool_bytes(tool: ToolSpec) -> int:
    return size_in_bytes(json.dumps([tool.name, tool.description, tool.input_schema], ensure_ascii=False))

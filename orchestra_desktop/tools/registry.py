"""The tools by name, behind the `Toolbox` port: whatever goes wrong in one becomes a result that the model can read."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from orchestra_desktop.domain.errors import ToolError
from orchestra_desktop.domain.messages import ToolSpec, ToolUse
from orchestra_desktop.domain.ports import ToolContext, ToolResult
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.tools.refusal import sentence_of, shown
from orchestra_desktop.tools.tool import Tool

_log = logging.getLogger(__name__)

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_MAX_FAULTS_TOLD = 5
_JSON_TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")


class ToolRegistry:
    """A `Toolbox` of the tools that could be made; `problems` says which could not, and why.

    `makers` are the tools' classes, or what else makes one, by the tool's name.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Tool]]) -> None:
        self._tools: dict[str, Tool] = {}
        self._specs: dict[str, ToolSpec] = {}
        problems = [self._load(name, make) for name, make in makers.items()]
        self.problems: tuple[Text, ...] = tuple(problem for problem in problems if problem is not None)

    def _load(self, name: str, make: Callable[[], Tool]) -> Text | None:
        try:
            tool = make()
            spec = tool.spec
            check_spec(name, spec)
        except Exception as error:  # noqa: BLE001 - a tool may be anything that a later version or a person added
            _log.warning("tool %s is left out", name, exc_info=True)
            return Text("tools.broken", {"tool": name, "detail": f"{type(error).__name__}: {error}"})
        self._tools[name], self._specs[name] = tool, spec
        return None

    def known(self) -> Mapping[str, ToolSpec]:
        return MappingProxyType(self._specs)

    async def run(self, use: ToolUse, context: ToolContext) -> ToolResult:
        tool = self._tools.get(use.name)
        if tool is None:
            return _error(f"There is no tool called {shown(use.name)}. There are: {', '.join(self._tools) or 'none'}.")
        if use.input is None:
            return _error(
                f"The input of this call of {use.name} was cut off or is not readable JSON, so nothing was done. "
                "Call it again with the whole input; if it was too long, shorten it or split it over several calls."
            )
        return await self._run(tool, use.name, use.input, context)

    async def _run(self, tool: Tool, name: str, given: dict[str, Any], context: ToolContext) -> ToolResult:
        try:
            result = await tool.run(given, context)
            return _checked(result)
        except ToolError as error:
            return _error(sentence_of(error))
        except ValidationError as error:
            return _error(f"The input of this call of {name} does not fit its schema: {_faults(error)}")
        except Exception as error:  # noqa: BLE001 - a failing tool is a result, not the end of the attempt
            _log.exception("tool %s failed in task %s of run %s", name, context.task, context.run)
            # Only the kind is told: the message of a stranger's error may hold paths or keys.
            return _error(f"The tool {name} failed by a fault of its own ({type(error).__name__}).")


def check_spec(name: str, spec: ToolSpec) -> None:
    """Raises TypeError or ValueError for a spec that a provider would not take, naming what is wrong."""
    if not isinstance(spec, ToolSpec):
        raise TypeError("its spec is no ToolSpec")
    if spec.name != name or not _NAME.fullmatch(name):
        raise ValueError(f"its name is {spec.name!r}, not {name!r} of letters, digits, _ and -")
    if not spec.description.strip():
        raise ValueError("it has no description")
    check_schema(spec.input_schema)


def check_schema(schema: Any) -> None:
    """Raises TypeError or ValueError unless it is the JSON schema of an object, as far as providers look at it."""
    if not isinstance(schema, dict) or schema.get("type") != "object" or not isinstance(schema.get("properties"), dict):
        raise ValueError("its input schema is not of an object with properties")
    for name, field in schema["properties"].items():
        if not isinstance(field, dict) or field.get("type", "object") not in _JSON_TYPES:
            raise ValueError(f"the property {name!r} of its input schema is no schema")
    if not set(schema.get("required", ())) <= set(schema["properties"]):
        raise ValueError("its input schema requires what it does not define")
    json.dumps(schema)


def _checked(result: ToolResult) -> ToolResult:
    if not isinstance(result, ToolResult):
        raise TypeError("a tool returned something else than a ToolResult")
    return result


def _error(sentence: str) -> ToolResult:
    return ToolResult(sentence, is_error=True)


def _faults(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_context=False, include_input=False)
    told = [f"{'.'.join(shown(str(step)) for step in fault['loc'])}: {fault['msg']}" for fault in found]
    more = f"; and {len(told) - _MAX_FAULTS_TOLD} more" if len(told) > _MAX_FAULTS_TOLD else ""
    return "; ".join(told[:_MAX_FAULTS_TOLD]) + more + "."

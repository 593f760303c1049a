"""A toolbox without a disk: scripted results, and a record of what was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from types import MappingProxyType

from orchestra_desktop.domain.messages import ToolSpec, ToolUse
from orchestra_desktop.domain.ports import ToolContext, ToolResult

Script = ToolResult | Callable[[ToolUse, ToolContext], ToolResult | Awaitable[ToolResult]]


class FakeToolbox:
    """A `Toolbox` of `read_file` and `write_file` by name only; `script` says what each answers.

        FakeToolbox({"write_file": ToolResult("Wrote it.")})           # always the same
        FakeToolbox({"write_file": lambda use, context: ToolResult(…)})  # by the input; may be a coroutine function

    A tool without a script answers "done". `ran` lists the uses that reached a tool, in order, with their contexts.
    """

    def __init__(
        self, script: Mapping[str, Script] | None = None, names: Sequence[str] = ("read_file", "write_file")
    ) -> None:
        self._script = dict(script or {})
        self._specs = {name: _spec(name) for name in [*names, *(n for n in self._script if n not in names)]}
        self.ran: list[tuple[ToolUse, ToolContext]] = []

    def known(self) -> Mapping[str, ToolSpec]:
        return MappingProxyType(self._specs)

    async def run(self, use: ToolUse, context: ToolContext) -> ToolResult:
        if use.name not in self._specs:
            return ToolResult(f"There is no tool called {use.name!r}.", is_error=True)
        if use.input is None:
            return ToolResult("The input was cut off; nothing was done.", is_error=True)
        self.ran.append((use, context))
        try:
            return await _play(self._script.get(use.name, ToolResult("done")), use, context)
        except Exception as error:
            return ToolResult(f"The tool failed ({type(error).__name__}).", is_error=True)


async def _play(script: Script, use: ToolUse, context: ToolContext) -> ToolResult:
    if isinstance(script, ToolResult):
        return script
    played = script(use, context)
    return played if isinstance(played, ToolResult) else await played


def _spec(name: str) -> ToolSpec:
    schema = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
    return ToolSpec(name, f"The tool {name}.", schema, idempotent=name in {"read_file", "write_file"})

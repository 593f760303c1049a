"""The tool uses of one answer: announced, run, recorded; after a crash only the idempotent ones are run again."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import ToolUseId
from orchestra_desktop.domain.messages import ToolOutcome, ToolSpec, ToolUse
from orchestra_desktop.domain.ports import Batch, Body, Clock, Toolbox, ToolContext, ToolResult
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.engine.bodies import BodyCache, body

Log = Sequence[ev.RoundFinished | ev.ToolCalled | ev.ToolReturned]
Record = Callable[[Sequence[ev.Event], Batch], Awaitable[object]]
Context = Callable[[], ToolContext]
_SUMMARY_CHARACTERS = 120


def uses_of_round(log: Log, finished: ev.RoundFinished) -> Log:
    """What the log says of the tools of this round alone: ids of uses may repeat from round to round (Ollama's do)."""
    start = log.index(finished) + 1
    end = next((i for i in range(start, len(log)) if isinstance(log[i], ev.RoundFinished)), len(log))
    return log[start:end]


class ToolRounds:
    """The tools that tasks of the same needs may use. A model can use no tool that its task was not given."""

    def __init__(self, toolbox: Toolbox, names: Sequence[str], bodies: BodyCache, clock: Clock) -> None:
        known = toolbox.known()
        self.specs: tuple[ToolSpec, ...] = tuple(known[name] for name in dict.fromkeys(names) if name in known)
        self._toolbox = toolbox
        self._allowed = {spec.name: spec for spec in self.specs}
        self._bodies = bodies
        self._clock = clock

    def announce(self, uses: Sequence[ToolUse]) -> tuple[tuple[ev.Event, ...], tuple[Body, ...]]:
        """The facts that stand in the journal before the tools are run."""
        inputs = [body(json.dumps(use.input, ensure_ascii=False).encode("utf-8", "surrogatepass")) for use in uses]
        called = tuple(
            ev.ToolCalled(use.id, use.name, stored.digest, _summary(use.input))
            for use, stored in zip(uses, inputs, strict=True)
        )
        return called, tuple(inputs)

    async def run(self, uses: Sequence[ToolUse], log: Log, record: Record, context: Context) -> tuple[ToolOutcome, ...]:
        """Runs them in the order they were asked for and records each result; a stored one is not run again."""
        stored = await self._stored(uses, log)
        outcomes = []
        for use in uses:
            outcome = stored.get(use.id)
            outcomes.append(outcome if outcome is not None else await self._run_one(use, record, context))
        return tuple(outcomes)

    async def _run_one(self, use: ToolUse, record: Record, context: Context) -> ToolOutcome:
        started = self._clock.monotonic()
        result = await self._result(use, context)
        outcome = ToolOutcome(use.id, result.text, result.is_error)
        output = body(outcome.text.encode("utf-8", "surrogatepass"))
        elapsed = round((self._clock.monotonic() - started) * 1_000)
        returned = ev.ToolReturned(use.id, use.name, output.digest, outcome.is_error, elapsed, result.artifacts)
        await record((returned,), Batch(bodies=(output,)))
        return outcome

    async def _result(self, use: ToolUse, context: Context) -> ToolResult:
        if use.name not in self._allowed:
            return ToolResult(f"There is no tool {use.name!r} for this task.", is_error=True)
        return await self._toolbox.run(use, context())

    # -- after a crash ----------------------------------------------------------------------------------------------

    async def stored_outcomes(self, uses: Sequence[ToolUse], log: Log) -> tuple[ToolOutcome, ...] | None:
        """What these uses came to, or None if some of them have not returned."""
        stored = await self._stored(uses, log)
        return tuple(stored[use.id] for use in uses) if all(use.id in stored for use in uses) else None

    async def _stored(self, uses: Sequence[ToolUse], log: Log) -> dict[ToolUseId, ToolOutcome]:
        wanted = {use.id for use in uses}
        returned = [entry for entry in log if isinstance(entry, ev.ToolReturned) and entry.use in wanted]
        if not returned:
            return {}
        contents = await self._bodies.read(entry.output for entry in returned)
        return {
            entry.use: ToolOutcome(entry.use, contents[entry.output].decode("utf-8", "surrogatepass"), entry.is_error)
            for entry in returned
        }

    def unrepeatable(self, uses: Sequence[ToolUse], log: Log) -> Text | None:
        """Why the open uses may not be run again, if one of them is not known to be harmless twice."""
        returned = {entry.use for entry in log if isinstance(entry, ev.ToolReturned)}
        for use in uses:
            spec = self._allowed.get(use.name)
            if use.id not in returned and spec is not None and not spec.idempotent:
                return text("tool.interrupted", tool=use.name)
        return None


def _summary(given: dict[str, Any] | None) -> str:
    """What a list of events shows of the input: the path where there is one."""
    if given is None:
        return ""
    return str(given.get("path", next(iter(given.values()), "")))[:_SUMMARY_CHARACTERS]

"""Follows a project's events read-only, beside the process that writes them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ids import ProjectId
from orchestra_desktop.domain.ports import Archive, EventFilter

POLL_S = 0.25  # another process's commits can only be looked for; nothing in the engine waits for this
_AT_ONCE = 5_000  # events read in one go, so that a long history is not held whole in memory


async def follow(
    archive: Archive,
    project: ProjectId,
    after: int,
    on_events: Callable[[Sequence[Stored]], None],
    stop: asyncio.Event,
) -> int:
    """Passes events on as they are stored until told to stop, then those still there. Answers the last number."""
    while True:
        ending = stop.is_set()
        after = await pass_on(archive, project, after, on_events)
        if ending:
            return after
        try:
            async with asyncio.timeout(POLL_S):
                await stop.wait()
        except TimeoutError:
            continue


async def pass_on(
    archive: Archive, project: ProjectId, after: int, on_events: Callable[[Sequence[Stored]], None]
) -> int:
    """All events behind this number that are stored now. Answers the last number."""
    while True:
        events = await archive.events(EventFilter(project=project, after=after, limit=_AT_ONCE))
        if events:
            on_events(events)
            after = events[-1].seq
        if len(events) < _AT_ONCE:
            return after

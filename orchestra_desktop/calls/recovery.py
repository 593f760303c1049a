"""On opening a data folder: what was held when the last process ended counts whole, as unconfirmed (M4)."""

from __future__ import annotations

from collections.abc import Sequence

from orchestra_desktop.domain.events import CallUnconfirmed, Draft, Scope
from orchestra_desktop.domain.ledger import LedgerLine, LineSettled, LineState
from orchestra_desktop.domain.ports import Archive, Batch, Clock, Journal, LineFilter


async def settle_abandoned(archive: Archive, journal: Journal, clock: Clock) -> int:
    """Books every open reservation as unconfirmed and returns how many there were."""
    lines = await archive.lines(LineFilter(state=LineState.OPEN))
    if lines:
        await journal.append(_abandoned(lines, clock.now()))
    return len(lines)


def _abandoned(lines: Sequence[LedgerLine], at: int) -> Batch:
    events, settled = [], []
    for line in lines:
        opened = line.opened
        scope = Scope(opened.project, opened.run, opened.task, opened.attempt)
        settled.append(LineSettled(opened.call, at, LineState.UNCONFIRMED))
        events.append(Draft(scope, CallUnconfirmed(opened.call, opened.reserved, "interrupted"), at))
    return Batch(events=tuple(events), ledger=tuple(settled))

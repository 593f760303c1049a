"""Everything that waits for a person, over all projects: one card for each open checkpoint, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.ids import CheckpointId, Digest, ProjectId, RunId, TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import ENDED_RUN_STATES, RunStateName

if TYPE_CHECKING:
    from orchestra_desktop.domain.ports import RunRow
    from orchestra_desktop.services.session import Session
    from orchestra_desktop.services.shapes import OpenCheckpoint, RunState

ANSWERS: dict[str, str] = {
    "go": "Go",
    "accept": "Accept as it is",
    "edit": "Edit and accept…",
    "retry": "Retry",
    "guide": "Guidance…",
    "raise_cap": "Raise the cap…",
    "lower_tier": "Use a cheaper model…",
    "skip": "Skip",
    "fail": "Let it fail",
    "stop": "Stop the run",
    "show": "Show the task",
}
"""For each answer the verb on its button, an English source. Its key stands in the window's table of actions."""

GUIDED = frozenset({"retry", "go"})
"""The actions of a checkpoint that may carry guidance."""

KEY_WANTED = "key"
"""The kind of a run's question that a good key answers."""

KINDS: dict[str, str] = {
    "ask_before": "Asks before it starts",
    "budget": "A cap is reached",
    "provider_down": "A service does not answer",
    KEY_WANTED: "The key is missing or refused",
    "spend_limit": "The account's limit is reached",
    "retries_exhausted": "All attempts came to nothing",
    "human_needed": "Needs your judgement",
}
"""English sources of the headings."""


GOES_ON = frozenset({RunStateName.NEEDS_PERSON, RunStateName.AT_CAP}) | ENDED_RUN_STATES
"""A run that stands still for want of a decision alone: it goes on with it, reopened where it had ended."""


@dataclass(frozen=True, slots=True)
class Card:
    """One open question. `live` says that this process carries its run out, `kept` that an answer waits for the run's
    next start; `cap` is what may be raised and `limit` how high it stands, in nano-dollars; `tiers` are those that a
    retry may use."""

    checkpoint: CheckpointId
    project: ProjectId
    project_name: str
    run: RunId
    kind: str
    question: Text
    actions: tuple[str, ...]
    task: TaskId | None = None
    title: str = ""
    attempts: int = 0
    output: Digest | None = None
    live: bool = False
    kept: bool = False
    tiers: tuple[Tier, ...] = ()

    @property
    def heading(self) -> str:
        """An English source."""
        return KINDS.get(self.kind, "Waits for your decision")

    @property
    def answers(self) -> frozenset[str]:
        """All that can be done with the card: the actions of its checkpoint, and what leads to one."""
        more = set()
        if "accept" in self.actions and self.output is not None:
            more.add("edit")
        if self.task is not None:  # a question about the run as a whole has no prompt that guidance could go into
            more.update({"show", "guide"} if GUIDED.intersection(self.actions) else {"show"})
        return frozenset(self.actions) | more

    @property
    def default(self) -> str:
        """The action of the primary button."""
        return self.actions[0] if self.actions else ""

    @property
    def cap(self) -> CapKind:
        return CapKind(str(self.question.args.get("cap", CapKind.RUN.value)))

    @property
    def least_cap(self) -> int:
        """The lowest limit under which the refused call fits, in nano-dollars; 0 where nothing is known."""
        args = self.question.args
        return int(args.get("limit", 0)) + int(args.get("short_by", 0))


async def run_state(session: Session, project: ProjectId, run: RunId) -> RunStateName | None:
    """How a run stands at this moment: the executor's word where it is carried out here, else what is stored."""
    live = session.runs.live.get(run)
    if live is not None:
        return live.state.name
    rows = await session.context.archive.runs(project)
    return next((row.state for row in rows if row.run == run), None)


class Waiting:
    """The cards, kept current by events. `stale` says that the archive must be asked again."""

    def __init__(self) -> None:
        self.cards: dict[CheckpointId, Card] = {}
        self.stale = True

    async def read(self, session: Session) -> None:
        """Reads all runs that have not ended. Asked at the start, and when a run that is not live here asks."""
        self.stale = False
        cards: dict[CheckpointId, Card] = {}
        names = {project.id: project.name for project in await session.projects.all()}
        for row in await session.context.archive.runs():
            if row.state not in ENDED_RUN_STATES:
                for card in await _cards_of(session, row, names.get(row.project, "")):
                    cards[card.checkpoint] = card
        self.cards = cards

    def look_again(self, session: Session) -> bool:
        """Whether some run has begun or ceased to be carried out here since; the cards are stale then."""
        moved = any(card.live is not (card.run in session.runs.live) for card in self.cards.values())
        self.stale = self.stale or moved
        return moved

    def take(self, events: Sequence[ev.Stored]) -> bool:
        """Takes committed events; whether a card came or went."""
        changed = False
        for stored in events:
            match stored.event:
                case ev.CheckpointOpened() | ev.RunReopened() | ev.RunStarted() | ev.RunResumed():
                    self.stale = changed = True
                case ev.CheckpointResolved(checkpoint=checkpoint):
                    changed = self.cards.pop(checkpoint, None) is not None or changed
                case ev.RunFinished() | ev.RunInterrupted():
                    self.stale = changed = True
                case _:
                    continue
        return changed


async def _cards_of(session: Session, row: RunRow, name: str) -> list[Card]:
    state = await session.runs.state(row)
    live = row.run in session.runs.live
    return [_card(row, state, opened, name, live=live) for opened in state.checkpoints.values()]


def _card(row: RunRow, state: RunState, opened: OpenCheckpoint, name: str, *, live: bool) -> Card:
    record = state.tasks.get(opened.task) if opened.task is not None else None
    return Card(
        checkpoint=opened.id,
        project=row.project,
        project_name=name or state.spec.project.name,
        run=row.run,
        kind=opened.kind,
        question=opened.question,
        actions=opened.actions,
        task=opened.task,
        title=record.task.title if record is not None else "",
        attempts=record.attempt if record is not None else 0,
        output=record.output if record is not None else None,
        live=live,
        kept=not live and row.state not in GOES_ON,
        tiers=tuple(state.spec.models),
    )

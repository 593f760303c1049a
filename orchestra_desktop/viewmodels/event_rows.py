"""The list of events, newest first and read lazily: what a view has not come to is neither filtered nor worded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import ProjectId, TaskId
from orchestra_desktop.domain.ports import Archive, EventFilter
from orchestra_desktop.viewmodels.event_words import EventView, Family, Phrase, view_of

SCANNED_AT_ONCE = 2_000  # events looked at for a filter in one turn of the loop
PAGE = 500  # older events wanted from the archive at a time
_FIRST_WINDOW = 2_000  # numbers of the journal looked through at first


@dataclass(frozen=True, slots=True)
class EventWish:
    """Which events a person wants to see; nothing set is all of them."""

    words: str = ""
    families: frozenset[Family] = frozenset()
    tasks: frozenset[TaskId] = frozenset()

    @property
    def is_open(self) -> bool:
        return not (self.words or self.families or self.tasks)


class EventRows:
    """The events of one project, newest first, of which only those that a view has come to are looked at.

    What is known stands in two lists: `_late` was heard, oldest first, and `_early` read from the archive, newest
    first; both only grow at their ends. `scan` goes on towards older ones, so a filter costs no more than the lines
    that are shown of it. `say` puts a phrase into the person's language, for the filter by words.
    """

    def __init__(self, project: ProjectId | None, say: Callable[[Phrase], str]) -> None:
        self.project = project
        self.wish = EventWish()
        self.at_the_beginning = False
        self._say = say
        self._late: list[ev.Stored] = []
        self._early: list[ev.Stored] = []
        self._newer: list[ev.Stored] = []  # shown, oldest first: they came while the list was looked at
        self._older: list[ev.Stored] = []  # shown, newest first: found by `scan`
        self._base = 0  # how many of `_late` there were when the filter was chosen; those after it are in `_newer`
        self._scanned = 0

    def __len__(self) -> int:
        return len(self._newer) + len(self._older)

    def __getitem__(self, row: int) -> ev.Stored:
        if row < len(self._newer):
            return self._newer[-1 - row]
        return self._older[row - len(self._newer)]

    @property
    def newest(self) -> int:
        """The number of the newest event known; 0 where there is none."""
        return self._late[-1].seq if self._late else self._early[0].seq if self._early else 0

    @property
    def oldest(self) -> int:
        """The number of the oldest event known; 0 where there is none."""
        return self._early[-1].seq if self._early else self._late[0].seq if self._late else 0

    # -- what comes -------------------------------------------------------------------------------------------------

    def unseen(self, events: Sequence[ev.Stored]) -> list[ev.Stored]:
        """The events at the end of a sequence that are newer than what is known, oldest first."""
        found: list[ev.Stored] = []
        newest = self.newest
        for stored in reversed(events):
            if stored.seq <= newest:
                break
            found.append(stored)
        found.reverse()
        return found

    def matching(self, events: Iterable[ev.Stored]) -> list[ev.Stored]:
        return [stored for stored in events if self._fits(stored)]

    def add_newer(self, events: Sequence[ev.Stored], matching: Sequence[ev.Stored]) -> None:
        """Takes events that have just happened; `matching` are those of them that are to be shown."""
        self._late.extend(events)
        self._newer.extend(matching)

    def add_older(self, page: Sequence[ev.Stored]) -> None:
        """Takes a page from the archive, oldest first; an empty one means that there is nothing before."""
        self._early.extend(reversed(page))
        self.at_the_beginning = not page

    def choose(self, wish: EventWish) -> None:
        """Another filter: begins again at the newest."""
        self.wish = wish
        self._newer, self._older = [], []
        self._scanned, self._base = 0, len(self._late)

    # -- looking further --------------------------------------------------------------------------------------------

    @property
    def has_unscanned(self) -> bool:
        return self._scanned < self._base + len(self._early)

    def scan(self, wanted: int) -> list[ev.Stored]:
        """Goes on towards older ones, until `wanted` fit or enough were looked at for one turn of the loop.

        Returns those that fit; `show_older` takes them in.
        """
        found: list[ev.Stored] = []
        for _ in range(SCANNED_AT_ONCE):
            if len(found) >= wanted or not self.has_unscanned:
                break
            place, self._scanned = self._scanned, self._scanned + 1
            stored = self._late[self._base - 1 - place] if place < self._base else self._early[place - self._base]
            if self._fits(stored):
                found.append(stored)
        return found

    def show_older(self, found: Sequence[ev.Stored]) -> None:
        self._older.extend(found)

    def _fits(self, stored: ev.Stored) -> bool:
        wish = self.wish
        if wish.is_open:
            return True
        if wish.tasks and stored.scope.task not in wish.tasks:
            return False
        view = view_of(stored)
        if wish.families and view.family not in wish.families:
            return False
        return not wish.words or self._has_words(stored, view)

    def _has_words(self, stored: ev.Stored, view: EventView) -> bool:
        parts = (view.task or "", self._say(view.kind), self._say(view.words), self._say(view.figure), stored.type)
        said = " ".join(parts).casefold()
        return all(word in said for word in self.wish.words.casefold().split())


async def older_page(archive: Archive, project: ProjectId, before: int) -> Sequence[ev.Stored]:
    """Some hundred of a project's events before the number `before`, oldest first; none where it begins.

    The journal is numbered over all projects and read forwards, so a window before that number is looked through and
    widened while it holds too little.
    """
    found: list[ev.Stored] = []
    end, width = before - 1, _FIRST_WINDOW
    while end > 0 and len(found) < PAGE // 2:
        start = max(0, end - width)
        part = await archive.events(EventFilter(project=project, after=start, until=end))
        found = [*part, *found]
        end, width = start, width * 4
    return found

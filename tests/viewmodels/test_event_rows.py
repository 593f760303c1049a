"""The list of events: every type has words, a filter looks no further than it must, older ones come page by page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from orchestra_desktop.domain import events as ev
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.viewmodels import event_words
from orchestra_desktop.viewmodels.event_rows import SCANNED_AT_ONCE, EventRows, EventWish, older_page
from orchestra_desktop.viewmodels.event_words import Family, Phrase, view_of
from tests.viewmodels.happenings import PROJECT, Happenings


def said(phrase: Phrase) -> str:
    values = {name: value.key if isinstance(value, Text) else value for name, value in phrase.args.items()}
    return phrase.source.format(**values) if values else phrase.source


def many(count: int) -> Happenings:
    happened = Happenings()
    for number in range(count):
        happened.moved(number % 10, TaskState.WAITING, TaskState.READY)
    return happened


def rows_of(happened: Happenings, wish: EventWish | None = None) -> EventRows:
    rows = EventRows(PROJECT, said)
    rows.add_newer(happened.events, ())
    rows.choose(wish or EventWish())
    return rows


def test_every_type_of_event_has_words() -> None:
    assert set(get_args(ev.Event)) - set(event_words._TELLERS) == set()


def test_a_line_says_what_happened_in_a_few_words() -> None:
    happened = Happenings()
    happened.begun(7)
    happened.called(7, amount=6_200_000)
    started, charged = view_of(happened.events[1]), view_of(happened.events[3])
    assert said(started.words) == "attempt 1 · claude-haiku-5-5 · route.pinned"
    assert (said(charged.kind), said(charged.words), said(charged.figure)) == ("charged", "100 in, 20 out", "$0.0062")
    assert charged.family is Family.CALL
    assert charged.task == "T7"


def test_the_newest_stands_first_and_what_comes_goes_above_it() -> None:
    happened = many(5)
    rows = rows_of(happened)
    rows.show_older(rows.scan(3))
    assert [rows[place].seq for place in range(len(rows))] == [5, 4, 3]
    happened.moved(1, TaskState.READY, TaskState.RUNNING)
    fresh = rows.unseen(happened.events)
    rows.add_newer(fresh, rows.matching(fresh))
    assert [rows[place].seq for place in range(len(rows))] == [6, 5, 4, 3]
    rows.show_older(rows.scan(9))
    assert [rows[place].seq for place in range(len(rows))] == [6, 5, 4, 3, 2, 1]


def test_a_filter_by_task_family_and_words_holds_for_new_ones_too() -> None:
    happened = many(3)
    happened.begun(7)
    wish = EventWish(words="claude", families=frozenset({Family.STATE}), tasks=frozenset({TaskId("T7")}))
    rows = rows_of(happened, wish)
    rows.show_older(rows.scan(50))
    assert [view_of(rows[place]).kind.source for place in range(len(rows))] == ["starts"]
    assert rows.matching(many(4).events) == []


def test_a_turn_looks_at_a_bounded_number_of_events_however_rare_the_word() -> None:
    happened = many(3 * SCANNED_AT_ONCE)
    happened.events[0] = happened.add(ev.RunPaused(text("run.paused_by_person")))
    happened.events.pop()
    rows = rows_of(happened, EventWish(words="paused"))
    turns = 0
    found: Sequence[ev.Stored] = ()
    while rows.has_unscanned and not found:
        found = rows.scan(10)
        turns += 1
    assert turns == 3
    assert [stored.type for stored in found] == ["RunPaused"]


def test_pages_from_the_archive_go_below_and_an_empty_one_is_the_beginning() -> None:
    happened = many(10)
    rows = EventRows(PROJECT, said)
    rows.add_newer(happened.events[6:], ())
    rows.choose(EventWish())
    rows.show_older(rows.scan(50))
    assert rows.oldest == 7
    rows.add_older(happened.events[:6])
    rows.show_older(rows.scan(50))
    assert [rows[place].seq for place in range(len(rows))] == list(range(10, 0, -1))
    rows.add_older([])
    assert rows.at_the_beginning
    assert not rows.has_unscanned


class PagedArchive:
    """Events of which only a few in a thousand are this project's; counts how often it was asked."""

    def __init__(self, events: Sequence[ev.Stored]) -> None:
        self._events = events
        self.asked = 0

    async def events(self, which: object) -> Sequence[ev.Stored]:
        self.asked += 1
        after, until = which.after, which.until  # type: ignore[attr-defined]
        return [stored for stored in self._events if after < stored.seq <= until]


async def test_an_older_page_is_found_behind_thousands_of_other_projects_events() -> None:
    happened = many(40)
    sparse = [ev.Stored(one.seq * 1_000, one.at, one.scope, one.event) for one in happened.events]
    archive = PagedArchive(sparse)
    page = await older_page(archive, PROJECT, 40_000)  # type: ignore[arg-type]
    assert [stored.seq for stored in page] == [one.seq for one in sparse[:-1]]
    assert archive.asked < 8
    assert await older_page(archive, PROJECT, 1_000) == []  # type: ignore[arg-type]

"""What every journal must do; a subclass says where it lives."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence

import pytest

from orchestra_desktop.domain.errors import StorageError
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.ids import CallId
from orchestra_desktop.domain.ledger import LineState
from orchestra_desktop.domain.ports import Batch, EventFilter, LineFilter, ProjectRow
from tests.conformance.storage import OpenStore, Place
from tests.storage.samples import body, event, events, opened, project, settled, words

EVERYTHING = EventFilter()


class JournalConformance:
    def place(self) -> Place:
        """A new, empty place for a store, for as long as the context lasts."""
        raise NotImplementedError

    @pytest.fixture
    def store(self) -> Iterator[OpenStore]:
        with self.place() as store:
            yield store

    async def test_an_awaited_batch_is_stored_whole(self, store: OpenStore) -> None:
        text = body(b"a long prompt")
        async with store() as one:
            await one.journal.append(Batch((event("began"),), (text,), (opened("c1"),), (ProjectRow(project()),)))

            assert words(await one.archive.events(EVERYTHING)) == ["began"]
            assert await one.archive.bodies([text.digest]) == {text.digest: b"a long prompt"}
            assert [line.opened for line in await one.archive.lines(LineFilter())] == [opened("c1")]
            assert await one.archive.projects() == [project()]

    async def test_the_awaitable_gives_the_events_as_they_are_read_later(self, store: OpenStore) -> None:
        async with store() as one:
            stored = await one.journal.append(events("a", "b"))

            assert list(stored) == list(await one.archive.events(EVERYTHING))

    async def test_numbers_rise_strictly_in_the_order_of_the_calls(self, store: OpenStore) -> None:
        async with store() as one:
            waiting = [one.journal.append(events(f"{n}a", f"{n}b")) for n in range(50)]
            stored = [each for batch in waiting for each in await batch]

            numbers = [each.seq for each in stored]
            assert numbers == sorted(set(numbers))
            assert words(stored) == words(list(await one.archive.events(EVERYTHING)))

    async def test_a_batch_is_written_though_its_awaitable_was_dropped(self, store: OpenStore) -> None:
        async with store() as one:
            _ = one.journal.append(events("dropped"))
            await one.journal.append(events("awaited"))

            assert words(await one.archive.events(EVERYTHING)) == ["dropped", "awaited"]

    async def test_a_batch_is_written_though_whoever_awaited_it_was_cancelled(self, store: OpenStore) -> None:
        async with store() as one:

            async def impatient() -> None:
                await one.journal.append(events("given up"))

            async with asyncio.TaskGroup() as group:
                waiting = group.create_task(impatient())
                await asyncio.sleep(0)
                waiting.cancel()
            await one.journal.append(events("next"))

            assert words(await one.archive.events(EVERYTHING)) == ["given up", "next"]

    async def test_an_empty_batch_is_committed_like_any_other(self, store: OpenStore) -> None:
        async with store() as one:
            assert await one.journal.append(Batch()) == ()

    async def test_subscribers_hear_every_event_once_in_order_and_after_the_commit(self, store: OpenStore) -> None:
        async with store() as one:
            heard: list[Stored] = []
            one.journal.subscribe(heard.extend)
            last = [one.journal.append(events(str(n))) for n in range(20)][-1]
            assert heard == []
            await last

            assert words(heard) == [str(n) for n in range(20)]
            assert heard == list(await one.archive.events(EVERYTHING))

    async def test_who_ended_a_subscription_hears_no_more(self, store: OpenStore) -> None:
        async with store() as one:
            heard: list[Stored] = []
            others: list[Stored] = []
            end = one.journal.subscribe(heard.extend)
            one.journal.subscribe(others.extend)
            await one.journal.append(events("before"))
            end()
            end()
            await one.journal.append(events("after"))

            assert (words(heard), words(others)) == (["before"], ["before", "after"])

    async def test_a_group_without_events_tells_subscribers_nothing(self, store: OpenStore) -> None:
        async with store() as one:
            told: list[Sequence[Stored]] = []
            one.journal.subscribe(told.append)
            await one.journal.append(Batch(rows=(ProjectRow(project()),)))

            assert told == []

    async def test_numbers_go_on_rising_after_a_restart(self, store: OpenStore) -> None:
        async with store() as first:
            (before,) = await first.journal.append(events("before"))
        async with store() as second:
            (after,) = await second.journal.append(events("after"))

            assert after.seq > before.seq
            assert words(await second.archive.events(EVERYTHING)) == ["before", "after"]

    async def test_a_line_is_settled_once(self, store: OpenStore) -> None:
        async with store() as one:
            await one.journal.append(Batch(ledger=(opened("c1", 100),)))
            await one.journal.append(Batch(ledger=(settled("c1", LineState.CHARGED, 60),)))
            for late in (settled("c1", LineState.CHARGED, 99), settled("c1", LineState.VOIDED)):
                await one.journal.append(Batch(ledger=(late,)))

            (line,) = await one.archive.lines(LineFilter(call=CallId("c1")))
            assert (line.state, line.counts) == (LineState.CHARGED, 60)

    async def test_of_settlements_that_come_together_the_first_counts(self, store: OpenStore) -> None:
        ends = (
            settled("c1", LineState.CHARGED, 60),
            settled("c1", LineState.CHARGED, 99),
            settled("c1", LineState.VOIDED),
        )
        async with store() as one:
            await one.journal.append(Batch(ledger=(opened("c1", 100), *ends)))
            (line,) = await one.archive.lines(LineFilter(call=CallId("c1")))
            assert (line.state, line.counts) == (LineState.CHARGED, 60)

    async def test_an_unconfirmed_line_can_be_released_but_not_charged(self, store: OpenStore) -> None:
        async with store() as one:
            await one.journal.append(Batch(ledger=(opened("c1", 100), settled("c1", LineState.UNCONFIRMED))))
            await one.journal.append(Batch(ledger=(settled("c1", LineState.CHARGED, 1),)))
            (line,) = await one.archive.lines(LineFilter())
            assert (line.state, line.counts) == (LineState.UNCONFIRMED, 100)

            await one.journal.append(Batch(ledger=(settled("c1", LineState.VOIDED),)))
            (line,) = await one.archive.lines(LineFilter())
            assert (line.state, line.counts) == (LineState.VOIDED, 0)

    async def test_a_settlement_without_a_line_changes_nothing(self, store: OpenStore) -> None:
        async with store() as one:
            await one.journal.append(Batch(ledger=(settled("never opened"),)))

            assert await one.archive.lines(LineFilter()) == []

    @pytest.mark.logs_errors("refused a batch")
    async def test_a_batch_that_cannot_be_stored_is_refused_whole_and_harms_no_other(self, store: OpenStore) -> None:
        async with store() as one:
            await one.journal.append(Batch(ledger=(opened("c1"),)))
            before = one.journal.append(events("before"))
            refused = one.journal.append(Batch(events=(event("refused"),), ledger=(opened("c1"),)))
            after = one.journal.append(events("after"))
            await before
            with pytest.raises(StorageError) as error:
                await refused
            await after

            assert error.value.text.key == "storage.refused"
            assert one.journal.writable
            assert words(await one.archive.events(EVERYTHING)) == ["before", "after"]

    async def test_a_new_journal_is_writable(self, store: OpenStore) -> None:
        async with store() as one:
            assert one.journal.writable
            await one.journal.wait_writable()

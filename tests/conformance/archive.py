"""What every archive must answer; a subclass says where it lives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import strategies as st

from orchestra_desktop.domain.budget import Account, Balance, CapKind
from orchestra_desktop.domain.errors import StorageDamaged
from orchestra_desktop.domain.ids import CallId, Digest, ProjectId, RunId
from orchestra_desktop.domain.ledger import LedgerLine, LedgerWrite, LineOpened, LineState
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.plan import PlanState
from orchestra_desktop.domain.ports import (
    Archive,
    Batch,
    EventFilter,
    LineFilter,
    PlanRow,
    ProjectRow,
    RunRow,
)
from orchestra_desktop.domain.transitions import RunStateName
from tests.conformance.storage import OpenedStore, OpenStore, Place
from tests.storage.samples import body, events, opened, plan_version, project, run_row, settled, words

P1, P2 = ProjectId("p1"), ProjectId("p2")
R1, R2 = RunId("r1"), RunId("r2")
DAY = Account(CapKind.DAILY, "2026-11-23")
MONTH = Account(CapKind.MONTHLY, "2026-11")

_CALLS = st.sampled_from([f"c{n}" for n in range(4)])
_OPENED = st.builds(
    lambda call, reserved, day, owner, run: opened(call, reserved, day=day, project=owner, run=run),
    _CALLS,
    st.integers(0, 10**12),
    st.sampled_from(["2026-11-30", "2026-12-01"]),
    st.sampled_from(["p1", "p2", None]),
    st.sampled_from(["r1", "r2", None]),
)
_SETTLED = st.builds(
    settled,
    _CALLS,
    st.sampled_from([LineState.CHARGED, LineState.VOIDED, LineState.UNCONFIRMED]),
    st.integers(0, 10**12),
)
LEDGER_WRITES = st.lists(st.one_of(_OPENED, _SETTLED), max_size=25)


class ArchiveConformance:
    def place(self) -> Place:
        """A new, empty place for a store, for as long as the context lasts."""
        raise NotImplementedError

    @pytest.fixture
    def store(self) -> Iterator[OpenStore]:
        with self.place() as store:
            yield store

    async def test_an_empty_archive_answers_emptily(self, store: OpenStore) -> None:
        async with store() as one:
            archive = one.archive
            assert await archive.projects() == []
            assert await archive.project(P1) is None
            assert await archive.plans(P1) == []
            assert await archive.runs() == []
            assert await archive.events(EventFilter()) == []
            assert await archive.bodies([]) == {}
            assert await archive.lines(LineFilter()) == []
            assert await archive.balances([DAY]) == {DAY: Balance()}
            assert await archive.latest_period() is None
            assert await archive.check() == ()

    # -- rows -------------------------------------------------------------------------------------------------------

    async def test_projects_come_back_unchanged_oldest_first(self, store: OpenStore) -> None:
        young, old = project("a"), project("b", created_at=project().created_at - 1)
        async with store() as one:
            await one.journal.append(Batch(rows=(ProjectRow(young), ProjectRow(old))))

            assert await one.archive.projects() == [old, young]
            assert await one.archive.project(young.id) == young

    async def test_a_row_replaces_the_one_before(self, store: OpenStore) -> None:
        renamed = replace(project(), name="Other")
        approved = plan_version(1, state=PlanState.APPROVED, ceiling=9)
        finished = replace(run_row(), state=RunStateName.FINISHED, finished_at=run_row().started_at + 1)
        async with store() as one:
            before = (ProjectRow(project()), PlanRow(P1, plan_version(1)), run_row())
            await one.journal.append(Batch(rows=before))
            await one.journal.append(Batch(rows=(ProjectRow(renamed), PlanRow(P1, approved), finished)))

            assert await one.archive.projects() == [renamed]
            assert await one.archive.plans(P1) == [approved]
            assert await one.archive.runs() == [finished]

    async def test_plans_come_lowest_number_first_and_of_one_project_only(self, store: OpenStore) -> None:
        rows = [PlanRow(P1, plan_version(n)) for n in (10, 2, 1)] + [PlanRow(P2, plan_version(5))]
        async with store() as one:
            await one.journal.append(Batch(rows=tuple(rows)))

            assert await one.archive.plans(P1) == [plan_version(1), plan_version(2), plan_version(10)]

    async def test_runs_come_oldest_first_of_all_or_of_one_project(self, store: OpenStore) -> None:
        late, early = run_row("a"), run_row("b", started_at=run_row().started_at - 1)
        other: RunRow = run_row("c", project="p2", started_at=run_row().started_at + 1)
        async with store() as one:
            await one.journal.append(Batch(rows=(late, early, other)))

            assert await one.archive.runs() == [early, late, other]
            assert await one.archive.runs(P1) == [early, late]

    # -- events -----------------------------------------------------------------------------------------------------

    async def test_events_are_found_by_project_run_number_type_and_limit(self, store: OpenStore) -> None:
        async with store() as one:
            a, b = await one.journal.append(events("a", "b", project="p1", run="r1"))
            (c,) = await one.journal.append(events("c", project="p1", run="r2"))
            (d,) = await one.journal.append(events("d", project="p2", run=None))

            async def found(which: EventFilter) -> list[str]:
                return words(await one.archive.events(which))

            assert await found(EventFilter(project=P1)) == ["a", "b", "c"]
            assert await found(EventFilter(run=R1)) == ["a", "b"]
            assert await found(EventFilter(after=b.seq)) == ["c", "d"]
            assert await found(EventFilter(after=a.seq, until=c.seq)) == ["b", "c"]
            assert await found(EventFilter(limit=2)) == ["a", "b"]
            assert await found(EventFilter(limit=0)) == []
            assert await found(EventFilter(types=frozenset({"RunStarted"}))) == []
            assert await found(EventFilter(types=frozenset({"RunStarted", "GuidanceGiven"}), after=c.seq)) == ["d"]
            assert d.scope.run is None

    # -- bodies -----------------------------------------------------------------------------------------------------

    async def test_bodies_come_back_byte_for_byte(self, store: OpenStore) -> None:
        contents = (b"", b"short", b"\x00\xff" * 3, b"repeats itself " * 10_000, bytes(range(256)) * 5)
        stored = [body(content) for content in contents]
        async with store() as one:
            await one.journal.append(Batch(bodies=(*stored, stored[0])))
            await one.journal.append(Batch(bodies=tuple(stored)))

            found = await one.archive.bodies([each.digest for each in stored])
            assert found == {each.digest: each.content for each in stored}

    async def test_more_bodies_are_found_than_fit_one_question(self, store: OpenStore) -> None:
        stored = [body(str(n).encode()) for n in range(1_200)]
        async with store() as one:
            await one.journal.append(Batch(bodies=tuple(stored)))

            assert len(await one.archive.bodies(each.digest for each in stored)) == 1_200

    async def test_a_missing_body_is_damage_and_named(self, store: OpenStore) -> None:
        async with store() as one:
            with pytest.raises(StorageDamaged) as error:
                await one.archive.bodies([Digest("00")])

            assert (error.value.text.key, error.value.text.args) == ("storage.body_missing", {"digest": "00"})

    # -- ledger -----------------------------------------------------------------------------------------------------

    async def test_lines_come_back_unchanged_in_the_order_they_were_opened(self, store: OpenStore) -> None:
        async with store() as one:
            await one.journal.append(Batch(ledger=(opened("b"), opened("a", project=None, run=None))))
            await one.journal.append(Batch(ledger=(settled("b"),)))

            assert await one.archive.lines(LineFilter()) == [
                LedgerLine(opened("b"), settled("b")),
                LedgerLine(opened("a", project=None, run=None), None),
            ]

    async def test_lines_are_found_by_project_run_call_and_state(self, store: OpenStore) -> None:
        async with store() as one:
            lines = (opened("a"), opened("b", run="r2"), opened("c", project="p2", run="r3"))
            await one.journal.append(Batch(ledger=(*lines, settled("b", LineState.UNCONFIRMED), settled("c"))))

            async def found(which: LineFilter) -> list[str]:
                return [line.opened.call for line in await one.archive.lines(which)]

            assert await found(LineFilter(project=P1)) == ["a", "b"]
            assert await found(LineFilter(run=R2)) == ["b"]
            assert await found(LineFilter(call=CallId("c"))) == ["c"]
            assert await found(LineFilter(state="open")) == ["a"]
            assert await found(LineFilter(state="unconfirmed")) == ["b"]
            assert await found(LineFilter(state="charged", project=P1)) == []

    async def test_balances_count_each_line_for_its_run_project_day_and_month(self, store: OpenStore) -> None:
        run, owner = Account(CapKind.RUN, "r1"), Account(CapKind.PROJECT, "p1")
        async with store() as one:
            lines = (opened("a", 1), opened("b", 10), opened("c", 100), opened("d", 1_000, run=None))
            ends = (settled("a", charged=3), settled("b", LineState.VOIDED), settled("c", LineState.UNCONFIRMED))
            await one.journal.append(Batch(ledger=(*lines, *ends)))

            assert await one.archive.balances([run, owner, DAY, MONTH]) == {
                run: Balance(charged=3, open=0, unconfirmed=100),
                owner: Balance(charged=3, open=1_000, unconfirmed=100),
                DAY: Balance(charged=3, open=1_000, unconfirmed=100),
                MONTH: Balance(charged=3, open=1_000, unconfirmed=100),
            }

    async def test_the_latest_period_is_the_latest_day_not_the_last_line(self, store: OpenStore) -> None:
        async with store() as one:
            await one.journal.append(Batch(ledger=(opened("a", day="2026-12-01"), opened("b", day="2026-11-30"))))

            assert await one.archive.latest_period() == Period("2026-12-01")


async def balances_are_the_sums_of_the_lines(one: OpenedStore, writes: list[LedgerWrite]) -> None:
    """A property, for `LEDGER_WRITES`: Hypothesis does not take it as an inherited method."""
    for write in _opened_once(writes):
        await one.journal.append(Batch(ledger=(write,)))
    lines = await one.archive.lines(LineFilter())
    for account, balance in (await _all_balances(one.archive)).items():
        counted = [line for line in lines if _counts_for(line, account)]
        assert balance.counted == sum(line.counts for line in counted)
        assert balance.open == sum(line.counts for line in counted if line.state is LineState.OPEN)
    assert await one.archive.check() == ()


def _opened_once(writes: list[LedgerWrite]) -> Iterator[LedgerWrite]:
    opened_before: set[CallId] = set()
    for write in writes:
        if isinstance(write, LineOpened):
            if write.call in opened_before:
                continue
            opened_before.add(write.call)
        yield write


async def _all_balances(archive: Archive) -> dict[Account, Balance]:
    names = [(CapKind.RUN, ("r1", "r2")), (CapKind.PROJECT, ("p1", "p2")), (CapKind.MONTHLY, ("2026-11", "2026-12"))]
    days = [(CapKind.DAILY, ("2026-11-30", "2026-12-01"))]
    return dict(await archive.balances(Account(kind, key) for kind, keys in names + days for key in keys))


def _counts_for(line: LedgerLine, account: Account) -> bool:
    match account.kind:
        case CapKind.RUN:
            return line.opened.run == account.id
        case CapKind.PROJECT:
            return line.opened.project == account.id
        case CapKind.DAILY:
            return line.opened.period.day == account.id
        case CapKind.MONTHLY:
            return line.opened.period.month == account.id

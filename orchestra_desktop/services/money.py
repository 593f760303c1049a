"""Money: what was spent, by what; and the caps, which are settings that count at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from orchestra_desktop.domain.budget import Account, Balance, CapKind
from orchestra_desktop.domain.errors import InvalidInput, StorageUnavailable, UnknownThing, WrongMoment
from orchestra_desktop.domain.events import CallVoided, CapChanged, Draft, PlanProposed, Scope
from orchestra_desktop.domain.ids import CallId, ProjectId
from orchestra_desktop.domain.ledger import LedgerLine, LineOpened, LineSettled, LineState, Purpose
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.periods import period_at, zone
from orchestra_desktop.domain.ports import Batch, EventFilter, LineFilter, ProjectRow, RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import Text, text
from orchestra_desktop.services.context import Context
from orchestra_desktop.services.plans import checked_amount
from orchestra_desktop.settings.fields import dollar_string
from orchestra_desktop.settings.project_overrides import with_overrides

GROUPINGS: dict[str, Callable[[LedgerLine], str]] = {
    "day": lambda line: line.opened.period.day,
    "project": lambda line: line.opened.project or "",
    "model": lambda line: line.opened.model,
    "purpose": lambda line: line.opened.purpose.value,
    "tier": lambda line: line.opened.tier,
}


@dataclass(slots=True)
class UsageSum:
    """Sums over ledger lines; amounts in nano-dollars. `input_tokens` are the uncached ones."""

    key: str = ""
    charged: int = 0
    unconfirmed: int = 0
    calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_5m_tokens: int = 0
    cache_write_1h_tokens: int = 0

    def add(self, line: LedgerLine) -> None:
        """Takes a line in. Every request that was made is a call; tokens count where the service reported them."""
        self.calls += 1
        settled = line.settled
        if settled is None:
            return
        if settled.state is LineState.CHARGED:
            self.charged += settled.charged
        elif settled.state is LineState.UNCONFIRMED:
            self.unconfirmed += line.opened.reserved
        if settled.state is LineState.CHARGED and settled.usage is not None:
            self._add_tokens(settled.usage)

    def _add_tokens(self, usage: Usage) -> None:
        self.input_tokens += usage.input_tokens
        self.output_tokens += usage.output_tokens
        self.cache_read_tokens += usage.cache_read_tokens
        self.cache_write_5m_tokens += usage.cache_write_5m_tokens
        self.cache_write_1h_tokens += usage.cache_write_1h_tokens


@dataclass(frozen=True, slots=True)
class UsageReport:
    """The whole ledger, summed and line by line, oldest first."""

    total: UsageSum
    rows: tuple[UsageSum, ...]
    lines: tuple[LedgerLine, ...]


@dataclass(frozen=True, slots=True)
class CapsInForce:
    """Nano-dollars; None is no cap. `spent` holds the balance against each cap that has one account now."""

    daily: int | None
    monthly: int | None
    project: int | None
    spent: dict[CapKind, Balance] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """What counts against the caps at this moment, in nano-dollars. A balance of None has nothing to stand for."""

    today: Balance
    daily_cap: int | None
    month: Balance
    monthly_cap: int | None
    project: Balance | None
    project_cap: int | None
    run: Balance | None
    ceiling: int | None


class Money:
    """Reports and caps."""

    def __init__(self, context: Context) -> None:
        self._c = context
        self._releasing = asyncio.Lock()

    async def usage(self, by: str = "day", project: ProjectId | None = None) -> UsageReport:
        """The ledger grouped by day, project, model, purpose or tier. Raises InvalidInput for another grouping."""
        if by not in GROUPINGS:
            raise InvalidInput(text("usage.unknown_grouping", given=by, known=", ".join(GROUPINGS)))
        lines = await self._c.archive.lines(LineFilter(project=project))
        return _report(lines, GROUPINGS[by])

    async def project_balance(self, project: ProjectId) -> Balance:
        """What is counted for a project, planner included."""
        account = Account(CapKind.PROJECT, project)
        return (await self._c.archive.balances([account])).get(account) or Balance()

    async def project_charges(self, projects: Sequence[ProjectId]) -> dict[ProjectId, int]:
        """What each project was charged, planner included, in nano-dollars."""
        accounts = {project: Account(CapKind.PROJECT, project) for project in projects}
        balances = await self._c.archive.balances(accounts.values())
        return {project: (balances.get(account) or Balance()).charged for project, account in accounts.items()}

    async def task_costs(self, project: ProjectId, run: str) -> dict[str, int]:
        """What each task of a run was charged, in nano-dollars."""
        costs: dict[str, int] = {}
        for line in await self._c.archive.lines(LineFilter(project=project)):
            task = line.opened.task
            if line.opened.run == run and task is not None and line.settled is not None:
                costs[task] = costs.get(task, 0) + line.settled.charged
        return costs

    async def plan_costs(self, project: ProjectId) -> dict[int, int]:
        """What making each plan version took, in nano-dollars: the planner's calls since the version before it."""
        lines = await self._c.archive.lines(LineFilter(project=project))
        calls = [line for line in lines if line.opened.purpose is Purpose.PLAN]
        costs: dict[int, int] = {}
        earlier = 0
        for proposed in await self._c.archive.events(EventFilter(project=project, types=frozenset({"PlanProposed"}))):
            assert isinstance(proposed.event, PlanProposed)  # asked for by type
            since = [line for line in calls if earlier < line.opened.at <= proposed.at]
            costs[proposed.event.number] = sum(line.settled.charged for line in since if line.settled is not None)
            earlier = proposed.at
        return costs

    def standing(self, project: Project | None = None, run: RunRow | None = None) -> Standing:
        """From the balances in memory, so it may be asked after every call. Raises WrongMoment when only reading."""
        limits = self._c.writer.limits
        period = limits.period(self._c.clock.now())
        balance = limits.balances.balance
        return Standing(
            today=replace(balance(Account(CapKind.DAILY, period.day))),
            daily_cap=limits.daily,
            month=replace(balance(Account(CapKind.MONTHLY, period.month))),
            monthly_cap=limits.monthly,
            project=replace(balance(Account(CapKind.PROJECT, project.id))) if project is not None else None,
            project_cap=limits.project_cap(project.id) if project is not None else None,
            run=replace(balance(Account(CapKind.RUN, run.run))) if run is not None else None,
            ceiling=run.ceiling if run is not None else None,
        )

    # -- what nobody knows ------------------------------------------------------------------------------------------

    async def release(self, call: CallId) -> None:
        """Takes an unconfirmed amount back: the person has seen on the service's bill that nothing is owed (M4).

        Raises UnknownThing for a call that is not on the ledger, WrongMoment for one that is not unconfirmed.
        """
        async with self._releasing:  # a second click must not make room twice
            lines = await self._c.archive.lines(LineFilter(call=call))
            if not lines:
                raise UnknownThing(text("call.unknown", call=call))
            if lines[0].state is not LineState.UNCONFIRMED:
                raise WrongMoment(text("call.not_unconfirmed", call=call, state=lines[0].state.value))
            opened, now = lines[0].opened, self._c.clock.now()
            scope = Scope(opened.project, opened.run, opened.task, opened.attempt)
            voided = Draft(scope, CallVoided(call, "released"), now)
            settled = LineSettled(call, now, LineState.VOIDED)
            await self._c.journal.append(Batch(events=(voided,), ledger=(settled,)))
            self._c.writer.limits.balances.release(_accounts(opened), opened.reserved)
        self._c.writer.announce_room()

    # -- caps -------------------------------------------------------------------------------------------------------

    async def caps(self, project: Project | None = None) -> CapsInForce:
        """The caps that count for new calls, of a project or in general, and what is counted against them."""
        budget = (self._c.settings_of(project) if project is not None else self._c.settings).budget
        period = period_at(self._c.clock.now(), zone(budget.time_zone), await self._c.archive.latest_period())
        accounts = {
            CapKind.DAILY: Account(CapKind.DAILY, period.day),
            CapKind.MONTHLY: Account(CapKind.MONTHLY, period.month),
        }
        if project is not None:
            accounts[CapKind.PROJECT] = Account(CapKind.PROJECT, project.id)
        balances = await self._c.archive.balances(accounts.values())
        spent = {kind: balances.get(account) or Balance() for kind, account in accounts.items()}
        return CapsInForce(budget.daily, budget.monthly, budget.project, spent)

    async def change_caps(self, changes: Mapping[CapKind, int | None], project: Project | None = None) -> None:
        """Changes caps (nano-dollars, None is no cap), durably and from the next reservation on: all of them or none.

        Daily and monthly caps are everybody's and go into the settings file; a project's own cap is kept with it. A
        value that was given for this process alone (`--set`) goes on to count here. Raises InvalidInput for a cap that
        cannot be, InvalidSettings if the file on disk does not validate, StorageUnavailable if it cannot be written.
        """
        _check(changes)
        before = await self.caps(project)
        of_project = project if CapKind.PROJECT in changes else None
        rows: tuple[ProjectRow, ...] = ()
        if of_project is None:
            self._save(changes)
        else:
            overrides = self._overrides(of_project, changes[CapKind.PROJECT])
            self._save({kind: cap for kind, cap in changes.items() if kind is not CapKind.PROJECT})
            self._c.writer.limits.set_project_cap(of_project.id, changes[CapKind.PROJECT])
            rows = (self._c.writer.changed(of_project.id, overrides=overrides),)
        now = self._c.clock.now()
        events = []
        for kind, cap in changes.items():
            scope = Scope(of_project.id if of_project is not None and kind is CapKind.PROJECT else None)
            events.append(Draft(scope, CapChanged(kind, getattr(before, kind.value), cap), now))
        await self._c.journal.append(Batch(events=tuple(events), rows=rows))
        self._c.writer.announce_room()

    def _save(self, changes: Mapping[CapKind, int | None]) -> None:
        """Writes the file, then takes over what counts now: that is what the file says, unless `--set` says more."""
        if not changes:
            return
        amounts = {f"budget.{kind.value}": None if cap is None else dollar_string(cap) for kind, cap in changes.items()}
        try:
            self._c.save_settings(amounts)
        except OSError as error:
            raise StorageUnavailable(unwritable(self._c.settings_file, error)) from error
        budget = self._c.load_settings().budget
        caps = {"daily": budget.daily, "monthly": budget.monthly, "project": budget.project}
        in_force = self._c.settings.budget.model_copy(update=caps)
        self._c.settings = self._c.settings.model_copy(update={"budget": in_force})
        limits = self._c.writer.limits
        limits.daily, limits.monthly, limits.project_default = budget.daily, budget.monthly, budget.project

    def _overrides(self, project: Project, cap: int | None) -> dict[str, dict[str, Any]]:
        """What the project overrides, with a cap of its own. Raises InvalidSettings."""
        overrides: dict[str, dict[str, Any]] = {**self._c.writer.projects[project.id].overrides}
        overrides["budget"] = {**overrides.get("budget", {}), "project": cap}
        with_overrides(self._c.settings, overrides)
        return overrides


def _accounts(opened: LineOpened) -> Iterator[Account]:
    """Every account that a line is counted in."""
    yield Account(CapKind.DAILY, opened.period.day)
    yield Account(CapKind.MONTHLY, opened.period.month)
    if opened.project is not None:
        yield Account(CapKind.PROJECT, opened.project)
    if opened.run is not None:
        yield Account(CapKind.RUN, opened.run)


def _check(changes: Mapping[CapKind, int | None]) -> None:
    """Raises InvalidInput for what is no cap that can be changed here."""
    if CapKind.RUN in changes:
        raise InvalidInput(text("cap.of_run"))
    for cap in changes.values():
        if cap is not None:
            checked_amount(cap)


def _report(lines: Sequence[LedgerLine], key: Callable[[LedgerLine], str]) -> UsageReport:
    total = UsageSum()
    rows: dict[str, UsageSum] = {}
    for line in lines:
        total.add(line)
        rows.setdefault(key(line), UsageSum(key(line))).add(line)
    return UsageReport(total, tuple(rows[name] for name in sorted(rows)), tuple(lines))


def unwritable(path: Path, error: OSError) -> Text:
    """Why the settings file was not changed."""
    return text("settings.unwritable", path=str(path), detail=error.strerror or str(error))

"""The caps in force and the balances they are compared with, for every run of this process."""

from __future__ import annotations

import zoneinfo
from collections.abc import Iterable
from functools import lru_cache

from orchestra_desktop.domain.budget import Account, Balance, Balances, CapKind, Caps
from orchestra_desktop.domain.events import Scope
from orchestra_desktop.domain.ids import ProjectId, RunId
from orchestra_desktop.domain.periods import Period, period_at
from orchestra_desktop.domain.ports import Archive

_MINUTE = 60_000_000  # microseconds


class Accounts:
    """Knows which accounts a call is counted in and how much each may hold.

    Lives on the loop; caps and ceilings may be changed at any time and count from the next reservation on.
    """

    def __init__(
        self,
        time_zone: zoneinfo.ZoneInfo,
        *,
        daily: int | None = None,
        monthly: int | None = None,
        project: int | None = None,
        warning_percent: int = 80,
    ) -> None:
        self.time_zone = time_zone
        self.daily = daily
        self.monthly = monthly
        self.project_default = project
        self.warning_percent = warning_percent
        self.balances = Balances()
        self._project_caps: dict[ProjectId, int | None] = {}
        self._ceilings: dict[RunId, int | None] = {}
        self._latest: Period | None = None
        self._minute: int | None = None
        self._warned: set[tuple[Account, int]] = set()

    async def load(self, archive: Archive, projects: Iterable[ProjectId], runs: Iterable[RunId], at: int) -> None:
        """Takes the stored sums over, so that no question about money needs the database afterwards."""
        self._latest, self._minute = await archive.latest_period(), None
        period = self.period(at)
        accounts = [Account(CapKind.DAILY, period.day), Account(CapKind.MONTHLY, period.month)]
        accounts += [Account(CapKind.PROJECT, project) for project in projects]
        accounts += [Account(CapKind.RUN, run) for run in runs]
        for account, balance in (await archive.balances(accounts)).items():
            self.balances.load(account, balance)

    def period(self, at: int) -> Period:
        """The period that a reservation made now belongs to; later ones never belong to an earlier one."""
        minute = at // _MINUTE  # days begin with a minute everywhere: within one there is nothing to work out
        if self._latest is None or minute != self._minute:
            self._latest, self._minute = period_at(at, self.time_zone, self._latest), minute
        return self._latest

    def set_ceiling(self, run: RunId, ceiling: int | None) -> None:
        self._ceilings[run] = ceiling

    def set_project_cap(self, project: ProjectId, cap: int | None) -> None:
        self._project_caps[project] = cap

    def project_cap(self, project: ProjectId) -> int | None:
        return self._project_caps.get(project, self.project_default)

    def caps(self, scope: Scope, at: int) -> tuple[Period, Caps]:
        """Every account that a call of this scope is counted in, with its limit."""
        period = self.period(at)
        caps: dict[Account, int | None] = {}
        if scope.run is not None:
            caps[_account(CapKind.RUN, scope.run)] = self._ceilings.get(scope.run)
        if scope.project is not None:
            caps[_account(CapKind.PROJECT, scope.project)] = self.project_cap(scope.project)
        caps[_account(CapKind.DAILY, period.day)] = self.daily
        caps[_account(CapKind.MONTHLY, period.month)] = self.monthly
        return period, caps

    def newly_near(self, caps: Caps) -> list[tuple[Account, int, Balance]]:
        """The accounts that have just passed the warning line, each told once per limit in the life of the process."""
        near = []
        for account, limit in caps.items():
            if not limit or self.balances.counted(account) * 100 < limit * self.warning_percent:
                continue
            if (account, limit) not in self._warned:
                self._warned.add((account, limit))
                near.append((account, limit, self.balances.balance(account)))
        return near


# One object for each account: dictionaries find the same object without comparing its fields, a dozen times per call.
_account = lru_cache(maxsize=1_000)(Account)

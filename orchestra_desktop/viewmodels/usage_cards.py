"""What the usage place shows: how much of each cap is gone, and the ledger summed by one of its columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestra_desktop.domain.budget import Balance
from orchestra_desktop.services.money import GROUPINGS, Standing, UsageReport, UsageSum

GROUPS: tuple[str, ...] = tuple(GROUPINGS)
TODAY, MONTH, PROJECT = "today", "month", "project"


@dataclass(frozen=True, slots=True)
class UsageCard:
    """One account against its cap, in nano-dollars. `counted` is charged and unconfirmed; `held` is still open.

    A cap of None is none; 0 lets no paid call through.
    """

    id: str
    counted: int
    held: int
    unconfirmed: int
    cap: int | None

    @property
    def shares(self) -> tuple[float, float] | None:
        """Which parts of the cap are counted and held; None where there is no cap to be a part of."""
        if not self.cap:
            return None
        return self.counted / self.cap, self.held / self.cap


def usage_cards(standing: Standing) -> tuple[UsageCard, ...]:
    """Today, this month and, where one is picked, this project."""
    cards = [
        _card(TODAY, standing.today, standing.daily_cap),
        _card(MONTH, standing.month, standing.monthly_cap),
    ]
    if standing.project is not None:
        cards.append(_card(PROJECT, standing.project, standing.project_cap))
    return tuple(cards)


def _card(id_: str, balance: Balance, cap: int | None) -> UsageCard:
    return UsageCard(id_, balance.charged + balance.unconfirmed, balance.open, balance.unconfirmed, cap)


@dataclass(frozen=True, slots=True)
class UsageRow:
    """Calls of one day, project, model, purpose or tier; amounts in nano-dollars. `name` is empty for "of none"."""

    key: str
    name: str
    calls: int
    read_tokens: int
    written_tokens: int
    charged: int
    unconfirmed: int
    share: float  # of everything charged, 0 to 1


def usage_rows(report: UsageReport, by: str, names: Mapping[str, str]) -> tuple[UsageRow, ...]:
    """Days newest first, everything else by what it was charged, most first. `names` are those of projects by id."""
    whole = report.total.charged
    rows = [_row(row, names.get(row.key, row.key) if by == "project" else row.key, whole) for row in report.rows]
    if by == "day":
        return tuple(sorted(rows, key=lambda row: row.key, reverse=True))
    return tuple(sorted(rows, key=lambda row: (-row.charged, -row.calls, row.name)))


def _row(row: UsageSum, name: str, whole: int) -> UsageRow:
    cached = row.cache_read_tokens + row.cache_write_5m_tokens + row.cache_write_1h_tokens
    share = row.charged / whole if whole else 0.0
    read = row.input_tokens + cached
    return UsageRow(row.key, name, row.calls, read, row.output_tokens, row.charged, row.unconfirmed, share)

"""What `usage` says, as plain data and as CSV that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from orchestra_desktop.domain.ledger import LedgerLine
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.money import in_dollars, shown
from orchestra_desktop.domain.periods import rfc3339
from orchestra_desktop.services.money import UsageReport, UsageSum

Json = dict[str, Any]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def usage_json(report: UsageReport) -> Json:
    return {
        "total": _sum_json(report.total),
        "rows": [{"key": row.key} | _sum_json(row) for row in report.rows],
        "lines": [line_json(line) for line in report.lines],
    }


def _sum_json(row: UsageSum) -> Json:
    data = asdict(row)
    del data["key"]
    return data


def line_json(line: LedgerLine) -> Json:
    """One ledger line. `charged` is 0 unless it was charged; an unconfirmed line counts at what was reserved."""
    opened, settled = line.opened, line.settled
    usage = (settled.usage if settled is not None else None) or Usage()
    return {
        "at": rfc3339(opened.at),
        "project": opened.project,
        "run": opened.run,
        "task": opened.task,
        "attempt": opened.attempt,
        "purpose": opened.purpose.value,
        "provider": opened.provider,
        "model": opened.model,
        "tier": opened.tier,
        "state": line.state.value,
        "reserved": opened.reserved,
        "charged": settled.charged if settled is not None else 0,
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_5m_tokens": usage.cache_write_5m_tokens,
        "cache_write_1h_tokens": usage.cache_write_1h_tokens,
        "request_id": settled.request_id if settled is not None else None,
        "flags": [flag.value for flag in settled.flags] if settled is not None else [],
    }


def usage_csv(lines: Sequence[LedgerLine]) -> str:
    """The ledger line by line; amounts as nano-dollars and, for people, what was charged in exact dollars."""
    rows = [line_json(line) for line in lines]
    names = [*line_json_names(), "charged_dollars"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for row in rows:
        row["charged_dollars"] = f"{in_dollars(row['charged']):f}"
        writer.writerow([_cell(row[name]) for name in names])
    return out.getvalue()


def line_json_names() -> list[str]:
    """The columns of a ledger line, in the order of `line_json`."""
    return [
        *("at", "project", "run", "task", "attempt", "purpose", "provider", "model", "tier", "state"),
        *("reserved", "charged", "input_tokens", "output_tokens", "cache_read_tokens"),
        *("cache_write_5m_tokens", "cache_write_1h_tokens", "request_id", "flags"),
    ]


def _cell(value: object) -> str:
    """A cell as text. What a spreadsheet would take for a formula is quoted with an apostrophe."""
    if value is None:
        return ""
    words = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{words}" if words.startswith(_FORMULA_STARTS) else words


def range_of(p50: int, p90: int) -> str:
    """A quote's dollars: `free`, `$0.21`, `$0.21 to $0.48`."""
    return shown(p50) if shown(p50) == shown(p90) else f"{shown(p50)} to {shown(p90)}"

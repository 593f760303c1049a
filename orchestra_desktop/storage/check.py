"""Looks for what is wrong with a database: SQLite's own check, and the sums against the ledger they are sums of."""

from __future__ import annotations

from typing import Any

# One row per account, summed anew from the lines; what a line counts is `LedgerLine.counts`.
_RECOMPUTED = """
WITH counted AS (
    SELECT day, project, run,
           CASE state WHEN 'charged' THEN charged ELSE 0 END AS charged,
           CASE state WHEN 'open' THEN reserved ELSE 0 END AS open,
           CASE state WHEN 'unconfirmed' THEN reserved ELSE 0 END AS unconfirmed
    FROM ledger
), by_account AS (
    SELECT 'daily' AS kind, day AS id, charged, open, unconfirmed FROM counted
    UNION ALL SELECT 'monthly', substr(day, 1, 7), charged, open, unconfirmed FROM counted
    UNION ALL SELECT 'project', project, charged, open, unconfirmed FROM counted WHERE project IS NOT NULL
    UNION ALL SELECT 'run', run, charged, open, unconfirmed FROM counted WHERE run IS NOT NULL
), sums AS (
    SELECT kind, id, sum(charged) AS charged, sum(open) AS open, sum(unconfirmed) AS unconfirmed
    FROM by_account GROUP BY kind, id
)
SELECT kind, id FROM (SELECT * FROM sums EXCEPT SELECT * FROM balances)
UNION
SELECT kind, id FROM (SELECT * FROM balances EXCEPT SELECT * FROM sums)
ORDER BY kind, id LIMIT 20
"""


def problems(database: Any) -> tuple[str, ...]:
    """One line for each thing that is wrong, in SQLite's or our plain words for a bug report; empty if nothing is."""
    found = [row[0] for row in database.execute_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
    if found:
        return tuple(found)
    wrong = database.execute_sql(_RECOMPUTED)
    return tuple(f"balances: the sum of {kind} {key} is not that of its ledger lines" for kind, key in wrong)

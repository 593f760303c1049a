"""The tables as queries name them; `first_schema.py` and later migrations make them, and a test compares the two."""

from __future__ import annotations

from typing import Any

from peewee import Table

PROJECT_COLUMNS = (
    "id",
    "name",
    "requirements_text",
    "requirements",  # JSON
    "rigor",
    "workspace",
    "rehearsal",
    "state",
    "created_at",
    "updated_at",
    "instructions",
    "repository",
    "base_branch",
    "overrides",  # JSON
)
PLAN_COLUMNS = ("project", "number", "state", "hash", "plan", "problems", "created_at", "comment", "ceiling")
RUN_COLUMNS = (
    "run",
    "project",
    "plan_number",
    "plan_hash",
    "spec",
    "state",
    "started_at",
    "finished_at",
    "ceiling",
)
EVENT_COLUMNS = ("seq", "at", "type", "project", "run", "task", "attempt", "payload")
BODY_COLUMNS = ("digest", "packed", "content")
OPENED_COLUMNS = (
    "call",
    "at",
    "day",
    "project",
    "run",
    "task",
    "attempt",
    "purpose",
    "provider",
    "model",
    "tier",
    "reserved",
)
SETTLED_COLUMNS = ("state", "settled_at", "charged", "usage", "request_id", "flags")
BALANCE_COLUMNS = ("kind", "id", "charged", "open", "unconfirmed")

projects: Any = Table("projects", PROJECT_COLUMNS)
plans: Any = Table("plans", PLAN_COLUMNS)
runs: Any = Table("runs", RUN_COLUMNS)
events: Any = Table("events", EVENT_COLUMNS)
bodies: Any = Table("bodies", BODY_COLUMNS)
ledger: Any = Table("ledger", (*OPENED_COLUMNS, *SETTLED_COLUMNS, "line"))
balances: Any = Table("balances", BALANCE_COLUMNS)

TABLES = (projects, plans, runs, events, bodies, ledger, balances)

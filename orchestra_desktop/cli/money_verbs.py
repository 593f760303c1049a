"""The verbs about money: usage and caps."""

from __future__ import annotations

from pathlib import Path

from orchestra_desktop.cli.command import Command
from orchestra_desktop.cli.exit_codes import FINE, WRONG_INPUT, VerbFailed
from orchestra_desktop.cli.output import table
from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.money import shown
from orchestra_desktop.services.money import CapsInForce, UsageReport, UsageSum
from orchestra_desktop.services.session import Session
from orchestra_desktop.viewmodels.amounts import cap
from orchestra_desktop.viewmodels.money_views import usage_csv, usage_json
from orchestra_desktop.viewmodels.status import caps_json

# -- usage ----------------------------------------------------------------------------------------------------------


async def usage(command: Command) -> int:
    given = command.arguments
    async with command.reading() as session:
        report = await session.money.usage(given.by)
        names = await _names(session) if given.by == "project" else {}
    if given.csv is not None:
        _write_csv(command, given.csv, usage_csv(report.lines))
    if given.json:
        command.out.json(usage_json(report))
    elif given.csv is None:
        command.out.lines(_report_lines(report, given.by, names))
    return FINE


async def _names(session: Session) -> dict[str, str]:
    return {project.id: project.name for project in await session.projects.all()}


def _report_lines(report: UsageReport, by: str, names: dict[str, str]) -> list[str]:
    if not report.lines:
        return ["Nothing was asked of any model yet."]
    rows = [_sum_row(names.get(row.key, row.key), row) for row in report.rows]
    head = [by, "calls", "input", "output", "cache read", "cache written", "charged", "unconfirmed"]
    return table(head, [*rows, _sum_row("in all", report.total)], right=head[1:])


def _sum_row(name: str, row: UsageSum) -> list[str]:
    written = row.cache_write_5m_tokens + row.cache_write_1h_tokens
    counts = (row.calls, row.input_tokens, row.output_tokens, row.cache_read_tokens, written)
    unconfirmed = shown(row.unconfirmed) if row.unconfirmed else ""
    return [name or "-", *(f"{count:,}" for count in counts), shown(row.charged), unconfirmed]


def _write_csv(command: Command, file: str, content: str) -> None:
    if file == "-":
        command.out.content(content)
        return
    try:
        Path(file).write_text(content, encoding="utf-8", newline="")
    except OSError as error:
        raise VerbFailed(WRONG_INPUT, f"usage: {file} cannot be written: {error.strerror or error}") from None
    command.out.note(f"written to {file}")


# -- caps -----------------------------------------------------------------------------------------------------------


async def caps(command: Command) -> int:
    """Shows them, after changing those that are given."""
    given = command.arguments
    changes = {kind: getattr(given, kind) for kind in ("daily", "monthly", "project") if hasattr(given, kind)}
    if changes:
        await command.decide("caps", project=given.of, changes=changes)
    async with command.reading() as session:
        project = await session.projects.find(given.of) if given.of is not None else None
        in_force = await session.money.caps(project)
    if given.json:
        counted = {kind.value: balance.counted for kind, balance in in_force.spent.items()}
        command.out.json({"caps": caps_json(in_force), "counted": counted})
    else:
        command.out.lines(_cap_lines(in_force))
    return FINE


def _cap_lines(caps: CapsInForce) -> list[str]:
    limits = {CapKind.DAILY: caps.daily, CapKind.MONTHLY: caps.monthly, CapKind.PROJECT: caps.project}
    about = {CapKind.DAILY: "today", CapKind.MONTHLY: "this month", CapKind.PROJECT: "each project"}
    if CapKind.PROJECT in caps.spent:
        about[CapKind.PROJECT] = "this project"
    rows = [
        [about[kind], cap(limit), shown(caps.spent[kind].counted) if kind in caps.spent else ""]
        for kind, limit in limits.items()
    ]
    return table(["cap", "limit", "counted"], rows, right=["limit", "counted"])

"""Projects, plan versions, runs, events, bodies and ledger lines as database rows, and back."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from pydantic import TypeAdapter

from orchestra_desktop.domain.events import Scope, Stored, event_from_json, event_json
from orchestra_desktop.domain.ids import CallId, PlanHash, ProjectId
from orchestra_desktop.domain.ledger import Flag, LedgerLine, LineOpened, LineSettled, LineState, Purpose
from orchestra_desktop.domain.messages import Usage
from orchestra_desktop.domain.periods import Period
from orchestra_desktop.domain.plan import PlanState, PlanVersion, plan_from_json, plan_json
from orchestra_desktop.domain.ports import Body, PlanRow, RunRow
from orchestra_desktop.domain.projects import Project, ProjectState, Requirement, Rigor
from orchestra_desktop.domain.transitions import RunStateName

SqlRow = tuple[Any, ...]

PACK_ABOVE_BYTES = 4_096  # a page of the database: below it little room is won, for a wait behind a busy loop


@cache
def _requirements() -> TypeAdapter[tuple[Requirement, ...]]:
    return TypeAdapter(tuple[Requirement, ...])


@cache
def _usage() -> TypeAdapter[Usage]:
    return TypeAdapter(Usage)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


# -- events and bodies ----------------------------------------------------------------------------------------------


def event_row(stored: Stored) -> SqlRow:
    scope = stored.scope
    return (
        stored.seq,
        stored.at,
        stored.type,
        scope.project,
        scope.run,
        scope.task,
        scope.attempt,
        event_json(stored.event).decode(),
    )


def event_of(row: SqlRow) -> Stored:
    """Raises KeyError or ValueError (pydantic's included) where the row is no event."""
    seq, at, kind, project, run, task, attempt, payload = row
    return Stored(seq, at, Scope(project, run, task, attempt), event_from_json(kind, payload))


def body_row(body: Body) -> SqlRow:
    if len(body.content) > PACK_ABOVE_BYTES:
        packed = zlib.compress(body.content, 1)  # level 6 is three times slower for a tenth less
        if len(packed) < len(body.content):
            return (body.digest, 1, packed)
    return (body.digest, 0, body.content)


def body_content(packed: int, content: bytes) -> bytes:
    """Raises zlib.error for damaged content."""
    return zlib.decompress(content) if packed else bytes(content)


# -- projects, plans, runs ------------------------------------------------------------------------------------------


def project_row(project: Project) -> SqlRow:
    return (
        project.id,
        project.name,
        project.requirements_text,
        _requirements().dump_json(project.requirements).decode(),
        project.rigor.value,
        project.workspace,
        int(project.rehearsal),
        project.state.value,
        project.created_at,
        project.updated_at,
        project.instructions,
        project.repository,
        project.base_branch,
        _json(project.overrides),
    )


def project_of(row: SqlRow) -> Project:
    (key, name, wish, requirements, rigor, workspace, rehearsal, state, created, updated, *rest) = row
    instructions, repository, base_branch, overrides = rest
    return Project(
        id=ProjectId(key),
        name=name,
        requirements_text=wish,
        requirements=_requirements().validate_json(requirements),
        rigor=Rigor(rigor),
        workspace=workspace,
        rehearsal=bool(rehearsal),
        state=ProjectState(state),
        created_at=created,
        updated_at=updated,
        instructions=instructions,
        repository=repository,
        base_branch=base_branch,
        overrides=json.loads(overrides),
    )


def plan_row(row: PlanRow) -> SqlRow:
    version = row.version
    return (
        row.project,
        version.number,
        version.state.value,
        version.hash,
        _json(plan_json(version.plan)),
        _json(version.problems),
        version.created_at,
        version.comment,
        version.ceiling,
    )


def plan_of(row: SqlRow) -> PlanVersion:
    _, number, state, digest, plan, problems, created_at, comment, ceiling = row
    return PlanVersion(
        number=number,
        state=PlanState(state),
        hash=PlanHash(digest),
        plan=plan_from_json(json.loads(plan)),
        problems=tuple(json.loads(problems)),
        created_at=created_at,
        comment=comment,
        ceiling=ceiling,
    )


def run_row(row: RunRow) -> SqlRow:
    return (
        row.run,
        row.project,
        row.plan_number,
        row.plan_hash,
        row.spec,
        row.state.value,
        row.started_at,
        row.finished_at,
        row.ceiling,
    )


def run_of(row: SqlRow) -> RunRow:
    run, project, number, digest, spec, state, started_at, finished_at, ceiling = row
    return RunRow(run, project, number, digest, spec, RunStateName(state), started_at, finished_at, ceiling)


# -- ledger ---------------------------------------------------------------------------------------------------------


def opened_row(line: LineOpened) -> SqlRow:
    return (
        line.call,
        line.at,
        line.period.day,
        line.project,
        line.run,
        line.task,
        line.attempt,
        line.purpose.value,
        line.provider,
        line.model,
        line.tier,
        line.reserved,
    )


def settled_row(line: LineSettled) -> SqlRow:
    usage = None if line.usage is None else _usage().serializer.to_json(line.usage).decode()
    flags = _json([flag.value for flag in line.flags]) if line.flags else "[]"
    return (line.call, line.state.value, line.at, line.charged, usage, line.request_id, flags)


def line_of(row: SqlRow) -> LedgerLine:
    """From the opened columns followed by the settled ones."""
    call, at, day, project, run, task, attempt, purpose, provider, model, tier, reserved = row[:12]
    opened = LineOpened(
        call, at, Period(day), project, run, task, attempt, Purpose(purpose), provider, model, tier, reserved
    )
    return LedgerLine(opened, _settled_of(call, row[12:]))


def _settled_of(call: CallId, row: Sequence[Any]) -> LineSettled | None:
    state, settled_at, charged, usage, request_id, flags = row
    if state == LineState.OPEN.value:
        return None
    return LineSettled(
        call=call,
        at=settled_at,
        state=LineState(state),
        charged=charged,
        usage=None if usage is None else _usage().validate_json(usage),
        request_id=request_id,
        flags=tuple(Flag(flag) for flag in json.loads(flags)),
    )

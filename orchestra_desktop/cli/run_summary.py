"""What a run came to, for people: tasks, files, money, what to do next."""

from __future__ import annotations

from orchestra_desktop.cli.exit_codes import AT_CAP, FINE, NEEDS_PERSON
from orchestra_desktop.cli.output import table
from orchestra_desktop.domain.money import shown
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.services.overview import Overview
from orchestra_desktop.services.shapes import TaskRecord
from orchestra_desktop.viewmodels.amounts import cap, size, span
from orchestra_desktop.viewmodels.english import english
from orchestra_desktop.viewmodels.status import checkpoints_json

TASK_HEAD = ("task", "title", "state", "tier", "model", "tries", "cost", "time")
RIGHT = ("tries", "cost", "time")


def summary_lines(view: Overview, code: int) -> list[str]:
    return ["", *task_table(view), *_files(view), *money_lines(view), *checkpoint_lines(view), "", *_next(view, code)]


def task_table(view: Overview) -> list[str]:
    if view.state is None:
        return []
    return table(TASK_HEAD, [_row(record, view) for record in view.state.tasks.values()], right=RIGHT)


def _row(record: TaskRecord, view: Overview) -> list[str]:
    ended = record.started_at is not None and record.finished_at is not None
    time = span((record.finished_at - record.started_at) / 1e6) if ended else ""  # type: ignore[operator] # both set
    cost = view.costs.get(record.task.id)
    return [
        record.task.id,
        record.task.title,
        record.state.value.replace("_", " "),
        record.route.tier.value,
        record.route.choice.model,
        str(record.attempt),
        "" if cost is None else shown(cost),
        time,
    ]


def _files(view: Overview) -> list[str]:
    files = {path: artifact for record in _records(view) for path, artifact in record.artifacts.items()}
    if not files:
        return []
    listed = [f"  {path} ({size(artifact.bytes)})" for path, artifact in files.items()]
    return ["", f"Files in {view.project.workspace}:", *listed]


def _records(view: Overview) -> list[TaskRecord]:
    return list(view.state.tasks.values()) if view.state is not None else []


def money_lines(view: Overview) -> list[str]:
    """What the project cost, planner included, and what its run may cost."""
    balance = view.balance
    parts = [f"charged {shown(balance.charged)} in all" if balance.charged else "nothing charged"]
    if balance.open:
        parts.append(f"held {shown(balance.open)}")
    if balance.unconfirmed:
        parts.append(f"unconfirmed {shown(balance.unconfirmed)} (counts as spent)")
    ceiling = f"ceiling of the run {cap(view.ceiling)}" if view.row is not None or view.ceiling is not None else ""
    return ["", f"Money: {', '.join([*parts, ceiling] if ceiling else parts)}."]


def checkpoint_lines(view: Overview) -> list[str]:
    lines = [""] if view.state is not None and view.state.checkpoints else []
    for opened in checkpoints_json(view.state):
        about = f" {opened['task']}" if opened["task"] else ""
        lines.append(f"Needs you{about}: {opened['question']}")
        lines.append(f"  `resolve {opened['id']} ACTION`, one of: {', '.join(opened['actions'])}")
    return lines


def _next(view: Overview, code: int) -> list[str]:
    project = view.project.id
    advice = {
        FINE: f"Done. Next: `output {project} TASK`, `usage`.",
        AT_CAP: f"Stopped at a cap. Raise it (`resolve … raise_cap --cap USD`, `caps`), then `run {project}`.",
        NEEDS_PERSON: f"Waits for you. Decide, then `run {project}`.",
    }
    if code in advice:
        return [advice[code]]
    if view.state is not None and view.state.name is RunStateName.CANCELLED:
        return [f"Stopped. `resume {project}` or `retry {project} TASK` opens it again, then `run {project}`."]
    return [*_why(view), f"Not everything succeeded. `retry` or `skip` tasks, then `run {project}`."]


def _why(view: Overview) -> list[str]:
    return [f"{record.task.id}: {english(record.error)}" for record in _records(view) if record.error is not None]

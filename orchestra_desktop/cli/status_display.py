"""`status` for people: where the project stands, and the one next step."""

from __future__ import annotations

from orchestra_desktop.cli.output import table
from orchestra_desktop.cli.run_summary import checkpoint_lines, money_lines, task_table
from orchestra_desktop.domain.plan import PlanState
from orchestra_desktop.domain.transitions import RunStateName
from orchestra_desktop.services.overview import Overview
from orchestra_desktop.viewmodels.amounts import cap, plural
from orchestra_desktop.viewmodels.event_views import local_date_time
from orchestra_desktop.viewmodels.status import status_json


def status_lines(view: Overview) -> list[str]:
    return [
        *_head(view),
        *_requirements(view),
        *([""] if view.state is not None else []),
        *task_table(view),
        *money_lines(view),
        f"Caps: {cap(view.caps.daily)} a day, {cap(view.caps.monthly)} a month, {cap(view.caps.project)} this project.",
        *checkpoint_lines(view),
        "",
        _next(view),
    ]


def _head(view: Overview) -> list[str]:
    project = view.project
    rehearsal = ", rehearsal" if project.rehearsal else ""
    lines = [
        f"{project.name} ({project.id}): {project.state.value.replace('_', ' ')}, rigor {project.rigor}{rehearsal}"
    ]
    lines.append(f"Workspace: {project.workspace}")
    if view.version is not None:
        newer = f"; plan {view.newest} is newer" if view.newest != view.version.number else ""
        lines.append(f"Plan {view.version.number} ({view.version.state.value}{newer}): {view.version.plan.summary}")
    if view.row is not None:
        since = local_date_time(view.row.started_at)
        lines.append(f"Run {view.row.run}: {view.row.state.value.replace('_', ' ')}, since {since}")
    return lines


def _requirements(view: Overview) -> list[str]:
    rows = [
        [
            wish["id"],
            wish["text"],
            ", ".join(wish["planned_by"]) or "no task",
            "done" if wish["done"] else "",
            "verified" if wish["verified"] else "",
        ]
        for wish in status_json(view)["project"]["requirements"]
    ]
    return ["", *table(["wish", "text", "planned", "done", "verified"], rows)]


def _next(view: Overview) -> str:
    project = view.project.id
    if view.version is None:
        return f"Next: `replan {project}` asks for a plan."
    if view.row is None:
        verb = "run" if view.version.state is PlanState.APPROVED else "approve"
        return f"Next: `{verb} {project}` ({plural(len(view.version.plan.tasks), 'task')})."
    if view.row.state is RunStateName.RUNNING:
        return f"It is running: `events {project} --follow` watches, `pause {project}` and `stop {project}` decide."
    if view.row.state is RunStateName.FINISHED:
        return f"Next: `output {project} TASK`, `usage`."
    return f"Next: decide what is open, then `run {project}`."

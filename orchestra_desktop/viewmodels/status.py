"""What `status`, `tasks`, `checkpoints` and `list` say, as plain data: the fields of cli.md, which scripts rely on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestra_desktop.domain.graph import waves
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.periods import rfc3339
from orchestra_desktop.domain.plan import PlanTask, PlanVersion
from orchestra_desktop.domain.ports import RunRow
from orchestra_desktop.domain.projects import Project, Requirement
from orchestra_desktop.domain.run import Artifact
from orchestra_desktop.domain.texts import Text
from orchestra_desktop.domain.transitions import DONE_STATES, TaskState, VerdictName
from orchestra_desktop.services.money import CapsInForce
from orchestra_desktop.services.overview import Overview
from orchestra_desktop.services.shapes import RunState, TaskRecord
from orchestra_desktop.viewmodels.english import english
from orchestra_desktop.viewmodels.plan_views import problem_sentences

Json = dict[str, Any]

_WITH_REASON = frozenset({TaskState.WAITING, TaskState.NEEDS_PERSON, TaskState.BLOCKED})


def status_json(view: Overview) -> Json:
    return {
        "project": _project_json(view),
        "plan": _plan_json(view.version, view.newest),
        "run": _run_json(view.row),
        "tasks": tasks_json(view),
        "checkpoints": checkpoints_json(view.state),
        "money": _money_json(view),
    }


# -- the project ----------------------------------------------------------------------------------------------------


def _project_json(view: Overview) -> Json:
    project = view.project
    claims = view.claims
    return {
        "id": project.id,
        "name": project.name,
        "state": project.state.value,
        "rigor": project.rigor.value,
        "workspace": project.workspace,
        "rehearsal": project.rehearsal,
        "requirements": [_requirement_json(wish, claims.get(wish.id, ()), view.state) for wish in project.requirements],
    }


def _requirement_json(wish: Requirement, planned_by: Sequence[TaskId], state: RunState | None) -> Json:
    records = [state.tasks[task] for task in planned_by if task in state.tasks] if state is not None else []
    return {
        "id": wish.id,
        "text": wish.text,
        "planned_by": list(planned_by),
        "done": _is_done(records),
        "verified": bool(records) and all(record.verdict is VerdictName.PASSED for record in records),
    }


def _is_done(records: Sequence[TaskRecord]) -> bool:
    """Every task that claims it has ended well, and at least one of them with a result: skipped alone is not done."""
    states = [record.state for record in records]
    return TaskState.SUCCEEDED in states and all(state in DONE_STATES for state in states)


def _plan_json(version: PlanVersion | None, newest: int | None) -> Json | None:
    if version is None:
        return None
    return {
        "number": version.number,
        "state": version.state.value,
        "hash": version.hash,
        "summary": version.plan.summary,
        "problems": problem_sentences(version),
        "newest": newest,
    }


def _run_json(row: RunRow | None) -> Json | None:
    if row is None:
        return None
    return {
        "id": row.run,
        "state": row.state.value,
        "started_at": rfc3339(row.started_at),
        "finished_at": _time(row.finished_at),
    }


def _money_json(view: Overview) -> Json:
    return {
        "charged": view.balance.charged,
        "reserved": view.balance.open,
        "unconfirmed": view.balance.unconfirmed,
        "ceiling": view.ceiling,
        "caps": caps_json(view.caps),
    }


def caps_json(caps: CapsInForce) -> Json:
    return {"daily": caps.daily, "monthly": caps.monthly, "project": caps.project}


# -- tasks ----------------------------------------------------------------------------------------------------------


def tasks_json(view: Overview) -> list[Json]:
    """The tasks in the plan's order; before a run all of them wait."""
    if view.version is None:
        return []
    tasks = view.version.plan.tasks
    wave_of = waves({task.id: task.depends_on for task in tasks})
    return [_task_json(task, wave_of[task.id], view) for task in tasks]


def _task_json(task: PlanTask, wave: int, view: Overview) -> Json:
    record = view.state.tasks.get(task.id) if view.state is not None else None
    planned = {
        "id": task.id,
        "title": task.title,
        "task_type": task.task_type.value,
        "state": record.state.value if record is not None else TaskState.WAITING.value,
        "wave": wave,
        "phase": task.phase,
        "depends_on": list(task.depends_on),
        "tier": record.route.tier.value if record is not None else task.model_tier.value,
        "model": record.route.choice.model if record is not None else None,
    }
    return planned | (_done_json(record, view) if record is not None else dict(_NOTHING_DONE))


_NOTHING_DONE: Mapping[str, Any] = {
    "attempts": 0,
    "verdict": None,
    "charged": 0,
    "started_at": None,
    "finished_at": None,
    "output": None,
    "error": None,
    "artifacts": [],
    "reason": None,
}


def _done_json(record: TaskRecord, view: Overview) -> Json:
    return {
        "attempts": record.attempt,
        "verdict": record.verdict.value if record.verdict is not None else None,
        "charged": view.costs.get(record.task.id, 0),
        "started_at": _time(record.started_at),
        "finished_at": _time(record.finished_at),
        "output": view.outputs.get(record.output) if record.output is not None else None,
        "error": _sentence(record.error),
        "artifacts": [artifact_json(artifact) for artifact in record.artifacts.values()],
        "reason": _sentence(record.reason) if record.state in _WITH_REASON else None,
    }


def artifact_json(artifact: Artifact) -> Json:
    return {"path": artifact.path, "sha256": artifact.sha256, "bytes": artifact.bytes}


# -- checkpoints, projects ------------------------------------------------------------------------------------------


def checkpoints_json(state: RunState | None) -> list[Json]:
    """The open ones, oldest first."""
    if state is None:
        return []
    return [
        {
            "id": opened.id,
            "task": opened.task,
            "kind": opened.kind,
            "question": english(opened.question),
            "actions": list(opened.actions),
        }
        for opened in state.checkpoints.values()
    ]


def list_json(projects: Sequence[tuple[Project, int]]) -> Json:
    """Projects, each with what it was charged in nano-dollars."""
    return {
        "projects": [
            {
                "id": project.id,
                "name": project.name,
                "state": project.state.value,
                "rigor": project.rigor.value,
                "charged": charged,
                "updated_at": rfc3339(project.updated_at),
            }
            for project, charged in projects
        ]
    }


def _time(at: int | None) -> str | None:
    return rfc3339(at) if at is not None else None


def _sentence(text: Text | None) -> str | None:
    return english(text) if text is not None else None

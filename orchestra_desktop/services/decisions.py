"""Deciding verbs as data, so that one process can hand a decision to the one that runs the data folder."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import InvalidInput, WrongMoment
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.ports import RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import text
from orchestra_desktop.engine.run_state import OpenCheckpoint
from orchestra_desktop.engine.stimuli import (
    AcceptTask,
    CancelTask,
    Pause,
    PersonsVerb,
    Resolve,
    Resume,
    RetryTask,
    SkipTask,
    StopNow,
)
from orchestra_desktop.services import requests as rq
from orchestra_desktop.services.plans import checked_rigor
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.requests import tier_of
from orchestra_desktop.services.runs import RunChoice, find_task
from orchestra_desktop.services.session import Session

__all__ = ["LONG_VERBS", "VERBS", "decide", "tier_of"]

Json = dict[str, Any]
Verb = Callable[[Session, Json], Awaitable[Json]]


async def decide(session: Session, request: Json) -> Json:
    """Carries out `{"verb": …, …}` and answers what came of it.

    Raises OrchestraError for what is not possible, InvalidInput for a request that is not one of `requests.py`.
    """
    verb = VERBS.get(str(request.get("verb")))
    if verb is None:
        raise InvalidInput(text("verb.unknown", verb=str(request.get("verb"))[:80]))
    return await verb(session, request)


# -- projects and plans ---------------------------------------------------------------------------------------------


async def _plan(session: Session, request: Json) -> Json:
    asked = rq.read(rq.PlanRequest, request)
    wanted = NewProject(
        requirements_text=asked.text,
        name=asked.name or "",
        rigor=checked_rigor(asked.rigor or "L2"),
        workspace=rq.place_of(asked.workspace),
        rehearsal=asked.rehearse,
        repository=asked.repo or "",
        base_branch=asked.base or "",
    )
    planner = tier_of(asked.planner)
    project = await session.projects.create(wanted)
    version = await session.plans.propose(project, lambda _progress: None, planner=planner)
    return {"project": project.id, "number": version.number}


async def _replan(session: Session, request: Json) -> Json:
    asked = rq.read(rq.ReplanRequest, request)
    rigor = checked_rigor(asked.rigor) if asked.rigor else None
    planner = tier_of(asked.planner)
    project = await session.projects.find(asked.project)
    version = await session.plans.propose(
        project, lambda _progress: None, rigor=rigor, planner=planner, comment=asked.comment or ""
    )
    return {"project": project.id, "number": version.number}


async def _edit(session: Session, request: Json) -> Json:
    asked = rq.read(rq.EditRequest, request)
    project = await session.projects.find(asked.project)
    version = await session.plans.edit(project, asked.task, asked.changes)
    return {"project": project.id, "number": version.number}


async def _answer(session: Session, request: Json) -> Json:
    asked = rq.read(rq.AnswerRequest, request)
    project = await session.projects.find(asked.project)
    version = await session.plans.answer(project, asked.question, asked.text)
    return {"project": project.id, "number": version.number}


async def _approve(session: Session, request: Json) -> Json:
    asked = rq.read(rq.ApproveRequest, request)
    project = await session.projects.find(asked.project)
    version, quote = await session.plans.approve(project, asked.plan, asked.ceiling)
    return {
        "project": project.id,
        "number": version.number,
        "hash": version.hash,
        "ceiling": version.ceiling,
        "p50": quote.p50,
        "p90": quote.p90,
    }


# -- runs -----------------------------------------------------------------------------------------------------------


async def _run(session: Session, request: Json) -> Json:
    """Carries a run out in the process that holds the data folder; answers when nothing moves any more."""
    asked = rq.read(rq.RunRequest, request)
    project = await session.projects.find(asked.project)
    choice = RunChoice(
        only=asked.only or (), start_at=asked.start_at, concurrency=asked.concurrency, ceiling=asked.ceiling
    )
    state = await session.runs.run(project, choice, lambda *_piece: None)
    return {"project": project.id, "state": state.value}


async def _pause(session: Session, request: Json) -> Json:
    return await _on_run(session, request, Pause(text("run.paused_by_person")))


async def _resume(session: Session, request: Json) -> Json:
    return await _on_run(session, request, Resume())


async def _stop(session: Session, request: Json) -> Json:
    return await _on_run(session, request, StopNow())


async def _on_run(session: Session, request: Json, verb: PersonsVerb) -> Json:
    project, row = await _project_and_run(session, rq.read(rq.RunVerbRequest, request).project)
    await session.runs.decide(row, verb)
    return {"project": project.id, "run": row.run}


async def _retry(session: Session, request: Json) -> Json:
    asked = rq.read(rq.RetryRequest, request)
    guidance, tier = asked.guidance or "", tier_of(asked.tier)
    return await _on_tasks(session, asked, lambda task: RetryTask(task, guidance, tier))


async def _skip(session: Session, request: Json) -> Json:
    return await _on_tasks(session, rq.read(rq.TasksRequest, request), SkipTask)


async def _accept(session: Session, request: Json) -> Json:
    return await _on_tasks(session, rq.read(rq.TasksRequest, request), AcceptTask)


async def _cancel(session: Session, request: Json) -> Json:
    return await _on_tasks(session, rq.read(rq.TasksRequest, request), CancelTask)


async def _on_tasks(session: Session, asked: rq.TasksRequest, verb: Callable[[TaskId], PersonsVerb]) -> Json:
    """All of the tasks or none: a slip in the third name, or a third that cannot be skipped now, changes nothing."""
    project, row = await _project_and_run(session, asked.project)
    state = await session.runs.state(row)
    tasks = list(dict.fromkeys(find_task(state, name) for name in asked.tasks))
    await session.runs.decide(row, *(verb(task) for task in tasks))
    return {"project": project.id, "run": row.run, "tasks": tasks}


async def _project_and_run(session: Session, name: str) -> tuple[Project, RunRow]:
    project = await session.projects.find(name)
    row = await session.runs.newest(project)
    if row is None:
        raise WrongMoment(text("run.none", project=project.name))
    return project, row


async def _resolve(session: Session, request: Json) -> Json:
    asked = rq.read(rq.ResolveRequest, request)
    verb_tier = tier_of(asked.tier)
    row, checkpoint = await session.runs.find_checkpoint(asked.checkpoint)
    opened = (await session.runs.state(row)).checkpoints[checkpoint]
    _check_action(opened, asked)
    if asked.cap is not None:
        await _raise_cap(session, row, opened, asked.cap)
    edited = await session.outputs.keep(asked.output) if asked.output is not None else None
    came = {"checkpoint": checkpoint, "action": asked.action, "run": row.run}
    if asked.action == "raise_cap" and row.run not in session.runs.live:
        return came  # the next `run` sees that it fits
    if checkpoint in (await session.runs.state(row)).checkpoints:  # a live run may have seen the room by now
        await session.runs.decide(
            row, Resolve(checkpoint, asked.action, asked.guidance or "", verb_tier, output=edited)
        )
    return came


def _check_action(opened: OpenCheckpoint, asked: rq.ResolveRequest) -> None:
    """Before a cap is touched. Raises WrongMoment, InvalidInput."""
    if asked.action not in opened.actions:
        actions = ", ".join(opened.actions)
        raise WrongMoment(text("checkpoint.no_such_action", action=asked.action[:80], actions=actions))
    if asked.cap is not None and asked.action != "raise_cap":
        raise InvalidInput(text("checkpoint.cap_without_raise", action=asked.action))
    if asked.output is not None and asked.action != "accept":
        raise InvalidInput(text("checkpoint.output_without_accept", action=asked.action))


async def _raise_cap(session: Session, row: RunRow, opened: OpenCheckpoint, cap: int) -> None:
    """Raises the very cap that the checkpoint is about."""
    kind = CapKind(str(opened.question.args.get("cap", CapKind.RUN.value)))
    if kind is CapKind.RUN:
        await session.runs.change_ceiling(row, cap)
    else:
        project = await session.projects.find(row.project) if kind is CapKind.PROJECT else None
        await session.money.change_caps({kind: cap}, project)


# -- money ----------------------------------------------------------------------------------------------------------


async def _caps(session: Session, request: Json) -> Json:
    asked = rq.read(rq.CapsRequest, request)
    project = await session.projects.find(asked.project) if asked.project is not None else None
    changes = {rq.cap_of(kind): cap for kind, cap in asked.changes.items()}
    await session.money.change_caps(changes, project)
    caps = await session.money.caps(await session.projects.find(project.id) if project is not None else None)
    return {"caps": {"daily": caps.daily, "monthly": caps.monthly, "project": caps.project}}


LONG_VERBS = frozenset({"plan", "replan", "run"})
"""Verbs that wait for models; whoever carries one out can be handed others meanwhile."""


# -- the window -----------------------------------------------------------------------------------------------------


async def _raise_window(session: Session, _request: Json) -> Json:
    """A second start brings the first window to the front. Raises WrongMoment where there is none: a command runs."""
    if session.on_raise is None:
        raise WrongMoment(text("session.no_window"))
    session.on_raise()
    return {}


VERBS: dict[str, Verb] = {
    "plan": _plan,
    "replan": _replan,
    "edit": _edit,
    "answer": _answer,
    "approve": _approve,
    "run": _run,
    "pause": _pause,
    "resume": _resume,
    "stop": _stop,
    "retry": _retry,
    "skip": _skip,
    "accept": _accept,
    "cancel": _cancel,
    "resolve": _resolve,
    "caps": _caps,
    "raise_window": _raise_window,
}

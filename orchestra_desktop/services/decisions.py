"""Deciding verbs as data, so that one process can hand a decision to the one that runs the data folder."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from orchestra_desktop.domain.budget import CapKind
from orchestra_desktop.domain.errors import InvalidInput, WrongMoment
from orchestra_desktop.domain.ids import TaskId
from orchestra_desktop.domain.plan import Tier
from orchestra_desktop.domain.ports import RunRow
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.texts import text
from orchestra_desktop.engine.run_state import RunState
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
from orchestra_desktop.services.plans import checked_rigor
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.runs import RunChoice, find_task
from orchestra_desktop.services.session import Session

Json = dict[str, Any]
Verb = Callable[[Session, Json], Awaitable[Json]]


async def decide(session: Session, request: Json) -> Json:
    """Carries out `{"verb": …, …}` and answers what came of it. Raises OrchestraError for what is not possible."""
    verb = VERBS.get(str(request.get("verb")))
    if verb is None:
        raise InvalidInput(text("verb.unknown", verb=str(request.get("verb"))[:80]))
    return await verb(session, request)


# -- projects and plans ---------------------------------------------------------------------------------------------


async def _plan(session: Session, request: Json) -> Json:
    wanted = NewProject(
        requirements_text=request["text"],
        name=request.get("name") or "",
        rigor=checked_rigor(request.get("rigor") or "L2"),
        workspace=request.get("workspace") or "",
        rehearsal=bool(request.get("rehearse")),
        repository=request.get("repo") or "",
        base_branch=request.get("base") or "",
    )
    project = await session.projects.create(wanted)
    version = await session.plans.propose(project, lambda _progress: None, planner=tier_of(request.get("planner")))
    return {"project": project.id, "number": version.number}


async def _replan(session: Session, request: Json) -> Json:
    project = await session.projects.find(request["project"])
    rigor = checked_rigor(request["rigor"]) if request.get("rigor") else None
    version = await session.plans.propose(
        project,
        lambda _progress: None,
        rigor=rigor,
        planner=tier_of(request.get("planner")),
        comment=request.get("comment") or "",
    )
    return {"project": project.id, "number": version.number}


async def _edit(session: Session, request: Json) -> Json:
    project = await session.projects.find(request["project"])
    version = await session.plans.edit(project, request["task"], dict(request["changes"]))
    return {"project": project.id, "number": version.number}


async def _answer(session: Session, request: Json) -> Json:
    project = await session.projects.find(request["project"])
    version = await session.plans.answer(project, int(request["question"]), str(request["text"]))
    return {"project": project.id, "number": version.number}


async def _approve(session: Session, request: Json) -> Json:
    project = await session.projects.find(request["project"])
    version, quote = await session.plans.approve(project, request.get("plan"), request.get("ceiling"))
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
    project = await session.projects.find(request["project"])
    choice = RunChoice(
        only=tuple(request.get("only") or ()),
        start_at=request.get("from"),
        concurrency=request.get("concurrency"),
        ceiling=request.get("ceiling"),
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
    project, row = await _project_and_run(session, request)
    await session.runs.decide(row, verb)
    return {"project": project.id, "run": row.run}


async def _retry(session: Session, request: Json) -> Json:
    guidance, tier = request.get("guidance") or "", tier_of(request.get("tier"))
    return await _on_tasks(session, request, lambda task: RetryTask(task, guidance, tier))


async def _skip(session: Session, request: Json) -> Json:
    return await _on_tasks(session, request, SkipTask)


async def _accept(session: Session, request: Json) -> Json:
    return await _on_tasks(session, request, AcceptTask)


async def _cancel(session: Session, request: Json) -> Json:
    return await _on_tasks(session, request, CancelTask)


async def _on_tasks(session: Session, request: Json, verb: Callable[[TaskId], PersonsVerb]) -> Json:
    """All names are looked up before anything is done, so that a slip in the third changes nothing."""
    project, row = await _project_and_run(session, request)
    state = await session.runs.state(row)
    tasks = [find_task(state, name) for name in request["tasks"]]
    for task in tasks:
        await session.runs.decide(await _again(session, project), verb(task))
    return {"project": project.id, "run": row.run, "tasks": tasks}


async def _again(session: Session, project: Project) -> RunRow:
    row = await session.runs.newest(project)
    if row is None:
        raise WrongMoment(text("run.none", project=project.name))
    return row


async def _project_and_run(session: Session, request: Json) -> tuple[Project, RunRow]:
    project = await session.projects.find(request["project"])
    return project, await _again(session, project)


async def _resolve(session: Session, request: Json) -> Json:
    row, checkpoint = await session.runs.find_checkpoint(request["checkpoint"])
    state = await session.runs.state(row)
    action = str(request["action"])
    if request.get("cap") is not None:
        await _raise_cap(session, row, state, checkpoint, int(request["cap"]))
    verb = Resolve(checkpoint, action, request.get("guidance") or "", tier_of(request.get("tier")))
    if action == "raise_cap" and row.run not in session.runs.live:
        return {"checkpoint": checkpoint, "action": action, "run": row.run}  # the next `run` sees that it fits
    if checkpoint in (await session.runs.state(row)).checkpoints:
        await session.runs.decide(row, verb)
    return {"checkpoint": checkpoint, "action": action, "run": row.run}


async def _raise_cap(session: Session, row: RunRow, state: RunState, checkpoint: str, cap: int) -> None:
    """Raises the very cap that the checkpoint is about."""
    opened = next(c for c in state.checkpoints.values() if c.id == checkpoint)
    kind = CapKind(str(opened.question.args.get("cap", CapKind.RUN.value)))
    if kind is CapKind.RUN:
        await session.runs.change_ceiling(row, cap)
    else:
        project = await session.projects.find(row.project) if kind is CapKind.PROJECT else None
        await session.money.change_caps({kind: cap}, project)


# -- money ----------------------------------------------------------------------------------------------------------


async def _caps(session: Session, request: Json) -> Json:
    project = await session.projects.find(request["project"]) if request.get("project") else None
    changes = {CapKind(kind): cap for kind, cap in dict(request.get("changes") or {}).items()}
    await session.money.change_caps(changes, project)
    caps = await session.money.caps(await session.projects.find(project.id) if project is not None else None)
    return {"caps": {"daily": caps.daily, "monthly": caps.monthly, "project": caps.project}}


def tier_of(name: str | None) -> Tier | None:
    """Raises InvalidInput for an unknown tier; `ollama` is read as `local`."""
    if name is None:
        return None
    try:
        return Tier("local" if name == "ollama" else name)
    except ValueError:
        raise InvalidInput(text("tier.unknown", given=name, known=", ".join(Tier))) from None


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

"""The verbs before a run: plan, replan, answer, edit, approve."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from orchestra_desktop.cli import exit_codes, requirement_files
from orchestra_desktop.cli.command import FOREVER_S, Command
from orchestra_desktop.cli.exit_codes import FINE, WRONG_INPUT, VerbFailed
from orchestra_desktop.cli.plan_display import PlanningBar, show_plan
from orchestra_desktop.domain.errors import DataFolderHeld, OrchestraError
from orchestra_desktop.domain.plan import PlanVersion
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.services.decisions import tier_of
from orchestra_desktop.services.plans import checked_rigor
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.services.session import Session
from orchestra_desktop.viewmodels.amounts import cap
from orchestra_desktop.viewmodels.english import english
from orchestra_desktop.viewmodels.money_views import range_of

Json = dict[str, Any]


# -- plan -----------------------------------------------------------------------------------------------------------


async def plan(command: Command) -> int:
    """Makes a project and its first plan, here or in the process that runs the folder."""
    request = plan_request(command, command.arguments.file)
    try:
        async with command.writing() as session:
            project = await session.projects.create(new_project(request))
            version = await propose(command, session, project, request)
            await show_plan(command, session, project, version)
    except DataFolderHeld:
        await _show_elsewhere(command, request)
    return FINE


def plan_request(command: Command, file: str) -> Json:
    """The verb as data, as it may be handed over."""
    given = command.arguments
    return {
        "verb": "plan",
        "text": requirement_files.read(file, command.stdin),
        "name": given.name,
        "rigor": given.rigor or "L2",
        "workspace": _absolute(given.workspace),
        "planner": given.planner,
        "repo": _absolute(given.repo),
        "base": given.base,
        "rehearse": given.rehearse,
    }


def _absolute(folder: str | None) -> str | None:
    """A path that means the same in the process that it may be handed to."""
    return str(Path(folder).expanduser().absolute()) if folder else None


def new_project(request: Json) -> NewProject:
    return NewProject(
        requirements_text=request["text"],
        name=request["name"] or "",
        rigor=checked_rigor(request["rigor"]),
        workspace=request["workspace"] or "",
        rehearsal=request["rehearse"],
        repository=request["repo"] or "",
        base_branch=request["base"] or "",
    )


async def propose(command: Command, session: Session, project: Project, request: Json) -> PlanVersion:
    """Asks for a plan, with its progress. Raises VerbFailed with the code of what went wrong."""
    bar = PlanningBar(command.out)
    try:
        return await session.plans.propose(
            project,
            bar,
            rigor=checked_rigor(request["rigor"]) if request.get("rigor") else None,
            planner=tier_of(request["planner"]),
            comment=request.get("comment") or "",
        )
    except OrchestraError as error:
        raise _not_planned(error, project) from None
    finally:
        command.out.end_progress()


def _not_planned(error: OrchestraError, project: Project) -> VerbFailed:
    code = exit_codes.of_error(error, planning=True)
    return VerbFailed(code, f"no plan: {english(error.text)} The project {project.id} is kept: `replan {project.id}`.")


async def hand_over_planning(command: Command, request: Json) -> Json:
    """Planning in the process that runs the folder; its answer names the project and the version."""
    command.out.note("another process runs the data folder; the plan is made there")
    try:
        return await command.factory.decide(request, FOREVER_S)
    except DataFolderHeld:
        raise
    except OrchestraError as error:
        raise VerbFailed(exit_codes.of_error(error, planning=True), f"no plan: {english(error.text)}") from None


async def _show_elsewhere(command: Command, request: Json) -> None:
    """Has it planned by whoever runs the folder and shows the version that came of it."""
    answer = await hand_over_planning(command, request)
    async with command.reading() as session:
        project = await session.projects.find(answer["project"])
        versions = await session.plans.versions(project)
        version = next(v for v in versions if v.number == answer["number"])
        await show_plan(command, session, project, version)


# -- further versions -----------------------------------------------------------------------------------------------


async def replan(command: Command) -> int:
    given = command.arguments
    request = {
        "verb": "replan",
        "project": given.project,
        "rigor": given.rigor,
        "planner": given.planner,
        "comment": given.comment,
    }
    try:
        async with command.writing() as session:
            project = await session.projects.find(given.project)
            version = await propose(command, session, project, request)
            await show_plan(command, session, project, version)
    except DataFolderHeld:
        await _show_elsewhere(command, request)
    return FINE


async def answer(command: Command) -> int:
    given = command.arguments
    came = await command.decide("answer", project=given.project, question=given.question, text=given.text)
    command.out.line(f"Question {given.question} of plan {came['number']} is answered.")
    command.out.line(f"Next: `approve {given.project}`, or `replan {given.project}` to plan anew with the answer.")
    return FINE


_EDITS = {
    "title": "title",
    "description": "description",
    "tier": "model_tier",
    "max_output_tokens": "max_output_tokens",
    "tools": "tools_needed",
    "depends_on": "depends_on",
}


async def edit(command: Command) -> int:
    given = command.arguments
    changes = {field: getattr(given, name) for name, field in _EDITS.items() if getattr(given, name) is not None}
    if hasattr(given, "priority"):
        changes["priority"] = given.priority
    if not changes:
        raise VerbFailed(WRONG_INPUT, "edit: nothing to change; name at least one of --title, --tier, --priority …")
    came = await command.decide("edit", project=given.project, task=given.task, changes=changes)
    fields = ", ".join(name.removesuffix("_needed").replace("_", " ") for name in changes)
    command.out.line(f"{given.task} of plan {came['number']} is changed: {fields}.")
    command.out.line(f"Next: `quote {given.project}`, `approve {given.project}`.")
    return FINE


async def approve(command: Command) -> int:
    given = command.arguments
    came = await command.decide("approve", project=given.project, plan=given.plan, ceiling=given.ceiling)
    command.out.line(f"Plan {came['number']} is approved ({came['hash'][:12]}).")
    command.out.line(f"Quote: {range_of(came['p50'], came['p90'])}. Ceiling of the run: {cap(came['ceiling'])}.")
    command.out.line(f"Next: `run {given.project}`.")
    return FINE

"""The verbs that only look at projects: list, status, tasks, plans, quote, checkpoints, output, events."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from orchestra_desktop.cli.command import Command
from orchestra_desktop.cli.exit_codes import FINE, WRONG_INPUT, VerbFailed
from orchestra_desktop.cli.following import follow, pass_on
from orchestra_desktop.cli.output import table
from orchestra_desktop.cli.plan_display import quote_lines, quote_table
from orchestra_desktop.cli.run_summary import checkpoint_lines
from orchestra_desktop.cli.status_display import status_lines
from orchestra_desktop.cli.task_table import chosen_tasks, task_lines
from orchestra_desktop.domain.events import Stored
from orchestra_desktop.domain.money import shown
from orchestra_desktop.services.outputs import WrittenFile
from orchestra_desktop.services.overview import overview
from orchestra_desktop.services.shapes import quote_json
from orchestra_desktop.viewmodels.amounts import plural
from orchestra_desktop.viewmodels.event_views import event_json, event_line, local_date_time, local_moment
from orchestra_desktop.viewmodels.plan_views import plans_json
from orchestra_desktop.viewmodels.status import checkpoints_json, list_json, status_json, tasks_json


async def list_projects(command: Command) -> int:
    async with command.reading() as session:
        projects = await session.projects.all()
        charged = await session.money.project_charges([project.id for project in projects])
    if command.arguments.json:
        command.out.json(list_json([(project, charged[project.id]) for project in projects]))
        return FINE
    if not projects:
        command.out.line("No project yet: `plan FILE` makes one, `plan FILE --rehearse` tries it without a key.")
        return FINE
    rows = [
        [p.id, p.name, p.state.value.replace("_", " "), p.rigor, shown(charged[p.id]), local_date_time(p.updated_at)]
        for p in projects
    ]
    command.out.lines(table(["project", "name", "state", "rigor", "charged", "changed"], rows, right=["charged"]))
    return FINE


async def status(command: Command) -> int:
    async with command.reading() as session:
        project = await session.projects.find(command.arguments.project)
        view = await overview(session, project, with_outputs=command.arguments.json)
    if command.arguments.json:
        command.out.json(status_json(view))
    else:
        command.out.lines(status_lines(view))
    return FINE


async def tasks(command: Command) -> int:
    async with command.reading() as session:
        project = await session.projects.find(command.arguments.project)
        view = await overview(session, project, with_outputs=command.arguments.json)
    chosen = chosen_tasks(tasks_json(view), command.arguments)
    if command.arguments.json:
        command.out.json({"tasks": chosen})
    else:
        command.out.lines(task_lines(chosen))
    return FINE


async def plans(command: Command) -> int:
    async with command.reading() as session:
        project = await session.projects.find(command.arguments.project)
        versions = await session.plans.versions(project)
        costs = await session.money.plan_costs(project.id)
    if command.arguments.json:
        command.out.json(plans_json(versions, costs))
        return FINE
    rows = [
        [str(v.number), v.state.value, plural(len(v.plan.tasks), "task"), shown(costs.get(v.number, 0)), v.hash[:12]]
        for v in versions
    ]
    command.out.lines(table(["plan", "state", "tasks", "planning", "hash"], rows, right=["planning"]))
    return FINE


async def quote(command: Command) -> int:
    """Of the newest version, draft or approved."""
    async with command.reading() as session:
        project = await session.projects.find(command.arguments.project)
        version = await session.plans.newest(project)
        quoted = await session.plans.quote(project, version)
    if command.arguments.json:
        command.out.json(quote_json(quoted))
    else:
        command.out.line(f"Plan {version.number} ({version.state.value}) of {project.name}:")
        command.out.lines([*quote_table(quoted), "", *quote_lines(quoted)])
    return FINE


async def checkpoints(command: Command) -> int:
    """The open ones of the newest run."""
    async with command.reading() as session:
        project = await session.projects.find(command.arguments.project)
        view = await overview(session, project)
    if command.arguments.json:
        command.out.json({"checkpoints": checkpoints_json(view.state)})
    else:
        command.out.lines(checkpoint_lines(view) or ["Nothing waits for a decision."])
    return FINE


# -- what a task made -----------------------------------------------------------------------------------------------


async def output(command: Command) -> int:
    given = command.arguments
    async with command.reading() as session:
        project = await session.projects.find(given.project)
        if given.file is not None:
            _show_file(command, await session.outputs.file(project, given.task, given.file))
            return FINE
        made = await session.outputs.text(project, given.task)
    if not made.accepted:
        command.out.note(f"{given.task} has not succeeded; this is the last thing it wrote")
    command.out.content(made.text)
    return FINE


def _show_file(command: Command, file: WrittenFile) -> None:
    if file.changed:
        command.out.note(f"{file.artifact.path} has changed since the task wrote it")
    if not command.out.has_terminal:
        command.out.bytes(file.content)
        return
    try:
        command.out.content(file.content.decode("utf-8"))
    except UnicodeDecodeError:
        raise VerbFailed(WRONG_INPUT, f"{file.place} is not text; send it to a file or a pipe") from None


# -- events ---------------------------------------------------------------------------------------------------------


async def events(command: Command) -> int:
    """All of them so far; with --follow those to come as well, until Ctrl-C."""

    def show(stored: Sequence[Stored]) -> None:
        for event in stored:
            if command.arguments.jsonl:
                command.out.json_line(event_json(event))
            else:
                command.out.line(f"{event.seq:>6}  {local_moment(event.at)}  {event_line(event)}")
        command.out.sync()

    async with command.reading() as session:
        project = await session.projects.find(command.arguments.project)
        if command.arguments.follow:
            await follow(session.context.archive, project.id, 0, show, asyncio.Event())
        else:
            await pass_on(session.context.archive, project.id, 0, show)
    return FINE

"""What a person decides about a run: recorded, or carried out at once by whoever runs it."""

from __future__ import annotations

from typing import Any

from orchestra_desktop.cli.command import Command
from orchestra_desktop.cli.exit_codes import FINE

_OF_RUN = {
    "pause": "Paused: no new calls are made, those under way finish.",
    "resume": "Goes on.",
    "stop": "Stopped: calls are cancelled, what they spent is settled.",
}
_OF_TASKS = {
    "retry": "tried again",
    "skip": "skipped: done without a result",
    "accept": "accepted as it is, unverified",
    "cancel": "cancelled",
}


async def decide_run(command: Command) -> int:
    """pause, resume, stop."""
    verb, project = command.arguments.verb, command.arguments.project
    await command.decide(verb, project=project)
    command.out.line(_OF_RUN[verb])
    _say_next(command, project)
    return FINE


async def decide_tasks(command: Command) -> int:
    """retry, skip, accept, cancel; for several tasks at once."""
    given = command.arguments
    more: dict[str, Any] = {}
    if given.verb == "retry":
        more = {"guidance": given.guidance, "tier": given.tier}
    came = await command.decide(given.verb, project=given.project, tasks=list(given.tasks), **more)
    command.out.line(f"{', '.join(came['tasks'])}: {_OF_TASKS[given.verb]}.")
    _say_next(command, given.project)
    return FINE


async def resolve(command: Command) -> int:
    given = command.arguments
    came = await command.decide(
        "resolve",
        checkpoint=given.checkpoint,
        action=given.action,
        guidance=given.guidance,
        tier=given.tier,
        cap=given.cap,
    )
    command.out.line(f"Checkpoint {came['checkpoint']}: {came['action'].replace('_', ' ')}.")
    command.out.line("`run PROJECT` carries it out, unless a run of it goes on already.")
    return FINE


def _say_next(command: Command, project: str) -> None:
    if command.arguments.verb not in {"pause", "stop"}:
        command.out.line(f"`run {project}` carries it out, unless a run of it goes on already.")

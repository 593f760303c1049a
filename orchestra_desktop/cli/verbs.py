"""The table of verbs: which coroutine carries each of them out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from orchestra_desktop.cli import deciding_verbs, machine_verbs, money_verbs, planning_verbs, reading_verbs, run_verbs
from orchestra_desktop.cli.command import Command

Verb = Callable[[Command], Awaitable[int]]

VERBS: Mapping[str, Verb] = {
    "plan": planning_verbs.plan,
    "replan": planning_verbs.replan,
    "answer": planning_verbs.answer,
    "edit": planning_verbs.edit,
    "approve": planning_verbs.approve,
    "run": run_verbs.run,
    "pause": deciding_verbs.decide_run,
    "resume": deciding_verbs.decide_run,
    "stop": deciding_verbs.decide_run,
    "retry": deciding_verbs.decide_tasks,
    "skip": deciding_verbs.decide_tasks,
    "accept": deciding_verbs.decide_tasks,
    "cancel": deciding_verbs.decide_tasks,
    "resolve": deciding_verbs.resolve,
    "list": reading_verbs.list_projects,
    "status": reading_verbs.status,
    "tasks": reading_verbs.tasks,
    "plans": reading_verbs.plans,
    "quote": reading_verbs.quote,
    "checkpoints": reading_verbs.checkpoints,
    "output": reading_verbs.output,
    "events": reading_verbs.events,
    "usage": money_verbs.usage,
    "caps": money_verbs.caps,
    "key": machine_verbs.key,
    "doctor": machine_verbs.doctor,
}

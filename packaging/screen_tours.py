"""The ways through the program on which pictures are taken: each goes by the buttons and verbs that people use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from PySide6.QtWidgets import QPushButton, QWidget

import screen_worlds
from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.ui.dialogs import Question
from orchestra_desktop.ui.inspector.task_inspector import TaskInspector
from orchestra_desktop.ui.projects.new_project import NewProjectPage
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.settings.key_dialog import KeyDialog
from orchestra_desktop.ui.settings.settings_place import SettingsPlace
from orchestra_desktop.ui.work_names import planning_name
from screen_camera import Camera
from screen_plans import LONG_NAME, WORD_COUNTER, long_requirements, word_counter
from screen_worlds import World
from tests.fakes import Fault


@dataclass(frozen=True, slots=True)
class Tour:
    """A way, and what is there when it begins."""

    world: Callable[[Path], AbstractContextManager[World]]
    walk: Callable[[Camera, World], Awaitable[None]]


async def first_steps(camera: Camera, _: World) -> None:
    """Nothing there, then the sample planned, running and finished, as a new person sees it."""
    context = camera.context
    await camera.all_places("empty")
    context.do("project.new")
    await camera.take("empty-new-project")
    context.do("project.open_sample")
    await camera.until(lambda: bool(context.workspace.planning))
    await camera.take("planning-run-plan")
    await camera.until(lambda: bool(context.workspace.versions) and not context.workspace.planning)
    await camera.all_places("planned")
    context.do("plan.approve_and_run")
    await camera.until(lambda: _active(camera) > 0)
    camera.window.show_place("run", "graph")
    await camera.take("running-run-graph")
    await camera.until(lambda: context.workspace.run is not None and not context.workspace.is_live)
    await camera.all_places("finished")


def _active(camera: Camera) -> int:
    board = camera.context.workspace.board
    return board.active if board is not None else 0


_DRAFTED = 5  # tasks, before the half-written plan is looked at


# -- full ------------------------------------------------------------------------------------------------------------


async def full(camera: Camera, world: World) -> None:
    """Thirteen tasks in the middle of a run: some done, one streaming, one asking, one refused, one cut off."""
    await _at_cap(camera)
    world.brain.plan = word_counter
    await _reviewed(camera, world)
    await _half_way(camera, world)
    await camera.all_places("full")
    camera.window.show_place("run", "graph")
    await _inspected(camera)
    await _panels(camera)
    await _usage(camera)
    await _dialogs(camera)
    world.brain.stage.gate.open()


async def _at_cap(camera: Camera) -> None:
    """Another project, which came to its ceiling."""
    session = camera.context.session
    project = await session.projects.create(
        NewProject("- Write one.py, a script that prints one.\n", name="tight budget")
    )
    await session.plans.propose(project, lambda _piece: None)
    await session.plans.approve(project, ceiling=1_000_000)
    await camera.open(project.id)
    camera.context.do("run.start")
    await camera.until(lambda: run_live(camera.context).state is RunStateName.AT_CAP)


async def _reviewed(camera: Camera, world: World) -> None:
    """The plan while it is written, and its draft under review, a task of it changed by hand."""
    session = camera.context.session
    project = await session.projects.create(NewProject(WORD_COUNTER, name="word counter"))
    await camera.open(project.id)
    drafted: list[object] = []
    camera.context.progress.plan_streamed.connect(lambda *piece: drafted.append(piece))
    ask_for_plan(camera.context, project)
    await camera.until(lambda: len(drafted) >= _DRAFTED)
    await camera.take("full-planning")
    world.brain.half_a_plan.open()
    await camera.until(lambda: bool(camera.context.workspace.versions) and not camera.context.workspace.planning)
    for task in ("T8", "T12"):
        await session.plans.edit(project, task, {"ask_before": True})
    await camera.context.workspace.refresh()
    await camera.place("run", "review")


async def _half_way(camera: Camera, world: World) -> None:
    stage = world.brain.stage
    stage.refused = ("Research segmentation",)
    stage.held = ("Write RUN.md", "Print the table")
    stage.spoken = {
        "Write RUN.md": "RUN.md now lists the exact steps: Python 3.11 or newer, one command, and what you should "
        "see. The counts are printed as a table, as agreed in T2.\n\n" * 4
    }
    world.brain.broken = {"Detect the encoding"}
    await _signed(camera, "full-dialog-approve")
    await camera.until_state(TaskState.SUCCEEDED, "T1", "T2", "T3", "T4", "T6")
    await camera.until_state(TaskState.NEEDS_PERSON, "T5", "T8")
    await camera.until_state(TaskState.RUNNING, "T7")


async def _signed(camera: Camera, name: str) -> None:
    """Approves and runs; the question about the money is answered with yes."""
    camera.context.do("plan.approve_and_run")
    await camera.until(lambda: bool(camera.dialogs(Question)))
    await camera.take(name)
    (question,) = camera.dialogs(Question)
    next(one for one in question.findChildren(QPushButton) if one.property("kind") == "primary").click()
    await camera.until(lambda: camera.context.workspace.is_live)
    camera.close_notices()


async def _inspected(camera: Camera) -> None:
    for task, tabs in (
        ("T7", ("output", "tools", "context")),
        ("T3", ("files", "tools", "tries")),
        ("T5", ("output",)),
    ):
        await camera.pick(task)
        inspector = _found(camera, TaskInspector)
        for tab in tabs:
            inspector.tabs.row.pick(tab)
            await camera.take(f"full-inspector-{task}-{tab}")


async def _panels(camera: Camera) -> None:
    for panel in ("cost", "problems", "events"):
        camera.window.show_panel(panel)
        await camera.take(f"full-panel-{panel}")


async def _usage(camera: Camera) -> None:
    for tab in ("model", "project"):
        camera.window.show_place("usage", tab)
        await camera.take(f"full-usage-{tab}")


async def _dialogs(camera: Camera) -> None:
    camera.window.show_place("run", "graph")
    await camera.pick("T5")
    _found(camera, TaskInspector).retry.click()
    await camera.take("full-dialog-retry")
    camera.close_dialogs()
    camera.window.show_place("settings", "key")
    _found(camera, SettingsPlace).key.give.click()
    await camera.take("full-dialog-key")
    camera.close_dialogs()
    camera.window.close()
    await camera.take("full-dialog-closing")
    camera.close_dialogs()
    camera.window.show_place("run", "graph")
    for words in ("", "ap", "zzz"):
        camera.window.open_palette(words)
        await camera.take(f"full-palette{'-' if words else ''}{words}")
    camera.window.setFocus()
    camera.window.open_key_sheet()
    await camera.take("full-dialog-keys")
    camera.close_dialogs()


_Widget = TypeVar("_Widget", bound=QWidget)


def _found(camera: Camera, kind: type[_Widget]) -> _Widget:
    (found,) = camera.window.findChildren(kind)
    return found


# -- long ------------------------------------------------------------------------------------------------------------


async def long(camera: Camera, world: World) -> None:
    """Names, titles and words without an end, five hundred tasks, dear answers."""
    session = camera.context.session
    project = await session.projects.create(NewProject(long_requirements(), name=LONG_NAME))
    await session.plans.propose(project, lambda _piece: None)
    await camera.open(project.id)
    await camera.place("run", "long-review")
    world.brain.stage.held = tuple(f"property {number} " for number in range(8, 501))
    await _signed(camera, "long-dialog-approve")
    await camera.until_state(TaskState.SUCCEEDED, "T1", "T2", "T3")
    await camera.pick("T2")
    await camera.all_places("long")
    await _new_project(camera, "long-new-project", long_requirements(), "/nowhere/" + "very-long-folder-name/" * 12)


async def _new_project(camera: Camera, name: str, wishes: str, folder: str) -> None:
    camera.context.do("project.new")
    page = _found(camera, NewProjectPage)
    page.name.setText(LONG_NAME)
    page.editor.show_text(wishes)
    page.workspace.setText(folder)
    page.check_folder_now()
    await camera.until(lambda: not camera.program.bridge.is_running("workspace.check"))
    await camera.take(name)


# -- what went wrong -------------------------------------------------------------------------------------------------


async def alone(camera: Camera, _: World) -> None:
    """No key, no keyring, no service; the settings file has a fault."""
    await camera.take("error-start")
    await camera.place("services", "error-alone")
    camera.window.show_place("settings", "key")
    await camera.take("error-alone-settings-key")
    _found(camera, SettingsPlace).key.give.click()
    await camera.until(lambda: bool(camera.dialogs(KeyDialog)))
    (dialog,) = camera.dialogs(KeyDialog)
    dialog.field.setText("sk-ant-0123456789abcdefghij")
    dialog.keep.click()
    await camera.until(lambda: not camera.program.bridge.is_running("key.keep"))
    await camera.take("error-alone-key-dialog")
    camera.close_dialogs()
    await _new_project(camera, "error-alone-new-project", WORD_COUNTER, "")


async def failing(camera: Camera, world: World) -> None:
    """Planning fails, then tasks do, then the day's cap is reached."""
    project = await _asked(camera, world, Fault.PAYMENT_REQUIRED)
    await camera.take("error-planning-payment")
    await _asked(camera, world, Fault.UNAUTHORIZED, project)
    await camera.take("error-planning-key")
    world.brain.fault = None
    ask_for_plan(camera.context, project)
    await camera.until(lambda: bool(camera.context.workspace.versions) and not camera.context.workspace.planning)
    world.brain.stage.refused = ("counter.py", "Notes on languages")
    await _signed(camera, "failing-dialog-approve")
    await camera.until_state(TaskState.NEEDS_PERSON, "T3", "T4")
    await camera.pick("T3")
    await camera.place("run", "error-refused")
    await camera.place("inbox", "error-refused")
    camera.window.show_place("run", "graph")
    for task in ("T3", "T4"):
        await camera.pick(task)
        await camera.until(lambda: camera.context.registry.can("task.cancel"))
        camera.context.do("task.cancel")
        await camera.until_state(TaskState.CANCELLED, task)
    await camera.until(lambda: not camera.context.workspace.is_live)
    await camera.place("run", "error-failed")
    await camera.place("projects", "error-failed")


async def _asked(camera: Camera, world: World, fault: Fault, project: Project | None = None) -> Project:
    session = camera.context.session
    project = project or await session.projects.create(NewProject(WORD_COUNTER, name="word counter"))
    await camera.open(project.id)
    world.brain.fault = fault
    ask_for_plan(camera.context, project)
    await camera.until(lambda: not camera.program.bridge.is_running(planning_name(project.id)))
    return project


TOURS: dict[str, Tour] = {
    "first": Tour(screen_worlds.rehearsed, first_steps),
    "full": Tour(screen_worlds.busy, full),
    "long": Tour(screen_worlds.endless, long),
    "alone": Tour(screen_worlds.alone, alone),
    "failing": Tour(screen_worlds.failing, failing),
}

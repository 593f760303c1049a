"""The ways through the program on which pictures are taken: each goes by the buttons and verbs that people use."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QMenu

import screen_trouble
import screen_worlds
from orchestra_desktop.domain.transitions import RunStateName, TaskState
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.ui.canvas.camera import Camera as Looking
from orchestra_desktop.ui.canvas.graph_picture import GraphPicture
from orchestra_desktop.ui.inspector.task_inspector import TaskInspector
from orchestra_desktop.ui.projects.new_project import NewProjectPage
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.run.run_live import run_live
from orchestra_desktop.ui.run.run_table import RunTable
from orchestra_desktop.ui.settings.settings_place import SettingsPlace
from orchestra_desktop.ui.shell.top_bar import Picker
from screen_camera import Camera
from screen_plans import WORD_COUNTER, word_counter
from screen_worlds import World


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
    page = camera.found(NewProjectPage)
    page.editor.show_text(WORD_COUNTER)
    page.rehearsal.setChecked(True)
    await camera.until(page.make.isEnabled)
    await camera.take("written-new-project")
    page.closed.emit()
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
    await _menus(camera)
    await _menus_of_the_table(camera)
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
    await camera.sign("full-dialog-approve")
    await camera.until_state(TaskState.SUCCEEDED, "T1", "T2", "T3", "T4", "T6")
    await camera.until_state(TaskState.NEEDS_PERSON, "T5", "T8")
    await camera.until_state(TaskState.RUNNING, "T7")


async def _inspected(camera: Camera) -> None:
    await camera.pick("T7")
    _look_at_the_beginning(camera)
    for task, tabs in (
        ("T7", ("output", "tools", "context")),
        ("T3", ("files", "tools", "tries")),
        ("T5", ("output",)),
    ):
        await camera.pick(task)
        inspector = camera.found(TaskInspector)
        for tab in tabs:
            inspector.tabs.row.pick(tab)
            await camera.take(f"full-inspector-{task}-{tab}")


def _look_at_the_beginning(camera: Camera) -> None:
    """The graph at 100 %, from its left edge on."""
    view = next(one for one in camera.window.findChildren(GraphPicture) if one.isVisible()).view
    assert view.graph is not None
    whole = view.graph.geometry.whole
    view.look_at(Looking(QPointF(whole.left() - 20 + view.width() / 2, whole.center().y()), 1.0))


async def _panels(camera: Camera) -> None:
    for panel in ("cost", "problems", "events"):
        camera.window.show_panel(panel)
        await camera.take(f"full-panel-{panel}")


async def _usage(camera: Camera) -> None:
    for tab in ("model", "project"):
        camera.window.show_place("usage", tab)
        await camera.take(f"full-usage-{tab}")


async def _menus(camera: Camera) -> None:
    for number, picker in enumerate(camera.window.findChildren(Picker)):
        picker.click()
        await camera.take(f"full-menu-{number}")
        picker.menu.close()
    camera.context.do("view.menu")
    await camera.take("full-menu-all")
    for menu in camera.window.top_bar.findChildren(QMenu):
        menu.close()


async def _menus_of_the_table(camera: Camera) -> None:
    """One state is ticked, which filters the table."""
    camera.window.show_place("run", "table")
    table = camera.found(RunTable)
    ticked = table.state_button.menu().actions()[0]
    ticked.setChecked(True)
    await camera.take("full-run-table-filtered")
    for name, button in (("state", table.state_button), ("group", table.group_button)):
        button.menu().popup(button.mapToGlobal(button.rect().bottomLeft()))
        await camera.take(f"full-menu-{name}")
        button.menu().close()
    ticked.setChecked(False)


async def _dialogs(camera: Camera) -> None:
    camera.window.show_place("run", "graph")
    await camera.pick("T5")
    camera.found(TaskInspector).retry.click()
    await camera.take("full-dialog-retry")
    camera.close_dialogs()
    camera.window.show_place("settings", "key")
    camera.found(SettingsPlace).key.give.click()
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


TOURS: dict[str, Tour] = {
    "first": Tour(screen_worlds.rehearsed, first_steps),
    "full": Tour(screen_worlds.busy, full),
    "long": Tour(screen_worlds.endless, screen_trouble.long),
    "alone": Tour(screen_worlds.alone, screen_trouble.alone),
    "failing": Tour(screen_worlds.failing, screen_trouble.failing),
}

"""The ways on which things are too long or go wrong: without services, with a fault at every step."""

from __future__ import annotations

from orchestra_desktop.domain.projects import Project
from orchestra_desktop.domain.transitions import TaskState
from orchestra_desktop.services.projects import NewProject
from orchestra_desktop.ui.projects.new_project import NewProjectPage
from orchestra_desktop.ui.review.asking import ask_for_plan
from orchestra_desktop.ui.settings.key_dialog import KeyDialog
from orchestra_desktop.ui.settings.settings_place import SettingsPlace
from orchestra_desktop.ui.shell.standing_band import Band
from orchestra_desktop.ui.work_names import planning_name
from screen_camera import Camera
from screen_plans import LONG_NAME, WORD_COUNTER, long_requirements
from screen_worlds import World
from tests.fakes import Fault
from tests.storage.full_disk import keep_from_growing, let_grow


async def long(camera: Camera, world: World) -> None:
    """Names, titles and words without an end, five hundred tasks, dear answers."""
    session = camera.context.session
    project = await session.projects.create(NewProject(long_requirements(), name=LONG_NAME))
    await session.plans.propose(project, lambda _piece: None)
    await camera.open(project.id)
    await camera.place("run", "long-review")
    world.brain.stage.held = tuple(f"property {number} " for number in range(8, 501))
    await camera.sign("long-dialog-approve")
    await camera.until_state(TaskState.SUCCEEDED, "T1", "T2", "T3")
    await camera.pick("T2")
    await camera.all_places("long")
    await _new_project(camera, "long-new-project", long_requirements(), "/nowhere/" + "very-long-folder-name/" * 12)


async def _new_project(camera: Camera, name: str, wishes: str, folder: str) -> None:
    camera.context.do("project.new")
    page = camera.found(NewProjectPage)
    page.name.setText(LONG_NAME)
    page.editor.show_text(wishes)
    page.workspace.setText(folder)
    page.check_folder_now()
    await camera.until(lambda: not camera.program.bridge.is_running("workspace.check"))
    await camera.take(name)


async def alone(camera: Camera, _: World) -> None:
    """No key, no keyring, no service; the settings file has a fault."""
    await camera.take("error-start")
    await camera.place("services", "error-alone")
    camera.window.show_place("settings", "key")
    await camera.take("error-alone-settings-key")
    camera.found(SettingsPlace).key.give.click()
    await camera.until(lambda: bool(camera.dialogs(KeyDialog)))
    (dialog,) = camera.dialogs(KeyDialog)
    dialog.field.setText("sk-ant-0123456789abcdefghij")
    dialog.keep.click()
    await camera.until(lambda: not camera.program.bridge.is_running("key.keep"))
    await camera.take("error-alone-key-dialog")
    camera.close_dialogs()
    await _new_project(camera, "error-alone-new-project", WORD_COUNTER, "")


async def failing(camera: Camera, world: World) -> None:
    """Planning fails, then the disk is full, then tasks fail."""
    project = await _asked(camera, world, Fault.PAYMENT_REQUIRED)
    await camera.take("error-planning-payment")
    await _asked(camera, world, Fault.UNAUTHORIZED, project)
    await camera.take("error-planning-key")
    world.brain.fault = None
    ask_for_plan(camera.context, project)
    await camera.until(lambda: bool(camera.context.workspace.versions) and not camera.context.workspace.planning)
    world.brain.stage.refused = ("counter.py", "Notes on languages")
    world.brain.stage.held = ("Pick a word rule",)
    await camera.sign("failing-dialog-approve")
    await _full_disk(camera, world)
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


async def _full_disk(camera: Camera, world: World) -> None:
    """A task is answered when nothing can be stored."""
    await camera.until_state(TaskState.NEEDS_PERSON, "T4")
    await camera.until_state(TaskState.RUNNING, "T2")
    journal = camera.context.session.context.journal
    keep_from_growing(journal)
    world.brain.stage.gate.open()
    await camera.until(lambda: any(band.isVisible() for band in camera.window.findChildren(Band)))
    await camera.place("run", "error-disk-full")
    await camera.place("usage", "error-disk-full")
    let_grow(journal)


async def _asked(camera: Camera, world: World, fault: Fault, project: Project | None = None) -> Project:
    session = camera.context.session
    project = project or await session.projects.create(NewProject(WORD_COUNTER, name="word counter"))
    await camera.open(project.id)
    world.brain.fault = fault
    ask_for_plan(camera.context, project)
    await camera.until(lambda: not camera.program.bridge.is_running(planning_name(project.id)))
    return project

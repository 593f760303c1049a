"""The story itself, told once for the mouse and once for the keys: a wish, a plan, a run, the files opened."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QCheckBox, QPushButton, QTableView

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.ui.notices import Tone
from orchestra_desktop.ui.widgets.tabs import TabButton
from orchestra_desktop.viewmodels.workspace import Workspace
from tests.stories.command import SAMPLE
from tests.ui.stories.desktop import Desktop, desktop
from tests.ui.stories.hands import Eyes, Keys, Mouse

_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
_OPEN = "Open file"


@dataclass(slots=True)
class Told:
    """What the person had at the end."""

    requirements: list[str] = field(default_factory=list)
    states: set[str] = field(default_factory=set)
    run: str = ""
    errors: list[str] = field(default_factory=list)
    workspace: Path = Path()
    opened: list[Path] = field(default_factory=list)

    def check(self) -> None:
        """The project is finished, nothing was said to be wrong, and the files that were opened are its own."""
        assert self.errors == []
        assert len(self.requirements) == 3
        assert self.run == "finished"
        assert self.states == {"succeeded"}
        assert {"hello_world.py", "RUN.md"} <= {place.name for place in self.opened}
        assert all(place.exists() and place.is_relative_to(self.workspace) for place in self.opened)


Way = Callable[[WindowProgram, Desktop, bool], Awaitable[Told]]
_WIDE = (1_440, 900)


def first_project(way: Way, *, rehearse: bool) -> Callable[[WindowProgram], Awaitable[Told]]:
    """The story for a `Telling`: by one of the ways below, rehearsed or with models."""

    async def tell(program: WindowProgram) -> Told:
        program.window.resize(*_WIDE)
        with desktop() as noted:
            return await way(program, noted, rehearse)

    return tell


async def by_mouse(
    program: WindowProgram, desktop: Desktop, rehearse: bool, hands: Callable[[WindowProgram], Mouse] = Mouse
) -> Told:
    """Nothing is typed: the words come from the button that fills the sample in."""
    hand = hands(program)
    await hand.click("New project", QPushButton)
    await hand.click("Fill in the sample", QPushButton)
    if rehearse:
        await hand.click("Rehearse", QCheckBox)
    await hand.click("Make a plan", QPushButton)
    await hand.click("Approve and run", QPushButton)
    if not rehearse and await _asked_about_money(hand):
        await hand.click("Approve and run", QPushButton)
    await _finished(hand)
    await hand.click("Table", TabButton)
    tasks, rows = await hand.see_table("Tasks")
    for row in range(rows.rowCount()):
        await hand.click_row(tasks, row)
        await hand.click("Files", TabButton)
        files = hand.look("Files written", QTableView)
        if isinstance(files, QTableView):
            for file in range(files.model().rowCount()):
                await hand.click_row(files, file)
                await hand.click(_OPEN, QPushButton)
                await _opened(hand, desktop, files, file, lambda: hand.click("Open it", QPushButton))
    return _told(program, desktop)


async def by_keys(
    program: WindowProgram, desktop: Desktop, rehearse: bool, hands: Callable[[WindowProgram], Keys] = Keys
) -> Told:
    """The words are typed; the mouse is not touched."""
    fingers = hands(program)
    await fingers.see("New project", QPushButton)
    await fingers.press(Qt.Key.Key_N, _CTRL)
    await fingers.until(lambda: fingers.focus() is fingers.look("Requirements"), "the keys in the requirements")
    await fingers.write(SAMPLE.read_text("utf-8"))
    if rehearse:
        await fingers.use("Rehearse", QCheckBox)
    await fingers.use("Make a plan", QPushButton)
    await fingers.see("Approve and run", QPushButton)
    await fingers.press(Qt.Key.Key_Return, _CTRL)
    if not rehearse and await _asked_about_money(fingers):
        await fingers.use("Approve and run", QPushButton)
    await _finished(fingers)
    await fingers.press(Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    await fingers.tab_to("Graph", TabButton)
    await fingers.press(Qt.Key.Key_Right)
    _, rows = await fingers.see_table("Tasks")
    for row in range(rows.rowCount()):
        await fingers.pick_row("Tasks", row)
        await _show_files(fingers)
        await _open_files(fingers, desktop)
    await fingers.press(Qt.Key.Key_O, _CTRL | _SHIFT)
    await fingers.until(lambda: Path(_project_folder(program)) in desktop.opened, "the project's folder opened")
    return _told(program, desktop)


async def _show_files(fingers: Keys) -> None:
    """Tab stops at the word in front; from there the arrows go along the row."""
    files = await fingers.see("Files", TabButton)
    assert isinstance(files, TabButton)
    if files.isChecked():
        return
    await fingers.tab_to("Output", TabButton)
    while fingers.focus() is not files:
        await fingers.press(Qt.Key.Key_Right)
        assert isinstance(fingers.focus(), TabButton)


async def _open_files(fingers: Keys, desktop: Desktop) -> None:
    files = fingers.look("Files written", QTableView)
    if not isinstance(files, QTableView):
        return
    for file in range(files.model().rowCount()):
        await fingers.pick_row("Files written", file)
        await fingers.use(_OPEN, QPushButton)
        await _opened(fingers, desktop, files, file, lambda: fingers.use("Open it", QPushButton))


async def _asked_about_money(eyes: Eyes) -> bool:
    """Where nobody sends a bill there is nothing to sign, once that is known."""
    context = eyes.program.context
    await eyes.until(
        lambda: eyes.look("Not yet", QPushButton) is not None or context.workspace.is_live, "the question, or a run"
    )
    asked = eyes.look("Not yet", QPushButton) is not None
    assert asked or not await context.session.context.keys.get("anthropic")
    return asked


async def _opened(
    eyes: Eyes, desktop: Desktop, files: QTableView, row: int, agree: Callable[[], Awaitable[None]]
) -> None:
    """A script is asked about first; then the file on the desktop is the one that was picked."""
    path = str(files.model().index(row, 0).data())
    if path.endswith(".py"):
        assert not any(place.name == path for place in desktop.opened)
        await agree()
    await eyes.until(lambda: any(place.name == path for place in desktop.opened), f"{path} opened")


async def _finished(eyes: Eyes) -> None:
    """The run's end, and the button for a new start instead of the one that stops."""
    workspace = eyes.program.context.workspace
    await eyes.until(lambda: workspace.run is not None and workspace.run.state == "finished", "the run finished")
    await eyes.until(lambda: not workspace.is_live and eyes.look("Stop", QAbstractButton) is None, "nothing to stop")


def _project_folder(program: WindowProgram) -> str:
    project = program.context.workspace.project
    assert project is not None
    return project.workspace


def _told(program: WindowProgram, desktop: Desktop) -> Told:
    work: Workspace = program.context.workspace
    assert work.project is not None
    assert work.board is not None
    assert work.run is not None
    return Told(
        requirements=[requirement.text for requirement in work.project.requirements],
        states={row.state for row in work.board.rows.values()},
        run=work.run.state or "",
        errors=[notice.words for notice in program.notices.history if notice.tone is Tone.ERROR],
        workspace=Path(work.project.workspace),
        opened=list(desktop.opened),
    )

"""The shell as a person meets it: opened, walked by keys, laid out, closed."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget

from orchestra_desktop.app import App
from orchestra_desktop.domain.errors import InvalidInput
from orchestra_desktop.domain.texts import text
from orchestra_desktop.services.start_options import StartOptions
from orchestra_desktop.ui.notices import Tone
from orchestra_desktop.ui.pane_sides import Pane
from orchestra_desktop.ui.places import PLACES
from orchestra_desktop.ui.shell.command_palette import CommandPalette
from orchestra_desktop.ui.shell.layout_store import LayoutStore
from orchestra_desktop.ui.shell.top_bar import Picker
from orchestra_desktop.ui.widgets.fields import SearchField
from tests.ui.driving import active, opened, sample_finished, sample_planned, until


async def test_the_window_opens_its_data_folder_and_lets_it_go(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        assert program.window.isVisible()
        assert (tmp_path / "orchestra.db").exists()
    session = await App(StartOptions(data_dir=tmp_path)).writing()  # nobody holds it any more
    await session.close()


async def test_every_place_can_be_reached_by_its_key(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        for number, place in enumerate(PLACES, start=1):
            key = getattr(Qt.Key, f"Key_{number}")
            QTest.keyClick(program.window, key, Qt.KeyboardModifier.AltModifier)
            assert program.window.places.current == place.id


class _Shown(QObject):
    """Notes every widget that is shown as a window of its own, if only for a moment: the keys go to it and stay."""

    def __init__(self) -> None:
        super().__init__()
        self.windows: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.windows.append(type(watched).__name__)
        return False


async def test_nothing_but_the_window_is_ever_shown_as_one(qapp: QApplication, tmp_path: Path) -> None:
    shown = _Shown()
    qapp.installEventFilter(shown)
    try:
        async with opened(qapp, tmp_path) as program:
            await sample_finished(program)
            for place in PLACES:
                program.window.show_place(place.id)
                for tab in place.tabs:
                    program.window.show_place(place.id, tab.id)
            assert program.window.isActiveWindow()
    finally:
        qapp.removeEventFilter(shown)
    assert shown.windows == ["MainWindow"]


async def test_no_label_guesses_rich_text(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        for place in PLACES:
            program.window.show_place(place.id)
        guessing = [
            label for label in program.window.findChildren(QLabel) if label.textFormat() is not Qt.TextFormat.PlainText
        ]
        assert guessing == []


async def test_the_sample_goes_from_a_button_to_its_end(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_finished(program)
        workspace = program.context.workspace
        assert workspace.run is not None
        assert workspace.run.state == "finished"
        assert workspace.board is not None
        assert workspace.board.done == len(workspace.board.rows) > 0
        assert not program.context.registry.can("run.stop")
        assert [notice for notice in program.notices.history if notice.tone is Tone.ERROR] == []


async def test_what_is_open_is_ticked_in_the_menus_of_the_top_bar(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        menus = [picker.menu for picker in program.window.top_bar.findChildren(Picker)]
        for menu in menus:
            menu.aboutToShow.emit()
        ticked = [[entry.text() for entry in menu.actions() if entry.isChecked()] for menu in menus]
        assert ticked == [["hello-world"], ["Plan 1, draft"]]


async def test_a_verbs_error_is_shown_in_the_one_place_for_notices(qapp: QApplication, tmp_path: Path) -> None:
    async def fails() -> None:
        raise InvalidInput(text("requirements.empty"))

    async with opened(qapp, tmp_path) as program:
        assert program.context.spawn(fails(), "try")
        await until(program, lambda: not program.bridge.is_running("try"))
        assert program.notices.history[-1].tone is Tone.ERROR
        assert "requirement" in program.notices.history[-1].words.lower()
        program.window.notices.findChildren(QAbstractButton)[-1].click()


async def test_a_verb_that_runs_is_not_started_twice(qapp: QApplication, tmp_path: Path) -> None:
    started: list[int] = []
    gate = asyncio.Event()

    async def waits() -> None:
        started.append(1)
        await gate.wait()

    async with opened(qapp, tmp_path) as program:
        assert program.context.spawn(waits(), "slow")
        assert not program.context.spawn(waits(), "slow")
        gate.set()
        await until(program, lambda: not program.bridge.is_running("slow"))
        assert started == [1]
        assert program.context.spawn(waits(), "slow")
        await until(program, lambda: not program.bridge.is_running("slow"))


async def test_the_palette_finds_an_action_by_a_few_letters(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        QTest.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        palette = window.findChild(CommandPalette)
        assert palette is not None
        field = palette.findChild(QLineEdit)
        assert field is not None
        QTest.keyClicks(field, "setti")
        QTest.keyClick(field, Qt.Key.Key_Return)
        assert not palette.isVisible()
        assert window.places.current == "settings"


async def test_escape_closes_the_palette_and_gives_the_keys_back(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        before = window.rail.findChildren(QAbstractButton)[0]
        before.setFocus()
        window.open_palette()
        palette = window.findChild(CommandPalette)
        assert palette is not None
        field = palette.findChild(QLineEdit)
        assert field is not None
        QTest.keyClick(field, Qt.Key.Key_Escape)
        assert not palette.isVisible()
        assert window.focusWidget() is before


async def test_ctrl_f_goes_to_the_nearest_search_field_else_to_the_palette(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        await sample_planned(program)
        await active(program)
        window.show_place("run", "table")
        await until(program, lambda: any(field.isVisible() for field in window.places.findChildren(SearchField)))
        QTest.keyClick(window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        assert _spoken_focus() == "Filter tasks"
        window.bottom.tabs.row.findChildren(QAbstractButton)[0].setFocus()
        window.find_here()
        assert _spoken_focus() == "Filter events"
        window.show_place("services")
        window.find_here()
        assert _spoken_focus() == "Search tasks, projects, commands"
        window.setFocus()


def _spoken_focus() -> str:
    focus = QApplication.focusWidget()
    return focus.accessibleName() if focus is not None else ""


async def test_f6_walks_round_the_panes_and_back(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        window.show_place("run")
        window.rail.findChildren(QAbstractButton)[0].setFocus()
        walked = []
        for _ in range(5):
            window.move_pane(1)
            walked.append(_pane(program.window))
        assert walked[-1] in {"rail", "places"}
        assert {"places", "bottom", "top_bar"} <= set(walked)
        here = _pane(window)
        window.move_pane(1)
        window.move_pane(-1)
        assert _pane(window) == here


def _pane(window: QWidget) -> str:
    focus = QApplication.focusWidget()
    names = ("top_bar", "rail", "places", "bottom", "inspector")
    return next((name for name in names if focus is not None and getattr(window, name).isAncestorOf(focus)), "")


async def test_the_inspector_lies_over_the_centre_in_a_narrow_window(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        window = program.window
        window.show_place("run")
        window.resize(1_400, 800)
        beside = window.places.width()
        window.resize(1_000, 800)
        assert not window.inspector.isVisible()  # nothing is picked: it would only hide what is worked with
        await sample_planned(program)
        await until(program, window.inspector.isVisible)
        assert window.inspector.geometry().right() >= window.places.geometry().right()
        assert window.places.width() == window.bottom.width()
        window.resize(1_400, 800)
        assert window.places.width() == pytest.approx(beside, abs=1)  # the handle


async def test_panes_come_back_as_they_were_left(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        program.window.show_place("run")
        program.window.resize(1_400, 800)
        program.context.do("view.inspector")
        assert not program.window.inspector.isVisible()
        program.context.do("view.theme")
        chosen = program.context.theme.choice
    async with opened(qapp, tmp_path) as program:
        assert program.window.places.current == "run"
        assert not program.window.inspector.isVisible()
        assert program.context.theme.choice is chosen
        program.window.resize(1_400, 800)
        program.context.do("view.reset_layout")
        assert program.window.inspector.isVisible()


def test_a_damaged_layout_file_costs_the_layout_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_bytes(
        b"\x00\xff[layout\ninspector_width=wide\n[layout]\nany\\inspector_width=abc\n"
    )
    layout = LayoutStore(tmp_path).layout("p1")
    assert layout.sizes[Pane.INSPECTOR] >= 200


async def test_a_second_start_raises_the_first_window_and_ends(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as first:
        first.window.hide()
        async with opened(qapp, tmp_path, wait=False) as second:
            await until(second, lambda: not second.bridge.is_running("session.open"))
            assert second.notices.history == []
        assert first.window.isVisible()


async def test_closing_without_a_run_ends_the_program(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        program.window.close()
        await program.ended.wait()
        assert not program.window.isVisible()


@pytest.mark.parametrize(("answer", "goes_on"), [("stay", True), ("keep", True), ("stop", False)])
async def test_closing_during_a_run_is_asked_about(
    qapp: QApplication, tmp_path: Path, answer: str, goes_on: bool
) -> None:
    from orchestra_desktop.ui.dialogs import Question

    async with opened(qapp, tmp_path) as program:
        await sample_planned(program)
        program.context.do("plan.approve_and_run")
        await until(program, lambda: program.context.workspace.live_runs > 0)
        program.window.close()
        await until(program, lambda: program.window.findChild(Question) is not None)
        question = program.window.findChild(Question)
        assert question is not None
        question._choose(answer)
        await until(program, lambda: not program.bridge.is_running("window.closing"))
        assert program.ended.is_set() is not goes_on
        window = program.window
        assert (window.isVisible() and not window.isMinimized()) is (answer == "stay")  # no tray to step back into


async def test_ctrl_c_ends_the_window(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        signal.raise_signal(signal.SIGINT)
        await program.ended.wait()
        assert program.code == 130


@pytest.mark.logs_errors("unexpected error")
async def test_an_error_in_a_slot_is_shown_and_logged(
    qapp: QApplication, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    import sys

    async with opened(qapp, tmp_path) as program:
        error = RuntimeError("planted")
        sys.excepthook(RuntimeError, error, None)
        assert "planted" in program.notices.history[-1].detail
    assert "planted" in caplog.text
    caplog.clear()

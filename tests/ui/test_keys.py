"""A person's own keys: chosen on the key sheet, told where they clash, and there again at the next start."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel

from orchestra_desktop.app_window import WindowProgram
from orchestra_desktop.ui.action_keys import ActionKeys, UnkeptKeys
from orchestra_desktop.ui.actions import ACTIONS
from orchestra_desktop.ui.shell.key_choice import KeyChoice
from orchestra_desktop.ui.shell.key_sheet import KeySheet
from orchestra_desktop.ui.shell.layout_store import LayoutStore
from tests.ui.driving import opened

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


def opened_sheet(program: WindowProgram) -> KeySheet:
    QTest.keyClick(program.window, Qt.Key.Key_F1)
    sheet = program.window.findChild(KeySheet)
    assert sheet is not None
    return sheet


def choice_of(sheet: KeySheet, action: str) -> KeyChoice:
    QTest.mouseClick(sheet.buttons[action], Qt.MouseButton.LeftButton)
    choice = next(one for one in sheet.findChildren(KeyChoice) if one.isVisible())
    choice.field.setFocus()
    return choice


async def test_another_key_is_given_on_the_sheet_and_is_there_at_the_next_start(
    qapp: QApplication, tmp_path: Path
) -> None:
    async with opened(qapp, tmp_path) as program:
        sheet = opened_sheet(program)
        choice = choice_of(sheet, "view.settings")
        QTest.keyClick(choice.field, Qt.Key.Key_E, CTRL | ALT)
        assert choice.use.text() == "Use it"
        QTest.mouseClick(choice.use, Qt.MouseButton.LeftButton)
        assert sheet.buttons["view.settings"].text() == "Ctrl+Alt+E"
        sheet.accept()
    async with opened(qapp, tmp_path) as program:
        QTest.keyClick(program.window, Qt.Key.Key_6, ALT)
        assert program.window.places.current == "projects"  # the key of the table means nothing any more
        QTest.keyClick(program.window, Qt.Key.Key_E, CTRL | ALT)
        assert program.window.places.current == "settings"
        program.context.do("view.reset_layout")
    async with opened(qapp, tmp_path) as program:
        assert program.context.registry.keys("view.settings") == "Ctrl+Alt+E"  # keys are no layout


async def test_a_key_that_means_something_already_is_told_and_taken_over(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        sheet = opened_sheet(program)
        choice = choice_of(sheet, "view.services")
        QTest.keyClick(choice.field, Qt.Key.Key_K, CTRL)
        assert choice.said.text() == "Ctrl+K means “Search or run a command” now."
        assert choice.use.text() == "Take it over"
        QTest.mouseClick(choice.use, Qt.MouseButton.LeftButton)
        assert sheet.buttons["view.services"].text() == "Ctrl+K"
        assert sheet.buttons["view.palette"].text() == "Ctrl+Shift+P"
        sheet.accept()
        QTest.keyClick(program.window, Qt.Key.Key_K, CTRL)
        assert program.window.places.current == "services"


async def test_an_action_can_have_no_key_and_its_own_again(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        sheet = opened_sheet(program)
        choice = choice_of(sheet, "view.palette")
        assert not choice.usual.isEnabled()
        choice.none.click()
        assert sheet.buttons["view.palette"].text() == "–"
        assert sheet.buttons["view.palette"].accessibleName() == "Search or run a command: no key"
        choice = choice_of(sheet, "view.palette")
        assert choice.usual.text() == "As it was: Ctrl+K, Ctrl+Shift+P"
        choice.usual.click()
        assert sheet.buttons["view.palette"].text() == "Ctrl+K, Ctrl+Shift+P"
        sheet.accept()


async def test_a_letter_of_the_inbox_may_be_one_of_the_graph(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        sheet = opened_sheet(program)
        choice = choice_of(sheet, "graph.fit_all")
        QTest.keyClick(choice.field, Qt.Key.Key_J)
        assert choice.said.text() == "Now: Home"
        QTest.keyClick(choice.field, Qt.Key.Key_F)
        assert "Show what is picked" in choice.said.text()
        choice.reject()
        sheet.accept()


async def test_the_sheet_names_every_action_with_its_keys(qapp: QApplication, tmp_path: Path) -> None:
    async with opened(qapp, tmp_path) as program:
        sheet = opened_sheet(program)
        assert set(sheet.buttons) == {row.id for row in ACTIONS}
        shown = {label.text() for label in sheet.findChildren(QLabel)}
        assert {row.title.rstrip("…") for row in ACTIONS} <= shown
        for row in ACTIONS:
            assert sheet.buttons[row.id].text().startswith(program.context.registry.keys(row.id)), row.id
        sheet.accept()


def test_keys_that_were_written_by_hand_and_are_none_are_left_out(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_text('[keys]\ntask.retry="Ctrl+Nonsense\\nCtrl+R"\nno.such.action=F9\n')
    keys = ActionKeys(ACTIONS, LayoutStore(tmp_path))
    assert keys.of("task.retry") == ("Ctrl+R",)


def test_a_key_given_away_does_not_come_back_with_the_tables_own(qapp: QApplication) -> None:
    keys = ActionKeys(ACTIONS, UnkeptKeys())
    keys.bind("view.services", "Ctrl+K")
    keys.reset("view.palette")
    assert keys.of("view.palette") == ("Ctrl+Shift+P",)
    assert keys.of("view.services") == ("Ctrl+K",)
